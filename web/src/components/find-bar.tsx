import { useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { indexOf, matchesIn, step, type Match } from "../find";
import { mark, unmark } from "../marks";
import type { Row } from "../rows";
import { useStore } from "../store";
import { say } from "../words";
import { IconButton } from "./button";
import { finding } from "./finding";
import { unfold } from "./fold";
import { useSession } from "./session-context";
import { useSettled } from "./use-settled";
import { useThrottled } from "./use-throttled";

const TYPING_MS = 150;
/** ms between two looks at a conversation that goes on. */
const LOOK_MS = 400;

interface FindBarProps {
  rows: readonly Row[];
  view: RefObject<HTMLElement | null>;
  input: RefObject<HTMLInputElement | null>;
  show: (key: string) => Promise<HTMLElement | undefined>;
  /** The first row in sight. */
  firstSeen: () => number;
  onClose: () => void;
}

/** Looks for words in the whole conversation: rows out of sight too, and older pages, which are loaded for it. */
export function FindBar({ rows, view, input, show, firstSeen, onClose }: FindBarProps) {
  const { feed } = useSession();
  const state = useThrottled(useStore(feed.view, (now) => now.state), LOOK_MS);
  const older = useStore(feed.view, (now) => now.older);
  const [text, setText] = useState("");
  const words = useSettled(text, TYPING_MS);
  const matches = useMemo(() => matchesIn(rows, state, words), [rows, state, words]);
  const [chosen, setChosen] = useState<{ words: string; match: Match }>();
  const current = chosen?.words === words ? chosen.match : undefined;
  const further = useOlder(words);
  useMarks(view, words, current);
  const looked = useRef<string>(undefined);
  useEffect(() => {
    looked.current = words;
    return () => {
      looked.current = undefined;
    };
  }, [words]);

  const go = (match: Match | undefined) => {
    if (!match) return;
    setChosen({ words, match });
    void reveal(match);
  };
  const reveal = async (match: Match) => {
    const entryRow = rows.find((row) => row.key === match.row);
    if (entryRow?.kind === "entry") unfold(entryRow.entry);
    if (match.entry) {
      unfold(match.entry);
      unfold(`output/${match.entry}`);
    }
    await show(match.row);
    // Closed, or other words meanwhile: nobody would take these marks away.
    if (!view.current || !finding.get() || looked.current !== words) return;
    mark(view.current, words, match)?.startContainer.parentElement?.scrollIntoView({ block: "center", inline: "nearest" });
  };
  const first = () => {
    const seen = new Set(rows.slice(firstSeen()).map(({ key }) => key));
    return matches.find(({ row }) => seen.has(row)) ?? matches.at(-1);
  };
  const move = (direction: 1 | -1) => { go(current ? step(matches, current, direction) : first()); };
  // The nearest is shown at once, like a browser's own: nobody has to ask for it with Enter.
  const nearest = useEffectEvent(() => { go(first()); });
  const unseen = matches.length > 0 && !current;
  useEffect(() => {
    if (!unseen) return;
    const frame = requestAnimationFrame(() => { nearest(); });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [unseen, words]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      move(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  const close = () => {
    onClose();
    view.current?.focus({ preventScroll: true });
  };
  const at = current ? indexOf(matches, current) + 1 : 0;

  return (
    <search
      data-testid="find-bar"
      onKeyDown={onKeyDown}
      className="absolute top-2 right-3 left-3 z-20 flex items-center gap-1 rounded-xl border border-line bg-raised py-1 pr-1 pl-3 shadow-lg sm:left-auto sm:w-96"
    >
      <input
        ref={input}
        autoFocus
        data-testid="find-field"
        aria-label={say("find.label")}
        placeholder={say("find.label")}
        value={text}
        onChange={(event) => { setText(event.target.value); }}
        className="min-w-0 flex-1 bg-transparent py-1 text-[0.8125rem] outline-none max-sm:text-base"
      />
      <span role="status" data-testid="find-count" className="shrink-0 text-xs text-faint tabular-nums">
        {words.trim() && <Count at={at} all={matches.length} further={further} problem={typeof older === "object"} />}
      </span>
      <IconButton icon="chevronUp" size={15} label={say("find.previous")} testid="find-previous" disabled={!matches.length} onClick={() => { move(-1); }} />
      <IconButton icon="down" size={15} label={say("find.next")} testid="find-next" disabled={!matches.length} onClick={() => { move(1); }} />
      <IconButton icon="close" size={15} label={say("find.close")} testid="find-close" onClick={close} />
    </search>
  );
}

function Count({ at, all, further, problem }: { at: number; all: number; further: boolean; problem: boolean }) {
  const found = all ? say("find.count", { at, n: all }) : further ? "" : say("find.none");
  return (
    <>
      {found}
      {further && <span className="ml-1.5 inline-block animate-pulse" title={say("find.further")}>…<span className="sr-only">{say("find.further")}</span></span>}
      {!further && problem && <span className="ml-1.5 text-bad" title={say("find.problem")}>!<span className="sr-only">{say("find.problem")}</span></span>}
    </>
  );
}

/** Loads older pages as long as words are looked for; whether it is at it. */
function useOlder(words: string): boolean {
  const { feed } = useSession();
  const more = useStore(feed.view, ({ state, older }) => state.more && typeof older !== "object");
  const looking = words.trim() !== "";
  useEffect(() => {
    if (!looking) return;
    let wanted = true;
    void feed.loadUntil(() => !wanted);
    return () => {
      wanted = false;
    };
  }, [looking, feed]);
  return looking && more;
}

/** Marks the words in what is there, and again whenever other rows are. */
function useMarks(view: RefObject<HTMLElement | null>, words: string, current: Match | undefined): void {
  useEffect(() => {
    const root = view.current;
    if (!root) return;
    let frame = 0;
    const paint = () => {
      frame = 0;
      mark(root, words, current);
    };
    const soon = () => {
      frame ||= requestAnimationFrame(paint);
    };
    const watch = new MutationObserver(soon);
    watch.observe(root, { childList: true, subtree: true, characterData: true });
    soon();
    return () => {
      watch.disconnect();
      cancelAnimationFrame(frame);
      unmark();
    };
  }, [view, words, current]);
}
