import { useSyncExternalStore } from "react";
import { duration, useNow } from "../clock";
import { connectionWords, type ConnectionWords } from "../connection-words";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { WaitingBell } from "./waiting-bell";

const DOTS = { good: "bg-good", warn: "bg-warn", bad: "bg-bad", plain: "bg-faint" };

function useConnection(): ConnectionWords {
  const client = useClient();
  const link = useStore(client.link, (value) => value);
  const notices = useStore(client.notices, (value) => value);
  const account = useStore(client.account, (value) => value);
  const online = useSyncExternalStore(watchOnline, () => navigator.onLine);
  return connectionWords(link, notices, account, online);
}

function watchOnline(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** In every view's header: what waits for the person, and how the connection stands. */
export function ConnectionDot() {
  return (
    <span className="flex shrink-0 items-center gap-1">
      <WaitingBell />
      <Dot />
    </span>
  );
}

/** The connection's state, always in sight: a dot and a word. */
function Dot() {
  const words = useConnection();
  return (
    <span data-testid="connection" data-state={words.state} role="status" title={words.long} className="flex items-center gap-2 text-xs text-dim">
      <span className={`size-2 rounded-full ${DOTS[words.tone]}`} />
      {words.short}
    </span>
  );
}

/** A line across the page while the connection is not what it should be. */
export function ConnectionBanner() {
  const client = useClient();
  const words = useConnection();
  if (words.state === "live" || words.state === "connecting") return null;
  const reload = words.state === "new-version" || words.state === "ended";
  return (
    <div data-testid="connection-banner" className="flex min-h-10 flex-wrap items-center justify-center gap-x-3 border-b border-line bg-warn-soft px-4 py-1">
      <span>
        {words.long} {words.retryAt !== undefined && <Countdown to={words.retryAt} />}
      </span>
      {words.retryAt !== undefined && <Button testid="retry-now" className="!h-7" onClick={client.retryNow}>{say("connection.retry-now")}</Button>}
      {reload && <Button testid="reload" className="!h-7" onClick={() => { location.reload(); }}>{say("connection.reload")}</Button>}
    </div>
  );
}

function Countdown({ to }: { to: number }) {
  const now = useNow();
  return <span className="text-dim tabular-nums">{say("connection.again-in", { time: duration(Math.max(0, to - now)) })}</span>;
}
