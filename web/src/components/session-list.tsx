import { useEffect, useMemo, useRef } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { keyOf, rowsOf, type Filter } from "../list-filter";
import { narrowed } from "../list-scope";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { ProblemNotice } from "./notice";
import { SessionRowView } from "./session-row";
import { useSwitching } from "./use-switching";

/** px from the end of the list at which the next page is fetched. */
const NEAR_END = 1200;

/** A list of sessions, newest first, live. */
export function SessionList({ filter, session }: { filter: Filter; session?: string }) {
  const { lists } = useClient();
  const key = keyOf(filter);
  const all = useStore(lists.view, (view) => view.rows);
  const loaded = useStore(lists.view, (view) => view.loaded[key]);
  const rows = useMemo(() => rowsOf(all, filter, loaded?.next), [all, filter, loaded?.next]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  useEffect(() => {
    lists.open(filter);
  }, [lists, filter]);
  useSwitching(rows, session, (at) => list.current?.scrollToIndex(at, { align: "nearest" }));

  const loadMore = () => {
    const view = scroller.current;
    if (view && view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_END && !loaded?.problem) void lists.more(filter);
  };
  return (
    <div ref={scroller} data-testid="session-list" onScroll={loadMore} className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
      <Virtualizer ref={list} scrollRef={scroller} data={rows} as="ul" item="li">
        {(row) => <SessionRowView key={row.id} row={row} current={row.id === session} everywhere={filter.project === undefined} />}
      </Virtualizer>
      {loaded?.problem && (
        <ProblemNotice what={say("list.not-loaded")} problem={loaded.problem} onRetry={() => void lists.more(filter)} />
      )}
      {loaded && !loaded.loading && !loaded.problem && !rows.length && <Empty filter={filter} />}
      {loaded?.loading && <p role="status" className="px-3 py-2 text-xs text-faint">{say("list.loading")}</p>}
    </div>
  );
}

function Empty({ filter }: { filter: Filter }) {
  if (!filter.only && !filter.provider) return <p className="px-3 py-4 text-dim">{say("list.none")}</p>;
  return (
    <div className="flex flex-col items-start gap-2 px-3 py-4 text-dim">
      <p>{say("list.none.narrowed")}</p>
      <Button testid="show-all" onClick={() => { narrowed.set({}); }}>{say("list.show-all")}</Button>
    </div>
  );
}
