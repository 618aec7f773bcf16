import { memo } from "react";
import { ago, useNow } from "../clock";
import type { SessionRow } from "../protocol";
import { useStore } from "../store";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { Link } from "./link";

type RowState = NonNullable<SessionRow["state"]>;

const STATES: Record<RowState, { words: string; dot: string; text: string }> = {
  idle: { words: "", dot: "", text: "" },
  running: { words: "Running", dot: "bg-accent animate-pulse", text: "text-dim" },
  waiting: { words: "Waits for you", dot: "bg-warn", text: "text-warn font-medium" },
  stalled: { words: "No sign of life", dot: "bg-warn", text: "text-warn" },
  failed: { words: "Failed", dot: "bg-bad", text: "text-bad" },
  interrupted: { words: "Interrupted", dot: "bg-bad", text: "text-bad" },
};

export function titleOf(row: Pick<SessionRow, "title"> | undefined): string {
  return row ? row.title || "New session" : "…";
}

/** One session in the list: what it is about, how it stands, when it last moved. */
export const SessionRowView = memo(function SessionRowView({ row, current }: { row: SessionRow; current: boolean }) {
  const client = useClient();
  const state = STATES[row.state ?? "idle"];
  const agent = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === row.provider)?.name ?? row.provider);
  return (
    <Link
      to={`sessions/${row.id}`}
      data-testid="session-row"
      data-session={row.id}
      data-state={row.state ?? "idle"}
      aria-current={current ? "page" : undefined}
      className={`block rounded-lg px-3 py-2 ${current ? "bg-bubble" : "hover:bg-bubble/60"}`}
    >
      <span className="flex items-center gap-1.5">
        {row.starred && <span className="text-warn"><Icon name="star" size={12} filled /><span className="sr-only">Starred</span></span>}
        <span className="min-w-0 flex-1 truncate">{titleOf(row)}</span>
        {state.dot && <span className={`size-2 shrink-0 rounded-full ${state.dot}`} />}
      </span>
      <span className="mt-0.5 flex items-center gap-1.5 text-xs text-faint">
        <span className="min-w-0 flex-1 truncate">
          {row.imported ? <span data-testid="imported" className="rounded bg-bubble px-1.5 py-px">from {agent}</span> : agent}
          {state.words && <span className={state.text}> · {state.words}</span>}
          {row.queued ? ` · ${row.queued} queued` : ""}
        </span>
        <Ago at={row.lastActivity} />
      </span>
    </Link>
  );
});

function Ago({ at }: { at: number }) {
  const now = useNow();
  return <time dateTime={new Date(at).toISOString()} className="shrink-0 tabular-nums">{ago(at, now)}</time>;
}
