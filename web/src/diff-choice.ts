/** Lines of a patch that are chosen, and where they are in another version of it. */

import type { ChangeData } from "react-diff-view";
import type { Place } from "./changes";
import type { Choice } from "./comments";

/** Indexes among all lines, in the order in which they were chosen. They mean nothing in another version of the patch. */
export interface Span {
  from: number;
  to: number;
}

export function linesIn(all: readonly ChangeData[], { from, to }: Span): ChangeData[] {
  return all.slice(Math.min(from, to), Math.max(from, to) + 1);
}

export function choiceOf(path: string, all: readonly ChangeData[], span: Span): Choice {
  const some = linesIn(all, span);
  return { place: placeOf(path, some), lines: some.map(textOf), up: span.to < span.from };
}

/**
 * Where the lines that were chosen are now: where they were, else at the one other place where they are. Undefined:
 * they changed, or nobody can tell which of several they are.
 */
export function spanOf(all: readonly ChangeData[], { place, lines, up }: Choice): Span | undefined {
  const texts = all.map(textOf);
  const found = texts.flatMap((_, at) => (lines.every((line, n) => texts[at + n] === line) ? [at] : []));
  const last = lines.length - 1;
  const same = found.find((at) => {
    const now = placeOf(place.path, all.slice(at, at + last + 1));
    return now.from === place.from && now.to === place.to && now.old === place.old;
  });
  const first = same ?? (found.length === 1 ? found[0] : undefined);
  if (first === undefined) return undefined;
  return up ? { from: first + last, to: first } : { from: first, to: first + last };
}

/** In the new file, or in the old one where all of the lines are gone. */
function placeOf(path: string, some: readonly ChangeData[]): Place {
  const old = some.every(({ type }) => type === "delete");
  const numbers = some.filter(({ type }) => old || type !== "delete").map((change) => numberOf(change, old));
  return { path, from: Math.min(...numbers), to: Math.max(...numbers), old };
}

function numberOf(change: ChangeData, old: boolean): number {
  if (change.type !== "normal") return change.lineNumber;
  return old ? change.oldLineNumber : change.newLineNumber;
}

const MARKS = { insert: "+", delete: "-", normal: " " };

/** As a diff has it. */
function textOf({ type, content }: ChangeData): string {
  return `${MARKS[type]} ${content}`;
}
