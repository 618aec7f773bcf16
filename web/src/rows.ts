/** The transcript as a flat list of rows, so that only those in sight are made. */

import type { ToolCall } from "./protocol";
import type { Entry, State, Turn } from "./session";

export type Row =
  | { key: string; kind: "prompt"; turn: string }
  | { key: string; kind: "entry"; turn: string; entry: string; at: number }
  | { key: string; kind: "end"; turn: string }
  | { key: string; kind: "pending"; command: string };

/** Makes the rows, and gives the same list again as long as only the insides of rows have changed. */
export class Rows {
  #turns: readonly Turn[] = [];
  #pending: readonly string[] = [];
  #segments = new Map<string, { turn: Turn; rows: Row[] }>();
  #rows: Row[] = [];

  of(turns: readonly Turn[], pending: readonly string[]): Row[] {
    const samePending = sameStrings(pending, this.#pending);
    if (turns === this.#turns && samePending) return this.#rows;
    const segments = turns.map((turn) => this.#segment(turn));
    const same = samePending && sameItems(turns, this.#turns) && segments.every((segment) => !segment.fresh);
    this.#turns = turns;
    this.#pending = pending;
    this.#segments = new Map(segments.map(({ turn, rows }) => [turn.id, { turn, rows }]));
    if (!same) this.#rows = [...segments.flatMap(({ rows }) => rows), ...pending.map(pendingRow)];
    return this.#rows;
  }

  #segment(turn: Turn): { turn: Turn; rows: Row[]; fresh: boolean } {
    const known = this.#segments.get(turn.id);
    if (known && hasSameRows(known.turn, turn)) return { turn, rows: known.rows, fresh: false };
    const rows = (known && longer(known, turn)) ?? rowsOf(turn);
    if (known && sameStrings(rows.map(keyOf), known.rows.map(keyOf))) return { turn, rows: known.rows, fresh: false };
    return { turn, rows, fresh: true };
  }
}

/** A long turn that grows is looked through with each frame: nothing is made for it. */
function hasSameRows(one: Turn, other: Turn): boolean {
  if (one === other || one.entries === other.entries) return (one.status === "outside") === (other.status === "outside");
  const { entries } = other;
  return (
    one.entries.length === entries.length &&
    (one.status === "outside") === (other.status === "outside") &&
    one.entries.every((entry, at) => entry.id === entries[at]?.id && entry.parent === entries[at].parent)
  );
}

/** The known rows with those of entries that came after them; undefined: the turn has changed in another way. */
function longer(known: { turn: Turn; rows: Row[] }, turn: Turn): Row[] | undefined {
  const { entries } = known.turn;
  const end = known.rows.at(-1);
  const more = turn.entries.slice(entries.length);
  const goesOn = entries.every((entry, at) => entry.id === turn.entries[at]?.id && !turn.entries[at].parent);
  if (end?.kind !== "end" || !more.length || !goesOn || more.some(({ parent }) => parent)) return undefined;
  return [...known.rows.slice(0, -1), ...more.map((entry, at) => entryRow(turn.id, entry.id, entries.length + at)), end];
}

function entryRow(turn: string, entry: string, at: number): Row {
  return { key: `${turn}/${entry}`, kind: "entry", turn, entry, at };
}

function rowsOf(turn: Turn): Row[] {
  const { nested } = stepsIn(turn);
  const inside = turn.entries.flatMap((entry, at): Row[] =>
    nested.has(entry.id) ? [] : [entryRow(turn.id, entry.id, at)],
  );
  if (turn.status === "outside") return inside;
  return [
    { key: turn.id, kind: "prompt", turn: turn.id },
    ...inside,
    { key: `${turn.id}/end`, kind: "end", turn: turn.id },
  ];
}

const pendingRow = (command: string): Row => ({ key: `pending/${command}`, kind: "pending", command });
const keyOf = (row: Row) => row.key;

function sameStrings(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, at) => text === other[at]);
}

function sameItems(one: readonly Turn[], other: readonly Turn[]): boolean {
  return one.length === other.length && one.every((turn, at) => turn.id === other[at]?.id);
}

export function turnOf(state: State, id: string): Turn | undefined {
  return state.turns.findLast((turn) => turn.id === id);
}

/** The entry of a row; where it stood last is looked at first. */
export function entryOf(state: State, row: { turn: string; entry: string; at: number }): Entry | undefined {
  const turn = turnOf(state, row.turn);
  const guess = turn?.entries[row.at];
  return guess?.id === row.entry ? guess : turn?.entries.findLast((entry) => entry.id === row.entry);
}

interface Steps {
  /** What each sub-agent did, by the tool call that started it. */
  byParent: ReadonlyMap<string, readonly Entry[]>;
  /** All that stands in another entry, and so has no row of its own. */
  nested: ReadonlySet<string>;
}

const NO_STEPS: readonly Entry[] = [];
const known = new WeakMap<Turn, Steps>();

function stepsIn(turn: Turn): Steps {
  const found = known.get(turn) ?? findSteps(turn);
  known.set(turn, found);
  return found;
}

const NONE: Steps = { byParent: new Map(), nested: new Set() };

/** A parent counts only where it is a tool call that came before: else the child would be seen nowhere. */
function findSteps({ entries }: Turn): Steps {
  if (!entries.some(({ parent }) => parent)) return NONE;
  const byParent = new Map<string, Entry[]>();
  const nested = new Set<string>();
  const calls = new Set<string>();
  for (const entry of entries) {
    if (entry.parent && calls.has(entry.parent)) {
      const steps = byParent.get(entry.parent);
      if (steps) steps.push(entry);
      else byParent.set(entry.parent, [entry]);
      nested.add(entry.id);
    }
    if (entry.content.kind === "tool-call") calls.add(entry.id);
  }
  return { byParent, nested };
}

/** What the sub-agent of this tool call did so far; the same list as long as the turn is the same. */
export function stepsOf(state: State, turn: string, entry: string): readonly Entry[] {
  const found = turnOf(state, turn);
  return (found && stepsIn(found).byParent.get(entry)) ?? NO_STEPS;
}

const NOT_BEGUN = new Set<ToolCall["status"]>(["preparing", "pending"]);

/** The tool calls that ran in a turn: what trying it again may do twice. */
export function toolsOf(turn: Turn): { title: string; status: string }[] {
  return turn.entries.flatMap(({ content }) =>
    content.kind === "tool-call" && content.status !== undefined && !NOT_BEGUN.has(content.status)
      ? [{ title: content.title, status: content.status }]
      : [],
  );
}
