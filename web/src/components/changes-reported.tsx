import { Suspense } from "react";
import { reportedEdits } from "../changes";
import type { Turn } from "../session";
import { say } from "../words";
import { Notice } from "./notice";
import { part } from "./part";

const FileDiff = part(async () => (await import("./file-diff")).FileDiff);

/** Where the folder was not noted: the edits that the agent's own tool calls carry. */
export function ReportedEdits({ turn }: { turn: Turn }) {
  const edits = reportedEdits(turn);
  return (
    <div data-testid="reported" className="space-y-3 pt-3">
      <Notice icon="question" title={say("changes.reported")}>{say("changes.reported.why")}</Notice>
      {edits.length === 0 && <p className="text-dim">{say("changes.reported.none")}</p>}
      {edits.map((diff) => (
        <div key={diff.path} className="overflow-hidden rounded-xl border border-line">
          <Suspense fallback={<p className="px-3 py-2 font-mono text-xs text-dim">{diff.path} …</p>}>
            <FileDiff diff={diff} />
          </Suspense>
        </div>
      ))}
    </div>
  );
}
