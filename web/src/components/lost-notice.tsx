import { turnOf } from "../rows";
import type { State, Turn } from "../session";
import { useStore } from "../store";
import { say } from "../words";
import { useFilesHindrance } from "./attach";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Notice } from "./notice";
import { agentName, useSession } from "./session-context";
import { TryAgain } from "./try-again";

/** Whether the turn failed because the agent has lost the conversation. */
export function offersToCarry(turn: Turn | undefined): boolean {
  return turn?.status === "failed" && turn.failure?.action?.kind === "carry-over";
}

/** The turn at the end, where its card already offers what to do. */
function failedAtEnd(state: State): Turn | undefined {
  const last = state.turns.at(-1);
  return offersToCarry(last) ? last : undefined;
}

/** The agent no longer knows what stands above: the person says how to go on. */
export function LostNotice() {
  const client = useClient();
  const shown = useSession();
  const { feed } = shown;
  const lost = useStore(feed.view, ({ state }) => state.lost && state.running === undefined);
  const failed = useStore(feed.view, ({ state }) => failedAtEnd(state)?.id);
  const text = useStore(client.drafts.texts, () => client.drafts.get(feed.session).trim());
  const files = useFilesHindrance(feed.session);
  if (!lost || (failed && !text)) return null;
  const how = { disabled: files !== undefined, title: files };
  const send = (carry: boolean) => {
    client.promptDraft(feed.session, { carry });
  };
  return (
    <Notice
      tone="warn"
      icon="alert"
      testid="lost"
      role="status"
      title={say("lost.title", { agent: agentName(shown) })}
      actions={
        text && (
          <>
            <Button look="primary" testid="lost-carry" {...how} onClick={() => { send(true); }}>{say("lost.carry")}</Button>
            <Button testid="lost-afresh" {...how} onClick={() => { send(false); }}>{say("lost.afresh")}</Button>
          </>
        )
      }
    >
      {text
        ? `${say("lost.with-text")}${files ? ` ${files}` : ""}`
        : say("lost.without-text")}
    </Notice>
  );
}

/** On a failed turn: its prompt once more, with the transcript or without. */
export function CarryOver({ turn }: { turn: Turn }) {
  const client = useClient();
  const { feed } = useSession();
  const again = useStore(feed.view, ({ state }) => state.turns.some((other) => other.retryOf === turn.id));
  const lost = useStore(feed.view, ({ state }) => state.lost);
  const send = async (carry: boolean) => {
    await feed.loadTurn(turn.id); // its text may be in an older page
    const { text, attachments } = turnOf(feed.view.get().state, turn.id) ?? turn;
    client.prompt(feed.session, text, { attachments, retryOf: turn.id, carry });
  };
  if (again || !lost) return <TryAgain turn={turn} />;
  return (
    <>
      <Button look="primary" testid="carry-over" onClick={() => void send(true)}>{say("lost.carry")}</Button>
      <Button testid="start-afresh" onClick={() => void send(false)}>{say("lost.afresh")}</Button>
    </>
  );
}
