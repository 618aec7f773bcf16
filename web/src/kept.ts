/**
 * Texts that outlive the page, by place: over a reload, and for who comes next.
 *
 * Several tabs may show one place, each with a text of its own, and localStorage has room for one of them. So:
 * 1. What a tab writes it keeps in its own sessionStorage too. A reload reads that first, and no other tab touches it.
 * 2. localStorage is for a tab with nothing of its own. The last that writes is there; a tab takes away only what it
 *    put or found there.
 * 3. Where another tab took a text away (it was sent there), a tab that has one of its own puts it there again.
 *    Only a removal is answered, and never by a removal: tabs cannot answer each other for ever.
 */

import { storageKey } from "./address";

/** What of this browser's storage is this tab's alone. */
export type OwnStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Kept {
  readonly #prefix: string;
  readonly #own: () => OwnStorage;
  readonly #onOther: ((place: string) => void) | undefined;
  /** What this tab put or found in localStorage, by place. */
  readonly #seen = new Map<string, string>();

  /** `onOther`: another tab changed what is stored for a place of which this tab has nothing of its own. */
  constructor(kind: string, own: () => OwnStorage = () => sessionStorage, onOther?: (place: string) => void) {
    this.#prefix = storageKey(`${kind}:`);
    this.#own = own;
    this.#onOther = onOther;
    window.addEventListener("storage", this.#onStorage);
  }

  read(place: string): string {
    const key = this.#prefix + place;
    const found = get(this.#own, key) ?? get(shared, key) ?? "";
    this.#seen.set(place, found);
    return found;
  }

  /** An empty text: nothing is kept. */
  write(place: string, text: string): void {
    const key = this.#prefix + place;
    const seen = this.#seen.get(place) ?? this.read(place);
    put(this.#own, key, ""); // where there is no room for the new one, the old one must not come up again
    put(this.#own, key, text);
    if (text || get(shared, key) === seen) put(shared, key, text);
    this.#seen.set(place, text);
  }

  #onStorage = ({ key, newValue }: StorageEvent): void => {
    if (!key?.startsWith(this.#prefix)) return;
    const place = key.slice(this.#prefix.length);
    const own = get(this.#own, key);
    if (!own) this.#onOther?.(place);
    else if (newValue === null && get(shared, key) === undefined) put(shared, key, own);
  };
}

const shared = () => localStorage;

function get(storage: () => OwnStorage, key: string): string | undefined {
  try {
    return storage().getItem(key) ?? undefined;
  } catch {
    return undefined; // no storage in this browser: what is written lives in memory
  }
}

function put(storage: () => OwnStorage, key: string, text: string): void {
  try {
    if (text) storage().setItem(key, text);
    else storage().removeItem(key);
  } catch {
    // No storage, or it is full: what is written lives in memory, as long as the page does.
  }
}
