/** Words that have no place of their own on the page. */

import { announce } from "./announce";
import { Store } from "./store";

export interface Toast {
  id: number;
  message: string;
}

const SHOWN_MS = 8000;
const MOST = 4;

export const toasts = new Store<readonly Toast[]>([]);
let last = 0;

export function toast(message: string): void {
  if (toasts.get().some((shown) => shown.message === message)) return;
  last += 1;
  const id = last;
  toasts.set([...toasts.get().slice(1 - MOST), { id, message }]);
  if (document.querySelector("dialog[open]")) announce(message); // what is outside of it is not heard
  expire(id);
}

/** Once it could be seen for long enough: in a tab out of sight no time passes. */
function expire(id: number): void {
  setTimeout(() => {
    if (!document.hidden) dismiss(id);
    else document.addEventListener("visibilitychange", () => { expire(id); }, { once: true });
  }, SHOWN_MS);
}

let host: HTMLElement | null = null;

/** Where they are shown: an element with a `popover`, which can stand above a dialog. */
export function hostToasts(element: HTMLElement | null): void {
  host = element;
}

/** Above whatever was opened since. */
export function raiseToasts(): void {
  if (!host || !("showPopover" in host) || !toasts.get().length) return;
  if (host.matches(":popover-open")) host.hidePopover();
  host.showPopover();
}

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((shown) => shown.id !== id));
}
