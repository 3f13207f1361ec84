// Marp Core with the export's own configuration: a JSON list of decks on stdin, a JSON list of their HTML on stdout.
// Themes are left out; packing them takes most of the time, and no value gets there.

import { readFileSync } from "node:fs";

import { Marp } from "@marp-team/marp-core";

// The configuration ends a process whose standard input has ended. Here that is the list, so read it first, and go on.
const decks = JSON.parse(readFileSync(0, "utf8"));
const { default: config } = await import("../../generator/livedeck/export/marp.config.mjs");
process.stdin.removeAllListeners("close");

const marp = config.engine({ marp: new Marp({ ...config.options, script: false }) });
process.stdout.write(JSON.stringify(decks.map((deck) => marp.renderMarkdown(deck))));
