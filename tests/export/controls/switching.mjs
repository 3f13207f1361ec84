// Opens an HTML deck, goes on to a slide, follows the first link to another language, and says where that led and whether
// the arrow keys still turn pages there. Usage: node switching.mjs BROWSER URL SLIDE
import puppeteer from "puppeteer-core";

const [browserPath, page, slide] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
try {
  const tab = await browser.newPage();
  await tab.setViewport({ width: 1280, height: 720 });
  await tab.goto(page);
  for (let number = 2; number <= Number(slide); number += 1) {
    await tab.keyboard.press("ArrowRight");
    await tab.waitForFunction((hash) => location.hash === hash, {}, `#${number}`);
  }
  const names = await tab.$$eval(".livedeck-languages a", (links) => links.map((link) => link.textContent));
  await Promise.all([tab.waitForNavigation(), tab.click(".livedeck-languages a")]);
  await tab.waitForFunction(() => document.querySelector(".bespoke-marp-active"));
  const heading = await tab.$eval(".bespoke-marp-active h2", (found) => found.textContent);
  const address = tab.url().split("/").at(-1);
  await tab.keyboard.press("ArrowLeft");
  await tab.waitForFunction((hash) => location.hash === hash, {}, `#${Number(address.split("#")[1]) - 1}`);
  console.log(JSON.stringify({ names, address, heading, moved: await tab.evaluate(() => location.hash) }));
} finally {
  await browser.close();
}
