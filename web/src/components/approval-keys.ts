/** The keys 1 … 9 answer the approval that waits longest, where no text is being written. */

import { useEffect, useEffectEvent } from "react";
import type { ApprovalRequested, Option } from "../protocol";
import { useStore } from "../store";
import { useSession } from "./session-context";

/** ms that a card must have been there: a key meant for something else answers nothing. */
export const SETTLE_MS = 600;

const WRITES = "input, textarea, select, [contenteditable]";

/** Whether the keys are this card's now. `answer` undefined: it is answered already. */
export function useOptionKeys(request: ApprovalRequested, answer: ((option: Option) => void) | undefined): boolean {
  const { feed } = useSession();
  const first = useStore(feed.view, ({ state }) => state.approvals[0]?.approval === request.approval);
  const own = first && answer !== undefined && request.options.length > 1;
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const option = request.options[Number(event.key) - 1];
    if (!option || isForOthers(event)) return;
    event.preventDefault();
    answer?.(option);
  });
  useEffect(() => {
    if (!own) return;
    const timer = setTimeout(() => { document.addEventListener("keydown", onKey); }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", onKey);
    };
  }, [own]);
  return own;
}

function isForOthers(event: KeyboardEvent): boolean {
  const held = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat;
  const writes = event.target instanceof Element && event.target.closest(WRITES) !== null;
  return held || writes || document.querySelector("dialog[open]") !== null;
}
