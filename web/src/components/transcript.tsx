import { Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type Ref } from "react";
import { Virtualizer, type CustomItemComponentProps, type VirtualizerHandle } from "virtua";
import { FollowEnd } from "../follow-end";
import { Rows, type Row } from "../rows";
import type { State } from "../session";
import { useStore } from "../store";
import { say } from "../words";
import { bring } from "./bring";
import { Button } from "./button";
import { useClient } from "./client-context";
import { finding, useFindKey } from "./finding";
import { OlderPages } from "./older-pages";
import { dialogPart } from "./part";
import { useSession } from "./session-context";
import { TranscriptRow } from "./transcript-row";
import { usePlace } from "./use-place";

const FindBar = dialogPart(async () => (await import("./find-bar")).FindBar);

/** px from the top at which the older page is fetched. */
const NEAR_TOP = 800;
/** What a row is taken to be high until it is measured, px: too little, and many are made that are not in sight. */
const ROW = 120;
/** Height of what stands above the first row, px. */
const TOP = 56;

/**
 * The conversation: only the rows in sight are made; it stays at its end only while the person is there.
 * It is the same for each session that comes: one that knows its size already draws the rows of the next at once.
 */
export function Transcript({ loading = false }: { loading?: boolean }) {
  const { feed } = useSession();
  const list = useRows();
  const shift = useShift(list);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const [end] = useState(() => new FollowEnd());
  const atEnd = useStore(end.atEnd, (value) => value);
  const more = useStore(feed.view, ({ state, older }) => state.more && older === undefined);

  const loadNearTop = () => {
    if (more && (scroller.current?.scrollTop ?? Infinity) < NEAR_TOP) void feed.loadOlder();
  };
  useEffect(loadNearTop);
  useLayoutEffect(() => (scroller.current && content.current ? end.attach(scroller.current, content.current) : undefined), [end]);
  useLayoutEffect(() => {
    end.begin();
  }, [end, feed]);
  useLayoutEffect(() => {
    end.follow();
  }, [end, list]);
  const now = useRef(list);
  useLayoutEffect(() => {
    now.current = list;
  }, [list]);
  const rows = useCallback(() => now.current, []);
  const show = useCallback(async (key: string) => {
    const at = now.current.findIndex((row) => row.key === key);
    if (at < 0 || !scroller.current || !virtual.current) return undefined;
    end.leave();
    return bring(scroller.current, virtual.current, at, key);
  }, [end]);
  usePlace({ rows, show });
  useFindKey(feed.session, useCallback(() => field.current?.select(), []));
  const looks = useStore(finding, (value) => value);
  const firstSeen = () => virtual.current?.findItemIndex(virtual.current.scrollOffset) ?? 0;
  // Whoever sends a prompt wants to see it.
  const last = list.at(-1);
  const own = last?.kind === "pending" ? last.key : undefined;
  useEffect(() => {
    if (own) end.jump();
  }, [end, own]);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        data-testid="transcript"
        role="region"
        aria-label={say("transcript.label")}
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain pb-3 [overflow-anchor:none]"
        onScroll={loadNearTop}
      >
        {/* The list takes no pointer while it scrolls, as it does with each line that comes: all rows would be styled anew. */}
        <div ref={content} className="[&>div]:!pointer-events-auto">
          <OlderPages height={TOP} />
          <Virtualizer ref={virtual} scrollRef={scroller} data={list} shift={shift} startMargin={TOP} itemSize={ROW} item={Item}>
            {(row) => <TranscriptRow key={`${feed.session}/${row.key}`} row={row} />}
          </Virtualizer>
        </div>
      </div>
      {loading && !list.length && <p role="status" className="pointer-events-none absolute inset-0 flex items-center justify-center text-faint">{say("session.loading")}</p>}
      {looks && (
        <Suspense key={feed.session}>
          <FindBar rows={list} view={scroller} input={field} show={show} firstSeen={firstSeen} onClose={() => { finding.set(false); }} />
        </Suspense>
      )}
      {!atEnd && (
        <Button
          icon="arrowDown"
          testid="jump-to-latest"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 !rounded-full shadow-md"
          onClick={end.jump}
        >
          <JumpWords />
        </Button>
      )}
    </div>
  );
}

/**
 * Where a row stands. One that is not measured yet is out of sight by its opacity, which nothing in it inherits:
 * by its visibility all that is in it would be styled once more when it comes into sight.
 */
function Item({ ref, style: { visibility, ...style }, children }: CustomItemComponentProps & { ref?: Ref<HTMLDivElement> }) {
  return <div ref={ref} style={visibility === "hidden" ? { ...style, opacity: 0 } : style}>{children}</div>;
}

function JumpWords() {
  const { feed } = useSession();
  return useStore(feed.view, ({ state }) => (say(state.approvals.length ? "transcript.waits" : "transcript.jump")));
}

/** The rows of this session, its prompts without a reply at the end. */
function useRows(): Row[] {
  const client = useClient();
  const { feed } = useSession();
  const [rows] = useState(() => new Rows());
  const pending = useStore(client.outbox.pending, (all) => all);
  const settling = useStore(client.settling, (all) => all);
  const ids = useMemo(() => {
    const commands = [...settling.map((one) => one.command), ...pending.map((one) => one.command)];
    return commands.filter(({ type, session }) => type === "prompt" && session === feed.session).map(({ id }) => id);
  }, [pending, settling, feed]);
  return useStore(feed.view, ({ state }) => rows.of(state.turns, notShownYet(ids, state)));
}

/** Without those whose event came before their reply. */
function notShownYet(ids: string[], state: State): string[] {
  if (!ids.length) return ids;
  const shown = new Set([...state.turns, ...state.queue].map(({ command }) => command));
  return ids.filter((id) => !shown.has(id));
}

/** Whether this rendering adds rows before those that were there: then the view must not move. */
function useShift(list: Row[]): boolean {
  const [seen, setSeen] = useState({ list, shift: false });
  if (seen.list === list) return seen.shift;
  // The first turn may have been known in part: its second row tells.
  const mark = seen.list[1]?.key;
  const shift = mark !== undefined && list.findIndex((row) => row.key === mark) > 1;
  setSeen({ list, shift });
  return shift;
}
