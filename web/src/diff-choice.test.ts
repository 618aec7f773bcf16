import { expect, test } from "vitest";
import type { ChangeData } from "react-diff-view";
import { choiceOf, spanOf } from "./diff-choice";

/** Added lines of a new file. */
const lines = (...texts: string[]) =>
  texts.map((content, at): ChangeData => ({ type: "insert", isInsert: true, lineNumber: at + 1, content }));

test("chosen lines are found where they were, else at the one other place where they are", () => {
  const chosen = choiceOf("a", lines("a", "}", "b", "}"), { from: 3, to: 3 });
  expect(chosen).toEqual({ place: { path: "a", from: 4, to: 4, old: false }, lines: ["+ }"], up: false });
  expect(spanOf(lines("x", "}", "y", "}", "z"), chosen)).toEqual({ from: 3, to: 3 });
  expect(spanOf(lines("a", "b", "}"), chosen)).toEqual({ from: 2, to: 2 });
});

test("nobody can tell which of several they are, or they changed: they are nowhere", () => {
  const chosen = choiceOf("a", lines("a", "}", "b", "}"), { from: 3, to: 3 });
  expect(spanOf(lines("new", "a", "}", "b", "}"), chosen)).toBeUndefined();
  expect(spanOf(lines("a", "b"), chosen)).toBeUndefined();
});

test("what was chosen upwards goes on upwards", () => {
  const chosen = choiceOf("a", lines("a", "b", "c"), { from: 2, to: 1 });
  expect(chosen.lines).toEqual(["+ b", "+ c"]);
  expect(spanOf(lines("new", "a", "b", "c"), chosen)).toEqual({ from: 3, to: 2 });
});
