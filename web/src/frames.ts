/** Work for the next animation frame: many events, one rendering. */

const FALLBACK_MS = 100;

/**
 * Runs `work` once before the next frame is painted. A page in the background paints no frames,
 * and its timers are slowed down: there it runs at once, so that nothing is late.
 */
export function onNextFrame(work: () => void): void {
  if (document.hidden) {
    queueMicrotask(work);
    return;
  }
  let done = false;
  const run = () => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    work();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, FALLBACK_MS);
}
