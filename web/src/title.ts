/** What stands in the tab: how many wait for the person, where they are, and a dot on the icon. */

import { useEffect } from "react";
import { Store } from "./store";

const NAME = "Antiphon";

/** Where the person is; each view says so by `useTitle`. */
const place = new Store(NAME);
const waits = new Store(0);

/** The view is called so in the tab while it is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    place.set(title === NAME ? NAME : `${title} · ${NAME}`);
    return () => { place.set(NAME); };
  }, [title]);
}

/** So many wait for the person: in the title, on the icon, and on the icon of an installed page. */
export function showWaiting(count: number): void {
  waits.set(count);
}

let drawing = false;

/** Once for all that changes together: as one view goes and the next comes. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    const count = waits.get();
    document.title = count ? `(${count}) ${place.get()}` : place.get();
  });
}

place.subscribe(draw);
waits.subscribe(() => {
  draw();
  const count = waits.get();
  drawIcon(count > 0);
  if (!("setAppBadge" in navigator)) return;
  // Not installed, or not allowed: then there is no icon to draw on.
  (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
});

/** public/icon.svg, so that it needs no other request. */
const MARK =
  '<path fill="#5470e0" d="M6 4h15a4 4 0 0 1 4 4v4a4 4 0 0 1-4 4h-9l-6 5z"/>' +
  '<path fill="#5470e0" fill-opacity=".5" d="M27 12v16l-6-5h-7a4 4 0 0 1-3.5-2l2.5-2h8a7 7 0 0 0 6-7z"/>';
const DOT = '<circle cx="24.5" cy="7.5" r="7.5" fill="#e5484d" stroke="#fff" stroke-width="2"/>';

let plain: string | undefined;

function drawIcon(dotted: boolean): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  plain ??= link.href;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${MARK}${DOT}</svg>`;
  link.href = dotted ? `data:image/svg+xml,${encodeURIComponent(svg)}` : plain;
}
