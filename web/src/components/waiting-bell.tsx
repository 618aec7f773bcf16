import { useEffect } from "react";
import { useStore } from "../store";
import { showWaiting } from "../title";
import { waitingShown } from "../waiting";
import { say } from "../words";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { WaitingPanel } from "./waiting-panel";

/** So many approvals and old prompts wait for the person's word. */
function useWaitingCount(): number {
  const client = useClient();
  const approvals = useStore(client.waiting.view, (view) => view.approvals?.length ?? 0);
  const unsent = useStore(client.outbox.pending, (all) => all.filter(({ ask }) => ask).length);
  return approvals + unsent;
}

/** Leads to all that waits for the person, wherever they are; the number is how much that is. */
export function WaitingBell() {
  const count = useWaitingCount();
  const name = count ? say("waiting.bell", { n: count }) : say("waiting.none");
  return (
    <button
      type="button"
      data-testid="waiting"
      data-count={count}
      aria-label={name}
      title={name}
      aria-haspopup="dialog"
      onClick={() => { waitingShown.set(true); }}
      className={`target relative inline-flex size-8 shrink-0 items-center justify-center rounded-lg hover:bg-bubble ${count ? "text-warn" : "text-faint"}`}
    >
      <Icon name="bell" size={17} />
      {count > 0 && (
        <span aria-hidden="true" className="absolute top-0.5 left-1/2 min-w-4 rounded-full bg-warn px-1 text-center text-[0.625rem] leading-4 font-semibold text-ground tabular-nums">
          {count > 99 ? "99+" : count}
        </span>
      )}
    </button>
  );
}

/** The list itself while it is shown, and the number in the tab. */
export function WaitingForYou() {
  const count = useWaitingCount();
  const shown = useStore(waitingShown, (value) => value);
  useEffect(() => {
    showWaiting(count);
    return () => { showWaiting(0); };
  }, [count]);
  return shown && <WaitingPanel onClose={() => { waitingShown.set(false); }} />;
}
