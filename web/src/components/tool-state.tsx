import { duration, useNow } from "../clock";
import type { ToolCall } from "../protocol";
import type { Entry } from "../session";
import { say, type Key } from "../words";
import { Icon } from "./icons";

/** How a call stands: running and for how long, or how it ended. */
export function ToolState({ entry, call }: { entry: Entry; call: ToolCall }) {
  if (entry.open) return <Running since={entry.startedAt} status={call.status ?? "pending"} />;
  const took = entry.startedAt && entry.endedAt ? entry.endedAt - entry.startedAt : 0;
  return (
    <span className="flex shrink-0 items-center gap-2 text-xs">
      {took >= 1000 && <span className="text-faint tabular-nums">{duration(took)}</span>}
      <Ended entry={entry} call={call} />
    </span>
  );
}

function Ended({ entry, call }: { entry: Entry; call: ToolCall }) {
  if (entry.cut) return <span className="text-warn">{say("tool.cut")}</span>;
  if (call.exitCode) return <span data-testid="exit-code" className="text-bad">{say("tool.exit", { code: `${call.exitCode}` })}</span>;
  if (call.status === "failed") return <span className="text-bad">{say("tool.failed")}</span>;
  return (
    <span className="text-good">
      <Icon name="check" size={14} />
      <span className="sr-only">{say("tool.done")}</span>
    </span>
  );
}

/** What an open call is about; a call that the model is still writing may take long. */
const STANDS: Record<NonNullable<ToolCall["status"]>, { word: Key; dot: string }> = {
  preparing: { word: "tool.preparing", dot: "animate-pulse border-2 border-accent" },
  pending: { word: "tool.pending", dot: "border-2 border-faint" },
  running: { word: "tool.running", dot: "animate-pulse bg-accent" },
  completed: { word: "tool.done", dot: "bg-good" },
  failed: { word: "tool.failed", dot: "bg-bad" },
};

function Running({ since, status }: { since?: number; status: NonNullable<ToolCall["status"]> }) {
  const now = useNow();
  const took = since === undefined ? 0 : now - since;
  const { word, dot } = STANDS[status];
  return (
    <span className="flex shrink-0 items-center gap-2 text-xs text-dim tabular-nums">
      <span className={status === "preparing" ? "" : "sr-only"}>{say(word)}</span>
      {took >= 2000 && duration(took)}
      <span className={`size-2 rounded-full ${dot}`} />
    </span>
  );
}
