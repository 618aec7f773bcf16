import { useEffect, useState } from "react";
import { workDone } from "../changes";
import type { Feed } from "../feed";

/** ms until what the agent did is looked at: its next step often follows at once. */
const SOON = 500;
/** ms between looks while a turn runs: a command may write for minutes before it is done. */
const WHILE_RUNNING = 4000;

/** Grows whenever the folder should be looked at again; stands still while nobody sees the page. */
export function useWork(feed: Feed): number {
  const [looks, setLooks] = useState(0);
  useEffect(() => {
    let seen = workDone(feed.view.get().state);
    let missed = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      missed = document.hidden;
      if (!missed) setLooks((count) => count + 1);
    };
    const soon = () => {
      timer ??= setTimeout(look, SOON);
    };
    const left = feed.view.subscribe(() => {
      const now = workDone(feed.view.get().state);
      if (now === seen) return;
      seen = now;
      soon();
    });
    const running = setInterval(() => {
      if (feed.view.get().state.running) soon();
    }, WHILE_RUNNING);
    const back = () => {
      if (!document.hidden && missed) look();
    };
    const focused = () => {
      soon();
    };
    document.addEventListener("visibilitychange", back);
    window.addEventListener("focus", focused);
    return () => {
      left();
      clearTimeout(timer);
      clearInterval(running);
      document.removeEventListener("visibilitychange", back);
      window.removeEventListener("focus", focused);
    };
  }, [feed]);
  return looks;
}
