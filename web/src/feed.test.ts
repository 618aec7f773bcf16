import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Feed } from "./feed";
import type { AnyCommand, AnyEvent, Subscribe, Subscribed } from "./protocol";
import { frame, fullState, history, logged, subscribed, withoutDeltas } from "./testing/history";
import { transcriptOf } from "./testing/transcript";

let sent: AnyCommand[];
let live: boolean;
let reconnects: number;
let settled: string[];
let feed: Feed;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  live = true;
  reconnects = 0;
  settled = [];
  feed = new Feed("s1", {
    send: (command) => {
      if (live) sent.push(command);
      return live;
    },
    reconnect: () => (reconnects += 1),
    onSettled: (session) => settled.push(session),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function asked(): Subscribe {
  const last = sent.findLast((command) => command.type === "subscribe");
  if (!last) throw new Error("nothing was subscribed");
  return last;
}

/** Opens the feed on a log, from its first event. */
function open(events: AnyEvent[]): string {
  feed.subscribe();
  const { id } = asked();
  feed.onSubscribed(subscribed(id, events, 1));
  feed.onEvents(frame(id, 0, withoutDeltas(events), events.length));
  vi.runAllTimers();
  return id;
}

const turn = logged([
  { type: "turn-started", text: "hi", turn: "t1" },
  { type: "item-started", item: "m1", content: { kind: "message" }, turn: "t1" },
  { type: "item-delta", item: "m1", text: "one ", turn: "t1" },
  { type: "item-delta", item: "m1", text: "two ", turn: "t1" },
  { type: "item-delta", item: "m1", text: "three", turn: "t1" },
]);
const text = () => {
  const content = feed.view.get().state.turns[0]?.entries[0]?.content;
  return content?.kind === "message" ? content.text : undefined;
};

test("the first subscribe asks for the tail; a later one for what follows its cursor in the same epoch", () => {
  feed.subscribe();
  expect(asked()).toMatchObject({ session: "s1", tail: 200 });
  feed.onSubscribed(subscribed(asked().id, turn, 1));
  feed.onEvents(frame(asked().id, 0, turn));
  feed.disconnected();
  expect(feed.view.get().phase).toBe("catching-up");
  feed.subscribe();
  expect(asked()).toMatchObject({ epoch: "epoch-1", after: 5 });
});

test("a frame that does not continue our cursor is not applied: we subscribe anew from ours", () => {
  const id = open(turn.slice(0, 3));
  feed.onEvents(frame(id, 4, turn.slice(4)));
  vi.runAllTimers();
  expect(text()).toBe("one ");
  expect(asked()).toMatchObject({ after: 3 });
  feed.onSubscribed(subscribed(asked().id, turn, 4));
  feed.onEvents(frame(asked().id, 3, turn.slice(3)));
  vi.runAllTimers();
  expect(text()).toBe("one two three");
});

test("frames of an older subscription are dropped", () => {
  const first = open(turn.slice(0, 3));
  feed.subscribe();
  feed.onEvents(frame(first, 3, turn.slice(3)));
  feed.onSubscribed(subscribed(first, turn, 1));
  vi.runAllTimers();
  expect(text()).toBe("one ");
});

test("many frames before the next picture are applied once, in order", () => {
  const id = open(turn.slice(0, 2));
  let changes = 0;
  feed.view.subscribe(() => (changes += 1));
  feed.onEvents(frame(id, 2, turn.slice(2, 3)));
  feed.onEvents(frame(id, 3, turn.slice(3, 4)));
  feed.onEvents(frame(id, 4, turn.slice(4)));
  expect(changes).toBe(0);
  vi.runAllTimers();
  expect(changes).toBe(1);
  expect(text()).toBe("one two three");
});

test("in a page that nobody sees events are applied without waiting for a picture", async () => {
  const id = open(turn.slice(0, 2));
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  feed.onEvents(frame(id, 2, turn.slice(2)));
  await Promise.resolve();
  expect(text()).toBe("one two three");
});

test("a heartbeat that says more was sent than we have makes us subscribe anew", () => {
  open(turn);
  const before = sent.length;
  feed.onHeartbeat(5);
  feed.onHeartbeat(undefined);
  expect(sent).toHaveLength(before);
  feed.onHeartbeat(6);
  expect(asked()).toMatchObject({ after: 5 });
});

test.each<[string, Partial<Subscribed>]>([
  ["another epoch", { epoch: "epoch-2" }],
  ["a reset", { reset: true }],
])("%s: what we had is of another past, and is not mixed in", (_name, change) => {
  open(turn);
  feed.subscribe();
  const other = logged([
    { type: "turn-started", text: "other", turn: "t9" },
    { type: "turn-completed", turn: "t9" },
  ]);
  feed.onSubscribed({ ...subscribed(asked().id, other, 1), ...change });
  feed.onEvents(frame(asked().id, 0, other));
  vi.runAllTimers();
  expect(feed.view.get().state.turns.map(({ id }) => id)).toEqual(["t9"]);
});

test("a subscribe without a reply within 10 s costs the connection; one that was answered does not", () => {
  feed.subscribe();
  vi.advanceTimersByTime(9000);
  expect(reconnects).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(reconnects).toBe(1);
  open(turn);
  vi.advanceTimersByTime(60_000);
  expect(reconnects).toBe(1);
});

test("a refusal is shown in its words, and its pending commands may go", () => {
  feed.subscribe();
  const refused = { type: "rejected", id: asked().id, code: "unknown-session", message: "There is no such session." } as const;
  expect(feed.onRejected({ ...refused, id: "another" })).toBe(false);
  expect(feed.onRejected(refused)).toBe(true);
  expect(feed.view.get()).toMatchObject({ phase: "refused", refused: { message: "There is no such session." } });
  expect(settled).toEqual(["s1"]);
});

test("the busy notice stays while its turn runs, also before we heard of that turn, and goes with its end", () => {
  const id = open([]);
  feed.view.patch({ busy: { type: "session-busy", id: "c", session: "s1", provider: "practice", turn: "t1", since: 1 } });
  const events = logged([{ type: "session-updated", title: "x" }, { type: "turn-started", text: "hi", turn: "t1" }]);
  for (const event of events) {
    feed.onEvents(frame(id, (event.seq ?? 0) - 1, [event]));
    vi.runAllTimers();
    expect(feed.view.get().busy?.turn).toBe("t1");
  }
  feed.onEvents(frame(id, 2, logged([{ type: "turn-completed", turn: "t1" }], 3)));
  vi.runAllTimers();
  expect(feed.view.get().busy).toBeUndefined();
});

test("a busy notice from before the session was opened is gone where its turn runs no more", () => {
  feed.view.patch({ busy: { type: "session-busy", id: "c", session: "s1", provider: "practice", turn: "t0", since: 1 } });
  open(logged([{ type: "turn-started", text: "hi", turn: "t1" }, { type: "turn-completed", turn: "t1" }]));
  expect(feed.view.get().busy).toBeUndefined();
});

test("after a reconnect the busy notice is gone where its turn runs no more", () => {
  open(turn);
  feed.view.patch({ busy: { type: "session-busy", id: "c", session: "s1", provider: "practice", turn: "t0", since: 1 } });
  feed.subscribe();
  feed.onSubscribed(subscribed(asked().id, turn, 6));
  expect(feed.view.get().busy).toBeUndefined();
});

test("older pages are loaded to the beginning, once each, and a page that fails says why", async () => {
  const events = history(3, 6);
  const first = events.length - 10;
  feed.subscribe();
  feed.onSubscribed(subscribed(asked().id, events, first));
  feed.onEvents(frame(asked().id, first - 1, withoutDeltas(events.slice(first - 1)), events.length));
  vi.runAllTimers();

  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ code: "internal", message: "Broken." }, { status: 500 })));
  await feed.loadOlder();
  expect(feed.view.get().older).toMatchObject({ message: "Broken." });

  const asks: number[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    const before = Number(new URL(address).searchParams.get("before"));
    asks.push(before);
    const older = withoutDeltas(events.filter(({ seq = 0 }) => seq < before));
    const page = older.slice(-20);
    return Promise.resolve(
      Response.json({ events: page, head: events.length, first: 1, epoch: "epoch-1", more: page.length < older.length }),
    );
  });
  while (feed.view.get().state.more) await Promise.all([feed.loadOlder(), feed.loadOlder()]);
  expect(new Set(asks).size).toBe(asks.length);
  expect(transcriptOf(feed.view.get().state)).toEqual(transcriptOf(fullState(events)));
});

test("what a session opens with is shown at once, and once; what streams on, with the next frame", () => {
  let changes = 0;
  feed.view.subscribe(() => (changes += 1));
  feed.subscribe();
  const { id } = asked();
  feed.onSubscribed(subscribed(id, turn, 1));
  feed.onEvents(frame(id, 0, turn));
  expect(text()).toBe("one two three");
  expect(feed.view.get().phase).toBe("live");
  expect(changes).toBe(1);
  const more = logged([{ type: "item-delta", item: "m1", text: " four", turn: "t1" }]);
  feed.onEvents(frame(id, turn.length, more.map((event) => ({ ...event, seq: turn.length + 1 }))));
  expect(text()).toBe("one two three");
  vi.runAllTimers();
  expect(text()).toBe("one two three four");
});

test("a session without events is there with the reply; one whose events do not come is asked for again", () => {
  feed.subscribe();
  feed.onSubscribed(subscribed(asked().id, [], 1));
  expect(feed.view.get().phase).toBe("live");
  const other = new Feed("s2", { send: (command) => sent.push(command) > 0, reconnect: () => undefined, onSettled: () => undefined });
  other.subscribe();
  other.onSubscribed(subscribed(asked().id, turn, 1));
  expect(other.view.get().phase).toBe("loading");
  other.onHeartbeat(turn.length);
  expect(asked()).toMatchObject({ session: "s2", epoch: "epoch-1", after: 0 });
  expect(other.view.get()).toMatchObject({ phase: "catching-up", state: { running: "t1" } });
});

test("a connection that goes before the first events leaves what was told with the reply", () => {
  feed.subscribe();
  feed.onSubscribed(subscribed(asked().id, turn, 1));
  feed.disconnected();
  expect(feed.view.get()).toMatchObject({ phase: "catching-up", state: { running: "t1" } });
});
