import { useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { fetchMe, type Problem } from "../api";
import { duration, useNow } from "../clock";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Notice } from "./notice";
import { ProblemWords } from "./server-words";
import { Wordmark } from "./wordmark";

const LADDER_S = [3, 6, 12, 24, 30];

/** The page is here, its server is not: asks for it again and again, and goes on by itself once it answers. */
export function Unreachable({ problem }: { problem: Problem }) {
  const client = useClient();
  const online = useSyncExternalStore(watchOnline, () => navigator.onLine);
  const [tries, setTries] = useState(0);
  const [next, setNext] = useState(() => Date.now() + 1000 * (LADDER_S[0] ?? 3));
  const attempt = useEffectEvent(async () => {
    const answer = await fetchMe();
    if (answer.ok || answer.problem.status !== 0) {
      await client.start();
      return;
    }
    setTries(tries + 1);
    setNext(Date.now() + 1000 * (LADDER_S[Math.min(tries + 1, LADDER_S.length - 1)] ?? 30));
  });
  useEffect(() => {
    const timer = setTimeout(() => void attempt(), Math.max(0, next - Date.now()));
    const now = () => void attempt();
    window.addEventListener("online", now);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", now);
    };
  }, [next]);
  return (
    <main data-testid="unreachable" className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 px-6 py-10">
      <Wordmark />
      <h1 className="text-xl font-semibold">{say(online ? "page.unreachable" : "connection.offline.long")}</h1>
      <Notice icon="alert" title={online ? <ProblemWords problem={problem} /> : say("page.offline")} actions={<Button testid="retry-now" onClick={() => { setNext(Date.now()); }}>{say("page.retry-now")}</Button>}>
        <Countdown to={next} />
      </Notice>
      <p className="text-[0.8125rem] text-dim">{say("page.kept")}</p>
    </main>
  );
}

function Countdown({ to }: { to: number }) {
  const now = useNow();
  return <span className="tabular-nums">{say("page.again-in", { time: duration(Math.max(0, to - now)) })}</span>;
}

function watchOnline(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
