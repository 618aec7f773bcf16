import { useEffect, useSyncExternalStore } from "react";
import { duration, useNow } from "../clock";
import { connectionWords, type ConnectionWords } from "../connection-words";
import { route } from "../route";
import { Store, useStore } from "../store";
import { say } from "../words";
import { Button, IconButton } from "./button";
import { useClient } from "./client-context";
import { ServerWords } from "./server-words";
import { useSettled } from "./use-settled";
import { WaitingBell } from "./waiting-bell";

/** Told apart by shape, too: on a phone the word beside it is not seen, so that the title beside it does not move. */
const DOTS = { good: "rounded-full bg-good", warn: "rotate-45 bg-warn", bad: "bg-bad", plain: "rounded-full bg-faint" };

/** ms that catching up may take before it is told: mostly it is done before. */
const BEHIND_MS = 400;

/** The state whose words were put away: the dot still says it, and brings them back. */
const putAway = new Store<ConnectionWords["state"] | undefined>(undefined);

function useConnection(): ConnectionWords {
  const client = useClient();
  const link = useStore(client.link, (value) => value);
  const notices = useStore(client.notices, (value) => value);
  const account = useStore(client.account, (value) => value);
  const online = useSyncExternalStore(watchOnline, () => navigator.onLine);
  return connectionWords(link, notices, account, online, useBehind());
}

const NO_SESSION = new Store({ phase: "live" });

/** The session in sight is being brought up to date, for some time already. */
function useBehind(): boolean {
  const client = useClient();
  const session = useStore(route, (place) => (place.view === "session" ? place.session : undefined));
  const feed: Store<{ phase: string }> | undefined = session === undefined ? undefined : client.feed(session).view;
  const behind = useStore(feed ?? NO_SESSION, ({ phase }) => phase === "catching-up");
  return useSettled(behind, BEHIND_MS) && behind;
}

function watchOnline(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** In every view's header: how the connection stands, and what waits for the person. Its words change in length: what is to be clicked stands behind them, so that it does not move. */
export function ConnectionDot() {
  return (
    <span className="flex shrink-0 items-center gap-1">
      <Dot />
      <WaitingBell />
    </span>
  );
}

/** The connection's state, always in sight: a dot and a word; with a click, all of its words. */
function Dot() {
  const { state, tone, short, long } = useConnection();
  const hidden = useStore(putAway, (value) => value === state);
  const dot = (
    <span data-testid="connection" data-state={state} role="status" title={long} className="flex items-center gap-1.5 text-xs text-dim">
      <span className={`size-2 shrink-0 ${DOTS[tone]}`} />
      <span className="max-sm:sr-only">{short}</span>
    </span>
  );
  if (!hidden) return dot;
  return <button type="button" className="target flex items-center rounded-lg" onClick={() => { putAway.set(undefined); }}>{dot}</button>;
}

const QUIET = new Set<ConnectionWords["state"]>(["live", "connecting", "catching-up"]);

/** What is not as it should be, with what comes next: over the page below its header, so that nothing moves; it can be put away. */
export function ConnectionBanner() {
  const client = useClient();
  const { state, tone, long, served, retryAt } = useConnection();
  const hidden = useStore(putAway, (value) => value === state);
  // Put away for this time; the next time it is news again.
  useEffect(() => {
    if (state === "live") putAway.set(undefined);
  }, [state]);
  if (QUIET.has(state) || hidden) return null;
  const reload = state === "new-version" || state === "ended";
  const retries = state === "reconnecting" || state === "offline" || state === "stopped";
  return (
    <div className="pointer-events-none fixed inset-x-0 top-[calc(3.5rem+env(safe-area-inset-top))] z-40 max-sm:top-[calc(6.25rem+env(safe-area-inset-top))] flex justify-center px-3">
      <div
        data-testid="connection-banner"
        data-state={state}
        className={`pointer-events-auto flex min-h-10 max-w-3xl flex-wrap items-center justify-center gap-x-3 gap-y-1 rounded-2xl border px-4 py-1.5 text-[0.8125rem] shadow-lg ${tone === "bad" ? "border-bad/30 bg-bad-soft" : "border-warn/30 bg-warn-soft"}`}
      >
        <span className="min-w-0 wrap-anywhere">
          {long} {served && <ServerWords text={served} />} {retryAt !== undefined && <Countdown to={retryAt} />} {retries && <Kept />}
        </span>
        {retries && (
          <Button testid="retry-now" className="!h-7" disabled={retryAt === undefined} onClick={client.retryNow}>{say("connection.retry-now")}</Button>
        )}
        {reload && <Button testid="reload" className="!h-7" onClick={() => { location.reload(); }}>{say("connection.reload")}</Button>}
        {state !== "ended" && (
          <IconButton icon="close" label={say("notice.dismiss")} size={14} testid="connection-dismiss" onClick={() => { putAway.set(state); }} />
        )}
      </div>
    </div>
  );
}

function Countdown({ to }: { to: number }) {
  const now = useNow();
  return <span className="text-dim tabular-nums">{say("connection.again-in", { time: duration(Math.max(0, to - now)) })}</span>;
}

/** What was done meanwhile, in whatever session: kept, and sent then. */
function Kept() {
  const client = useClient();
  const count = useStore(client.outbox.pending, (all) => all.filter(({ ask }) => !ask).length);
  return count > 0 && <span data-testid="kept" className="text-dim">{say("connection.kept", { n: count })}</span>;
}
