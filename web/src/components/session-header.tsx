import { useState, type SubmitEvent } from "react";
import { changeSession } from "../api";
import { everywhere } from "../list-scope";
import { modeName } from "../names";
import type { SessionChanges, SessionRow } from "../protocol";
import { go } from "../route";
import { useStore } from "../store";
import { toast } from "../toasts";
import { say } from "../words";
import { ActionButtons, ActionMenu, type Action } from "./actions";
import { BypassBadge } from "./agent-settings";
import { useClient } from "./client-context";
import { ConnectionDot } from "./connection";
import { SessionTabs } from "./changes-tabs";
import { Icon } from "./icons";
import { Link } from "./link";
import { agentName, useSession } from "./session-context";
import { moreActions } from "./session-more";
import { titleOf } from "./session-row";
import { useCommands } from "./use-commands";
import { useWide } from "./use-wide";

/** What the session is, and what can be done with it as a whole. */
export function SessionHeader({ session, row }: { session: string; row?: SessionRow }) {
  const client = useClient();
  const shown = useSession();
  const mode = useStore(shown.feed.view, ({ state }) => state.mode);
  const wide = useWide();
  const [renamed, setRenamed] = useState<string>();
  if (renamed !== undefined && renamed !== session) setRenamed(undefined);
  const change = async (fields: SessionChanges) => {
    const answer = await changeSession(session, fields);
    if (answer.ok) client.lists.put(answer.value);
    else toast(answer.problem.message);
    return answer.ok;
  };
  const trash = async () => {
    if ((await change({ trashed: true })) && row) go(`projects/${row.project}`);
  };
  const starred = row?.starred ?? false;
  const actions: Action[] = [
    { icon: "edit", label: say("session.rename"), testid: "rename", disabled: !row, run: () => { setRenamed(session); } },
    { icon: "star", label: say(starred ? "session.unstar" : "session.star"), testid: "star", disabled: !row, on: starred, run: () => void change({ starred: !starred }) },
    { icon: "trash", label: say("session.trash"), testid: "session-trash", disabled: !row || row.trashed, run: () => void trash() },
  ];
  useCommands(() => [...actions, ...moreActions(session)].filter(({ disabled }) => !disabled).map(({ testid, label, icon, run }) => ({ id: testid, words: label, icon, run })));
  const set = mode ?? row?.mode ?? undefined;
  const where = [row && agentName(shown), row?.projectName, set && modeName(set)].filter(Boolean).join(" · ");
  return (
    <header className="flex min-h-13 items-center gap-1 max-md:flex-wrap border-b border-line px-2 md:pl-6">
      {!wide && <BackLink project={row?.project} />}
      <div className="min-w-0 flex-1">
        {renamed === session ? (
          <Rename
            key={session}
            title={row?.title ?? ""}
            onDone={(title) => {
              setRenamed(undefined);
              if (title && title !== row?.title) void change({ title });
            }}
          />
        ) : (
          <h1 data-testid="session-title" className="truncate font-semibold" title={row?.title}>
            {titleOf(row)}
          </h1>
        )}
        <p className="truncate text-xs text-faint">{where}</p>
      </div>
      {wide && <SessionTabs session={session} project={row?.project} />}
      <BypassBadge agent={shown.agent} mode={set} />
      {wide ? <ActionButtons key={`buttons ${session}`} actions={actions} /> : <ConnectionDot />}
      <ActionMenu key={session} label={say("session.this")} actions={[...(wide ? [] : actions), ...moreActions(session)]} />
      {!wide && <SessionTabs session={session} project={row?.project} />}
    </header>
  );
}

/** On a phone: from a session to the list. */
export function BackLink({ project }: { project?: string }) {
  const all = useStore(everywhere, (value) => value);
  return (
    <Link
      to={all ? "sessions" : project ? `projects/${project}` : ""}
      aria-label={say("session.back")}
      data-testid="back"
      className="target flex items-center justify-center rounded-lg text-dim"
    >
      <Icon name="back" size={20} />
    </Link>
  );
}

function Rename({ title, onDone }: { title: string; onDone: (title?: string) => void }) {
  const [text, setText] = useState(title);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onDone(text.trim());
  };
  return (
    <form onSubmit={submit}>
      <input
        autoFocus
        aria-label={say("session.title")}
        data-testid="session-rename"
        value={text}
        maxLength={200}
        onChange={(event) => { setText(event.target.value); }}
        onBlur={() => { onDone(text.trim()); }}
        onKeyDown={(event) => { if (event.key === "Escape") onDone(); }}
        className="w-full max-w-md rounded-lg border border-line bg-raised px-2 py-0.5 font-semibold"
      />
    </form>
  );
}
