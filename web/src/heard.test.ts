import { afterEach, expect, test } from "vitest";
import { heard } from "./heard";
import type { AnyEvent } from "./protocol";
import { reduce } from "./reduce";
import { emptyState, type State } from "./session";
import { logged, type Made } from "./testing/history";
import { speak } from "./words";

afterEach(() => speak("en"));

/** What is heard of each of these events, in a session that begins with them. */
function hearing(made: Made[]) {
  let state: State = emptyState();
  return logged(made).flatMap((event: AnyEvent) => {
    const before = state;
    state = reduce(before, [event]);
    return heard(before, state, "Claude");
  });
}

const started: Made = { type: "turn-started", text: "go", turn: "t1" };
const failure = { provider: "claude", code: "network", type: "claude-error", message: "No network." } as const;

test("an end is heard once, and no delta is", () => {
  const item = { kind: "message", role: "agent", text: "a" } as const;
  expect(
    hearing([
      started,
      { type: "item-started", item: "i1", content: item, turn: "t1" },
      { type: "item-delta", item: "i1", text: "b", turn: "t1" },
      { type: "item-completed", item: "i1", content: item, turn: "t1" },
      { type: "turn-completed", turn: "t1" },
      { type: "session-updated", title: "x" },
    ]),
  ).toEqual([{ text: "Claude has finished", how: "polite" }]);
});

test("a failure is heard at once, in the server's words", () => {
  expect(hearing([started, { type: "turn-failed", failure, turn: "t1" }])).toEqual([{ text: "No network.", how: "assertive" }]);
});

test("in another language a failure is heard in that", async () => {
  await speak("zh");
  expect(hearing([started, { type: "turn-failed", failure, turn: "t1" }])).toEqual([{ text: "无法连接到模型", how: "assertive" }]);
});

test("silence is heard once, however long it lasts", () => {
  const stalled: Made = { type: "turn-stalled", since: 1, limit: 9, turn: "t1" };
  expect(hearing([started, stalled, { ...stalled }, { type: "turn-cancelled", turn: "t1" }]).map(({ text }) => text)).toEqual([
    "No sign of life from Claude",
    "Stopped",
  ]);
});

test("of a turn that ended before this page knew of it, nothing is heard", () => {
  expect(hearing([{ type: "turn-failed", failure, turn: "t0" }])).toEqual([]);
});
