/** The page without its server: the worker that keeps it (scripts/offline-worker.js), and whether what is shown is the server's own. */

import { address, basePath } from "./address";

/** Lets the browser keep the page. Where it cannot (no https, no localhost, no such browser) the page needs the server to open. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const kept = await navigator.serviceWorker.register(address("sw.js"), { scope: basePath(), updateViaCache: "none" });
  kept.waiting?.postMessage("take-over");
  kept.addEventListener("updatefound", () => {
    const { installing } = kept;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") installing.postMessage("take-over");
    });
  });
}

/** Whether the server has another page by now than this one; what cannot be asked is not known to be another. */
export async function isOutdated(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src*="assets/"]')?.getAttribute("src");
  if (!own) return false;
  try {
    const answer = await fetch(address(""), { cache: "no-cache", headers: { accept: "text/html" } });
    return answer.ok && !(await answer.text()).includes(own);
  } catch {
    return false;
  }
}
