import { useLayoutEffect, useMemo, useRef } from "react";
import { colouredOutput, plainOutput } from "../ansi";
import "../ansi.css";
import { linesOf, sizeOf } from "../size";
import { say } from "../words";
import { CopyButton } from "./copy-button";
import { useFold } from "./fold";

/** Lines of a long output shown until the person asks for all. */
const LINES = 20;
/** Lines by which it must be longer: what is hidden is worth a click. */
const SLACK = 6;
/** Characters that are drawn at once; more would hold the page up. */
const MOST = 200_000;
/** Characters looked at for the lines that are shown. */
const NEAR = 16_000;

/** What a tool gave: of a long one the end (`tail`) or the beginning, and all of it on a click. */
export function ToolOutput({ id, name, text, tail = false, growing = false }: {
  /** Of its fold. */
  id: string;
  name: string;
  text: string;
  tail?: boolean;
  growing?: boolean;
}) {
  const lines = linesOf(text);
  const long = lines > LINES + SLACK || text.length > NEAR;
  const [all, toggle] = useFold(`output/${id}`, false);
  const shown = !long ? text : all ? part(text, MOST, tail) : partLines(text, tail);
  return (
    <div className="px-3 pt-1 pb-2">
      <div className="-mr-1.5 flex min-h-7 items-center gap-2 text-xs text-faint">
        <span className="min-w-0 flex-1 truncate">
          {name}
          {long && ` · ${sizeOf(text)}`}
        </span>
        {!growing && <CopyButton text={() => plainOutput(text)} label={say("copy.output")} />}
      </div>
      <Lines text={shown} name={name} growing={growing} all={all} />
      {all && text.length > MOST && <p className="pt-1 text-xs text-faint">{say("tool.part-shown", { n: MOST })}</p>}
      {long && (
        <button
          type="button"
          data-testid="output-all"
          aria-expanded={all}
          onClick={toggle}
          className="target pt-1 text-xs text-accent underline underline-offset-2"
        >
          {all ? say("tool.show-less") : say("tool.show-all", { size: sizeOf(text) })}
        </button>
      )}
    </div>
  );
}

/** Coloured text that scrolls within itself, and stays at its end while it grows. */
function Lines({ text, name, growing, all }: { text: string; name: string; growing: boolean; all: boolean }) {
  const view = useRef<HTMLPreElement>(null);
  const pieces = useMemo(() => colouredOutput(text), [text]);
  useLayoutEffect(() => {
    if (growing && view.current) view.current.scrollTop = view.current.scrollHeight;
  }, [growing, pieces]);
  return (
    <pre
      ref={view}
      tabIndex={0}
      aria-label={name}
      className={`overflow-auto font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere ${all ? "max-h-[60vh]" : "max-h-96"}`}
    >
      {pieces.map(({ text: words, className }, at) => (className ? <span key={at} className={className}>{words}</span> : words))}
    </pre>
  );
}

/** The last lines of an output, in its colours: what it says just now. */
export function Preview({ text, lines }: { text: string; lines: number }) {
  const pieces = colouredOutput(lastLines(text, lines));
  return (
    <pre className="overflow-x-auto border-t border-line px-3 py-2 font-mono text-xs leading-relaxed text-dim">
      {pieces.map(({ text: words, className }, at) => (className ? <span key={at} className={className}>{words}</span> : words))}
    </pre>
  );
}

function part(text: string, most: number, tail: boolean): string {
  return tail ? text.slice(-most) : text.slice(0, most);
}

function partLines(text: string, tail: boolean): string {
  return tail ? lastLines(text, LINES) : part(text, NEAR, false).split("\n", LINES).join("\n");
}

export function lastLines(text: string, count: number): string {
  const end = text.slice(-NEAR).trimEnd().split("\n");
  return end.slice(-count).join("\n");
}
