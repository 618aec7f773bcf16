/** Older pages: events before the first known one, joined to the state so that it is as if read from there. */

import type { AnyEvent } from "./protocol";
import { closeByEnd, reduce } from "./reduce";
import { emptyState, type Entry, type State, type Turn } from "./session";

/** The state with these events (all older than `state.first`, in order) before its own. */
export function prepend(state: State, events: readonly AnyEvent[], more: boolean): State {
  // Nothing in a page of the past is live.
  let older = reduce({ ...emptyState(), liveFrom: Infinity }, events);
  const ofTheirOwn = older.orphans;
  older = reduce({ ...older, orphans: [] }, state.orphans);
  return {
    ...state,
    first: events[0]?.seq ?? state.first,
    more,
    turns: joinTurns(older.turns, state.turns),
    orphans: [...ofTheirOwn, ...older.orphans],
  };
}

function joinTurns(older: Turn[], newer: Turn[]): Turn[] {
  const turns = [...older];
  const places = new Map(older.map((turn, at) => [turn.id, at]));
  for (const turn of newer) {
    const at = places.get(turn.id) ?? adjoining(turns, turn);
    const known = turns[at];
    if (known) turns[at] = joinTurn(known, turn);
    else turns.push(turn);
  }
  return turns;
}

/** A stretch outside any turn goes on with the one before it. */
function adjoining(turns: Turn[], turn: Turn): number {
  return turn.status === "outside" && turns.at(-1)?.status === "outside" ? turns.length - 1 : -1;
}

function joinTurn(older: Turn, newer: Turn): Turn {
  const status = newer.status === "running" ? older.status : newer.status;
  const running = status === "running";
  const entries = joinEntries(older.entries, newer.entries);
  return {
    id: older.id,
    status,
    text: newer.text || older.text,
    attachments: newer.attachments.length ? newer.attachments : older.attachments,
    entries: running || status === "outside" ? entries : entries.map(closed),
    command: newer.command ?? older.command,
    retryOf: newer.retryOf ?? older.retryOf,
    origin: newer.origin ?? older.origin,
    carried: newer.carried === true || older.carried === true,
    startedAt: older.startedAt ?? newer.startedAt,
    endedAt: newer.endedAt ?? older.endedAt,
    failure: newer.failure ?? older.failure,
    reason: newer.reason ?? older.reason,
    stopReason: newer.stopReason ?? older.stopReason,
    usage: newer.usage ?? older.usage,
    stalledSince: running ? (newer.stalledSince ?? older.stalledSince) : undefined,
    stalledLimit: running ? (newer.stalledLimit ?? older.stalledLimit) : undefined,
  };
}

/** An item stands where it started, and is what it became. */
function joinEntries(older: Entry[], newer: Entry[]): Entry[] {
  const places = new Map(older.map((entry, at) => [entry.id, at]));
  const isEarlier = (entry: Entry) => entry.early === true && !places.has(entry.id);
  const entries = [...older];
  let gap = true; // whether what stood before the next new entry is not in `newer`
  for (const entry of newer.filter((one) => !isEarlier(one))) {
    const at = places.get(entry.id);
    if (at === undefined) {
      append(entries, entry, gap);
      gap = false;
    } else {
      const known = entries[at];
      const { parent = known?.parent, startedAt = known?.startedAt } = entry;
      entries[at] = { ...entry, parent, startedAt, early: known?.early };
      gap = true;
    }
  }
  return [...newer.filter(isEarlier), ...entries];
}

/** Attempts in a row are one line; a line that something follows is closed. */
function append(entries: Entry[], entry: Entry, gap: boolean): void {
  const last = entries.at(-1);
  if (last?.content.kind !== "retry") entries.push(entry);
  else if (gap && entry.content.kind === "retry") entries.splice(-1, 1, { ...entry, id: last.id });
  else entries.splice(-1, 1, { ...last, open: false }, entry);
}

function closed(entry: Entry): Entry {
  if (!entry.open) return entry;
  const copy = { ...entry };
  closeByEnd(copy);
  return copy;
}
