/** What was typed and not sent, by session; it survives a reload, whatever other tabs do (`kept.ts`). */

import { Kept, type OwnStorage } from "./kept";
import { Store } from "./store";

const SAVE_AFTER_MS = 300;

export class Drafts {
  readonly texts = new Store<Readonly<Record<string, string>>>({});
  readonly #kept: Kept;
  readonly #unsaved = new Set<string>();
  #timer?: ReturnType<typeof setTimeout>;

  constructor(own?: () => OwnStorage) {
    // Shown anew: a place where nothing was typed in this tab shows what is stored.
    this.#kept = new Kept("draft", own, () => { this.texts.patch({}); });
    window.addEventListener("pagehide", this.#save);
  }

  get(place: string): string {
    return this.texts.get()[place] ?? this.#kept.read(place);
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
    for (const place of this.#unsaved) this.#kept.write(place, this.get(place));
    this.#unsaved.clear();
  };
}
