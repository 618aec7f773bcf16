import { duration, useNow } from "../clock";
import type { Entry } from "../session";
import { say } from "../words";
import { useFold } from "./fold";
import { Icon } from "./icons";
import { Markdown } from "./markdown";

/** The agent thinking aloud: folded, with its latest words in sight while it thinks, and how long it took. */
export function Reasoning({ entry, text }: { entry: Entry; text: string }) {
  const [unfolded, toggle] = useFold(entry.id, false);
  return (
    <div className="text-dim">
      <button
        type="button"
        aria-expanded={unfolded}
        onClick={toggle}
        className="target flex max-w-full items-center gap-2 rounded-lg py-1 text-left text-[0.8125rem] hover:text-text"
      >
        <Icon name="brain" size={15} />
        <span className="shrink-0 font-medium tabular-nums">{entry.open ? <Thinking since={entry.startedAt} /> : thought(entry)}</span>
        {!unfolded && <span className="min-w-0 truncate text-faint">{lastLine(text)}</span>}
        <span className={unfolded ? "rotate-90" : ""}>
          <Icon name="chevron" size={13} />
        </span>
      </button>
      {unfolded && (
        <div className="mt-1 flow-root border-l-2 border-line pl-3.5 [&_.prose]:text-[0.875rem]">
          <Markdown text={text} growing={entry.open} />
        </div>
      )}
    </div>
  );
}

/** ms from which it is worth saying how long. */
const WORTH_SAYING = 2000;

function Thinking({ since }: { since?: number }) {
  const took = useNow() - (since ?? Infinity);
  return took >= WORTH_SAYING ? say("entry.thinking.for", { time: duration(took) }) : say("entry.thinking");
}

function thought({ startedAt, endedAt }: Entry): string {
  const took = startedAt && endedAt ? endedAt - startedAt : 0;
  return took >= 1000 ? say("entry.thought.for", { time: duration(took) }) : say("entry.thought");
}

const SHOWN = 160;

function lastLine(text: string): string {
  const line = text.trimEnd().slice(-4 * SHOWN).split("\n").at(-1) ?? "";
  return line.replace(/[*_`#>]/g, "").slice(0, SHOWN);
}
