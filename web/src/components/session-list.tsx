import { useEffect, useMemo, useRef } from "react";
import { Virtualizer } from "virtua";
import { useStore } from "../store";
import { sessionsOf } from "../lists";
import { useClient } from "./client-context";
import { ProblemNotice } from "./notice";
import { SessionRowView } from "./session-row";

/** px from the end of the list at which the next page is fetched. */
const NEAR_END = 600;

/** A project's sessions, newest first, live. */
export function SessionList({ project, session }: { project: string; session?: string }) {
  const { lists } = useClient();
  const all = useStore(lists.view, (view) => view.rows);
  const loaded = useStore(lists.view, (view) => view.loaded[project]);
  const rows = useMemo(() => sessionsOf(all, project), [all, project]);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    lists.open(project);
  }, [lists, project]);

  const loadMore = () => {
    const view = scroller.current;
    if (view && view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_END && !loaded?.problem) void lists.more(project);
  };
  return (
    <div ref={scroller} data-testid="session-list" onScroll={loadMore} className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
      <Virtualizer scrollRef={scroller} data={rows} as="ul" item="li">
        {(row) => <SessionRowView key={row.id} row={row} current={row.id === session} />}
      </Virtualizer>
      {loaded?.problem && (
        <ProblemNotice what="The sessions did not load" problem={loaded.problem} onRetry={() => void lists.more(project)} />
      )}
      {loaded && !loaded.loading && !loaded.problem && !rows.length && (
        <p className="px-3 py-4 text-dim">No sessions yet. Write your first prompt to start one.</p>
      )}
      {loaded?.loading && <p role="status" className="px-3 py-2 text-xs text-faint">Loading …</p>}
    </div>
  );
}
