import { expect, test } from "vitest";
import type { AnyEvent } from "./protocol";
import { reduce } from "./reduce";
import { Rows, toolsOf } from "./rows";
import { emptyState } from "./session";
import { history, logged } from "./testing/history";

const events: AnyEvent[] = logged([
  { type: "agent-failed", failure: { provider: "practice", code: "network", message: "No." } },
  { type: "turn-started", text: "a", turn: "t1" },
  { type: "item-started", item: "m1", content: { kind: "message" }, turn: "t1" },
  { type: "item-delta", item: "m1", text: "x", turn: "t1" },
  { type: "item-completed", item: "m1", content: { kind: "message", text: "x" }, turn: "t1" },
  { type: "turn-completed", turn: "t1" },
]);

test("a turn is its prompt, its entries and its end; what is outside has neither prompt nor end", () => {
  const rows = new Rows().of(reduce(emptyState(), events).turns, ["c9"]);
  expect(rows.map(({ key }) => key)).toEqual(["outside-1/failure-1", "t1", "t1/m1", "t1/end", "pending/c9"]);
});

test("deltas and ends leave the list as it is: only the row they are in renders again", () => {
  const rows = new Rows();
  let state = reduce(emptyState(), events.slice(0, 3));
  const list = rows.of(state.turns, []);
  for (const event of events.slice(3)) {
    state = reduce(state, [event]);
    expect(rows.of(state.turns, [])).toBe(list);
  }
  expect(rows.of(state.turns, ["c1"])).not.toBe(list);
});

test("a turn that grows keeps the rows that it had, and has those that it would have had at once", () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const rows = new Rows();
    let state = emptyState();
    for (const event of history(seed)) {
      state = reduce(state, [event]);
      expect(rows.of(state.turns, []).map(({ key }) => key)).toEqual(new Rows().of(state.turns, []).map(({ key }) => key));
    }
  }
  const rows = new Rows();
  const before = rows.of(reduce(emptyState(), events.slice(0, 3)).turns, []);
  const more = logged([{ type: "item-started", item: "m2", content: { kind: "message" }, turn: "t1" }], 4);
  const after = rows.of(reduce(emptyState(), [...events.slice(0, 3), ...more]).turns, []);
  expect(after.map(({ key }) => key)).toEqual(["outside-1/failure-1", "t1", "t1/m1", "t1/m2", "t1/end"]);
  for (const at of [1, 2]) expect(after[at]).toBe(before[at]);
});

test("the tools that ran are listed before a turn is tried again; one that only waited is not", () => {
  const tools = logged([
    { type: "item-completed", item: "x1", content: { kind: "tool-call", title: "Write a", status: "completed" }, turn: "t1" },
    { type: "item-completed", item: "x2", content: { kind: "tool-call", title: "Write b" }, turn: "t1" },
    { type: "item-completed", item: "x3", content: { kind: "tool-call", title: "Write c", status: "failed" }, turn: "t1" },
    { type: "item-completed", item: "x4", content: { kind: "tool-call", title: "Write d", status: "preparing" }, turn: "t1" },
  ]);
  const [turn] = reduce(emptyState(), tools).turns;
  expect(turn && toolsOf(turn).map(({ title }) => title)).toEqual(["Write a", "Write c"]);
});
