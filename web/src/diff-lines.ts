/** A file's change as hunks of lines, for react-diff-view. */

import { structuredPatch, formatPatch, type StructuredPatch } from "diff";
import type { ChangeData, HunkData } from "react-diff-view";
import type { Diff } from "./protocol";
import { remembered } from "./remembered";

const CONTEXT = 3;
/** ms that comparing two texts may take. */
const PATIENCE = 400;

/** Undefined: comparing took too long. */
export const patchOf = remembered(({ path, before, after }: Diff): StructuredPatch | undefined =>
  structuredPatch(path, path, before ?? "", after ?? "", "", "", { context: CONTEXT, timeout: PATIENCE }),
);

/** As `git diff` would say it, to be copied. */
export function patchText(patch: StructuredPatch): string {
  return formatPatch(patch);
}

export const hunksOf = remembered((patch: StructuredPatch): HunkData[] =>
  patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    content: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    oldStart,
    oldLines,
    newStart,
    newLines,
    changes: changesOf(lines, oldStart, newStart),
  })),
);

/** The first hunks with at most so many lines, and how many lines are left out. */
export function firstLines(hunks: HunkData[], most: number): { hunks: HunkData[]; left: number } {
  if (hunks.reduce((sum, { changes }) => sum + changes.length, 0) <= most) return { hunks, left: 0 };
  let room = most;
  let left = 0;
  const shown = hunks.flatMap((hunk) => {
    const changes = hunk.changes.slice(0, room);
    room -= changes.length;
    left += hunk.changes.length - changes.length;
    return changes.length ? [{ ...hunk, changes }] : [];
  });
  return { hunks: shown, left };
}

export function countOf(hunks: HunkData[], type: ChangeData["type"]): number {
  return hunks.reduce((sum, hunk) => sum + hunk.changes.filter((change) => change.type === type).length, 0);
}

function changesOf(lines: string[], oldStart: number, newStart: number): ChangeData[] {
  let [oldLine, newLine] = [oldStart, newStart];
  return lines.flatMap((line): ChangeData[] => {
    const content = line.slice(1);
    if (line.startsWith("+")) return [{ type: "insert", isInsert: true, content, lineNumber: newLine++ }];
    if (line.startsWith("-")) return [{ type: "delete", isDelete: true, content, lineNumber: oldLine++ }];
    if (line.startsWith("\\")) return []; // "No newline at end of file"
    return [{ type: "normal", isNormal: true, content, oldLineNumber: oldLine++, newLineNumber: newLine++ }];
  });
}
