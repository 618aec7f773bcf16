import { beforeEach, expect, test } from "vitest";
import { storageKey } from "./address";
import { Drafts } from "./drafts";
import type { FeedView } from "./feed";
import { Rewrites } from "./rewrites";
import { emptyState } from "./session";

let view: FeedView;
let drafts: Drafts;
let rewrites: Rewrites;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  view = { state: emptyState(), phase: "loading" };
  drafts = new Drafts();
  rewrites = new Rewrites(drafts, () => view);
  rewrites.begin("s1", "t1", "old");
  rewrites.write("t1", "new");
});

test("a queue that is not known yet, or of another session, says nothing of the turn", () => {
  for (const phase of ["loading", "catching-up", "refused"] as const) {
    view = { ...view, phase };
    rewrites.onView("s1");
  }
  view = { ...view, phase: "live" };
  rewrites.onView("s2");
  expect(drafts.get("s1")).toBe("");
  rewrites.onView("s1");
  expect(drafts.get("s1")).toBe("new");
  expect(rewrites.all.get()).toEqual({});
});

test.each(["", " ", "old"])("%o gives nothing back: it is no new words", (text) => {
  rewrites.write("t1", text);
  view = { ...view, phase: "live" };
  rewrites.onView("s1");
  expect(drafts.get("s1")).toBe("");
});

test("what cannot be read of what was left behind is left out", () => {
  localStorage.setItem(storageKey("rewrite:t9"), "{");
  localStorage.setItem(storageKey("rewrite:t8"), '{"session":"s1"}');
  expect(new Rewrites(drafts, () => view).all.get()).toEqual({});
});
