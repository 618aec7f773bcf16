/**
 * A session as its events make it; the same as `apply` in the server's model/state.py, whose rules these are:
 *
 * 1. Events are applied in order of seq; one at or below `head` is dropped.
 * 2. Events up to `liveFrom` change the transcript only; later ones change what is live too.
 * 3. An entry's events at or below its own `seq` are dropped: an open item comes with its text so far.
 * 4. A reader may start anywhere: an event of an unknown turn or item makes it, but for deltas and
 *    updates of an unknown item, which are dropped (`item-completed` brings it whole).
 * 5. A turn's end closes what is open in it. Nothing shown is taken away but by `item-discarded`.
 *
 * And for the page, which starts at the end of the log:
 *
 * 6. The running turn and its open items, told by `subscribed`, take the places where their first events
 *    show them; what began before the first event stands before all else.
 * 7. An event whose target is in a page not loaded yet is kept for it (`orphans`, see prepend.ts).
 */

import { Draft } from "./draft";
import { applyLive } from "./live";
import { settleOpening, takeOpenItem } from "./opening";
import type { AnyEvent, RetryLine } from "./protocol";
import { newTurn, type Entry, type State, type Turn, type TurnStatus } from "./session";

/** The state after these events; `to`: the cursor after them, where it is beyond the last. */
export function reduce(state: State, events: readonly AnyEvent[], to = 0): State {
  const draft = new Draft(state);
  for (const event of events) apply(draft, event);
  draft.state.head = Math.max(draft.state.head, to);
  if (draft.state.head >= draft.state.liveFrom) settleOpening(draft);
  return draft.state;
}

function apply(draft: Draft, event: AnyEvent): void {
  const seq = event.seq ?? 0;
  if (seq <= draft.state.head) return;
  if (seq > draft.state.liveFrom) settleOpening(draft);
  const change = TRANSCRIPT[event.type] as Change<AnyEvent> | undefined;
  change?.(draft, event, seq);
  if (seq > draft.state.liveFrom) applyLive(draft.state, event);
  draft.state.head = seq;
}

type Change<E> = (draft: Draft, event: E, seq: number) => void;
type EventOf<T extends AnyEvent["type"]> = Extract<AnyEvent, { type: T }>;
type TurnEnd = EventOf<"turn-completed" | "turn-failed" | "turn-cancelled" | "turn-interrupted">;

/** What each event does to the transcript; those that are not here do nothing to it. */
const TRANSCRIPT: { [T in AnyEvent["type"]]?: Change<EventOf<T>> } = {
  "turn-started": turnStarted,
  "turn-steered": turnSteered,
  "turn-completed": turnEnded,
  "turn-failed": turnEnded,
  "turn-cancelled": turnEnded,
  "turn-interrupted": turnEnded,
  "turn-stalled": turnStalled,
  "turn-alive": turnAlive,
  "item-started": itemStarted,
  "item-delta": itemDelta,
  "item-updated": itemUpdated,
  "item-completed": itemCompleted,
  "item-discarded": itemDiscarded,
  "approval-requested": approvalRequested,
  "approval-resolved": approvalResolved,
  "provider-retrying": providerRetrying,
  "agent-failed": agentFailed,
  "usage-updated": usageUpdated,
};

/** The turn that the event belongs to, made when it is not there (rule 4). */
function place(draft: Draft, event: AnyEvent, seq: number): Turn {
  if (event.turn) return draft.turn(event.turn) ?? draft.addTurn(newTurn(event.turn, "running"));
  const last = draft.lastTurn();
  if (last?.status === "outside") return last;
  return draft.addTurn({ ...newTurn(`outside-${seq}`, "outside"), startedAt: event.at });
}

/** Keeps an event whose target is in an older page (rule 7). */
function orphan(draft: Draft, event: AnyEvent): void {
  draft.state.orphans = [...draft.state.orphans, event];
}

function made(id: string, seq: number, content: Entry["content"]): Entry {
  return { id, seq, content, open: false, cut: false };
}

/** Adds the entry, or replaces the one by its id where it stands. */
function put(draft: Draft, turn: Turn, entry: Entry): void {
  const at = turn.entries.findLastIndex((known) => known.id === entry.id);
  const known = turn.entries[at];
  if (known) {
    if (entry.seq > known.seq) draft.entries(turn)[at] = entry;
    return;
  }
  const last = draft.entryAt(turn, turn.entries.length - 1);
  if (last?.content.kind === "retry") last.open = false;
  draft.entries(turn).push(entry);
}

function turnStarted(draft: Draft, event: EventOf<"turn-started">, seq: number): void {
  const turn = place(draft, event, seq);
  turn.text = event.text;
  turn.attachments = event.attachments ?? [];
  turn.command = event.command ?? undefined;
  turn.retryOf = event.retryOf ?? undefined;
  turn.origin = event.origin === "agent" ? "agent" : undefined;
  turn.carried = event.carried ?? false;
  turn.startedAt = event.at;
}

function turnSteered(draft: Draft, event: EventOf<"turn-steered">, seq: number): void {
  put(draft, place(draft, event, seq), made(`steer-${seq}`, seq, { kind: "message", text: event.text, role: "user", attachments: event.attachments }));
}

function turnEnded(draft: Draft, event: TurnEnd, seq: number): void {
  if (event.type === "turn-cancelled" && event.dequeued) return; // it never was in the transcript
  const turn = place(draft, event, seq);
  turn.status = event.type.slice("turn-".length) as TurnStatus;
  turn.endedAt = event.at;
  turn.stalledSince = turn.stalledLimit = undefined;
  if (event.type === "turn-interrupted") turn.reason = event.reason ?? "server-died";
  else turn.usage = event.usage ?? turn.usage;
  if (event.type === "turn-failed") turn.failure = event.failure;
  if (event.type === "turn-completed") turn.stopReason = event.stopReason ?? undefined;
  turn.entries.forEach((known, at) => {
    const entry = known.open && draft.entryAt(turn, at);
    if (entry) closeByEnd(entry);
  });
}

/** What the end of a turn does to an entry that is still open (rule 5). */
export function closeByEnd(entry: Entry): void {
  entry.open = false;
  entry.cut = entry.content.kind !== "retry" && entry.content.kind !== "approval";
}

function turnStalled(draft: Draft, event: EventOf<"turn-stalled">, seq: number): void {
  const turn = place(draft, event, seq);
  turn.stalledSince = event.since;
  turn.stalledLimit = event.limit;
}

function turnAlive(draft: Draft, event: EventOf<"turn-alive">, seq: number): void {
  const turn = place(draft, event, seq);
  if (turn.stalledSince === undefined) orphan(draft, event);
  turn.stalledSince = turn.stalledLimit = undefined;
}

function itemStarted(draft: Draft, event: EventOf<"item-started">, seq: number): void {
  const told = takeOpenItem(draft.state, event.item);
  const entry = made(event.item, told ? draft.state.liveFrom : seq, { ...(told?.content ?? event.content) });
  const parent = event.parent ?? undefined;
  put(draft, place(draft, event, seq), { ...entry, open: true, parent, startedAt: event.at });
}

function itemDelta(draft: Draft, event: EventOf<"item-delta">, seq: number): void {
  const entry = draft.entry(place(draft, event, seq), event.item);
  if (!entry?.open || seq <= entry.seq) return;
  const content = entry.content;
  if (content.kind === "message" || content.kind === "reasoning") content.text = (content.text ?? "") + event.text;
  else if (content.kind === "tool-call") content.output = (content.output ?? "") + event.text;
  entry.seq = seq;
}

function itemUpdated(draft: Draft, event: EventOf<"item-updated">, seq: number): void {
  const entry = draft.entry(place(draft, event, seq), event.item);
  if (!entry) orphan(draft, event);
  else if (entry.open && seq > entry.seq) Object.assign(entry, { content: { ...event.content }, seq });
}

function itemCompleted(draft: Draft, event: EventOf<"item-completed">, seq: number): void {
  const turn = place(draft, event, seq);
  const known = turn.entries.findLast((entry) => entry.id === event.item);
  const parent = event.parent ?? known?.parent;
  const entry = made(event.item, seq, { ...event.content });
  const { startedAt, early } = known ?? {};
  put(draft, turn, { ...entry, cut: event.cut ?? false, parent, startedAt, early, endedAt: event.at });
}

function itemDiscarded(draft: Draft, event: EventOf<"item-discarded">, seq: number): void {
  const turn = place(draft, event, seq);
  const at = turn.entries.findLastIndex((entry) => entry.id === event.item);
  // Where its start was not seen, an older page has it, and must forget it too.
  if (turn.entries[at]?.startedAt === undefined) orphan(draft, event);
  if (at >= 0) draft.entries(turn).splice(at, 1);
}

function approvalRequested(draft: Draft, event: EventOf<"approval-requested">, seq: number): void {
  const card = { kind: "approval", request: event } as const;
  put(draft, place(draft, event, seq), { ...made(event.approval, seq, card), open: true });
}

function approvalResolved(draft: Draft, event: EventOf<"approval-resolved">, seq: number): void {
  const entry = draft.entry(place(draft, event, seq), event.approval);
  if (entry?.content.kind === "approval") {
    Object.assign(entry, { content: { ...entry.content, resolved: event }, open: false, seq });
  } else orphan(draft, event);
}

function providerRetrying(draft: Draft, event: EventOf<"provider-retrying">, seq: number): void {
  const turn = place(draft, event, seq);
  const { attempt, code, message, limit, nextAt } = event;
  const line: RetryLine = { kind: "retry", attempt, code, message, limit, nextAt };
  const last = draft.entryAt(turn, turn.entries.length - 1);
  if (last?.content.kind === "retry") Object.assign(last, { content: line, seq, open: true });
  else draft.entries(turn).push({ ...made(`retry-${seq}`, seq, line), open: true });
}

function agentFailed(draft: Draft, event: EventOf<"agent-failed">, seq: number): void {
  put(draft, place(draft, event, seq), made(`failure-${seq}`, seq, { kind: "failure", failure: event.failure }));
}

function usageUpdated(draft: Draft, event: EventOf<"usage-updated">, seq: number): void {
  if (event.turn) place(draft, event, seq).usage = event.usage;
}
