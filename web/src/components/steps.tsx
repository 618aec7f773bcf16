import { useState } from "react";
import type { Entry } from "../session";
import { say } from "../words";
import { EntryView } from "./entry";

/** Steps shown of a sub-agent at work, until the person asks for all. */
const LATEST = 4;

/** What a sub-agent did; of one that is at work the latest steps. */
export function Steps({ steps, turn, running }: { steps: readonly Entry[]; turn: string; running: boolean }) {
  const [all, setAll] = useState(false);
  const hidden = running && !all ? Math.max(0, steps.length - LATEST) : 0;
  return (
    <div className="px-3 py-2">
      {hidden > 0 && (
        <button type="button" className="target min-h-6 pb-1 text-xs text-accent underline underline-offset-2" onClick={() => { setAll(true); }}>
          {say("tool.earlier-steps", { n: hidden })}
        </button>
      )}
      <ol className="flow-root space-y-2 border-l-2 border-line pl-3 [&_.prose]:text-[0.875rem]">
        {steps.slice(hidden).map((step) => (
          <li key={step.id}>
            <EntryView entry={step} turn={turn} />
          </li>
        ))}
      </ol>
    </div>
  );
}

export function countOf(steps: readonly Entry[]): string {
  return say("tool.steps", { n: steps.length });
}
