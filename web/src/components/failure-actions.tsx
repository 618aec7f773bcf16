import type { ReactNode } from "react";
import { duration, timeOfDay, useNow } from "../clock";
import type { Action } from "../protocol";
import { turnOf } from "../rows";
import type { Turn } from "../session";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { CarryOver, offersToCarry } from "./lost-notice";
import { useSession } from "./session-context";
import { TryAgain } from "./try-again";

/** Where an agent's key is written, its field open. */
export function keyPath(provider: string): string {
  return `agents/${provider}?key`;
}

/** What a person does first, elsewhere; then the same prompt may well succeed. */
const THEN_AGAIN = new Set<Action["kind"]>(["sign-in", "add-key", "install", "free-space", "choose-folder", "restart"]);

/** What to do with a failed turn; one that the agent began by itself has no prompt to send again. */
export function afterFailure(turn: Turn): ReactNode {
  const { failure } = turn;
  if (offersToCarry(turn)) return <CarryOver turn={turn} />;
  if (!failure || turn.origin === "agent") return false;
  const { action, code, retryable } = failure;
  if (action?.kind === "shorten") return <BackToComposer turn={turn} testid="failure-shorten" words={say("failure.shorten")} />;
  if (action?.kind === "wait") return action.until ? <Until turn={turn} until={action.until} /> : <TryAgain turn={turn} />;
  // An agent whose login is not known here may be signed in elsewhere, and then it may well succeed.
  const mended = code === "auth" || (action && THEN_AGAIN.has(action.kind));
  if (retryable !== false || mended) return <TryAgain turn={turn} />;
  // The same again would fail again, and nobody knows what else to do: other words may.
  return !action && <BackToComposer turn={turn} testid="failure-edit" words={say("failure.edit")} />;
}

/** A countdown, and then *Try again*; before it, for who knows better. */
function Until({ turn, until }: { turn: Turn; until: number }) {
  const now = useNow();
  if (now >= until) return <TryAgain turn={turn} look="primary" />;
  return (
    <>
      <span data-testid="failure-until" className="text-[0.8125rem] tabular-nums">
        {say("failure.until", { time: duration(until - now), clock: timeOfDay(until) })}
      </span>
      <TryAgain turn={turn} look="quiet" words={say("again.try-now")} />
    </>
  );
}

/** The prompt, and what went with it, goes back to where it was written. */
function BackToComposer({ turn, testid, words }: { turn: Turn; testid: string; words: string }) {
  const client = useClient();
  const { feed } = useSession();
  const take = async () => {
    await feed.loadTurn(turn.id); // its text may be in an older page
    const { text, attachments } = turnOf(feed.view.get().state, turn.id) ?? turn;
    client.giveBack({ session: feed.session, text, attachments });
    document.querySelector<HTMLElement>('[data-testid="composer"]')?.focus();
  };
  return <Button icon="edit" testid={testid} onClick={() => void take()}>{words}</Button>;
}
