import { useState, type SubmitEvent } from "react";
import { changeSession, type SessionChange } from "../api";
import type { SessionRow } from "../protocol";
import { go } from "../route";
import { useStore } from "../store";
import { toast } from "../toasts";
import { IconButton } from "./button";
import { useClient } from "./client-context";
import { ConnectionDot } from "./connection";
import { Icon } from "./icons";
import { Link } from "./link";
import { agentName, useSession } from "./session-context";
import { titleOf } from "./session-row";

/** What the session is, and what can be done with it as a whole. */
export function SessionHeader({ session, row }: { session: string; row?: SessionRow }) {
  const client = useClient();
  const shown = useSession();
  const mode = useStore(shown.feed.view, ({ state }) => state.mode);
  const [renaming, setRenaming] = useState(false);
  const change = async (fields: SessionChange) => {
    const answer = await changeSession(session, fields);
    if (answer.ok) client.lists.put(answer.value);
    else toast(answer.problem.message);
    return answer.ok;
  };
  const trash = async () => {
    if ((await change({ trashed: true })) && row) go(`projects/${row.project}`);
  };
  return (
    <header className="flex min-h-13 items-center gap-1 border-b border-line pr-2 pl-2 md:pl-6">
      <Link to={row ? `projects/${row.project}` : ""} aria-label="Back to the sessions" className="target flex items-center justify-center rounded-lg text-dim md:hidden">
        <Icon name="back" size={20} />
      </Link>
      <div className="min-w-0 flex-1">
        {renaming ? (
          <Rename
            title={row?.title ?? ""}
            onDone={(title) => {
              setRenaming(false);
              if (title && title !== row?.title) void change({ title });
            }}
          />
        ) : (
          <h1 data-testid="session-title" className="truncate font-semibold" title={row?.title}>{titleOf(row)}</h1>
        )}
        <p className="flex items-center gap-1.5 truncate text-xs text-faint">
          {row && agentName(shown)}
          {row?.projectName && ` · ${row.projectName}`}
          {mode && ` · ${mode}`}
        </p>
      </div>
      <span className="px-1 md:hidden"><ConnectionDot /></span>
      <IconButton icon="edit" label="Rename" testid="rename" disabled={!row} onClick={() => { setRenaming(true); }} />
      <IconButton
        icon="star"
        label={row?.starred ? "Remove the star" : "Star"}
        testid="star"
        aria-pressed={row?.starred ?? false}
        filled={row?.starred}
        className={row?.starred ? "!text-warn" : ""}
        disabled={!row}
        onClick={() => void change({ starred: !row?.starred })}
      />
      <IconButton icon="trash" label="Put into the trash" testid="session-trash" disabled={!row || row.trashed} onClick={() => void trash()} />
    </header>
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
        aria-label="Title"
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
