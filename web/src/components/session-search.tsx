import { useState } from "react";
import { findSessions } from "../api";
import { keyOf, type Filter, type Scope } from "../list-filter";
import { lookEverywhere } from "../list-scope";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { ProblemNotice } from "./notice";
import { FoundMessages } from "./search-hits";
import { SessionFilter } from "./session-filter";
import { SessionList } from "./session-list";
import { SessionRowView } from "./session-row";
import { useRequest } from "./use-request";
import { useSettled } from "./use-settled";

/** ms without a key before the server is asked. */
const PAUSE = 150;

/** A list of sessions; or, of those, what is typed is in: titles first, then what was said. */
export function FoundSessions({ filter, session }: { filter: Filter; session?: string }) {
  const [text, setText] = useState("");
  const words = useSettled(text.trim(), PAUSE);
  const looking = words !== "" && text.trim() !== "";
  const { project, provider } = filter;
  return (
    <>
      <label className="mx-3 mb-1 flex h-8 items-center pointer-coarse:h-11 max-sm:h-11 gap-2 rounded-lg border border-line px-2 text-dim focus-within:border-accent">
        <Icon name="search" size={14} />
        <input
          type="search"
          data-testid="session-search"
          aria-label={say("list.search.label")}
          placeholder={say("list.search")}
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
      <SessionFilter states={!looking} />
      {looking
        ? <Found scope={{ project, provider }} words={words} session={session} />
        : <SessionList key={keyOf(filter)} filter={filter} session={session} />}
    </>
  );
}

interface FoundProps {
  scope: Scope;
  words: string;
  session?: string;
}

function Found({ scope, words, session }: FoundProps) {
  return (
    <div data-testid="sessions-found" className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
      <FoundTitles scope={scope} words={words} session={session} />
      <FoundMessages key={`${keyOf(scope)} ${words}`} scope={scope} words={words} />
      {scope.project && (
        <Button look="quiet" testid="search-everywhere" className="mt-2 w-full" onClick={() => { lookEverywhere(true); }}>
          {say("list.search.everywhere")}
        </Button>
      )}
    </div>
  );
}

function FoundTitles({ scope, words, session }: FoundProps) {
  const { lists } = useClient();
  const live = useStore(lists.view, (view) => view.rows);
  const { value, problem, reload } = useRequest(`${keyOf(scope)} ${words}`, () => findSessions(scope, words));
  return (
    <>
      {problem && <ProblemNotice what={say("list.search.failed")} problem={problem} onRetry={reload} />}
      <p role="status" className="px-3 py-1 text-xs text-dim">
        {value && told(value.sessions.length, value.next !== null, words)}
      </p>
      <ul>
        {value?.sessions.map((row) => (
          <li key={row.id}>
            <SessionRowView row={live.get(row.id) ?? row} current={row.id === session} everywhere={scope.project === undefined} />
          </li>
        ))}
      </ul>
    </>
  );
}

function told(count: number, more: boolean, words: string): string {
  if (!count) return say("list.titles.none", { words });
  return more ? say("list.titles.more", { n: count }) : say("list.titles", { n: count });
}
