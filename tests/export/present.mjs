// Uses an HTML deck as a reader does: turns pages, opens the presenter view, looks for pictures, fonts and buttons.
// Usage: node present.mjs BROWSER URL PICTURE.png; prints what it found, as JSON.
import puppeteer from "puppeteer-core";

const [browserPath, url, picture] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox"], pipe: true });
const said = [];
// Marp asks that the screen stays on, which a browser without a screen refuses, and names a tag that is deprecated.
const USUAL = /Wake Lock|mobile-web-app-capable|favicon|404/;
const listen = (page) => page.on("console", (message) => USUAL.test(message.text()) || said.push(message.text()));

try {
  const page = await browser.newPage();
  listen(page);
  await page.goto(url);
  await page.waitForSelector(".bespoke-marp-active");
  const slides = [];
  const turn = async (hash) => {
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((wanted) => location.hash === wanted, {}, hash);
    slides.push(new URL(page.url()).hash);
  };
  await turn("#2");
  await turn("#3");
  await page.focus(".livedeck-languages a");
  const language = await page.evaluate(() => document.querySelector(".livedeck-languages a").href);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Home");
  await page.waitForFunction(() => location.hash === "#1");
  const found = await page.evaluate(async () => {
    await Promise.all([...document.images].map((image) => image.decode()));
    await document.fonts.ready;
    return {
      pictures: [...document.images].map((image) => image.naturalWidth > 0),
      fonts: [...document.fonts].filter((face) => face.status === "loaded").length,
      buttons: document.querySelectorAll(".livedeck-copy").length,
    };
  });
  const opening = new Promise((opened) => browser.once("targetcreated", (target) => opened(target.page())));
  await page.keyboard.press("p");
  const presenter = await opening;
  listen(presenter);
  await presenter.waitForSelector(".bespoke-marp-presenter-next-container.active iframe");
  const frame = await presenter.waitForFrame((each) => each.url().includes("view=next"));
  await frame.waitForSelector(".bespoke-marp-active");
  await frame.waitForFunction(() => location.hash === "#2");
  const note = await presenter.$eval(".bespoke-marp-note.active", (element) => element.textContent);
  await presenter.screenshot({ path: picture });
  const next = await frame.evaluate(() => location.hash);
  process.stdout.write(JSON.stringify({ ...found, slides, language, next, note, said }));
} finally {
  await browser.close();
}
