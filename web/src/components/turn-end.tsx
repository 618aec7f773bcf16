import { memo } from "react";
import { duration, timeOfDay, useNow } from "../clock";
import type { Turn } from "../session";
import { useStore } from "../store";
import { say, type Key } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { afterFailure } from "./failure-actions";
import { FailureCard } from "./failure-card";
import { Notice } from "./notice";
import { agentName, useSession } from "./session-context";
import { TryAgain } from "./try-again";
import { LINE, tookTime, TurnFigures } from "./turn-figures";

/** How a turn stands, or how it ended. */
export const TurnEnd = memo(function TurnEnd({ turn }: { turn: Turn }) {
  return (
    <div data-testid="turn-status" data-turn={turn.id} data-status={turn.status} className="pb-1">
      <Status turn={turn} />
    </div>
  );
});

function Status({ turn }: { turn: Turn }) {
  switch (turn.status) {
    case "running":
      return turn.stalledSince === undefined ? <Working turn={turn} /> : <Stalled turn={turn} />;
    case "failed":
      return (
        <>
          {turn.failure && <FailureCard failure={turn.failure} actions={afterFailure(turn)} />}
          <TurnFigures turn={turn} how={tookTime(turn) && say("end.failed.after", { time: tookTime(turn) })} />
        </>
      );
    case "interrupted":
      return <Interrupted turn={turn} />;
    case "cancelled":
      return <TurnFigures turn={turn} how={howLong(turn, "end.stopped")} />;
    default:
      return <TurnFigures turn={turn} how={endWords(turn)} />;
  }
}

function howLong(turn: Turn, key: "end.done" | "end.stopped"): string {
  const time = tookTime(turn);
  return time ? say(`${key}.after`, { time }) : say(key);
}

function endWords(turn: Turn): string {
  const { stopReason: why } = turn;
  if (!why || why === "end-turn") return howLong(turn, "end.done");
  const time = tookTime(turn);
  return time ? say("end.other.after", { why, time }) : say("end.other", { why });
}

/** As high as the line of a turn that has ended, which it becomes: nothing moves. */
function Working({ turn }: { turn: Turn }) {
  const client = useClient();
  const shown = useSession();
  const waits = useStore(shown.feed.view, ({ state }) => state.approvals.length > 0);
  const lost = useStore(client.link, ({ phase }) => phase !== "live");
  const agent = agentName(shown);
  return (
    <p role="status" className={`${LINE} text-[0.8125rem] text-dim`}>
      <span className={`size-2 shrink-0 rounded-full ${lost ? "bg-faint" : waits ? "bg-warn" : "animate-pulse bg-accent"}`} />
      <span>{lost ? say("end.lost", { agent }) : waits ? say("transcript.waits") : say("end.working", { agent })}</span>
      {!lost && turn.startedAt !== undefined && <Since at={turn.startedAt} />}
    </p>
  );
}

function Since({ at }: { at: number }) {
  const now = useNow();
  return (
    <span aria-hidden="true" className="text-faint tabular-nums">
      {duration(now - at)}
    </span>
  );
}

function Stalled({ turn }: { turn: Turn }) {
  const client = useClient();
  const shown = useSession();
  const now = useNow();
  const { session } = shown.feed;
  const command = { session, turn: turn.id };
  return (
    <Notice
      tone="warn"
      icon="clock"
      testid="stalled"
      title={say("end.stalled", { agent: agentName(shown), time: duration(now - (turn.stalledSince ?? now)) })}
      actions={
        <>
          <Button testid="stalled-wait" onClick={() => { client.send({ type: "wait", ...command }); }}>{say("end.stalled.wait")}</Button>
          <Button look="danger" testid="stalled-stop" onClick={() => { client.send({ type: "cancel", ...command }); }}>{say("end.stalled.stop")}</Button>
        </>
      }
    >
      {turn.stalledLimit !== undefined && say("end.stalled.limit", { time: duration(turn.stalledLimit - now) })}
    </Notice>
  );
}

const REASONS: Record<string, Key> = {
  "server-stopped": "end.server-stopped",
  "server-died": "end.server-died",
};

function Interrupted({ turn }: { turn: Turn }) {
  const what = say(REASONS[turn.reason ?? ""] ?? "end.interrupted");
  const mayRetry = turn.origin !== "agent";
  return (
    <Notice
      tone="warn"
      icon="alert"
      testid="interrupted"
      title={turn.endedAt === undefined ? what : say("end.interrupted.at", { what, time: timeOfDay(turn.endedAt) })}
      actions={mayRetry && <TryAgain turn={turn} />}
    >
      {say(mayRetry ? "end.kept.retry" : "end.kept")}
    </Notice>
  );
}
