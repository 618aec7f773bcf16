import { useState } from "react";
import { search, type Problem } from "../api";
import { ago, useNow } from "../clock";
import { keyOf, type Scope } from "../list-filter";
import type { SearchHit, SearchResults } from "../protocol";
import { say } from "../words";
import { Button } from "./button";
import { Link } from "./link";
import { ProblemNotice } from "./notice";
import { titleOf } from "./session-row";
import { useRequest } from "./use-request";

/** What was said that holds the words, newest first; each leads to its message. */
export function FoundMessages({ scope, words }: { scope: Scope; words: string }) {
  const { value, problem, reload } = useRequest(`${keyOf(scope)} ${words}`, () => search(words, scope));
  const [older, setOlder] = useState<SearchResults[]>([]);
  const [refused, setRefused] = useState<Problem>();
  const last = older.at(-1) ?? value;
  const more = async () => {
    const page = await search(words, scope, last?.next ?? undefined);
    setRefused(page.ok ? undefined : page.problem);
    if (page.ok) setOlder([...older, page.value]);
  };
  const hits = [value, ...older].flatMap((page) => page?.hits ?? []);
  return (
    <section aria-label={say("list.hits.label")} className="mt-3">
      <p role="status" className="px-3 py-1 text-xs text-dim">{value && told(hits.length, last?.next !== null)}</p>
      {value && value.indexed < 1 && (
        <p data-testid="indexing" className="px-3 pb-1 text-xs text-faint">{say("list.indexing", { share: Math.floor(100 * value.indexed) })}</p>
      )}
      {problem && <ProblemNotice what={say("list.search.failed")} problem={problem} onRetry={reload} />}
      <ul>
        {hits.map((hit) => (
          <li key={`${hit.session.id} ${hit.turn} ${hit.item}`}>
            <Hit hit={hit} everywhere={scope.project === undefined} />
          </li>
        ))}
      </ul>
      {refused && <ProblemNotice what={say("list.search.failed")} problem={refused} onRetry={() => void more()} />}
      {last?.next && !refused && (
        <Button testid="hits-more" look="quiet" className="mt-1 w-full" onClick={() => void more()}>{say("list.hits.more")}</Button>
      )}
    </section>
  );
}

function told(count: number, more: boolean): string {
  if (!count) return say("list.hits.none");
  return more ? say("list.hits.first", { n: count }) : say("list.hits", { n: count });
}

/** Where the hit stands: its item, or its turn's prompt. */
function placeOf({ item, turn }: SearchHit): string {
  if (item) return `#item=${encodeURIComponent(item)}`;
  return turn ? `#turn=${encodeURIComponent(turn)}` : "";
}

function Hit({ hit, everywhere }: { hit: SearchHit; everywhere: boolean }) {
  const now = useNow();
  const who = hit.role === "person" ? say("list.hit.you") : say("list.hit.agent");
  return (
    <Link
      to={`sessions/${hit.session.id}${placeOf(hit)}`}
      data-testid="search-hit"
      data-session={hit.session.id}
      data-item={hit.item ?? undefined}
      data-turn={hit.turn ?? undefined}
      className="block rounded-lg px-3 py-2 hover:bg-bubble/60"
    >
      <span className="flex items-baseline gap-1.5 text-xs text-faint">
        <span className="min-w-0 flex-1 truncate font-medium text-dim">
          {everywhere && `${hit.session.projectName} · `}{titleOf(hit.session)}
        </span>
        <time dateTime={new Date(hit.at).toISOString()} className="shrink-0 tabular-nums">{ago(hit.at, now)}</time>
      </span>
      <span className="mt-0.5 line-clamp-3 text-[0.8125rem] wrap-anywhere">
        <span className="text-faint">{who} </span>
        {hit.parts.map((part, at) => (at % 2 ? <mark key={at} className="rounded-xs bg-warn/25 font-medium text-text">{part}</mark> : part))}
      </span>
    </Link>
  );
}
