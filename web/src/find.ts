/** Where words occur in a conversation: in what is shown, folded or not, also far out of sight. */

import { plainOutput } from "./ansi";
import { plainMarkdown } from "./markdown/plain";
import type { EntryContent } from "./protocol";
import { entryOf, stepsOf, turnOf, type Row } from "./rows";
import type { Entry, State, Turn } from "./session";

export interface Match {
  /** The key of the row that it is in. */
  row: string;
  /** The entry that it is in (a step of a sub-agent, say), which may have to be unfolded. */
  entry?: string;
  /** Which one of the row's matches: 0, 1 … */
  nth: number;
}

/** All places of the words, in the order of the rows; capitals do not count. */
export function matchesIn(rows: readonly Row[], state: State, words: string): Match[] {
  const wanted = words.toLowerCase();
  return wanted.trim() ? rows.flatMap((row) => inRow(row, state, wanted)) : [];
}

function inRow(row: Row, state: State, wanted: string): Match[] {
  let nth = 0;
  return textsOf(row, state).flatMap(({ entry, text }) =>
    Array.from({ length: countIn(text, wanted) }, () => ({ row: row.key, entry, nth: nth++ })),
  );
}

function countIn(text: string, wanted: string): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
}

interface Text {
  entry?: string;
  text: string;
}

function textsOf(row: Row, state: State): Text[] {
  if (row.kind === "pending") return [];
  if (row.kind === "entry") return entryTexts(row, state);
  const turn = turnOf(state, row.turn);
  if (!turn) return [];
  return [{ text: row.kind === "prompt" ? turn.text.toLowerCase() : endText(turn) }];
}

function entryTexts(row: Extract<Row, { kind: "entry" }>, state: State): Text[] {
  const entry = entryOf(state, row);
  if (!entry) return [];
  const all = [entry, ...stepsOf(state, row.turn, entry.id)];
  return all.map((one) => ({ entry: one.id, text: textOf(one) }));
}

function endText({ status, failure }: Turn): string {
  return status === "failed" && failure ? `${failure.message}\n${failure.detail ?? ""}`.toLowerCase() : "";
}

/** By the content's object, which is another one as soon as it has changed. */
const known = new WeakMap<EntryContent, string>();

function textOf({ content }: Entry): string {
  const found = known.get(content);
  if (found !== undefined) return found;
  const text = wordsOf(content).toLowerCase();
  known.set(content, text);
  return text;
}

/** What the content says to a person. */
export function wordsOf(content: EntryContent): string {
  switch (content.kind) {
    case "message":
      return content.role === "user" ? (content.text ?? "") : plainMarkdown(content.text ?? "");
    case "reasoning":
      return plainMarkdown(content.text ?? "");
    case "note":
      return content.text ?? "";
    case "plan":
      return (content.entries ?? []).map(({ text }) => text).join("\n");
    case "tool-call": {
      const changed = (content.diffs ?? []).map(({ path, after }) => `${path}\n${after ?? ""}`);
      return [content.title, ...changed, plainOutput(content.output ?? "")].join("\n");
    }
    case "approval":
      return `${content.request.title}\n${content.request.body ?? ""}`;
    case "retry":
      return content.message;
    case "failure":
      return content.failure.message;
  }
}

/** The match after this one (before it, for -1), round and round; with none yet, the first at or after the row. */
export function step(matches: readonly Match[], from: Match | undefined, direction: 1 | -1): Match | undefined {
  const at = from ? indexOf(matches, from) : -1;
  if (at < 0) return direction > 0 ? matches[0] : matches.at(-1);
  return matches[(at + direction + matches.length) % matches.length];
}

/** Where this match is now, when rows were added before it; -1: nowhere. */
export function indexOf(matches: readonly Match[], match: Match): number {
  return matches.findIndex(({ row, entry, nth }) => row === match.row && entry === match.entry && nth === match.nth);
}
