import { expect, test } from "vitest";
import { indexOf, matchesIn, step, wordsOf } from "./find";
import { plainMarkdown } from "./markdown/plain";
import { reduce } from "./reduce";
import { Rows } from "./rows";
import { emptyState } from "./session";
import { logged } from "./testing/history";

const state = reduce(
  emptyState(),
  logged([
    { type: "turn-started", turn: "t1", text: "Find the Sea, the sea" },
    { type: "item-completed", turn: "t1", item: "think", content: { kind: "reasoning", text: "By the **se**a" } },
    { type: "item-completed", turn: "t1", item: "sub", content: { kind: "tool-call", title: "Task" } },
    { type: "item-completed", turn: "t1", item: "step", parent: "sub", content: { kind: "tool-call", title: "Read", output: "\u001b[31ms\u001b[0mea" } },
    { type: "item-completed", turn: "t1", item: "plan", content: { kind: "plan", entries: [{ text: "Go to sea" }] } },
    { type: "turn-failed", turn: "t1", failure: { provider: "practice", code: "network", message: "The sea is rough." } },
  ]),
);
const rows = new Rows().of(state.turns, []);

test("words are found in prompts, thoughts, outputs, plans and failures, through marks and colours", () => {
  expect(matchesIn(rows, state, "SEA")).toEqual([
    { row: "t1", nth: 0 },
    { row: "t1", nth: 1 },
    { row: "t1/think", entry: "think", nth: 0 },
    { row: "t1/sub", entry: "step", nth: 0 },
    { row: "t1/plan", entry: "plan", nth: 0 },
    { row: "t1/end", nth: 0 },
  ]);
  expect(matchesIn(rows, state, "  ")).toEqual([]);
});

test("steps go round, and a match is found again when rows were added before it", () => {
  const matches = matchesIn(rows, state, "sea");
  const [first, second] = matches;
  expect(step(matches, undefined, 1)).toBe(first);
  expect(step(matches, undefined, -1)).toBe(matches.at(-1));
  expect(step(matches, first, 1)).toBe(second);
  expect(step(matches, first, -1)).toBe(matches.at(-1));
  expect(step([], undefined, 1)).toBeUndefined();
  expect(second && indexOf([{ row: "older", nth: 0 }, ...matches], { ...second })).toBe(2);
});

test("markdown is searched as it is seen", () => {
  expect(plainMarkdown("# A **bold** word, `code_with_names` and [a _link_](https://x.invalid/y)\n\n```ts\na * b\n```\n> quoted"))
    .toBe("A bold word, code_with_names and a link\n\n\na * b\n\nquoted");
  expect(wordsOf({ kind: "tool-call", title: "Edit", diffs: [{ path: "a.ts", after: "new" }] })).toBe("Edit\na.ts\nnew\n");
});
