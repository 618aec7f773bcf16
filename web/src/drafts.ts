/** What was typed and not sent, by session; it survives a reload. */

import { storageKey } from "./address";
import { Store } from "./store";

const SAVE_AFTER_MS = 300;

export class Drafts {
  readonly texts = new Store<Readonly<Record<string, string>>>({});
  readonly #unsaved = new Set<string>();
  #timer?: ReturnType<typeof setTimeout>;

  constructor() {
    window.addEventListener("pagehide", this.#save);
  }

  get(place: string): string {
    return this.texts.get()[place] ?? read(place);
  }

  set(place: string, text: string): void {
    this.texts.patch({ [place]: text });
    this.#unsaved.add(place);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#save, SAVE_AFTER_MS);
  }

  /** Gives back a text that could not be sent, before whatever was typed since. */
  restore(place: string, text: string): void {
    const since = this.get(place);
    this.set(place, since.trim() ? `${text}\n\n${since}` : text);
    this.#save();
  }

  #save = (): void => {
    for (const place of this.#unsaved) write(place, this.get(place));
    this.#unsaved.clear();
  };
}

function read(place: string): string {
  try {
    return localStorage.getItem(storageKey(`draft:${place}`)) ?? "";
  } catch {
    return ""; // no storage in this browser: the draft lives in memory
  }
}

function write(place: string, text: string): void {
  try {
    if (text) localStorage.setItem(storageKey(`draft:${place}`), text);
    else localStorage.removeItem(storageKey(`draft:${place}`));
  } catch {
    // No storage, or it is full: the draft lives in memory, as long as the page does.
  }
}
