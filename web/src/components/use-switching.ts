import { useEffect, useEffectEvent } from "react";
import type { SessionRow } from "../protocol";
import { about } from "../about";
import { go } from "../route";

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** Alt and an arrow go to the session above or below; `onSwitch` gets its place in the list. */
export function useSwitching(rows: readonly SessionRow[], session: string | undefined, onSwitch: (at: number) => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing || !rows.length) return;
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
