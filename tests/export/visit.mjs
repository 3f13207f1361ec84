// Opens pages in a real browser with a network, as readers do, on screen and in print.
// Usage: node visit.mjs BROWSER PAGES.json; the file has a list of addresses. Prints what each page's console said.
import { readFileSync } from "node:fs";

import puppeteer from "puppeteer-core";

const [browserPath, pages] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox"], pipe: true });

const settle = async () => {
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
};

try {
  const said = {};
  const page = await browser.newPage();
  let here;
  page.on("console", (message) => said[here].push(message.text()));
  page.on("dialog", (dialog) => dialog.dismiss());
  await page.setViewport({ width: 1280, height: 720 });
  for (const url of JSON.parse(readFileSync(pages, "utf-8"))) {
    here = url;
    said[here] = [];
    await page.goto(url).catch((error) => said[here].push(String(error)));
    for (const media of ["screen", "print"]) {
      await page.emulateMediaType(media);
      // A page that leads elsewhere takes what was run in it along.
      await page.evaluate(settle).catch((error) => said[here].push(String(error)));
    }
  }
  process.stdout.write(JSON.stringify(said));
} finally {
  await browser.close();
}
