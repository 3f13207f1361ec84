// Uses the copy buttons of an HTML deck in a real browser, as a reader with a mouse and one with a keyboard would, and
// prints what was on the clipboard, as JSON. Usage: node copying.mjs BROWSER FILE.html PICTURE.png
import { pathToFileURL } from "node:url";

import puppeteer from "puppeteer-core";

const [browserPath, file, picture] = process.argv.slice(2);
const EMPTY = "(nothing was copied)";

/** What is in the page: the buttons of the slide shown, and whether they are in the way of anything. */
const look = () => {
  const slide = document.querySelector(".bespoke-marp-active section");
  const buttons = [...slide.querySelectorAll("button")];
  const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  const covered = [];
  const boxes = buttons.map((button) => button.getBoundingClientRect());
  const area = slide.getBoundingClientRect();
  while (texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const text of range.getClientRects()) {
      for (const box of boxes) {
        const apart =
          text.right <= box.left || text.left >= box.right || text.bottom <= box.top || text.top >= box.bottom;
        if (!apart) covered.push(texts.currentNode.textContent);
      }
    }
  }
  const places = () =>
    [...slide.querySelectorAll(":not(.livedeck-copy)")].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height].join();
    });
  const before = places().join(" ");
  for (const button of buttons) button.style.display = "none";
  const moved = before !== places().join(" ");
  for (const button of buttons) button.style.display = "";
  return {
    covered,
    moved,
    outside: boxes.filter((box) => box.right > area.right || box.bottom > area.bottom).length,
    buttons: buttons.map((button, index) => ({
      name: button.getAttribute("aria-label"),
      beside: button.parentElement.localName,
      text: button.textContent,
      x: boxes[index].x + boxes[index].width / 2,
      y: boxes[index].y + boxes[index].height / 2,
    })),
  };
};

const open = async (context, url, without) => {
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  // Marp itself asks that the screen stays on, which a browser without a screen refuses.
  page.on("console", (message) => message.text().includes("Wake Lock") || seen.errors.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("request", (request) => seen.requests.push(request.url()));
  await page.evaluateOnNewDocument((missing) => {
    const { clipboard } = navigator;
    window.clipboardText = () => clipboard.readText();
    window.clearClipboard = (text) => clipboard.writeText(text);
    if (missing) Object.defineProperty(navigator, "clipboard", { value: undefined });
  }, without);
  await page.setViewport({ width: 1280, height: 720 });
  await page.goto(url);
  await page.bringToFront();
  return { page, seen };
};

const copied = async (page, act) => {
  await page.evaluate((text) => window.clearClipboard(text), EMPTY);
  await act();
  await page.waitForSelector(".livedeck-copy[data-said]");
  await page.waitForFunction(() => document.querySelector(".livedeck-said").textContent !== "");
  const result = await page.evaluate(async () => ({
    text: await window.clipboardText(),
    said: document.querySelector(".livedeck-said").textContent,
    focus: document.activeElement.localName,
  }));
  await page.evaluate(() => document.querySelectorAll("[data-said]").forEach((each) => delete each.dataset.said));
  return { ...result, slide: new URL(page.url()).hash || "#1" };
};

/** Every button on every slide with the mouse, turning the pages with the arrow key. */
const withMouse = async (page, slides) => {
  const found = [];
  for (let number = 1; number <= slides; number += 1) {
    const { buttons, ...others } = await page.evaluate(look);
    const copies = [];
    for (const { x, y } of buttons) copies.push(await copied(page, () => page.mouse.click(x, y)));
    found.push({ ...others, buttons, copies });
    await page.keyboard.press("ArrowRight");
  }
  return found;
};

/** The first two buttons with the keyboard; then an arrow key, and after a click with the mouse the space bar. */
const withKeys = async (page) => {
  const here = () => new URL(page.url()).hash || "#1";
  await page.keyboard.press("Home");
  await page.keyboard.press("Tab");
  const label = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  const enter = await copied(page, () => page.keyboard.press("Enter"));
  const space = await copied(page, () => page.keyboard.press("Space"));
  await page.keyboard.press("ArrowRight");
  const arrow = here();
  await page.keyboard.press("Tab");
  const next = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  const [{ x, y }] = (await page.evaluate(look)).buttons;
  await copied(page, () => page.mouse.click(x, y));
  await page.keyboard.press("Space");
  return { label, ring, enter, space, arrow, next, afterClick: here() };
};

const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox"], pipe: true });
try {
  const session = await browser.target().createCDPSession();
  await session.send("Browser.grantPermissions", { permissions: ["clipboardReadWrite", "clipboardSanitizedWrite"] });
  const context = browser.defaultBrowserContext();
  const url = pathToFileURL(file).href;
  const { page, seen } = await open(context, url, false);
  const slides = await page.evaluate(() => document.querySelectorAll("svg[data-marpit-svg]").length);
  const mouse = await withMouse(page, slides);
  const keys = await withKeys(page);
  await page.keyboard.press("Home");
  await page.mouse.move(1256, 200);
  await page.screenshot({ path: picture });
  const old = await open(context, url, true);
  const selected = await withMouse(old.page, slides);
  await old.page.emulateMediaType("print");
  const printed = await old.page.evaluate(() => {
    const buttons = [...document.querySelectorAll(".bespoke-marp-active .livedeck-copy")];
    return buttons.map((button) => getComputedStyle(button).display);
  });
  const scripts = await old.page.evaluate(() => document.querySelectorAll("section script, section b").length);
  const evil = await old.page.evaluate(() => window.evil === undefined);
  process.stdout.write(
    JSON.stringify({
      mouse,
      selected,
      keys,
      printed,
      scripts,
      evil,
      errors: [...seen.errors, ...old.seen.errors],
      requests: [...seen.requests, ...old.seen.requests].filter((each) => !each.startsWith("data:")),
    }),
  );
} finally {
  await browser.close();
}
