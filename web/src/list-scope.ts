/** What the list beside the sessions shows: one project's or all, and what it is narrowed to. */

import { storageKey } from "./address";
import type { Filter } from "./list-filter";
import { Store } from "./store";

const PLACE = "everywhere";

/** Sessions of all projects; kept over reloads, for it is a way of working. */
export const everywhere = new Store(localStorage.getItem(storageKey(PLACE)) === "yes");
/** Not kept: a list that hides most of it after a week would look like a loss. */
export const narrowed = new Store<Pick<Filter, "only" | "provider">>({});

export function lookEverywhere(all: boolean): void {
  everywhere.set(all);
  if (all) localStorage.setItem(storageKey(PLACE), "yes");
  else localStorage.removeItem(storageKey(PLACE));
}
