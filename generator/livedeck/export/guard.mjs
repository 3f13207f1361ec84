// Keeps a page, while it is measured or printed, to itself and the files below one folder.
import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Return the path in the address of a file, undefined for other addresses; the same path may have several of them. */
export const pathOf = (url) => {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
};

/** Whether the address is that of a file below the folder, with links resolved. */
const below = (url, folder) => {
  try {
    return realpathSync(pathOf(url)).startsWith(realpathSync(folder) + sep);
  } catch {
    return false; // not a file, or not there
  }
};

/**
 * Let a new page load nothing but itself and files below the folder; `refuse` is called with every other address.
 * `opened` says which address is the page itself, and returns what it shows, or true for what is on the disk.
 */
export const guard = async (page, { folder, opened, refuse }) => {
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const url = request.url();
    // Reported as data; browsers do not load it from anywhere.
    if (url.startsWith("data:")) return request.continue();
    const own = request.isNavigationRequest() && request.frame() === page.mainFrame() && opened(url);
    if (own === true || below(url, folder)) return request.continue();
    if (own) return request.respond({ status: 200, contentType: "text/html; charset=utf-8", body: own });
    refuse(url);
    return request.abort("accessdenied");
  });
  return page;
};
