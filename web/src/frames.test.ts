import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onNextFrame } from "./frames";

let ran: number[];
const work = () => { ran.push(performance.now()); };

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(1000);
  ran = [];
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("what comes after a rest is there with the next frame", () => {
  const now = performance.now();
  onNextFrame(work);
  vi.advanceTimersByTime(17);
  expect(ran).toHaveLength(1);
  expect((ran[0] ?? Infinity) - now).toBeLessThan(17);
});

test("what comes all the time is rendered with every other frame", () => {
  const again = () => {
    work();
    onNextFrame(again);
  };
  onNextFrame(again);
  vi.advanceTimersByTime(1000);
  expect(ran.length).toBeGreaterThan(28);
  expect(ran.length).toBeLessThan(34);
});

test("a page that paints no frames is not late", () => {
  vi.spyOn(window, "requestAnimationFrame").mockReturnValue(0);
  onNextFrame(work);
  vi.advanceTimersByTime(100);
  expect(ran).toHaveLength(1);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  onNextFrame(work);
  return Promise.resolve().then(() => { expect(ran).toHaveLength(2); });
});
