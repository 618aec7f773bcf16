import { expect, test } from "vitest";
import { addToPrompt, languageOf, openFirst, placeName, quoted, reportedEdits, sizeOf, workDone } from "./changes";
import { Drafts } from "./drafts";
import type { ChangedFile, Diff } from "./protocol";
import { emptyState, newTurn, type Entry } from "./session";

const file = (path: string, added: number | null, more: Partial<ChangedFile> = {}) =>
  ({ path, kind: "modified", version: "1", added, deleted: 0, ...more }) as ChangedFile;

test("what is small is open from the start, until it is much together; what has no lines is not", () => {
  const files = [file("a", 100), file("bin", null), file("b", 450), file("c", 1), file("d", 3, { notShown: "too-large" })];
  expect([...openFirst(files)]).toEqual(["a", "c"]);
  expect(openFirst(Array.from({ length: 20 }, (_, at) => file(String(at), 1))).size).toBe(8);
});

test("a comment names its place, quotes its lines and then says its words", () => {
  const place = { path: "src/a.py", from: 3, to: 4 };
  expect(placeName(place)).toBe("src/a.py:3-4");
  expect(quoted(place, ["+ a", "+ b"], " Why? ")).toBe("> `src/a.py:3-4`\n> + a\n> + b\n\nWhy?");
  expect(quoted({ path: "a", from: 1, to: 1, old: true }, ["- x"], "")).toBe("> `a:1` (before the change)\n> - x");
});

test("it goes after what the person has begun to write, and another one after it", () => {
  const drafts = new Drafts();
  drafts.set("s1", "Look at this: \n");
  addToPrompt(drafts, "s1", "one");
  addToPrompt(drafts, "s1", "two");
  expect(drafts.get("s1")).toBe("Look at this:\n\none\n\ntwo\n");
});

const call = (id: string, open: boolean, diffs: Diff[] = []) =>
  ({ id, seq: 1, open, cut: false, content: { kind: "tool-call", title: id, diffs } }) as Entry;

test("a call that is done, and a turn's begin and end, are reasons to look; words are not", () => {
  const turn = { ...newTurn("t1", "running"), entries: [call("c1", true)] };
  const before = workDone({ ...emptyState(), turns: [turn], running: "t1" });
  const message = { id: "m", seq: 2, open: true, cut: false, content: { kind: "message", role: "assistant", text: "…" } } as unknown as Entry;
  const words = { ...turn, entries: [...turn.entries, message] };
  expect(workDone({ ...emptyState(), turns: [words], running: "t1" })).toBe(before);
  expect(workDone({ ...emptyState(), turns: [{ ...turn, entries: [call("c1", false)] }], running: "t1" })).not.toBe(before);
  expect(workDone({ ...emptyState(), turns: [{ ...turn, status: "completed" }] })).not.toBe(before);
});

test("edits that a turn reported: each file once, from what it was at first to what it was at last", () => {
  const entries = [
    call("1", false, [{ path: "a", before: "1", after: "2" }, { path: "b", before: null, after: "x" }]),
    call("2", false, [{ path: "a", before: "2", after: "3" }]),
  ];
  expect(reportedEdits({ ...newTurn("t1", "completed"), entries })).toEqual([
    { path: "a", before: "1", after: "3" },
    { path: "b", before: null, after: "x" },
  ]);
});

test("sizes and languages as people name them", () => {
  expect([999, 1200, 2_345_678].map(sizeOf)).toEqual(["999 B", "1.2 kB", "2.3 MB"]);
  expect(["a/b.py", "Dockerfile", "x.mts", "Makefile", "noend", "a.H"].map(languageOf)).toEqual(["py", "docker", "typescript", "make", "", "c"]);
});
