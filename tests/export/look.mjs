// Opens an HTML deck in a real browser and prints what is there, as JSON. Usage: node look.mjs BROWSER FILE.html
import { pathToFileURL } from "node:url";

import puppeteer from "puppeteer-core";

const [browserPath, file] = process.argv.slice(2);

const look = () => {
  const slides = [
    ...document.querySelectorAll(
      'section:not([data-marpit-advanced-background="background"], [data-marpit-advanced-background="pseudo"])',
    ),
  ];
  const scale = (element) => element.getBoundingClientRect().width / element.offsetWidth;
  const below = (slide) => {
    const parts = [...slide.children].filter((child) => !child.matches("header, footer, style, script"));
    const bottoms = parts.map((part) => part.getBoundingClientRect().bottom);
    const top = slide.getBoundingClientRect().top;
    return bottoms.length ? (Math.max(...bottoms) - top) / scale(slide) : 0;
  };
  const kinds = (line) => [...line.children].map((span) => [span.className, span.textContent]);
  const terminal = (block) => ({
    text: block.textContent,
    lines: [...block.querySelectorAll(".line")].map((line) => ({
      kinds: kinds(line),
      rows: Math.round(line.getBoundingClientRect().height / scale(line) / 20),
    })),
    elements: [...new Set([...block.querySelectorAll("*")].map((e) => `${e.localName}.${e.className}`))].sort(),
  });
  const width = (text, block, weight) => {
    const span = document.createElement("span");
    span.style.cssText = `position: absolute; white-space: pre; font-weight: ${weight}`;
    span.textContent = text.repeat(50);
    block.querySelector("code").append(span);
    const result = span.getBoundingClientRect().width / scale(block) / 50;
    span.remove();
    return result;
  };
  const first = document.querySelector("pre.terminal");
  const glyphs = first ? [..."mW0 …─├│└✔⠿→※①⑳℃Ⅱ❶ⓐ■★±½“가힣ㄱあ漢Ａﾊ✅😄〜㈜「"] : [];
  return {
    slides: slides.map((slide) => ({
      theme: slide.dataset.theme,
      bottom: below(slide),
      terminals: [...slide.querySelectorAll("pre.terminal")].map(terminal),
      strong: [...slide.querySelectorAll("strong")].map((e) => e.textContent),
      scripts: slide.querySelectorAll("script, iframe, foreignObject").length,
    })),
    widths: Object.fromEntries(glyphs.map((g) => [g, [400, 700].map((weight) => width(g, first, weight))])),
    faces: [...document.fonts].map((face) => ({ family: face.family.replaceAll('"', ""), status: face.status })),
    scaled: document.querySelectorAll("marp-pre, [data-auto-scaling]").length,
    pictures: [...document.images].map((image) => image.naturalWidth),
    svgs: document.querySelectorAll("svg[data-marpit-svg]").length,
  };
};

const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox"], pipe: true });
try {
  const page = await browser.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.setViewport({ width: 1280, height: 720 });
  // On screen only one slide is laid out; printing lays out all of them.
  await page.emulateMediaType("print");
  await page.goto(pathToFileURL(file).href);
  // Also those that nothing on the page has asked for.
  await page.evaluate(() => Promise.all([...document.fonts].map((face) => face.load())));
  const seen = await page.evaluate(look);
  process.stdout.write(JSON.stringify({ ...seen, requests: requests.filter((url) => !url.startsWith("data:")) }));
} finally {
  await browser.close();
}
