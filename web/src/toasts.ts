/** Words that have no place of their own on the page. */

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
  setTimeout(() => {
    dismiss(id);
  }, SHOWN_MS);
}

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((shown) => shown.id !== id));
}
