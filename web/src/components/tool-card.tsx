import { duration, useNow } from "../clock";
import type { ToolCall } from "../protocol";
import type { Entry } from "../session";
import { stepsOf } from "../rows";
import { useStore } from "../store";
import { useFold } from "./fold";
import { Icon, type IconName } from "./icons";
import { useSession } from "./session-context";
import { countOf, Steps } from "./steps";
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
export function ToolCard({ entry, call, turn }: { entry: Entry; call: ToolCall; turn: string }) {
  const { feed } = useSession();
  const steps = useStore(feed.view, ({ state }) => stepsOf(state, turn, entry.id));
  const nests = steps.length > 0;
  const [open, toggle] = useFold(entry.id, nests ? entry.open : opensItself(call));
  const quiet = open || nests || call.tool === "read";
  const preview = quiet ? "" : lastLines(call.output ?? "", PREVIEW_LINES);
  return (
    <section className="overflow-hidden rounded-xl border border-line bg-raised" aria-label={`Tool: ${call.title}`}>
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        className="target flex w-full items-center gap-2.5 px-3 py-1.5 text-left hover:bg-panel"
      >
        <span className="text-dim">
          <Icon name={nests ? "bot" : ICONS[call.tool ?? "other"]} size={15} />
        </span>
        <span className={`min-w-0 flex-1 truncate ${call.tool === "execute" ? "font-mono text-xs" : "text-[0.8125rem]"}`}>
          {call.title}
        </span>
        {nests && <span data-testid="step-count" className="shrink-0 text-xs text-faint">{countOf(steps)}</span>}
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
          <ToolBody call={call}>{nests && <Steps steps={steps} turn={turn} running={entry.open} />}</ToolBody>
        </div>
      )}
    </section>
  );
}

/** A call that waits for an answer is shown by its approval; then it shows itself, where it is worth it. */
function opensItself(call: ToolCall): boolean {
  const worth = Boolean(call.diffs?.length) || call.status === "failed";
  return worth && call.status !== undefined && call.status !== "pending" && call.status !== "preparing";
}

function ToolState({ entry, call }: { entry: Entry; call: ToolCall }) {
  if (entry.open) return <Running since={entry.startedAt} status={call.status ?? "pending"} />;
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

/** What an open call is about; a call that the model is still writing may take long. */
const STANDS: Record<NonNullable<ToolCall["status"]>, { word: string; dot: string }> = {
  preparing: { word: "is being written", dot: "animate-pulse border-2 border-accent" },
  pending: { word: "waits", dot: "border-2 border-faint" },
  running: { word: "running", dot: "animate-pulse bg-accent" },
  completed: { word: "done", dot: "bg-good" },
  failed: { word: "failed", dot: "bg-bad" },
};

function Running({ since, status }: { since?: number; status: NonNullable<ToolCall["status"]> }) {
  const now = useNow();
  const took = since === undefined ? 0 : now - since;
  const { word, dot } = STANDS[status];
  return (
    <span className="flex shrink-0 items-center gap-2 text-xs text-dim tabular-nums">
      <span className={status === "preparing" ? "" : "sr-only"}>{word}</span>
      {took >= 2000 && duration(took)}
      <span className={`size-2 rounded-full ${dot}`} />
    </span>
  );
}
