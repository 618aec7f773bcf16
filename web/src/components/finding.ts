/** The bar that looks for words in the conversation: whether it is open, and the key that opens it. */

import { useEffect } from "react";
import { Store } from "../store";

export const finding = new Store(false);

/** Ctrl/⌘ F opens our own; pressed again in its field it is the browser's. In another session it is closed. */
export function useFindKey(session: string, focus: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isFind = event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isFind || event.defaultPrevented || isElsewhere(event.target)) return;
      if (finding.get() && isInBar(event.target)) return;
      event.preventDefault();
      if (finding.get()) focus();
      finding.set(true);
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
      finding.set(false);
    };
  }, [session, focus]);
}

function isInBar(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-testid=find-bar]") !== null;
}

/** In a dialog or an editor with a search of its own. */
function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("dialog, .cm-editor, [data-own-find]") !== null;
}
