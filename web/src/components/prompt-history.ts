import { useLayoutEffect, useRef, type KeyboardEvent } from "react";

/** Earlier prompts by the up key, the latest first; `older` brings more, once, when those are through. */
export interface PromptHistory {
  own: () => readonly string[];
  older: () => Promise<readonly string[]>;
}

interface Browsing {
  place: string;
  prompts: readonly string[];
  at: number;
  /** The text that was put there: once it is another, the person writes. */
  shown: string;
  draft: string;
  whole: boolean;
}

/** Up in the empty field of a place walks back through what was asked, Down walks on, Escape gives the draft back. */
export function usePromptHistory(place: string, history: PromptHistory | undefined, text: string, set: (text: string) => void) {
  const browsing = useRef<Browsing>(undefined);
  const here = useRef(place);
  useLayoutEffect(() => {
    here.current = place;
  }, [place]);
  const put = (to: Browsing, at: number) => {
    const shown = to.prompts[at] ?? to.draft;
    browsing.current = at < 0 ? undefined : { ...to, at, shown };
    set(shown);
  };
  const back = async (from: Browsing) => {
    if (from.at + 1 < from.prompts.length) {
      put(from, from.at + 1);
      return;
    }
    if (from.whole || !history) return;
    const older = (await history.older()).filter((prompt) => !from.prompts.includes(prompt));
    if (here.current !== from.place || (browsing.current && browsing.current !== from)) return; // another place, or another key, came first
    const more = { ...from, prompts: [...from.prompts, ...older], whole: true };
    browsing.current = from.at < 0 ? undefined : more;
    if (older.length) put(more, from.at + 1);
  };
  /** True: the key was the history's. */
  return (event: KeyboardEvent): boolean => {
    if (!history || event.shiftKey || event.altKey || event.nativeEvent.isComposing) return false;
    const now = browsing.current?.place === place && browsing.current.shown === text ? browsing.current : undefined;
    if (event.key === "ArrowUp" && (now ?? !text)) {
      void back(now ?? { place, prompts: unlike(history.own()), at: -1, shown: "", draft: text, whole: false });
    } else if (event.key === "ArrowDown" && now) put(now, now.at - 1);
    else if (event.key === "Escape" && now) put(now, -1);
    else return false;
    event.preventDefault();
    return true;
  };
}

/** Each once. */
function unlike(prompts: readonly string[]): string[] {
  return [...new Set(prompts.filter((prompt) => prompt.trim()))];
}
