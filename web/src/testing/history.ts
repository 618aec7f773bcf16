/** Made-up histories of a session, and a server that gives them out as the real one does. */

import type { AnyEvent, Events, ItemContent, OpenItem, Subscribed } from "../protocol";
import { reduce } from "../reduce";
import { emptyState, type State } from "../session";

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** An event before it has its place in the log. */
type Unplaced<T> = T extends AnyEvent ? Omit<T, "seq" | "at" | "turn"> : never;
export type Made = Unplaced<AnyEvent> & { turn?: string };

/** Numbers events as the log does. */
export function logged(events: readonly Made[], first = 1): AnyEvent[] {
  return events.map((event, at) => ({ ...event, seq: first + at, at: 1000 * (first + at) }));
}

/** A history of several turns, as an agent may make it: items overlap, retries, questions, ends of all kinds. */
export function history(seed: number, turns = 4): AnyEvent[] {
  const roll = dice(seed);
  const events: Made[] = [];
  for (let turn = 1; turn <= turns; turn += 1) {
    if (roll(4) === 0) events.push({ type: "agent-failed", failure: failure("network") });
    oneTurn(roll, events, `t${turn}`, turn === turns && roll(2) === 0);
  }
  return logged(events);
}

function oneTurn(roll: (sides: number) => number, events: Made[], turn: string, stays: boolean): void {
  const add = (event: Made) => events.push({ ...event, turn });
  const open = new Map<string, ItemContent>();
  const asked = new Set<string>();
  let stalled = false;
  const origin = turn === "t2" ? "agent" : "person";
  add({ type: "turn-started", text: `prompt of ${turn}`, command: `c-${turn}`, origin, carried: turn === "t3" });
  for (let step = 0; step < 6 + roll(14); step += 1) {
    const item = [...open.keys()].at(roll(Math.max(open.size, 1)));
    const content = item === undefined ? undefined : open.get(item);
    const name = `${turn}-${events.length}`;
    const choice = roll(12);
    if (stalled) {
      add({ type: "turn-alive" });
      stalled = false;
    } else if (choice < 3 || !item || !content) {
      const fresh = newContent(roll, name);
      open.set(name, fresh);
      add({ type: "item-started", item: name, content: fresh, ...(roll(3) === 0 && item ? { parent: item } : {}) });
    } else if (choice < 6) {
      const text = `${roll(100)} `;
      open.set(item, grown(content, text));
      add({ type: "item-delta", item, text });
    } else if (choice === 6) {
      open.delete(item);
      add({ type: "item-completed", item, content });
    } else if (choice === 7) {
      const next = grown(content, "updated ");
      open.set(item, next);
      add({ type: "item-updated", item, content: next });
    } else if (choice === 8) {
      open.delete(item);
      add({ type: "item-discarded", item });
      add({ type: "provider-retrying", attempt: 1, code: "network", message: "cut" });
    } else if (choice === 9) {
      asked.add(name);
      add({ type: "approval-requested", approval: name, kind: "permission", title: name, options: [] });
    } else if (choice === 10 && asked.size) {
      const [approval = ""] = asked;
      asked.delete(approval);
      add({ type: "approval-resolved", approval, option: "yes" });
    } else if (roll(2)) {
      stalled = true;
      add({ type: "turn-stalled", since: step, limit: step + 9 });
    } else add({ type: "usage-updated", usage: { outputTokens: step } });
  }
  if (stays) return;
  // As the server does before each end: what is open comes whole, what was asked is closed.
  for (const [item, content] of open) add({ type: "item-completed", item, content, cut: true });
  for (const approval of asked) add({ type: "approval-resolved", approval, by: "turn-ended" });
  add(end(roll));
}

function newContent(roll: (sides: number) => number, name: string): ItemContent {
  const kinds: ItemContent[] = [
    { kind: "message", text: `${name}: ` },
    { kind: "reasoning", text: `${name}: ` },
    { kind: "tool-call", title: name, output: "" },
  ];
  return kinds[roll(kinds.length)] ?? { kind: "plan", entries: [] };
}

function grown(content: ItemContent, text: string): ItemContent {
  if (content.kind === "tool-call") return { ...content, output: (content.output ?? "") + text };
  return content.kind === "plan" ? content : { ...content, text: (content.text ?? "") + text };
}

function end(roll: (sides: number) => number): Made {
  const ends: Made[] = [
    { type: "turn-completed", usage: { outputTokens: 7 } },
    { type: "turn-failed", failure: failure("provider-crashed") },
    { type: "turn-cancelled" },
    { type: "turn-interrupted" },
  ];
  return ends[roll(ends.length)] ?? { type: "turn-completed" };
}

export function failure(code: "network" | "provider-crashed" | "auth") {
  return { provider: "practice", code, message: "It went wrong.", type: "practice-error", retryable: code !== "auth" };
}

const EPOCH = "epoch-1";

/** The state of one who read all from the beginning. */
export function fullState(events: readonly AnyEvent[]): State {
  return reduce(emptyState(), events);
}

/** What the server answers to a subscribe at a time when the log holds `events`. */
export function subscribed(id: string, events: readonly AnyEvent[], first: number): Subscribed {
  const now = fullState(events);
  const turn = now.turns.find((one) => one.id === now.running);
  return {
    type: "subscribed",
    id,
    session: "s1",
    epoch: EPOCH,
    first,
    head: events.length,
    more: first > 1,
    approvals: now.approvals,
    queue: now.queue,
    queueHeld: now.queueHeld,
    items: openItems(now),
    ...(turn && {
      turn: {
        turn: turn.id,
        text: turn.text,
        since: turn.startedAt ?? 0,
        command: turn.command,
        origin: turn.origin,
        carried: turn.carried,
        stalledSince: turn.stalledSince,
        stalledLimit: turn.stalledLimit,
      },
    }),
  };
}

function openItems(state: State): OpenItem[] {
  const running = state.turns.find((turn) => turn.id === state.running);
  return (running?.entries ?? []).flatMap(({ id, open, content, parent }) =>
    open && content.kind !== "approval" && content.kind !== "retry" && content.kind !== "failure"
      ? [{ item: id, content, turn: running?.id, ...(parent ? { parent } : {}) }]
      : [],
  );
}

/** Events as an older page and the tail give them: without deltas. */
export function withoutDeltas(events: readonly AnyEvent[]): AnyEvent[] {
  return events.filter(({ type }) => type !== "item-delta");
}

/** The frame that continues `after` with these events. */
export function frame(subscription: string, after: number, events: AnyEvent[], to?: number): Events {
  return { type: "events", session: "s1", subscription, after, events, ...(to === undefined ? {} : { to }) };
}
