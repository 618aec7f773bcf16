/** Keeps the end of a growing view in sight as long as the person is there. */

import { Store } from "./store";

/** px from the end that still count as being there. */
const AT_END = 40;

export class FollowEnd {
  /** Whether the person is at the end. */
  readonly atEnd = new Store(true);
  #view?: HTMLElement;
  #top = 0;

  /** Follows `view` as it and `content` change their sizes; returns what ends it. */
  attach(view: HTMLElement, content: HTMLElement): () => void {
    this.#view = view;
    const observer = new ResizeObserver(this.follow);
    observer.observe(view);
    observer.observe(content);
    view.addEventListener("scroll", this.#onScroll, { passive: true });
    this.follow();
    return () => {
      observer.disconnect();
      view.removeEventListener("scroll", this.#onScroll);
    };
  }

  follow = (): void => {
    if (this.#view && this.atEnd.get()) this.#view.scrollTop = this.#view.scrollHeight;
  };

  jump = (): void => {
    this.atEnd.set(true);
    this.follow();
  };

  #onScroll = (): void => {
    const view = this.#view;
    if (!view) return;
    const left = view.scrollHeight - view.scrollTop - view.clientHeight;
    // What grows below moves nothing up: only the person does.
    if (left < AT_END) this.atEnd.set(true);
    else if (view.scrollTop < this.#top) this.atEnd.set(false);
    this.#top = view.scrollTop;
  };
}
