/** Several tabs on one localStorage: jsdom has one window, and tells it nothing of its own storage. */

import { vi } from "vitest";
import type { OwnStorage } from "../kept";

interface Unbound {
  setItem: (this: Storage, key: string, text: string) => void;
  removeItem: (this: Storage, key: string) => void;
}

const open: Map<string, string>[] = [];

/** A tab's sessionStorage: give it to a page again, and that page is the tab after a reload. */
export function ownStorage(): () => OwnStorage {
  const all = new Map<string, string>();
  open.push(all);
  const storage: OwnStorage = {
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, text) => { all.set(key, text); },
    removeItem: (key) => { all.delete(key); },
  };
  return () => storage;
}

/** From now on tabs hear of changes of localStorage, as browsers tell them; gives the keys that were changed. Tabs of earlier tests hold nothing. */
export function tellsTabs(): string[] {
  for (const all of open.splice(0)) all.clear();
  const changed: string[] = [];
  const { setItem, removeItem } = Storage.prototype as Unbound;
  const tell = (store: Storage, key: string, change: () => void) => {
    const oldValue = store.getItem(key);
    change();
    const newValue = store.getItem(key);
    if (store !== localStorage || newValue === oldValue) return;
    changed.push(key);
    if (changed.length > 100) throw new Error("the tabs answer each other for ever");
    window.dispatchEvent(new StorageEvent("storage", { key, oldValue, newValue }));
  };
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(function set(this: Storage, key, text) {
    tell(this, key, () => { setItem.call(this, key, text); });
  });
  vi.spyOn(Storage.prototype, "removeItem").mockImplementation(function remove(this: Storage, key) {
    tell(this, key, () => { removeItem.call(this, key); });
  });
  return changed;
}
