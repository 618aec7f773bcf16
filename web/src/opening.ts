/** Puts what `subscribed` told of the running turn where it belongs (rule 6 of reduce.ts). */

import type { Draft } from "./draft";
import type { ApprovalRequested, OpenItem, RunningTurn } from "./protocol";
import { newTurn, type Entry, type State, type Turn } from "./session";

/** The open item by its id, if `subscribed` told of it and its place was not known yet. */
export function takeOpenItem(state: State, id: string): OpenItem | undefined {
  const told = state.opening?.items.find((item) => item.item === id);
  if (told && state.opening) {
    state.opening = { ...state.opening, items: state.opening.items.filter((item) => item !== told) };
  }
  return told;
}

/** All events up to the subscription's head are in: what has no place by now began before the first of them. */
export function settleOpening(draft: Draft): void {
  const { opening, approvals, liveFrom } = draft.state;
  if (!opening) return;
  draft.state.opening = undefined;
  if (opening.turn) runningTurn(draft, opening.turn);
  const early = new Map<Turn, Entry[]>();
  for (const item of opening.items) openItem(draft, item, liveFrom, early);
  for (const approval of approvals) openApproval(draft, approval, early);
  for (const [turn, entries] of early) draft.entries(turn).unshift(...entries);
}

function runningTurn(draft: Draft, told: RunningTurn): void {
  const turn = draft.turn(told.turn) ?? draft.addTurn(newTurn(told.turn, "running"));
  if (turn.startedAt === undefined) {
    turn.text = told.text;
    turn.attachments = told.attachments ?? [];
    turn.command = told.command ?? undefined;
    turn.origin = told.origin === "agent" ? "agent" : undefined;
    turn.carried = told.carried ?? false;
    turn.startedAt = told.since;
  }
  turn.stalledSince = told.stalledSince ?? undefined;
  turn.stalledLimit = told.stalledLimit ?? undefined;
}

function openItem(draft: Draft, item: OpenItem, seq: number, early: Map<Turn, Entry[]>): void {
  const turn = item.turn ? draft.turn(item.turn) : draft.lastTurn();
  if (!turn) return;
  const known = draft.entry(turn, item.item);
  if (!known) add(early, turn, entryOf(item.item, seq, { ...item.content }, item.parent ?? undefined));
  else if (known.open) Object.assign(known, { content: { ...item.content }, seq });
}

function openApproval(draft: Draft, request: ApprovalRequested, early: Map<Turn, Entry[]>): void {
  const turn = request.turn ? draft.turn(request.turn) : undefined;
  if (!turn || draft.entry(turn, request.approval)) return;
  add(early, turn, entryOf(request.approval, request.seq ?? 0, { kind: "approval", request }));
}

function entryOf(id: string, seq: number, content: Entry["content"], parent?: string): Entry {
  return { id, seq, content, open: true, cut: false, parent, early: true };
}

function add(early: Map<Turn, Entry[]>, turn: Turn, entry: Entry): void {
  early.set(turn, [...(early.get(turn) ?? []), entry]);
}
