/** What a screen reader is told: once, when it happens, wherever the person is on the page. */

import { Store } from "./store";

export interface Said {
  id: number;
  text: string;
  /** Assertive: it wants the person now, and may break into what is being read. */
  how: "polite" | "assertive";
}

/** So many are kept: a reader takes what is new. */
const KEPT = 6;

export const said = new Store<readonly Said[]>([]);
let last = 0;

export function announce(text: string, how: Said["how"] = "polite"): void {
  last += 1;
  said.set([...said.get().slice(1 - KEPT), { id: last, text, how }]);
}

/** The last thing that was said before now. */
export function lastSaid(): number {
  return last;
}
