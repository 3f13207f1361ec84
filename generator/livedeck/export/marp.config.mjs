// The only configuration that Marp gets. It is copied with the plugins into a folder below the project root,
// so that Node finds the project's own node_modules from there.

import cjkFriendly from "markdown-it-cjk-friendly";

import { code } from "./code.mjs";
import { terminal } from "./terminal.mjs";

export default {
  // `**도커(Docker)**를` is bold only with the first plugin; the others draw code and terminal blocks.
  engine: ({ marp }) => marp.use(cjkFriendly).use(code).use(terminal),
  options: {
    // `$HOME/$USER` is a path, not a formula.
    math: false,
    // Each would load every emoji as a picture from the network.
    emoji: { unicode: false, shortcode: false },
    // `markdown.breaks` keeps Marp's default (a newline in a paragraph is a line break): the preview in VS Code
    // does the same, and authors should get what they saw there.
  },
  // Marp prints from a temporary file elsewhere, while pictures are relative to the place of the HTML.
  // The HTML itself must not name a folder of this machine, so this is set for printing only.
  baseUrl: process.env.LIVEDECK_BASE_URL || undefined,
};
