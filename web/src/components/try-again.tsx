import { useState } from "react";
import { toolsOf, turnOf } from "../rows";
import type { Turn } from "../session";
import { useStore } from "../store";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { once } from "./once";
import { useSession } from "./session-context";

/** A new turn with the same text. Where tools already ran, it lists them and asks first. */
export function TryAgain({ turn, look = "plain", words = say("again.try") }: {
  turn: Turn;
  look?: "plain" | "primary" | "quiet";
  words?: string;
}) {
  const client = useClient();
  const { feed } = useSession();
  const [asking, setAsking] = useState<Turn>();
  const again = useStore(feed.view, ({ state }) => state.turns.some((other) => other.retryOf === turn.id));

  const send = (whole: Turn) => {
    setAsking(undefined);
    client.prompt(feed.session, whole.text, { attachments: whole.attachments, retryOf: whole.id });
  };
  const start = async () => {
    // Its first event may be in an older page: then its text and its first tools are not known yet.
    const loaded = await feed.loadTurn(turn.id);
    const whole = turnOf(feed.view.get().state, turn.id);
    if (!loaded || !whole) toast(say("again.not-loaded"));
    else if (toolsOf(whole).length) setAsking(whole);
    else send(whole);
  };

  if (again) return <span className="self-center text-[0.8125rem] text-dim">{say("again.below")}</span>;
  return (
    <>
      <Button look={look} icon="retry" testid="try-again" onClick={once(() => void start())}>{words}</Button>
      {asking && <AskFirst turn={asking} onSend={() => { send(asking); }} onClose={() => { setAsking(undefined); }} />}
    </>
  );
}

function AskFirst({ turn, onSend, onClose }: { turn: Turn; onSend: () => void; onClose: () => void }) {
  const tools = toolsOf(turn);
  return (
    <Dialog
      title={say("again.title")}
      testid="try-again-dialog"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say("again.leave")}</Button>
          <Button look="primary" testid="try-again-confirm" onClick={once(onSend)}>{say("again.try")}</Button>
        </>
      }
    >
      <p>{say("again.twice", { n: tools.length })}</p>
      <ul className="mt-3 max-h-72 space-y-1 overflow-y-auto">
        {tools.map((tool, at) => (
          <li key={at} className="flex justify-between gap-3 rounded-lg bg-panel px-3 py-1.5">
            <span className="min-w-0 wrap-anywhere">{tool.title}</span>
            <span className="shrink-0 text-dim">{tool.status}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
