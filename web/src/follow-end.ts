/** Keeps the end of a growing view in sight as long as the person is there. */

import { Store } from "./store";

/** px from the end that still count as being there. */
const AT_END = 40;
/** ms after wheel, finger or key in which a movement is the person's. */
const BY_PERSON = 500;
/** ms after a change of height in which a movement is the change's own. (Counted in frames, each change would ask for one.) */
const UNSETTLED = 100;
const INPUTS = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
const SCROLLING_KEYS = new Set(["ArrowUp", "PageUp", "Home", " "]);

export class FollowEnd {
  /** Whether the person is at the end. */
  readonly atEnd = new Store(true);
  #view?: HTMLElement;
  #top = 0;
  #height = 0;
  #lastInput = -Infinity;
  #changed = -Infinity;

  /** Follows `view` as it and `content` change their sizes; returns what ends it. */
  attach(view: HTMLElement, content: HTMLElement): () => void {
    this.#view = view;
    const observer = new ResizeObserver(this.follow);
    observer.observe(view);
    observer.observe(content);
    view.addEventListener("scroll", this.#onScroll, { passive: true });
    for (const input of INPUTS) view.addEventListener(input, this.#onInput, { passive: true });
    this.follow();
    return () => {
      observer.disconnect();
      view.removeEventListener("scroll", this.#onScroll);
      for (const input of INPUTS) view.removeEventListener(input, this.#onInput);
    };
  }

  follow = (): void => {
    const view = this.#view;
    if (!view || !this.atEnd.get()) return;
    view.scrollTop = view.scrollHeight;
    this.#remember(view);
  };

  /** Another content comes: it is seen from its end, whatever the person did in the one before. */
  begin = (): void => {
    this.#lastInput = -Infinity;
    this.jump();
  };

  jump = (): void => {
    this.atEnd.set(true);
    this.follow();
  };

  /** Somebody wants to see another place. */
  leave = (): void => {
    this.atEnd.set(false);
  };

  #onInput = (event: Event): void => {
    // A press on the view itself is one on its scroll bar; on a button in it, it moves nothing.
    if (event.type === "pointerdown" && event.target !== this.#view) return;
    if (event instanceof KeyboardEvent && !SCROLLING_KEYS.has(event.key)) return;
    this.#lastInput = performance.now();
  };

  #onScroll = (): void => {
    const view = this.#view;
    if (!view) return;
    const now = performance.now();
    const left = view.scrollHeight - view.scrollTop - view.clientHeight;
    // Rows that are measured or replaced move the view too: it is the person's doing when
    // their hand was just there, or when nothing has changed its size of late.
    const still = view.scrollHeight === this.#height && now - this.#changed > UNSETTLED;
    const byPerson = now - this.#lastInput < BY_PERSON || still;
    if (left < AT_END) this.atEnd.set(true);
    else if (view.scrollTop < this.#top && byPerson) this.atEnd.set(false);
    else if (!byPerson) this.follow();
    this.#remember(view);
  };

  #remember(view: HTMLElement): void {
    if (view.scrollHeight !== this.#height) this.#changed = performance.now();
    this.#top = view.scrollTop;
    this.#height = view.scrollHeight;
  }
}
