/** Whether the questions stand still: for a moment after one has come or gone the others are elsewhere than they were. */

import { Store, useStore } from "./store";

/** ms for which a click or a key answers nothing after that: it was meant for what stood there before. */
export const SETTLE_MS = 600;

const still = new Store(true);
let timer: ReturnType<typeof setTimeout> | undefined;

/** A question came or went. */
export function moved(): void {
  still.set(false);
  clearTimeout(timer);
  timer = setTimeout(settle, SETTLE_MS);
}

export function settle(): void {
  clearTimeout(timer);
  still.set(true);
}

export function useStill(): boolean {
  return useStore(still, (value) => value);
}
