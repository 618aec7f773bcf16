import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { forkSession } from "../api";
import { go } from "../route";
import { useRewritten } from "../prompt-dialogs";
import { turnOf } from "../rows";
import type { SessionRow } from "../protocol";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { agentName, useSession } from "./session-context";
import { useGrowing } from "./use-growing";

interface DialogProps {
  turn: string;
  onClose: () => void;
}

/** An earlier prompt in other words: sent in a copy of the session that ends before it. */
export function AgainDialog({ turn, onClose }: DialogProps) {
  const client = useClient();
  const { feed } = useSession();
  const [original, setOriginal] = useState<string>();
  const [rewritten, rewrite] = useRewritten(turn);
  const text = rewritten ?? original;
  const [busy, copy] = useCopy(turn, false, onClose);
  useEffect(() => {
    void feed.loadTurn(turn).then(() => { setOriginal(turnOf(feed.view.get().state, turn)?.text ?? ""); });
  }, [feed, turn]);
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, text ?? "");
  const send = async () => {
    if (!text?.trim() || busy) return;
    const made = await copy();
    if (!made) return;
    rewrite(undefined);
    const attachments = turnOf(feed.view.get().state, turn)?.attachments ?? [];
    // Where the copy's agent remembers, carrying changes nothing.
    client.prompt(made.id, text, attachments.length ? { attachments, carry: true } : { carry: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void send();
  };
  return (
    <Dialog
      title={say("again.in-other-words")}
      testid="again-dialog"
      wide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say("copy.leave")}</Button>
          <Button look="primary" testid="again-send" disabled={busy || !text?.trim()} onClick={() => void send()}>{say("again.send")}</Button>
        </>
      }
    >
      <textarea
        ref={field}
        autoFocus
        data-testid="again-text"
        aria-label={say("again.text")}
        value={text ?? ""}
        disabled={text === undefined}
        onChange={(event) => { rewrite(event.target.value); }}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-[40dvh] min-h-24 w-full resize-none rounded-lg border border-line bg-ground px-3 py-2 text-[0.9375rem] leading-relaxed max-sm:text-base"
      />
      <What before />
    </Dialog>
  );
}

/** Another way to go on: a copy of the session that ends with this turn. */
export function ForkDialog({ turn, onClose }: DialogProps) {
  const [busy, copy] = useCopy(turn, true, onClose);
  return (
    <Dialog
      title={say("fork.title")}
      testid="fork-dialog"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say("copy.leave")}</Button>
          <Button look="primary" icon="fork" testid="fork-make" disabled={busy} onClick={() => void copy()}>{say("fork.make")}</Button>
        </>
      }
    >
      <What />
    </Dialog>
  );
}

/** What becomes of the session, the files and the agent's memory. */
function What({ before = false }: { before?: boolean }) {
  const shown = useSession();
  const can = shown.agent?.capabilities.fork ?? "";
  const remembers = can === "anywhere" || can === "log";
  return (
    <ul data-testid="fork-what" className="mt-3 list-disc space-y-1 pl-5 text-dim first:mt-0">
      <li>{say(before ? "again.copy" : "fork.copy")}</li>
      <li>{say("fork.files")}</li>
      <li>{say(remembers ? "fork.remembers" : can === "end" && !before ? "fork.remembers-end" : "fork.told", { agent: agentName(shown) })}</li>
    </ul>
  );
}

/** Makes the copy and goes there; undefined: it could not be made, which was said. */
function useCopy(turn: string, including: boolean, onClose: () => void): [boolean, () => Promise<SessionRow | undefined>] {
  const client = useClient();
  const { feed } = useSession();
  const [busy, setBusy] = useState(false);
  const copy = async () => {
    setBusy(true);
    const made = await forkSession(feed.session, { turn, including });
    setBusy(false);
    if (!made.ok) {
      toast(made.problem.message);
      return undefined;
    }
    client.lists.put(made.value);
    onClose();
    go(`sessions/${made.value.id}`);
    return made.value;
  };
  return [busy, copy];
}
