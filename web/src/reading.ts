/** How the person likes to read, kept in this browser for all sessions. */

import { storageKey } from "./address";
import { Store } from "./store";

export interface Reading {
  /** How a file's change is shown where there is room for both. */
  diff: "unified" | "split";
  /** Whether long lines of code are wrapped. */
  wrap: boolean;
}

const PLAIN: Reading = { diff: "unified", wrap: false };

export const reading = new Store<Reading>(kept());

export function prefer(change: Partial<Reading>): void {
  reading.patch(change);
  try {
    localStorage.setItem(storageKey("reading"), JSON.stringify(reading.get()));
  } catch {
    // No storage, or it is full: it holds until the page is left.
  }
}

function kept(): Reading {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(storageKey("reading")) ?? "{}");
    const { diff, wrap } = found as Partial<Reading>;
    return { diff: diff === "split" ? diff : PLAIN.diff, wrap: wrap === true };
  } catch {
    return PLAIN;
  }
}
