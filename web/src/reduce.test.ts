import { describe, expect, test } from "vitest";
import type { AnyEvent } from "./protocol";
import { reduce } from "./reduce";
import { begin, emptyState, resume, type State } from "./session";
import { dice, fullState, history, logged, subscribed, withoutDeltas } from "./testing/history";
import { snapshot, transcriptOf, withoutDefaults } from "./testing/transcript";

interface Case {
  name: string;
  liveFrom?: number;
  events: AnyEvent[];
  state: unknown;
}

const files = import.meta.glob<Case[]>("../../tests/transcripts/state/*.json", { eager: true, import: "default" });
const cases = Object.values(files).flat();

test("there are transcripts: a wrong path must not pass as no work", () => {
  expect(cases.length).toBeGreaterThanOrEqual(25);
});

describe("the shared transcripts make the same state here as on the server", () => {
  test.each(cases)("$name", ({ liveFrom = 0, events, state }) => {
    const start = { ...emptyState(), liveFrom };
    expect(snapshot(reduce(start, events))).toEqual(withoutDefaults(state));
    const oneByOne = events.reduce<State>((so, event) => reduce(so, [event]), start);
    expect(snapshot(oneByOne)).toEqual(withoutDefaults(state));
    const twice = events.flatMap((event) => [event, event]);
    expect(snapshot(reduce(reduce(start, twice), events))).toEqual(withoutDefaults(state));
  });
});

test("the state before is left as it was: what a component holds does not change under it", () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const events = history(seed);
    let state = emptyState();
    for (const event of events) {
      const before = JSON.stringify(state);
      const was = state;
      state = reduce(state, [event]);
      expect(JSON.stringify(was)).toBe(before);
    }
  }
});

test("what an event does not touch stays the same object, so only one row renders again", () => {
  const events = logged([
    { type: "turn-started", text: "a", turn: "t1" },
    { type: "turn-completed", turn: "t1" },
    { type: "turn-started", text: "b", turn: "t2" },
    { type: "item-completed", item: "m1", content: { kind: "message", text: "done" }, turn: "t2" },
    { type: "item-started", item: "m2", content: { kind: "message" }, turn: "t2" },
    { type: "item-delta", item: "m2", text: "x", turn: "t2" },
  ]);
  const before = reduce(emptyState(), events.slice(0, 5));
  const after = reduce(before, events.slice(5));
  expect(after.turns[0]).toBe(before.turns[0]);
  expect(after.turns[1]?.entries[0]).toBe(before.turns[1]?.entries[0]);
  expect(after.turns[1]?.entries[1]).not.toBe(before.turns[1]?.entries[1]);
});

test("a subscription that begins at the tail shows what a reader of that tail and all before would see live", () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const events = history(seed);
    const roll = dice(seed + 1000);
    const head = 1 + roll(events.length);
    const first = 1 + roll(head);
    const known = events.slice(0, head);
    let state = begin(subscribed("sub", known, first));
    state = reduce(state, withoutDeltas(known.slice(first - 1)), head);
    state = reduce(state, events.slice(head));
    const full = fullState(events);
    expect(state.running).toEqual(full.running);
    expect(state.approvals).toEqual(full.approvals);
    expect(state.queue).toEqual(full.queue);
    expect(openTexts(state)).toEqual(openTexts(full));
  }
});

test("any reconnects, at any event, lead to the same state as one connection", () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const events = history(seed);
    const roll = dice(seed + 2000);
    let state = begin(subscribed("sub", [], 1));
    while (state.head < events.length) {
      const head = Math.min(events.length, state.head + 1 + roll(9));
      const known = events.slice(0, head);
      state = reduce(resume(state, subscribed("sub", known, state.head + 1)), []);
      // The socket may be cut before all of them came.
      state = reduce(state, known.slice(state.head, state.head + 1 + roll(9)));
    }
    expect(transcriptOf(state)).toEqual(transcriptOf(fullState(events)));
    expect(state.running).toEqual(fullState(events).running);
  }
});

function openTexts(state: State): unknown {
  return state.turns.flatMap((turn) => turn.entries.filter(({ open, content }) => open && content.kind !== "retry").map(({ id, content }) => [id, content]));
}
