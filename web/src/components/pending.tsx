import { duration, timeOfDay, useNow } from "../clock";
import type { Pending } from "../outbox";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { UserText } from "./prompt-row";

/** ms until a prompt without a reply says that it waits. */
const QUIET_MS = 1500;

// Buttons have keys here: a focus that rests on *Take back* must not find itself on *Send* when the connection is back.

/** A prompt that is not in the transcript yet, where it will stand. */
export function PendingPrompt({ command: id }: { command: string }) {
  const client = useClient();
  const pending = useStore(client.outbox.pending, (all) => all.find(({ command }) => command.id === id));
  const settling = useStore(client.settling, (all) => all.find(({ command }) => command.id === id));
  const prompt = pending?.command ?? settling?.command;
  if (prompt?.type !== "prompt") return null;
  return (
    <article data-testid="pending" data-command={id} className="flex flex-col items-end pt-5">
      <h2 className="sr-only">{say("pending.heading")}</h2>
      <UserText id={id} text={prompt.text} attachments={prompt.attachments} faded />
      {pending && <Waiting pending={pending} onDelete={() => { client.takeBack(id); }} />}
    </article>
  );
}

function Waiting({ pending, onDelete }: { pending: Pending; onDelete: () => void }) {
  const client = useClient();
  const live = useStore(client.link, (link) => link.phase === "live");
  const now = useNow();
  if (pending.ask) {
    return (
      <div className="mt-1.5 flex flex-wrap items-center justify-end gap-2 text-[0.8125rem] text-warn">
        {say("pending.old", { clock: timeOfDay(pending.at) })}
        <Button key="send" testid="pending-send" look="primary" onClick={() => { client.outbox.confirm(pending.command.id); }}>{say("pending.send")}</Button>
        <Button key="back" testid="pending-delete" onClick={onDelete}>{say("pending.back")}</Button>
      </div>
    );
  }
  if (live && now - pending.at < QUIET_MS) return <p className="mt-1 px-1 text-xs text-faint">{say("pending.sending")}</p>;
  return (
    <div className="mt-1 flex flex-wrap items-center justify-end gap-2 px-1 text-xs text-dim">
      {live ? say("pending.no-answer", { time: duration(now - pending.at) }) : say("pending.later")}
      <Button key="back" look="quiet" testid="pending-delete" className="!h-7 !px-2" onClick={onDelete}>{say("pending.take-back")}</Button>
    </div>
  );
}

/** A command other than a prompt that has no reply yet. */
export function UnsentCommand({ pending, what }: { pending: Pending; what: string }) {
  const client = useClient();
  const live = useStore(client.link, (link) => link.phase === "live");
  const { id } = pending.command;
  if (pending.ask) {
    return (
      <div data-testid="pending" data-command={id} className="flex flex-wrap items-center gap-2 text-warn">
        {say("unsent.old", { what, clock: timeOfDay(pending.at) })}
        <Button key="send" testid="pending-send" onClick={() => { client.outbox.confirm(id); }}>{say("unsent.send")}</Button>
        <Button key="back" testid="pending-delete" look="quiet" onClick={() => { client.takeBack(id); }}>{say("unsent.delete")}</Button>
      </div>
    );
  }
  return (
    <div data-testid="pending" data-command={id} className="flex min-h-8 items-center gap-2 text-dim">
      {say(live ? "unsent.sending" : "unsent.later", { what })}
      {!live && <Button key="back" look="quiet" testid="pending-delete" onClick={() => { client.takeBack(id); }}>{say("pending.take-back")}</Button>}
    </div>
  );
}
