/** How the page looks in this browser: its theme, and the size of its text. `public/look.js` sets them before the first paint. */

import { Store } from "./store";

export const THEMES = ["system", "light", "dark"] as const;
export const SIZES = ["small", "usual", "large", "larger"] as const;

export interface Look {
  theme: (typeof THEMES)[number];
  size: (typeof SIZES)[number];
}

const PLACE = "antiphon.look";
const USUAL: Look = { theme: "system", size: "usual" };

export const look = new Store<Look>(kept());

/** Shows the page so, at once and from now on. */
export function setLook(change: Partial<Look>): void {
  look.patch(change);
  const { theme, size } = look.get();
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  if (size === "usual") delete dataset.size;
  else dataset.size = size;
  colourBrowser();
  const chosen = { ...(theme !== "system" && { theme }), ...(size !== "usual" && { size }) };
  if (Object.keys(chosen).length) localStorage.setItem(PLACE, JSON.stringify(chosen));
  else localStorage.removeItem(PLACE);
}

/** Follows what is chosen in other tabs; and gives the browser's own bars the page's colour, now and as it changes. */
export function followLook(): void {
  window.addEventListener("storage", ({ key }) => {
    if (key === PLACE || key === null) setLook(kept());
  });
  colourBrowser();
}

/** The theme that is shown. */
export function isDark(): boolean {
  const { theme } = look.get();
  return theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

/** Calls back when the page's colours have changed, by the person or by the system. */
export function onColours(changed: () => void): () => void {
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", changed);
  const forget = look.subscribe(() => requestAnimationFrame(changed)); // once the document has them
  return () => {
    scheme.removeEventListener("change", changed);
    forget();
  };
}

function kept(): Look {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Look>;
    return { theme: THEMES.find((one) => one === found.theme) ?? USUAL.theme, size: SIZES.find((one) => one === found.size) ?? USUAL.size };
  } catch {
    return USUAL;
  }
}

/** The two colours that stand in index.html, told apart by the system's theme unless another was chosen. */
function colourBrowser(): void {
  const { theme } = look.get();
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const scheme = (meta.dataset.scheme ??= meta.getAttribute("media")?.includes("dark") ? "dark" : "light");
    meta.setAttribute("media", theme === "system" ? `(prefers-color-scheme: ${scheme})` : theme === scheme ? "all" : "not all");
  }
}
