import { duration, useNow } from "../clock";
import type { ToolCall } from "../protocol";
import type { Entry } from "../session";
import { useFold } from "./fold";
import { Icon, type IconName } from "./icons";
import { lastLines, ToolBody } from "./tool-body";

const ICONS: Record<NonNullable<ToolCall["tool"]>, IconName> = {
  read: "file",
  edit: "edit",
  delete: "trash",
  move: "file",
  search: "search",
  execute: "terminal",
  think: "brain",
  fetch: "fetch",
  other: "tool",
};

const PREVIEW_LINES = 6;

/** The agent using a tool: one line, and all of it when unfolded. */
export function ToolCard({ entry, call }: { entry: Entry; call: ToolCall }) {
  // A call that waits for an answer is shown by its approval; then it shows itself.
  const worth = Boolean(call.diffs?.length) || call.status === "failed";
  const [open, toggle] = useFold(entry.id, worth && (call.status ?? "pending") !== "pending");
  const preview = open || call.tool === "read" ? "" : lastLines(call.output ?? "", PREVIEW_LINES);
  return (
    <section className="overflow-hidden rounded-xl border border-line bg-raised" aria-label={`Tool: ${call.title}`}>
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        className="target flex w-full items-center gap-2.5 px-3 py-1.5 text-left hover:bg-panel"
      >
        <span className="text-dim">
          <Icon name={ICONS[call.tool ?? "other"]} size={15} />
        </span>
        <span className={`min-w-0 flex-1 truncate ${call.tool === "execute" ? "font-mono text-xs" : "text-[0.8125rem]"}`}>
          {call.title}
        </span>
        <ToolState entry={entry} call={call} />
        <span className={`text-faint ${open ? "rotate-90" : ""}`}>
          <Icon name="chevron" size={13} />
        </span>
      </button>
      {preview && (
        <pre className="overflow-x-auto border-t border-line px-3 py-2 font-mono text-xs leading-relaxed text-dim">{preview}</pre>
      )}
      {open && (
        <div className="border-t border-line">
          <ToolBody call={call} />
        </div>
      )}
    </section>
  );
}

function ToolState({ entry, call }: { entry: Entry; call: ToolCall }) {
  if (entry.open) return <Running since={entry.startedAt} pending={call.status === "pending" || !call.status} />;
  const took = entry.startedAt && entry.endedAt ? entry.endedAt - entry.startedAt : 0;
  const exit = call.exitCode ?? undefined;
  return (
    <span className="flex shrink-0 items-center gap-2 text-xs">
      {took >= 1000 && <span className="text-faint tabular-nums">{duration(took)}</span>}
      {entry.cut ? (
        <span className="text-warn">cut off</span>
      ) : exit !== undefined && exit !== 0 ? (
        <span data-testid="exit-code" className="text-bad">exit {exit}</span>
      ) : call.status === "failed" ? (
        <span className="text-bad">failed</span>
      ) : (
        <span className="text-good">
          <Icon name="check" size={14} />
          <span className="sr-only">done</span>
        </span>
      )}
    </span>
  );
}

function Running({ since, pending }: { since?: number; pending: boolean }) {
  const now = useNow();
  const took = since === undefined ? 0 : now - since;
  return (
    <span className="flex shrink-0 items-center gap-2 text-xs text-dim tabular-nums">
      {took >= 2000 && duration(took)}
      <span className={`size-2 rounded-full ${pending ? "border-2 border-faint" : "animate-pulse bg-accent"}`} />
      <span className="sr-only">{pending ? "waits" : "running"}</span>
    </span>
  );
}
