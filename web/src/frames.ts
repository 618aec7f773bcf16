/** Work for the next animation frame: many events, one rendering. */

const FALLBACK_MS = 100;
/** ms between two renderings: every other frame of most screens. */
const APART_MS = 24;

let last = -Infinity;

/**
 * Runs `work` once before the next frame is painted, or the one after: what streams all the time costs half of it so,
 * and looks the same. A page in the background paints no frames,
 * and its timers are slowed down: there it runs at once, so that nothing is late.
 */
export function onNextFrame(work: () => void): void {
  if (document.hidden) {
    queueMicrotask(work);
    return;
  }
  let done = false;
  const run = (now: number) => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    last = now;
    work();
  };
  let frame = requestAnimationFrame(function look(now) {
    if (now !== last && now - last < APART_MS) frame = requestAnimationFrame(look);
    else run(now);
  });
  const timer = setTimeout(() => { run(performance.now()); }, FALLBACK_MS);
}
