import { memo, useEffect, useMemo, useRef, useState, type MouseEvent } from "react";
import { languageOf } from "../changes";
import { highlight, highlighted, type Piece } from "../markdown/highlight";
import { say } from "../words";

/** Lines that are drawn and coloured together: the browser skips those out of sight. */
const BLOCK = 200;
const LINE_REM = 1.25;

interface Lines {
  from: number;
  to: number;
}

interface Props {
  path: string;
  text: string;
  wrap: boolean;
  lines?: Lines;
  onLines: (lines: Lines) => void;
  /** After the last line. */
  end: React.ReactNode;
  /** Loads the next part; the chosen lines may be in it. */
  wanted?: () => void;
}

/** A text with its lines numbered and coloured; a click on a number names the line in the address. */
export function FileText({ path, text, wrap, lines, onLines, end, wanted }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const all = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  const blocks = useMemo(() => Array.from({ length: Math.ceil(all.length / BLOCK) }, (_, at) => all.slice(at * BLOCK, (at + 1) * BLOCK)), [all]);
  const first = lines?.from;
  const reached = first === undefined || first <= all.length;
  const [start] = useState(first);
  useEffect(() => {
    if (!reached) wanted?.();
  }, [reached, wanted]);
  useEffect(() => {
    if (!reached || start === undefined) return;
    box.current?.querySelector(`[data-line="${start}"]`)?.scrollIntoView({ block: "center" });
  }, [reached, start]);
  const choose = (event: MouseEvent) => {
    const number = event.target instanceof Element ? Number(event.target.closest<HTMLElement>("[data-number]")?.dataset.number) : NaN;
    if (!number) return;
    const from = event.shiftKey && lines ? lines.from : number;
    onLines({ from: Math.min(from, number), to: Math.max(from, number) });
  };
  if (!text) return <p className="m-auto text-faint">{say("files.zero")}</p>;
  return (
    <div
      ref={box}
      data-testid="file-text"
      tabIndex={0}
      role="group"
      aria-label={say("files.text-of", { path })}
      onClick={choose}
      style={{ "--digits": `${String(all.length).length}ch` } as React.CSSProperties}
      className={`min-h-0 flex-1 overflow-auto pt-2 pb-[max(1rem,env(safe-area-inset-bottom))] font-mono text-xs outline-offset-[-2px] ${wrap ? "" : "whitespace-pre"}`}
    >
      {blocks.map((block, at) => (
        <Block key={at} lines={block} first={at * BLOCK + 1} language={languageOf(path)} chosen={within(lines, at)} wrap={wrap} />
      ))}
      {end}
    </div>
  );
}

/** The chosen lines, where some of them are in this block: others need not be drawn anew. */
function within(lines: Lines | undefined, block: number): string {
  if (!lines || lines.to <= block * BLOCK || lines.from > (block + 1) * BLOCK) return "";
  return `${lines.from} ${lines.to}`;
}

const Block = memo(function Block({ lines, first, language, chosen, wrap }: {
  lines: string[];
  first: number;
  language: string;
  /** `"10 20"`, or nothing. */
  chosen: string;
  wrap: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const pieces = useColoured(box, lines, language);
  const [from = 0, to = 0] = chosen.split(" ").map(Number);
  return (
    <div ref={box} style={{ contentVisibility: "auto", containIntrinsicBlockSize: `auto ${lines.length * LINE_REM}rem` }}>
      {lines.map((line, at) => (
        <div key={at} data-line={first + at} data-chosen={(first + at >= from && first + at <= to) || undefined} className="flex leading-5 data-chosen:bg-accent-soft">
          <span
            data-number={first + at}
            title={say("files.line", { line: String(first + at) })}
            className="sticky left-0 w-[calc(var(--digits)+1.75rem)] shrink-0 cursor-pointer bg-ground pr-3 text-right text-faint select-none hover:text-accent"
          >
            {first + at}
          </span>
          <span className={`min-w-0 flex-1 pr-3 ${wrap ? "whitespace-pre-wrap wrap-anywhere" : ""}`}>
            {pieces?.[at] ? pieces[at].map((piece, part) => <span key={part} className={piece.className}>{piece.text}</span>) : line || " "}
          </span>
        </div>
      ))}
    </div>
  );
});

/** The block's colours, once it comes near the window. */
function useColoured(box: React.RefObject<HTMLElement | null>, lines: string[], language: string): Piece[][] | undefined {
  const text = useMemo(() => lines.join("\n"), [lines]);
  const [found, setFound] = useState<{ text: string; pieces: Piece[][] }>();
  useEffect(() => {
    if (!box.current || highlighted(text, language)) return;
    let wanted = true;
    const near = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      near.disconnect();
      const show = (pieces: Piece[][] | undefined) => {
        if (wanted && pieces) setFound({ text, pieces });
      };
      // Colours that cannot be loaded are no loss: the text is there, plain.
      highlight(text, language).then(show, () => undefined);
    }, { rootMargin: "600px" });
    near.observe(box.current);
    return () => {
      wanted = false;
      near.disconnect();
    };
  }, [box, text, language]);
  return highlighted(text, language) ?? (found?.text === text ? found.pieces : undefined);
}
