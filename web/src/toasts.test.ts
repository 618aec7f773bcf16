import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { said } from "./announce";
import { toast, toasts } from "./toasts";

beforeEach(() => {
  vi.useFakeTimers();
  toasts.set([]);
  said.set([]);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  document.body.replaceChildren();
});

test("words go after a while, but not in a tab that nobody sees", () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  toast("it failed");
  vi.advanceTimersByTime(60_000);
  expect(toasts.get()).toMatchObject([{ message: "it failed" }]);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(toasts.get()).toHaveLength(1);
  vi.advanceTimersByTime(60_000);
  expect(toasts.get()).toEqual([]);
});

test("with a dialog open they are announced in it: what is outside of it is not heard", () => {
  toast("one");
  expect(said.get()).toEqual([]);
  document.body.append(Object.assign(document.createElement("dialog"), { open: true }));
  toast("two");
  expect(said.get()).toMatchObject([{ text: "two" }]);
});
