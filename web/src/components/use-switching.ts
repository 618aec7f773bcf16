import { useEffect, useEffectEvent } from "react";
import type { SessionRow } from "../protocol";
import { about } from "../about";
import { go } from "../route";

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** Where Alt and an arrow are the field's own: to move in a text, to open a choice. The composer keeps its draft and its place. */
const OWN = "select, [contenteditable], :is(input, textarea):not([data-composer])";

/** Alt and an arrow go to the session above or below; `onSwitch` gets its place in the list. */
export function useSwitching(rows: readonly SessionRow[], session: string | undefined, onSwitch: (at: number) => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing || !rows.length) return;
    if (document.querySelector("dialog[open]") || (event.target instanceof Element && event.target.closest(OWN))) return;
    event.preventDefault();
    const here = rows.findIndex(({ id }) => id === session);
    const at = here < 0 ? 0 : here + step;
    const next = rows[at];
    if (!next) return;
    onSwitch(at);
    go(`sessions/${next.id}`);
    about.set(rows[at + step]?.id); // the next such key leads there
  });
  useEffect(() => {
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}
