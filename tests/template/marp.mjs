// Marp Core with the export's own configuration: a JSON list of decks on stdin, a JSON list of their HTML on stdout.
// Themes are left out; packing them takes most of the time, and no value gets there.

import { readFileSync } from "node:fs";

import { Marp } from "@marp-team/marp-core";

import config from "../../generator/livedeck/export/marp.config.mjs";

const marp = config.engine({ marp: new Marp({ ...config.options, script: false }) });
const decks = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(decks.map((deck) => marp.renderMarkdown(deck))));
