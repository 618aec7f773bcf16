import { memo } from "react";
import { ago, useNow } from "../clock";
import type { SessionRow } from "../protocol";
import { useStore } from "../store";
import { say, type Key } from "../words";
import { useClient } from "./client-context";
import { Icon, type IconName } from "./icons";
import { Link } from "./link";

type RowState = NonNullable<SessionRow["state"]>;

const STATES: Record<RowState, { words?: Key; icon?: IconName; tone: string }> = {
  idle: { tone: "text-faint" },
  running: { words: "list.state.running", tone: "text-dim" },
  waiting: { words: "list.state.waiting", icon: "question", tone: "text-warn font-medium" },
  stalled: { words: "list.state.stalled", icon: "clock", tone: "text-warn" },
  failed: { words: "list.state.failed", icon: "alert", tone: "text-bad" },
  interrupted: { words: "list.state.interrupted", icon: "alert", tone: "text-bad" },
};

export function titleOf(row: Pick<SessionRow, "title"> | undefined): string {
  return row ? row.title || say("list.untitled") : "…";
}

/** One session in the list: what it is about, how it stands, when it last moved. `everywhere`: among those of all projects. */
export const SessionRowView = memo(function SessionRowView({ row, current, everywhere = false }: { row: SessionRow; current: boolean; everywhere?: boolean }) {
  const state = STATES[row.state ?? "idle"];
  const unread = row.unread === true && !current; // what is being looked at is read in a moment
  return (
    <Link
      to={`sessions/${row.id}`}
      data-testid="session-row"
      data-session={row.id}
      data-state={row.state ?? "idle"}
      data-unread={unread}
      aria-current={current ? "page" : undefined}
      className={`block rounded-lg px-3 py-2 ${current ? "bg-bubble" : "hover:bg-bubble/60"}`}
    >
      <span className="flex items-center gap-1.5">
        {row.starred && <span className="text-warn"><Icon name="star" size={12} filled /><span className="sr-only">{say("list.starred")}</span></span>}
        <span className={`min-w-0 flex-1 truncate ${unread ? "font-semibold" : ""}`}>{titleOf(row)}</span>
        <Mark state={row.state ?? "idle"} unread={unread} />
      </span>
      <span className="mt-0.5 flex items-center gap-1.5 text-xs text-faint">
        <span className="min-w-0 flex-1 truncate">
          {state.words && <span className={state.tone}>{say(state.words)} · </span>}
          {row.queued ? `${say("list.queued", { n: row.queued })} · ` : ""}
          {everywhere && `${row.projectName} · `}
          <Agent row={row} />
        </span>
        <Ago at={row.lastActivity} />
      </span>
    </Link>
  );
});

/** At a glance: it works, it wants something, it is new. */
function Mark({ state, unread }: { state: RowState; unread: boolean }) {
  const { icon, tone } = STATES[state];
  return (
    <>
      {state === "running" && <span className="size-2 shrink-0 animate-pulse rounded-full bg-good" />}
      {icon && <span className={`shrink-0 ${tone}`}><Icon name={icon} size={14} /></span>}
      {unread && <span data-testid="unread" className="size-2 shrink-0 rounded-full bg-accent"><span className="sr-only">{say("list.unread")}</span></span>}
    </>
  );
}

function Agent({ row }: { row: SessionRow }) {
  const { lists } = useClient();
  const agent = useStore(lists.view, ({ providers }) => providers?.find(({ id }) => id === row.provider)?.name ?? row.provider);
  if (!row.imported) return agent;
  return <span data-testid="imported" className="rounded bg-bubble px-1.5 py-px">{say("list.from", { agent })}</span>;
}

/** How long ago it last moved. */
export function Ago({ at }: { at: number }) {
  const now = useNow();
  return <time dateTime={new Date(at).toISOString()} className="shrink-0 tabular-nums">{ago(at, now)}</time>;
}
