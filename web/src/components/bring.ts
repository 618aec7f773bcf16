/** Brings a row of the transcript into sight, however far it is: it is made first, then scrolled to. */

import type { VirtualizerHandle } from "virtua";
import { Store } from "../store";

/** The row that a link led to, while it is marked. */
export const pointedAt = new Store<string | undefined>(undefined);

/** ms for which a row stays marked. */
const POINTED_MS = 2500;
/** px left above the row. */
const ABOVE = 72;
/** Frames in which a row must come, and in which it must have come to rest. */
const FRAMES = { most: 120, still: 4 };

/** The row's element, once it is made and has come to rest; undefined: it never came. */
export async function bring(view: HTMLElement, rows: VirtualizerHandle, index: number, key: string): Promise<HTMLElement | undefined> {
  rows.scrollToIndex(index, { align: "start", offset: -ABOVE });
  let still = 0;
  let last = NaN;
  for (let frame = 0; frame < FRAMES.most; frame += 1) {
    await nextFrame();
    const row = elementOf(view, key);
    const top = row?.getBoundingClientRect().top ?? NaN;
    still = Math.abs(top - last) < 1 ? still + 1 : 0;
    last = top;
    if (row && still >= FRAMES.still) return row;
  }
  return elementOf(view, key);
}

export function elementOf(view: HTMLElement, key: string): HTMLElement | undefined {
  return view.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`) ?? undefined;
}

/** Marks the row for a moment, and puts a screen reader's place there. */
export function point(row: HTMLElement, entry: string | undefined): void {
  const key = row.dataset.row;
  pointedAt.set(key);
  setTimeout(() => {
    if (pointedAt.get() === key) pointedAt.set(undefined);
  }, POINTED_MS);
  const own = entry && row.querySelector<HTMLElement>(`[data-item="${CSS.escape(entry)}"]`);
  const target = own || row.querySelector<HTMLElement>("[data-item], [data-turn]");
  target?.focus({ preventScroll: true });
  if (own) own.scrollIntoView({ block: "nearest" });
}

export function nextFrame(): Promise<number> {
  return new Promise((resume) => requestAnimationFrame(resume));
}
