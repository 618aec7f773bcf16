/** Code that comes with no first load, fetched while nothing else goes on: it is here before a connection is lost. */

type Fetch = () => Promise<unknown>;

/** ms until the next piece, where the browser does not say when it has time. */
const PAUSE = 300;
const waiting: Fetch[] = [];

/** It is fetched ahead of its first use. */
export function ahead(fetch: Fetch): void {
  waiting.push(fetch);
}

/** One piece after the other. What does not come now is fetched when it is needed. */
export async function fetchAhead(idle: () => Promise<void> = whenIdle): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    await idle();
    await next().catch(() => undefined);
  }
}

function whenIdle(): Promise<void> {
  return new Promise((run) => {
    // Safari has no such call.
    if ("requestIdleCallback" in window) requestIdleCallback(() => { run(); });
    else setTimeout(run, PAUSE);
  });
}
