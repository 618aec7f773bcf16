import type { MouseEvent } from "react";

/**
 * Runs at a click, but not at the second of a double click: by then something else may stand there, such as the next
 * question, row or turn. (A key has no such second; whoever means it waits half a second.)
 */
export const once = (run: () => void) => (event: MouseEvent) => {
  if (event.detail < 2) run();
};
