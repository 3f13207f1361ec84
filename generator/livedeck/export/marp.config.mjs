// The only configuration that Marp gets. It is copied with the plugins into a folder below the project root,
// so that Node finds the project's own node_modules from there.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

import cjkFriendly from "markdown-it-cjk-friendly";

import { code } from "./code.mjs";
import "./ending.mjs";
import { guard, pathOf } from "./guard.mjs";
import { terminal } from "./terminal.mjs";

const baseUrl = process.env.LIVEDECK_BASE_URL || undefined;

/** Guard every page that Marp prints. It writes them below its home folder, as files that have no other name. */
const guardPrinting = () => {
  const puppeteer = createRequire(import.meta.url)("puppeteer-core");
  const { launch } = puppeteer;
  const options = {
    folder: pathOf(baseUrl),
    opened: (url) => pathOf(url)?.startsWith(`${process.env.HOME}/`),
    refuse: (url) => console.error(`[ ERROR ] The browser was kept from loading ${url.slice(0, 200)}`),
  };
  puppeteer.launch = async (...chosen) => {
    const browser = await launch(...chosen);
    const newPage = browser.newPage.bind(browser);
    browser.newPage = async (...how) => {
      const page = await guard(await newPage(...how), options);
      writeFileSync("guarded", ""); // Livedeck does not trust what was printed without
      return page;
    };
    return browser;
  };
};

if (baseUrl) guardPrinting();

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
  baseUrl,
};
