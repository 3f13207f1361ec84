// Measures the slides of HTML decks in one browser, or takes pictures of some of them.
// Usage: node measure.mjs BROWSER JOB.json LOOKS.json; the job is {"decks": [{file, content}, ...]} or
// {"pictures": [{file, slide, path}, ...]}. The content of a deck that is not in its place yet lies in another file.
// It writes, for each deck, its slides, in slide pixels from the top left corner of the slide, and what was refused.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

import puppeteer from "puppeteer-core";

import "./ending.mjs";
import { guard, pathOf } from "./guard.mjs";

const [browserPath, jobFile, looksFile] = process.argv.slice(2);
const job = JSON.parse(readFileSync(jobFile, "utf-8"));

// With a background beside the text Marp draws three sections for one slide; only one of them has the text.
const SLIDES =
  'section[data-theme]:not([data-marpit-advanced-background="background"], [data-marpit-advanced-background="pseudo"])';
// On a screen, the page keeps all slides but one from being drawn.
const ALL_DRAWN = "svg[data-marpit-svg] { content-visibility: visible !important }";

const look = (selector) => {
  const number = (text) => Number.parseFloat(text) || 0;

  /** Slide pixels: what the browser draws is scaled to the window. */
  const ruler = (slide) => {
    const whole = slide.getBoundingClientRect();
    const scale = whole.width / slide.offsetWidth || 1;
    const box = (rect) => ({
      left: (rect.left - whole.left) / scale,
      top: (rect.top - whole.top) / scale,
      right: (rect.right - whole.left) / scale,
      bottom: (rect.bottom - whole.top) / scale,
    });
    return { scale, box };
  };

  const around = (boxes) => ({
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  });

  const words = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()];
  };

  const seen = (element) =>
    !element.matches("header, footer, style, script, link") &&
    !["absolute", "fixed"].includes(getComputedStyle(element).position) &&
    element.getClientRects().length > 0;

  const kind = (element) => {
    if (element.matches("pre.terminal")) return "terminal";
    if (element.querySelector("img") && element.textContent.trim() === "") return "picture";
    return { pre: "code", table: "table", img: "picture" }[element.localName] ?? "prose";
  };

  const terminal = (block, { scale }) => {
    const size = number(getComputedStyle(block).fontSize);
    const row = number(getComputedStyle(block).lineHeight) || size * 1.25;
    const rows = [...block.querySelectorAll(".line")].map((line) => ({
      rows: Math.max(1, Math.round(line.getBoundingClientRect().height / scale / row)),
      typed: line.classList.contains("typed"),
      cut: line.classList.contains("cut"),
    }));
    return { size, row, rows };
  };

  /** The smallest letters, as large as they are drawn: what is scaled as a whole counts. */
  const smallest = (slide, { scale }) => {
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    const known = new Map();
    let found = { size: 1000, text: "" };
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim();
      const parent = walker.currentNode.parentElement;
      if (!text || parent.closest("header, footer, style, script, sup, sub, button")) continue;
      if (!known.has(parent)) {
        const rect = parent.getBoundingClientRect();
        const block = parent.closest("pre, p, li, td, th, h1, h2, h3, h4, h5, h6, blockquote");
        const drawn = block && block.offsetWidth ? block.getBoundingClientRect().width / block.offsetWidth / scale : 1;
        known.set(parent, rect.width ? number(getComputedStyle(parent).fontSize) * drawn : 1000);
      }
      if (known.get(parent) < found.size) found = { size: known.get(parent), text: text.slice(0, 60) };
    }
    return found;
  };

  const edge = (slide, name, { box }) => {
    const element = [...slide.children].find((child) => child.localName === name && child.textContent.trim());
    const rects = element ? words(element).map(box) : [];
    return rects.length ? around(rects) : null;
  };

  const pagination = (slide) => {
    const style = getComputedStyle(slide, "::after");
    if (["none", "normal", '""'].includes(style.content)) return null;
    const [bottom, right, height, width] = [style.bottom, style.right, style.height, style.width].map(number);
    const low = slide.offsetHeight - bottom;
    return { left: slide.offsetWidth - right - width, top: low - height, right: slide.offsetWidth - right, bottom: low };
  };

  /** The height of a table's lowest row. */
  const lowest = (element, { scale }) =>
    element.localName === "table"
      ? Math.min(...[...element.rows].map((row) => row.getBoundingClientRect().height / scale))
      : 0;

  const blocks = (slide, rule) =>
    [...slide.children].filter(seen).map((element) => {
      const inner = [...element.querySelectorAll("img, svg, table, pre, video")].map((e) => e.getBoundingClientRect());
      const image = element.localName === "img" ? element : element.querySelector("img");
      return {
        kind: kind(element),
        heading: /^h[1-6]$/.test(element.localName),
        ...around([element.getBoundingClientRect(), ...inner, ...words(element)].map(rule.box)),
        text: element.textContent.trim().length,
        row: lowest(element, rule),
        terminals: [element, ...element.querySelectorAll("pre.terminal")]
          .filter((each) => each.matches("pre.terminal"))
          .map((each) => terminal(each, rule)),
        picture: image ? { ...rule.box(image.getBoundingClientRect()), address: image.getAttribute("src") } : null,
      };
    });

  return [...document.querySelectorAll(selector)].map((slide) => {
    const rule = ruler(slide);
    const style = getComputedStyle(slide);
    return {
      width: slide.offsetWidth,
      height: slide.offsetHeight,
      row: number(style.lineHeight) || number(style.fontSize) * 1.25,
      padding: [style.paddingTop, style.paddingRight, style.paddingBottom, style.paddingLeft].map(number),
      header: edge(slide, "header", rule),
      footer: edge(slide, "footer", rule),
      pagination: pagination(slide),
      smallest: smallest(slide, rule),
      blocks: blocks(slide, rule),
    };
  });
};

/** Return the slide (from 1) that asks for each address, in an attribute or in its style; 0 for several or none. */
const askers = (addresses) => {
  const STYLES = [
    ["backdrop-filter", "background-image", "border-image-source", "clip-path", "content", "cursor", "fill", "filter"],
    ["list-style-image", "marker-end", "marker-mid", "marker-start", "mask-image", "offset-path", "shape-outside"],
    ["stroke", "-webkit-box-reflect", "-webkit-mask-box-image-source"],
  ].flat();
  const PARTS = [null, "::before", "::after", "::marker", "::first-line", "::first-letter"];
  const named = (element) =>
    ["src", "poster", "href", "xlink:href", "srcset"].flatMap((name) =>
      (element.getAttribute(name)?.split(name === "srcset" ? "," : "\0") ?? []).map((value) => {
        try {
          return new URL(name === "srcset" ? value.trim().split(/\s/)[0] : value, document.baseURI).href;
        } catch {
          return value;
        }
      }),
    );
  const styled = (element) =>
    PARTS.map((part) => {
      const style = getComputedStyle(element, part);
      return STYLES.map((name) => style.getPropertyValue(name)).join(" ");
    }).join(" ");
  const found = new Map(addresses.map((address) => [address, new Set()]));
  [...document.querySelectorAll("svg[data-marpit-svg]")].forEach((slide, index) => {
    for (const element of [slide, ...slide.querySelectorAll("*")]) {
      const [links, styles] = [named(element), styled(element)];
      for (const [address, slides] of found) {
        if (links.includes(address) || styles.includes(address)) slides.add(index + 1);
      }
    }
  });
  return Object.fromEntries([...found].map(([address, slides]) => [address, slides.size === 1 ? [...slides][0] : 0]));
};

/** Wait until fonts and pictures are there, or are known not to come, and two frames are drawn. */
const settle = async () => {
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
};

/**
 * A page with the deck, all of whose slides are laid out, as they are in print, with its fonts and pictures there.
 * `refused` returns each address that the deck asked for and did not get, by the policy of the page or by the guard.
 */
const open = async (browser, { file, content }) => {
  const page = await browser.newPage();
  const kept = new Set();
  const body = content && readFileSync(content, "utf-8");
  const opened = (url) => pathOf(url) === file && (body ?? true);
  await guard(page, { folder: dirname(file), opened, refuse: (url) => kept.add(url) });
  await page.evaluateOnNewDocument(() => {
    window.livedeckRefused = [];
    document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) =>
      window.livedeckRefused.push(/^[a-z]+$/.test(blockedURI) ? `${effectiveDirective} ${blockedURI}` : blockedURI),
    );
  });
  await page.setViewport({ width: 1280, height: 720 });
  await page.goto(pathToFileURL(file).href);
  // What is printed is drawn as on a screen for pictures, and as on paper for a PDF.
  const style = await page.addStyleTag({ content: ALL_DRAWN });
  await page.evaluate(settle);
  await style.evaluate((element) => element.remove());
  await page.emulateMediaType("print");
  await page.evaluate(settle);
  const refused = async () => {
    const all = [...new Set([...kept, ...(await page.evaluate(() => window.livedeckRefused))])];
    const slides = all.length ? await page.evaluate(askers, all) : {};
    return all.map((each) => ({ address: each, slide: slides[each] }));
  };
  return { page, refused };
};

const photograph = async (page, { slide, path }) => {
  const sections = await page.$$("svg[data-marpit-svg]");
  await sections[slide - 1].screenshot({ path });
};

const root = process.getuid?.() === 0 || process.env.CHROME_NO_SANDBOX;
const browser = await puppeteer.launch({
  executablePath: browserPath,
  args: root ? ["--no-sandbox"] : [],
  pipe: true,
  protocolTimeout: 600_000,
});
try {
  const decks = [];
  for (const deck of job.decks ?? []) {
    const { page, refused } = await open(browser, deck);
    decks.push({ slides: await page.evaluate(look, SLIDES), refused: await refused() });
    await page.close();
  }
  for (const file of new Set((job.pictures ?? []).map((picture) => picture.file))) {
    const { page } = await open(browser, { file });
    for (const picture of job.pictures.filter((each) => each.file === file)) await photograph(page, picture);
    await page.close();
  }
  writeFileSync(looksFile, JSON.stringify(decks));
} finally {
  await browser.close();
}
