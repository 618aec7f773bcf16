import { describe, expect, test } from "vitest";
import { prepend } from "./prepend";
import type { AnyEvent } from "./protocol";
import { reduce } from "./reduce";
import { begin, type State } from "./session";
import { dice, fullState, history, logged, subscribed, withoutDeltas } from "./testing/history";
import { transcriptOf } from "./testing/transcript";

/** Opens a session at its tail, loads older pages of `page` events, gets what follows live. */
function readByPages(events: AnyEvent[], head: number, first: number, page: number): State {
  const known = events.slice(0, head);
  let state = begin(subscribed("sub", known, first));
  state = reduce(state, withoutDeltas(known.slice(first - 1)), head);
  for (let at = head; at < events.length; at += 3) {
    state = older(state, events, page);
    state = reduce(state, events.slice(at, at + 3));
  }
  while (state.more) state = older(state, events, page);
  return state;
}

function older(state: State, events: AnyEvent[], page: number): State {
  if (!state.more) return state;
  const before = withoutDeltas(events.filter(({ seq = 0 }) => seq < state.first));
  const events_ = before.slice(-page);
  return prepend(state, events_, events_.length < before.length);
}

describe("tail, older pages and live events, cut anywhere, give the transcript of one who read it all", () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))("history %i", (seed) => {
    const events = history(seed, 5);
    const full = transcriptOf(fullState(events));
    const roll = dice(seed);
    for (let round = 0; round < 40; round += 1) {
      const head = 1 + roll(events.length);
      const first = 1 + roll(head);
      const page = 1 + roll(12);
      const state = readByPages(events, head, first, page);
      expect(transcriptOf(state), `head ${head}, first ${first}, page ${page}`).toEqual(full);
    }
  });
});

test("an answer given after the page was opened reaches the question in an older page", () => {
  const events = logged([
    { type: "turn-started", text: "ask", turn: "t1" },
    { type: "approval-requested", approval: "p1", kind: "permission", title: "May I?", options: [], turn: "t1" },
    { type: "approval-resolved", approval: "p1", option: "yes", turn: "t1" },
    { type: "turn-completed", turn: "t1" },
  ]);
  const tail = reduce(begin(subscribed("sub", events, 3)), events.slice(2), 4);
  const [entry] = prepend(tail, events.slice(0, 2), false).turns[0]?.entries ?? [];
  expect(entry?.content).toMatchObject({ kind: "approval", resolved: { option: "yes" } });
});

test("an item taken back after the page was opened does not come back with its older page", () => {
  const events = logged([
    { type: "turn-started", text: "try", turn: "t1" },
    { type: "item-started", item: "m1", content: { kind: "message", text: "half" }, turn: "t1" },
    { type: "item-discarded", item: "m1", turn: "t1" },
    { type: "item-completed", item: "m2", content: { kind: "message", text: "whole" }, turn: "t1" },
  ]);
  const tail = reduce(begin(subscribed("sub", events, 3)), events.slice(2), 4);
  const joined = prepend(tail, events.slice(0, 2), false);
  expect(joined.turns[0]?.entries.map(({ id }) => id)).toEqual(["m2"]);
});

test("an agent that moved again after the page was opened is not stalled by its older page", () => {
  const events = logged([
    { type: "turn-started", text: "hang", turn: "t1" },
    { type: "turn-stalled", since: 1, limit: 9, turn: "t1" },
    { type: "turn-alive", turn: "t1" },
  ]);
  const tail = reduce(begin(subscribed("sub", events, 3)), events.slice(2), 3);
  expect(prepend(tail, events.slice(0, 2), false).turns[0]?.stalledSince).toBeUndefined();
});
