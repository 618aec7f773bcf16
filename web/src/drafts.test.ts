import { beforeEach, expect, test, vi } from "vitest";
import { storageKey } from "./address";
import { Drafts } from "./drafts";
import { ownStorage, tellsTabs } from "./testing/tabs";

let [a, b] = [ownStorage(), ownStorage()];
let changed: string[];

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  changed = tellsTabs();
  [a, b] = [ownStorage(), ownStorage()];
  return () => { vi.useRealTimers(); };
});

const types = (drafts: Drafts, text: string) => {
  drafts.set("s1", text);
  vi.advanceTimersByTime(300);
};

test("what another tab sends from the same place takes nothing away that is written here", () => {
  const here = new Drafts(a);
  const there = new Drafts(b);
  expect(there.get("s1")).toBe("");
  types(here, "a long text");
  types(there, "short");
  types(there, ""); // it was sent
  expect(here.get("s1")).toBe("a long text");
  expect(there.get("s1")).toBe("");
  expect(new Drafts(a).get("s1")).toBe("a long text");
  expect(new Drafts(ownStorage()).get("s1")).toBe("a long text"); // here was closed instead
});

test("each tab has its own text after a reload, also where it looks at the place later", () => {
  types(new Drafts(a), "a long text");
  const here = new Drafts(a);
  const there = new Drafts(b);
  types(there, "another");
  expect(here.get("s1")).toBe("a long text");
  expect(new Drafts(b).get("s1")).toBe("another");
});

test("two tabs with texts of their own do not answer each other for ever", () => {
  const [here, there, third] = [new Drafts(a), new Drafts(b), new Drafts(ownStorage())];
  types(here, "one");
  types(there, "two");
  types(third, "three");
  changed.length = 0;
  types(third, "");
  expect(changed.length).toBe(2); // taken away, and put there by one of the two
  expect([here.get("s1"), there.get("s1"), third.get("s1")]).toEqual(["one", "two", ""]);
});

test("a tab where nothing was typed shows what is stored, also when it comes later", () => {
  const here = new Drafts(a);
  const there = new Drafts(b);
  const shown = vi.fn();
  there.texts.subscribe(shown);
  types(here, "begun");
  expect(shown).toHaveBeenCalled();
  expect(there.get("s1")).toBe("begun");
});

test("what a closed tab left is taken away by who sends it, not by who never saw it", () => {
  const left = storageKey("draft:s1");
  localStorage.setItem(left, "left behind");
  const here = new Drafts(a);
  expect(here.get("s1")).toBe("left behind");
  types(here, "");
  expect(localStorage.getItem(left)).toBe(null);
  types(here, "mine");
  localStorage.setItem(left, "left behind later");
  types(here, "");
  expect(new Drafts(b).get("s1")).toBe("left behind later");
});
