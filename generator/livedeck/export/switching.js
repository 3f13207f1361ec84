// Show a language's own name instead of its code, and let its link lead to the current slide: `data-slides` has the
// number of each slide's counterpart. Without scripts the links lead to the first slide.
(() => {
  "use strict";
  for (const link of document.querySelectorAll(".livedeck-languages a")) {
    try {
      link.textContent = new Intl.DisplayNames([link.lang], { type: "language" }).of(link.lang);
    } catch {
      // An old browser, or a language it does not know: the code stays.
    }
    const slides = link.dataset.slides.split(" ");
    const follow = () => {
      const number = Number(location.hash.slice(1) || 1);
      link.hash = slides[number - 1] ?? location.hash;
    };
    for (const event of ["pointerdown", "focus", "click"]) link.addEventListener(event, follow);
    // Enter should follow the link; Marp would turn the page.
    link.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.stopPropagation();
    });
  }
})();
