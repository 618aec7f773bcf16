import { memo, type ReactNode } from "react";
import { duration, timeOfDay, useNow } from "../clock";
import type { Usage } from "../protocol";
import type { Turn } from "../session";
import { useStore } from "../store";
import { Button } from "./button";
import { useClient } from "./client-context";
import { afterFailure } from "./failure-actions";
import { FailureCard } from "./failure-card";
import { Notice } from "./notice";
import { agentName, useSession } from "./session-context";
import { TryAgain } from "./try-again";

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
      return turn.failure && <FailureCard failure={turn.failure} actions={afterFailure(turn)} />;
    case "interrupted":
      return <Interrupted turn={turn} />;
    case "cancelled":
      return <Quiet>Stopped{took(turn)}</Quiet>;
    default:
      return <Quiet>{endWords(turn)}</Quiet>;
  }
}

function Quiet({ children }: { children: ReactNode }) {
  return <p className="text-xs text-faint">{children}</p>;
}

function took({ startedAt, endedAt }: Turn): string {
  const ms = (endedAt ?? 0) - (startedAt ?? 0);
  return startedAt !== undefined && ms >= 1000 ? ` after ${duration(ms)}` : "";
}

function endWords(turn: Turn): string {
  const how = turn.stopReason && turn.stopReason !== "end-turn" ? `Ended: ${turn.stopReason}` : "Done";
  return [how + took(turn), ...usageWords(turn.usage)].join(" · ");
}

function usageWords(usage: Usage | undefined): string[] {
  if (!usage) return [];
  const tokens = (count: number) => (count < 1000 ? `${count}` : `${(count / 1000).toFixed(1)}k`);
  return [
    usage.inputTokens ? `${tokens(usage.inputTokens)} in` : "",
    usage.outputTokens ? `${tokens(usage.outputTokens)} out` : "",
    usage.costUsd ? `$${usage.costUsd.toFixed(usage.costUsd < 0.1 ? 3 : 2)}` : "",
  ].filter(Boolean);
}

function Working({ turn }: { turn: Turn }) {
  const client = useClient();
  const shown = useSession();
  const waits = useStore(shown.feed.view, ({ state }) => state.approvals.length > 0);
  const lost = useStore(client.link, ({ phase }) => phase !== "live");
  const words = waits ? "Waits for your answer" : `${agentName(shown)} is working`;
  return (
    <p role="status" className="flex items-center gap-2 text-[0.8125rem] text-dim">
      <span className={`size-2 rounded-full ${lost ? "bg-faint" : waits ? "bg-warn" : "animate-pulse bg-accent"}`} />
      <span>{lost ? `${agentName(shown)} was at work when the connection was lost` : words}</span>
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
      title={`No sign of life from ${agentName(shown)} for ${duration(now - (turn.stalledSince ?? now))}`}
      actions={
        <>
          <Button testid="stalled-wait" onClick={() => { client.send({ type: "wait", ...command }); }}>Wait</Button>
          <Button look="danger" testid="stalled-stop" onClick={() => { client.send({ type: "cancel", ...command }); }}>Stop</Button>
        </>
      }
    >
      {turn.stalledLimit !== undefined && `If it stays silent, the turn is ended in ${duration(turn.stalledLimit - now)}.`}
    </Notice>
  );
}

const REASONS: Record<string, string> = {
  "server-stopped": "The server was stopped while the agent worked",
  "server-died": "The server went away while the agent worked",
};

function Interrupted({ turn }: { turn: Turn }) {
  const when = turn.endedAt === undefined ? "" : ` (${timeOfDay(turn.endedAt)})`;
  return (
    <Notice
      tone="warn"
      icon="alert"
      testid="interrupted"
      title={(REASONS[turn.reason ?? ""] ?? "The turn was interrupted") + when}
      actions={turn.origin !== "agent" && <TryAgain turn={turn} />}
    >
      All that you see was kept, and nothing runs any more. Write to go on from here{turn.origin !== "agent" && ", or try again"}.
    </Notice>
  );
}
