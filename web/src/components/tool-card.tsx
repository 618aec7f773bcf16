import type { ToolCall } from "../protocol";
import { stepsOf } from "../rows";
import type { Entry } from "../session";
import { linesOf } from "../size";
import { useStore } from "../store";
import { say } from "../words";
import { useFold } from "./fold";
import { Icon, type IconName } from "./icons";
import { shortPath, useSession } from "./session-context";
import { countOf, Steps } from "./steps";
import { ToolBody } from "./tool-body";
import { Preview } from "./tool-output";
import { ToolState } from "./tool-state";

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

/** Kinds whose output is worth a look beside their one line. */
const PREVIEWED = new Set<ToolCall["tool"]>(["execute", "think", "other", undefined]);
/** Kinds that say how much they found. */
const COUNTED = new Set<ToolCall["tool"]>(["read", "search"]);

const PREVIEW_LINES = 6;

/** The agent using a tool: one line, and all of it when unfolded. */
export function ToolCard({ entry, call, turn }: { entry: Entry; call: ToolCall; turn: string }) {
  const { feed, folder } = useSession();
  const steps = useStore(feed.view, ({ state }) => stepsOf(state, turn, entry.id));
  const nests = steps.length > 0;
  const [open, toggle] = useFold(entry.id, nests ? entry.open : opensItself(call));
  const preview = !open && !nests && PREVIEWED.has(call.tool) && call.output;
  return (
    <section data-testid="tool" data-tool={call.tool ?? "other"} className="overflow-hidden rounded-xl border border-line bg-raised" aria-label={say("tool.label", { title: call.title })}>
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        className="target flex w-full items-center gap-2.5 px-3 py-1.5 text-left hover:bg-panel"
      >
        <span className="text-dim">
          <Icon name={nests ? "bot" : ICONS[call.tool ?? "other"]} size={15} />
        </span>
        <span title={call.title} className={`min-w-0 flex-1 truncate ${call.tool === "execute" ? "font-mono text-xs" : "text-[0.8125rem]"}`}>
          {shortTitle(call, folder)}
        </span>
        {nests && <span data-testid="step-count" className="shrink-0 text-xs text-faint">{countOf(steps)}</span>}
        {COUNTED.has(call.tool) && call.output && (
          <span className="shrink-0 text-xs text-faint max-sm:hidden">{say("tool.lines", { n: linesOf(call.output) })}</span>
        )}
        <ToolState entry={entry} call={call} />
        <span className={`text-faint ${open ? "rotate-90" : ""}`}>
          <Icon name="chevron" size={13} />
        </span>
      </button>
      {preview && <Preview text={preview} lines={PREVIEW_LINES} />}
      {open && (
        <div className="border-t border-line">
          <ToolBody id={entry.id} call={call} growing={entry.open}>{nests && <Steps steps={steps} turn={turn} running={entry.open} />}</ToolBody>
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

/** The title with the project's own paths as people read them. */
function shortTitle({ title, paths, diffs }: ToolCall, folder: string): string {
  const named = [...(paths ?? []), ...(diffs ?? []).map(({ path }) => path)];
  const path = named.find((one) => title.includes(one));
  return path ? title.replace(path, shortPath(path, folder)) : title;
}
