import { useEffect, useRef } from "react";
import { offer, type Command } from "../commands";

/** Offers these in the palette, and by their keys, as long as the component is shown. */
export function useCommands(list: () => readonly Command[]): void {
  // Not an effect event: the palette asks while it is drawn.
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  useEffect(() => offer(() => latest.current()), []);
}
