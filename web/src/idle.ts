/** Work that nobody waits for. */

/** ms until it is done where the browser does not say when it has time (Safari). */
const PAUSE = 50;

/** Runs it when nothing else goes on, at the latest after `limit` ms; returns what takes that back. */
export function whenIdle(run: () => void, limit?: number): () => void {
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(run, PAUSE);
    return () => { clearTimeout(timer); };
  }
  const asked = requestIdleCallback(run, { timeout: limit });
  return () => { cancelIdleCallback(asked); };
}
