/** The keys 1 … 9 answer the approval that waits longest, where no text is being written. */

import { useEffect, useEffectEvent, type RefObject } from "react";
import { singleKeys } from "../keys";
import type { ApprovalRequested, Option } from "../protocol";
import { SETTLE_MS } from "../still";

const WRITES = "input, textarea, select, [contenteditable]";

/** Whether the keys are this card's now. `answer` undefined: they are another's, or it is answered already. */
export function useOptionKeys(
  card: RefObject<HTMLElement | null>,
  request: ApprovalRequested,
  answer: ((option: Option) => void) | undefined,
): boolean {
  const own = answer !== undefined && request.options.length > 1;
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const option = request.options[Number(event.key) - 1];
    if (!option || !singleKeys.get() || isForOthers(event, card.current)) return;
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

/** A dialog has the keys of what is in it, and no others. */
function isForOthers(event: KeyboardEvent, card: HTMLElement | null): boolean {
  const held = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat;
  const writes = event.target instanceof Element && event.target.closest(WRITES) !== null;
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  return held || writes || (dialog !== undefined && !dialog.contains(card));
}
