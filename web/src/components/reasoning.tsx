import { useFold } from "./fold";
import { Icon } from "./icons";
import { Markdown } from "./markdown";

/** The agent thinking aloud: folded, with its latest words in sight while it thinks. */
export function Reasoning({ id, text, open }: { id: string; text: string; open: boolean }) {
  const [unfolded, toggle] = useFold(id, false);
  return (
    <div className="text-dim">
      <button
        type="button"
        aria-expanded={unfolded}
        onClick={toggle}
        className="target flex max-w-full items-center gap-2 rounded-lg py-1 text-left text-[0.8125rem] hover:text-text"
      >
        <Icon name="brain" size={15} />
        <span className="shrink-0 font-medium">{open ? "Thinking" : "Thought"}</span>
        {!unfolded && <span className="min-w-0 truncate text-faint">{lastLine(text)}</span>}
        <span className={unfolded ? "rotate-90" : ""}>
          <Icon name="chevron" size={13} />
        </span>
      </button>
      {unfolded && (
        <div className="mt-1 border-l-2 border-line pl-3.5 [&_.prose]:text-[0.875rem]">
          <Markdown text={text} growing={open} />
        </div>
      )}
    </div>
  );
}

const SHOWN = 160;

function lastLine(text: string): string {
  const line = text.trimEnd().slice(-4 * SHOWN).split("\n").at(-1) ?? "";
  return line.replace(/[*_`#>]/g, "").slice(0, SHOWN);
}
