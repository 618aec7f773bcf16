/** States as the shared transcripts write them. */

import type { State } from "../session";

/** The value without what a missing field says as well: null, false, 0, and what is empty. */
export function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, withoutDefaults(one)] as const);
  return Object.fromEntries(entries.filter(([, one]) => !isEmpty(one)));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === 0 || value === "";
}

/** What the server's `snapshot` does not have: it only reads from the beginning, and shows no times of items. */
const OF_THE_PAGE = { first: 0, more: false, opening: undefined, orphans: [] };
const OF_ENTRIES_HERE = { early: false, startedAt: 0, endedAt: 0 };

/** The part of the state that the server's `snapshot` has too. */
export function snapshot(state: State): unknown {
  return withoutDefaults({ ...state, ...OF_THE_PAGE, turns: turnsWith(state, OF_ENTRIES_HERE) });
}

/** What a person reads of the transcript, without what depends on where the reading began. */
export function transcriptOf(state: State): unknown {
  return withoutDefaults(turnsWith(state, { ...OF_ENTRIES_HERE, seq: 0 }));
}

function turnsWith(state: State, fields: object): unknown[] {
  return state.turns.map((turn) => ({ ...turn, entries: turn.entries.map((entry) => ({ ...entry, ...fields })) }));
}
