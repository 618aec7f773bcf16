import { useEffect, useRef, useState } from "react";
import type { WaitingApproval } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { ProblemNotice } from "./notice";
import { ClosedElsewhere, WaitingCard } from "./waiting-card";
import { NotifyOffer } from "./waiting-notify";
import { UnsentPrompts } from "./waiting-unsent";

const NONE: readonly WaitingApproval[] = [];

/** All that waits for the person, over all sessions; each is answered here. */
export function WaitingPanel({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const { approvals: open = NONE, problem } = useStore(client.waiting.view, (view) => view);
  const known = useStore(client.waiting.view, (view) => view.approvals !== undefined);
  const unsent = useStore(client.outbox.pending, (all) => all.some(({ ask }) => ask));
  const shown = useSeen(open);
  const first = open[0]?.request.approval;
  const list = useRef<HTMLOListElement>(null);
  // What was answered has taken the focus with it: the next one has it.
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    list.current?.querySelector<HTMLElement>('[data-testid="approval"][data-open="true"]')?.focus();
  }, [first]);
  return (
    <Dialog title={say("waiting.title")} testid="waiting-panel" onClose={onClose} side footer={<NotifyOffer />}>
      {problem && <ProblemNotice what={say("waiting.problem")} problem={problem} onRetry={() => void client.waiting.refresh()} />}
      {known && !shown.length && !unsent && <Nothing />}
      <UnsentPrompts onLeave={onClose} />
      <ol ref={list} className="space-y-3 empty:hidden">
        {shown.map((waiting) => (
          <li key={waiting.request.approval}>
            {open.includes(waiting)
              ? <WaitingCard waiting={waiting} keys={waiting.request.approval === first} onLeave={onClose} />
              : <ClosedElsewhere waiting={waiting} />}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

/** What was open at any time since the list is shown: what is closed stays in its place, so that nothing jumps. */
function useSeen(open: readonly WaitingApproval[]): readonly WaitingApproval[] {
  const [seen, setSeen] = useState(open);
  if (seen === open) return seen;
  const now = new Map(open.map((one) => [one.request.approval, one]));
  const kept = seen.map((one) => now.get(one.request.approval) ?? one);
  const there = new Set(seen.map(({ request }) => request.approval));
  const next = [...kept, ...open.filter(({ request }) => !there.has(request.approval))];
  if (next.length === seen.length && next.every((one, at) => one === seen[at])) return seen;
  setSeen(next);
  return next;
}

function Nothing() {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-14 text-center text-dim">
      <span className="text-faint"><Icon name="bell" size={26} /></span>
      <p className="font-medium text-text">{say("waiting.none")}</p>
      <p>{say("waiting.none.why")}</p>
    </div>
  );
}
