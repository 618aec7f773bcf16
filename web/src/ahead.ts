/** Code that comes with no first load, fetched while nothing else goes on: it is here before a connection is lost. */

import { whenIdle } from "./idle";

type Fetch = () => Promise<unknown>;

const waiting: Fetch[] = [];

/** It is fetched ahead of its first use. */
export function ahead(fetch: Fetch): void {
  waiting.push(fetch);
}

const atRest = () => new Promise<void>((run) => { whenIdle(run); });

/** One piece after the other. What does not come now is fetched when it is needed. */
export async function fetchAhead(idle: () => Promise<void> = atRest): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    await idle();
    await next().catch(() => undefined);
  }
}
