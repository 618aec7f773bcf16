/** Where a place that a link names stands among the rows. Pure. */

import type { Place } from "./route";
import type { Row } from "./rows";
import type { Entry, State, Turn } from "./session";

/** Whether the state holds it; otherwise it may be in an older page. */
export function holds(state: State, place: Place): boolean {
  if ("turn" in place) return state.turns.find(({ id }) => id === place.turn)?.startedAt !== undefined;
  return turnWith(state, place.item) !== undefined;
}

export interface Found {
  row: string;
  /** Sub-agents' cards that it lies in, from the outermost: they must be unfolded. */
  within: string[];
  /** The entry, where the place is not the row itself. */
  entry?: string;
}

export function find(rows: readonly Row[], state: State, place: Place): Found | undefined {
  if ("turn" in place) {
    const first = rows.find((row) => row.kind !== "pending" && row.turn === place.turn);
    return first && { row: first.key, within: [] };
  }
  const turn = turnWith(state, place.item);
  return turn && around(rows, turn, place.item);
}

function around(rows: readonly Row[], turn: Turn, item: string): Found | undefined {
  const within: string[] = [];
  for (let id: string | undefined = item; id !== undefined; id = entryIn(turn, id)?.parent) {
    const row = rows.find((one) => one.kind === "entry" && one.turn === turn.id && one.entry === id);
    if (row) return { row: row.key, within: [...within, ...(id === item ? [] : [id])].reverse(), entry: item };
    if (id !== item) within.push(id);
  }
  return undefined;
}

function turnWith({ turns }: State, item: string): Turn | undefined {
  return turns.findLast((turn) => entryIn(turn, item) !== undefined);
}

function entryIn(turn: Turn, id: string): Entry | undefined {
  return turn.entries.findLast((entry) => entry.id === id);
}
