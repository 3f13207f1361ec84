// A button on every command of an HTML deck. It is made here, so that a page without scripts has no dead buttons.
(() => {
  "use strict";
  const status = document.querySelector(".livedeck-said");
  const words = status.dataset;
  const shownFor = 2000;

  /** Copy without the clipboard API: in old browsers, and where a page may not use it. */
  const copyBySelection = (text) => {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.className = "livedeck-said";
    area.readOnly = true;
    area.value = text;
    document.body.append(area);
    const exactly = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener("copy", exactly, { capture: true, once: true });
    try {
      area.select();
      return document.execCommand("copy");
    } finally {
      document.removeEventListener("copy", exactly, { capture: true });
      area.remove();
      before?.focus({ preventScroll: true });
    }
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  };

  const forget = (button) => {
    delete button.dataset.said;
    button.title = words.copy;
  };

  let timer;
  const say = (button, result) => {
    for (const other of document.querySelectorAll(".livedeck-copy[data-said]")) forget(other);
    clearTimeout(timer);
    button.dataset.said = result;
    button.title = words[result];
    // Screen readers announce the same words again only if the region was empty in between.
    status.textContent = "";
    requestAnimationFrame(() => {
      status.textContent = words[result];
    });
    timer = setTimeout(() => {
      forget(button);
      status.textContent = "";
    }, shownFor);
  };

  /** Pass keys that the button does not use to Marp, which ignores keys pressed on a button. */
  const passOn = (event) => {
    event.stopPropagation();
    if ([" ", "Enter", "Tab"].includes(event.key)) return;
    const again = new KeyboardEvent("keydown", {
      key: event.key,
      code: event.code,
      altKey: event.altKey,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      shiftKey: event.shiftKey,
      cancelable: true,
    });
    if (!document.dispatchEvent(again)) event.preventDefault();
  };

  for (const place of document.querySelectorAll("[data-copy]:not(.livedeck-said)")) {
    const text = place.dataset.copy;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "livedeck-copy";
    button.title = words.copy;
    button.setAttribute("aria-label", `${words.copy}: ${text.split("\n", 1)[0]}`);
    button.addEventListener("keydown", passOn);
    button.addEventListener("click", async (event) => {
      // After a click with the mouse the space bar should turn the page again.
      if (event.detail > 0) button.blur();
      say(button, (await copy(text)) ? "copied" : "notCopied");
    });
    place.append(button);
  }
})();
