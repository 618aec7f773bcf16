/** What is live in a session: the running turn, the approvals that wait, the queue, the session's own facts. */

import type { AnyEvent, SessionUpdated, TurnQueued } from "./protocol";
import type { State } from "./session";

/** Changes `state`, which must be the caller's own copy, by an event after `liveFrom`. */
export function applyLive(state: State, event: AnyEvent): void {
  switch (event.type) {
    case "turn-queued":
      state.queue = [...state.queue, queued(event)];
      return;
    case "turn-edited":
      state.queue = state.queue.map((waiting) => (waiting.turn === event.turn ? { ...waiting, text: event.text } : waiting));
      return;
    case "turn-started":
      state.running = event.turn ?? undefined;
      state.queue = state.queue.filter((waiting) => waiting.turn !== event.turn);
      return;
    case "turn-completed":
    case "turn-failed":
    case "turn-cancelled":
    case "turn-interrupted":
      if (state.running === event.turn) {
        state.running = undefined;
        state.approvals = [];
      }
      state.queue = state.queue.filter((waiting) => waiting.turn !== event.turn);
      return;
    case "approval-requested":
      state.approvals = [...state.approvals, event];
      return;
    case "approval-resolved":
      state.approvals = state.approvals.filter((open) => open.approval !== event.approval);
      return;
    case "session-updated":
      sessionUpdated(state, event);
      return;
    default:
      return;
  }
}

function queued(event: TurnQueued) {
  const { text, attachments, command } = event;
  return { turn: event.turn ?? "", text, at: event.at ?? 0, attachments, command };
}

function sessionUpdated(state: State, event: SessionUpdated): void {
  state.title = event.title ?? state.title;
  state.model = event.model ?? state.model;
  state.mode = event.mode ?? state.mode;
  state.effort = event.effort ?? state.effort;
  state.commands = event.commands ?? state.commands;
  state.modes = event.modes ?? state.modes;
  state.models = event.models ?? state.models;
  state.efforts = event.efforts ?? state.efforts;
  state.queueHeld = event.queueHeld ?? state.queueHeld;
  state.tasks = event.tasks ?? state.tasks;
  state.lost = event.lost ?? state.lost;
  state.elsewhere = event.elsewhere ?? state.elsewhere;
  if (!event.queue) return;
  const order = new Map(event.queue.map((turn, at) => [turn, at]));
  const place = (turn: string) => order.get(turn) ?? order.size;
  state.queue = [...state.queue].sort((one, other) => place(one.turn) - place(other.turn));
}
