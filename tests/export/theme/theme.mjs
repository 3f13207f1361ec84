// Opens HTML decks in one browser and prints how their text is drawn, as JSON. Usage: node theme.mjs BROWSER FILE...
import { pathToFileURL } from "node:url";

import puppeteer from "puppeteer-core";

const [browserPath, ...files] = process.argv.slice(2);

const look = () => {
  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const over = (top, bottom) => top.rgb.map((c, i) => c * top.alpha + bottom[i] * (1 - top.alpha));
  const facets = (slide) => {
    // With a picture beside the text, Marp draws the ground as a section of its own.
    const ground = slide.closest("svg").querySelector('section[data-marpit-advanced-background="background"]');
    const style = getComputedStyle(ground ?? slide);
    const found = style.backgroundImage.matchAll(/%23([0-9a-f]{6})/g);
    const drawn = [...found].map(([, hex]) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16)));
    return [colour(style.backgroundColor).rgb, ...drawn];
  };
  // Every colour that may lie behind the text of an element: of it or what is around it, up to the slide.
  const behind = (element, slide) => {
    if (element === slide) return facets(slide);
    const style = getComputedStyle(element);
    const own = colour(style.backgroundColor);
    if (own.alpha === 1) return [own.rgb];
    const around = behind(element.parentElement, slide);
    const washed = element.matches("em") ? style.backgroundImage.match(/rgba?\([^)]*\)/g) ?? [] : [];
    return [...around.map((rgb) => over(own, rgb)), ...washed.map((text) => colour(text).rgb)];
  };
  const name = (element) => [element.localName, ...element.classList].join(".");
  const texts = [];
  const slides = [
    ...document.querySelectorAll(
      'section:not([data-marpit-advanced-background="background"], [data-marpit-advanced-background="pseudo"])',
    ),
  ];
  for (const slide of slides) {
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement: element, data } = walker.currentNode;
      if (data.trim() && element.getClientRects().length && !element.closest("style, script")) {
        const { color } = getComputedStyle(element);
        texts.push({ what: name(element), on: slide.className, text: colour(color).rgb, grounds: behind(element, slide) });
      }
    }
    const page = getComputedStyle(slide, "::after");
    if (page.display !== "none") {
      texts.push({ what: "page", on: slide.className, text: colour(page.color).rgb, grounds: facets(slide) });
    }
    for (const item of slide.querySelectorAll("li")) {
      const { color } = getComputedStyle(item, "::marker");
      texts.push({ what: "marker", on: slide.className, text: colour(color).rgb, grounds: facets(slide) });
    }
  }
  const scale = (element) => element.getBoundingClientRect().width / element.offsetWidth;
  return {
    texts,
    slides: slides.map((slide) => {
      const parts = [...slide.querySelectorAll("*")].filter((part) => !part.closest("header, footer, style, script"));
      const box = slide.getBoundingClientRect();
      const ends = (side) => parts.map((part) => (part.getBoundingClientRect()[side] - box[side === "bottom" ? "top" : "left"]) / scale(slide));
      return {
        grounds: facets(slide),
        width: slide.offsetWidth,
        bottom: Math.max(...ends("bottom")),
        right: Math.max(...ends("right")),
        sizes: [...slide.querySelectorAll("pre.terminal")].map((block) => {
          const style = getComputedStyle(block);
          return [parseFloat(style.fontSize), parseFloat(style.lineHeight)];
        }),
        failed: [...slide.querySelectorAll(".failed")].map((line) => line.textContent),
        divided: [...slide.querySelectorAll("p > code .word")]
          .filter((word) => word.offsetHeight > 1.6 * parseFloat(getComputedStyle(word).fontSize))
          .map((word) => word.textContent),
        pictures: [...slide.querySelectorAll("p > img")].map((image) => image.getBoundingClientRect().width / scale(slide)),
      };
    }),
  };
};

const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox"], pipe: true });
try {
  const page = await browser.newPage();
  await page.emulateMediaType("print");
  const seen = [];
  for (const file of files) {
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(() => document.fonts.ready);
    seen.push(await page.evaluate(look));
  }
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}
