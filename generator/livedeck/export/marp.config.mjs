// The one configuration Marp gets. It is copied next to the plugins into a folder below the project root,
// so that Node finds the project's own node_modules from where it lies.

import cjkFriendly from "markdown-it-cjk-friendly";

import { code } from "./code.mjs";
import { terminal } from "./terminal.mjs";

export default {
  // `**도커(Docker)**를` is bold only with the first plugin; code and terminal blocks are drawn by the others.
  engine: ({ marp }) => marp.use(cjkFriendly).use(code).use(terminal),
  options: {
    // `$HOME/$USER` is a path, not a formula.
    math: false,
    // Both would fetch every emoji as a picture from the network.
    emoji: { unicode: false, shortcode: false },
    // `markdown.breaks` stays as Marp has it (a newline in a paragraph is a line break): the preview in
    // VS Code does the same, and authors should get what they saw there.
  },
  // Printing happens from a temporary file elsewhere; pictures are relative to where the HTML will lie.
  // The HTML itself must not name a folder of this machine, so this is set for printing only.
  baseUrl: process.env.LIVEDECK_BASE_URL || undefined,
};
