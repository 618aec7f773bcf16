import { expect, test } from "vitest";
import { find, holds } from "./places";
import { reduce } from "./reduce";
import { Rows } from "./rows";
import { emptyState } from "./session";
import { logged } from "./testing/history";

const state = reduce(
  emptyState(),
  logged([
    { type: "turn-started", turn: "t1", text: "a" },
    { type: "item-completed", turn: "t1", item: "sub", content: { kind: "tool-call", title: "Task" } },
    { type: "item-completed", turn: "t1", item: "inner", parent: "sub", content: { kind: "tool-call", title: "Task" } },
    { type: "item-completed", turn: "t1", item: "deep", parent: "inner", content: { kind: "message", text: "x" } },
    { type: "item-completed", turn: "t2", item: "m2", content: { kind: "message", text: "y" } },
  ]),
);
const rows = new Rows().of(state.turns, []);

test("a turn is its first row, an item its own, and a sub-agent's step lies within cards", () => {
  expect(find(rows, state, { turn: "t1" })).toEqual({ row: "t1", within: [] });
  expect(find(rows, state, { item: "sub" })).toEqual({ row: "t1/sub", within: [], entry: "sub" });
  expect(find(rows, state, { item: "deep" })).toEqual({ row: "t1/sub", within: ["sub", "inner"], entry: "deep" });
  expect(find(rows, state, { item: "nowhere" })).toBeUndefined();
});

test("a turn whose beginning is in an older page is not there yet", () => {
  expect(holds(state, { turn: "t1" })).toBe(true);
  expect(holds(state, { turn: "t2" })).toBe(false);
  expect(holds(state, { item: "m2" })).toBe(true);
  expect(holds(state, { item: "m3" })).toBe(false);
});
