import { useState, type KeyboardEvent } from "react";

export interface Lines {
  from: number;
  to: number;
}

/** In a text of so many lines: arrows move a line, with Shift they take more, and Enter or C chooses. */
export function useLineKeys({ count, chosen, first, onChoose }: {
  count: number;
  chosen?: Lines;
  /** Where it begins: the first line in sight. */
  first: () => number;
  onChoose: (lines: Lines) => void;
}) {
  /** From where it began to where it is: that may be above. */
  const [at, setAt] = useState<Lines>();
  const onKeyDown = (event: KeyboardEvent) => {
    // Ctrl+C copies, and Alt with an arrow goes to another session.
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const was = at ?? chosen;
    if (step) {
      event.preventDefault();
      const to = Math.min(count, Math.max(1, was ? was.to + step : first()));
      setAt({ from: event.shiftKey && was ? was.from : to, to });
    } else if ((event.key === "Enter" || event.key.toLowerCase() === "c") && at) {
      event.preventDefault();
      onChoose(inOrder(at));
    } else if (event.key === "Escape" && at) setAt(undefined);
  };
  const leave = () => { setAt(undefined); };
  return { at: at?.to, lines: at && inOrder(at), onKeyDown, leave };
}

function inOrder({ from, to }: Lines): Lines {
  return { from: Math.min(from, to), to: Math.max(from, to) };
}
