import { structuredPatch } from "diff";
import { useMemo } from "react";
import { Diff, Hunk, type ChangeData, type HunkData } from "react-diff-view";
import "react-diff-view/style/index.css";
import type { Diff as FileChange } from "../protocol";
import "./file-diff.css";
import { Icon } from "./icons";
import { shortPath, useSession } from "./session-context";

const CONTEXT = 3;
/** ms that comparing two texts may take. */
const PATIENCE = 400;

/** One file's change, line by line. */
export default function FileDiff({ diff }: { diff: FileChange }) {
  const { folder } = useSession();
  const hunks = useMemo(() => hunksOf(diff), [diff]);
  const count = (type: ChangeData["type"]) =>
    hunks?.reduce((sum, hunk) => sum + hunk.changes.filter((change) => change.type === type).length, 0) ?? 0;
  return (
    <div data-testid="diff" data-path={diff.path}>
      <div className="flex items-center gap-2 px-3 py-1.5 font-mono text-xs">
        <Icon name="file" size={13} />
        <span className="min-w-0 flex-1 truncate" title={diff.path}>{shortPath(diff.path, folder)}</span>
        <span className="text-dim">{kindOf(diff)}</span>
        <span className="text-good">+{count("insert")}</span>
        <span className="text-bad">−{count("delete")}</span>
      </div>
      {hunks?.length === 0 && <p className="border-t border-line px-3 py-2 text-xs text-dim">Nothing changes in this file.</p>}
      {hunks?.length ? (
        <div className="max-h-96 overflow-auto border-t border-line" tabIndex={0} aria-label={`Changes in ${diff.path}`}>
          <Diff viewType="unified" diffType="modify" hunks={hunks}>
            {(shown) => shown.map((hunk) => <Hunk key={hunk.content} hunk={hunk} />)}
          </Diff>
        </div>
      ) : null}
      {!hunks && <p className="border-t border-line px-3 py-2 text-xs text-dim">The file is too large to compare here.</p>}
    </div>
  );
}

function kindOf({ before, after }: FileChange): string {
  if (before === undefined || before === null) return "new";
  return after === undefined || after === null ? "deleted" : "";
}

function hunksOf({ path, before, after }: FileChange): HunkData[] | undefined {
  const patch = structuredPatch(path, path, before ?? "", after ?? "", "", "", { context: CONTEXT, timeout: PATIENCE });
  return patch?.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    content: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    oldStart,
    oldLines,
    newStart,
    newLines,
    changes: changesOf(lines, oldStart, newStart),
  }));
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
