import { useState } from "react";
import { findSessions } from "../api";
import { useStore } from "../store";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { ProblemNotice } from "./notice";
import { SessionList } from "./session-list";
import { SessionRowView } from "./session-row";
import { useRequest } from "./use-request";
import { useSettled } from "./use-settled";

/** ms without a key before the server is asked. */
const PAUSE = 150;

/** A project's sessions, or those whose title holds what is typed. */
export function FoundSessions({ project, session }: { project: string; session?: string }) {
  const [text, setText] = useState("");
  const words = useSettled(text.trim(), PAUSE);
  return (
    <>
      <label className="mx-3 mb-2 flex h-8 items-center gap-2 rounded-lg border border-line px-2 text-dim focus-within:border-accent">
        <Icon name="search" size={14} />
        <input
          type="search"
          data-testid="session-search"
          aria-label="Find a session by its title"
          placeholder="Find a session"
          value={text}
          maxLength={200}
          onChange={(event) => {
            setText(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") setText("");
          }}
          className="target min-w-0 flex-1 bg-transparent text-text outline-none max-sm:text-base"
        />
      </label>
      {words && text.trim() ? <Found project={project} words={words} session={session} /> : <SessionList project={project} session={session} />}
    </>
  );
}

function Found({ project, words, session }: { project: string; words: string; session?: string }) {
  const { lists } = useClient();
  const live = useStore(lists.view, (view) => view.rows);
  const { value, problem, reload } = useRequest(`${project} ${words}`, () => findSessions(project, words));
  return (
    <div data-testid="sessions-found" className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
      {problem && <ProblemNotice what="The search did not work" problem={problem} onRetry={reload} />}
      <p role="status" className="px-3 py-1 text-xs text-dim">
        {value && told(value.sessions.length, value.next !== null, words)}
      </p>
      <ul>
        {value?.sessions.map((row) => (
          <li key={row.id}>
            <SessionRowView row={live.get(row.id) ?? row} current={row.id === session} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function told(count: number, more: boolean, words: string): string {
  if (!count) return `No session's title holds “${words}”.`;
  if (more) return `The newest ${count}; type more to narrow it down`;
  return count === 1 ? "1 session" : `${count} sessions`;
}
