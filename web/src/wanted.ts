/** The approval that somebody came for, from a notification or the list: `?approval=ID` in its session's address. */

import { readRoute, route } from "./route";
import { useStore } from "./store";

const NAME = "approval";

/** The path, below the base, that leads to an approval. */
export function pathTo(session: string, approval?: string): string {
  return `sessions/${session}${approval ? `?${NAME}=${encodeURIComponent(approval)}` : ""}`;
}

/** Whether it is this one. */
export function useWanted(approval: string): boolean {
  return useStore(route, () => new URLSearchParams(location.search).get(NAME) === approval);
}

/** It has been shown: the address is the session's again. */
export function forgetWanted(): void {
  const address = new URL(location.href);
  address.searchParams.delete(NAME);
  history.replaceState(null, "", address);
  readRoute();
}
