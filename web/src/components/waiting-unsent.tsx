import type { Pending } from "../outbox";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";
import { Link } from "./link";
import { UnsentCommand } from "./pending";
import { titleOf } from "./session-row";

/** Prompts and answers that were given too long ago to be sent without asking. */
export function UnsentPrompts({ onLeave }: { onLeave: () => void }) {
  const client = useClient();
  const unsent = useStore(client.outbox.pending, (all) => all);
  const asking = unsent.filter(({ ask }) => ask);
  if (!asking.length) return null;
  return (
    <ul className="mb-3 space-y-2">
      {asking.map((pending) => (
        <li key={pending.command.id} className="rounded-xl border border-warn/50 bg-warn-soft px-3.5 py-2">
          <Session session={pending.command.session} onLeave={onLeave} />
          {pending.command.type === "prompt" && <p className="line-clamp-3 whitespace-pre-wrap wrap-anywhere">{pending.command.text}</p>}
          <UnsentCommand pending={pending} what={whatOf(pending)} />
        </li>
      ))}
    </ul>
  );
}

function whatOf({ command }: Pending): string {
  if (command.type === "prompt") return say("approvals.your-prompt");
  return command.type === "answer" ? say("approvals.your-answer") : say("approvals.your-order");
}

function Session({ session, onLeave }: { session: string; onLeave: () => void }) {
  const client = useClient();
  const row = useStore(client.lists.view, ({ rows }) => rows.get(session));
  return (
    <Link to={`sessions/${session}`} onClickCapture={onLeave} className="target flex items-center text-xs font-medium text-dim hover:underline">
      {titleOf(row)}
    </Link>
  );
}
