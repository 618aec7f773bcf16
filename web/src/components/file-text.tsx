import { memo, useEffect, useMemo, useRef, useState, type MouseEvent } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { languageOf } from "../changes";
import { highlight, highlighted, type Piece } from "../markdown/highlight";
import { say } from "../words";
import { useLineKeys, type Lines } from "./use-line-keys";

/** Lines that are drawn and coloured together; those far out of sight are not in the document. */
const BLOCK = 100;
/** Lines before a block that are read with it: a text or a comment over several lines may have begun there. */
const BEFORE = 60;
/** Characters of a line that a screen reader is given. */
const READ_OUT = 300;

/** A line's height, as the classes below have it: with a finger its number is to be hit. */
const linePx = () => (window.matchMedia("(pointer: coarse)").matches ? 24 : 20);

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

/** A text with its lines numbered and coloured; a click on a number, or the keyboard, names lines in the address. */
export function FileText({ path, text, wrap, lines, onLines, end, wanted }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const all = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  const blocks = useMemo(() => blocksOf(all), [all]);
  const first = lines?.from;
  const reached = first === undefined || first <= all.length;
  const [start] = useState(first);
  const list = useRef<VirtualizerHandle>(null);
  const keys = useLineKeys({ count: all.length, chosen: lines, first: () => firstInSight(box.current), onChoose: onLines });
  const { at } = keys;
  useEffect(() => {
    if (at === undefined) return;
    const row = box.current?.querySelector(`[data-line="${at}"]`);
    if (row) row.scrollIntoView({ block: "nearest" });
    else list.current?.scrollToIndex(Math.floor((at - 1) / BLOCK), { align: "start", offset: ((at - 1) % BLOCK) * linePx() });
  }, [at]);
  useEffect(() => {
    if (!reached) wanted?.();
  }, [reached, wanted]);
  useEffect(() => {
    if (!reached || start === undefined) return;
    const [block, line] = [Math.floor((start - 1) / BLOCK), (start - 1) % BLOCK];
    const middle = (box.current?.clientHeight ?? 0) / 2;
    list.current?.scrollToIndex(block, { align: "start", offset: line * linePx() - middle });
    // Wrapped lines are higher than was reckoned: once they are there, the line itself is brought into the middle.
    const frame = requestAnimationFrame(() => {
      box.current?.querySelector(`[data-line="${start}"]`)?.scrollIntoView({ block: "center" });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [reached, start]);
  const choose = (event: MouseEvent) => {
    const number = event.target instanceof Element ? Number(event.target.closest<HTMLElement>("[data-number]")?.dataset.number) : NaN;
    if (!number) return;
    keys.leave(); // they go on from what is chosen
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
      aria-label={say("files.lines-of", { path })}
      onClick={choose}
      onKeyDown={keys.onKeyDown}
      style={{ "--digits": `${String(all.length).length}ch` } as React.CSSProperties}
      className={`relative min-h-0 flex-1 overflow-auto pt-2 pb-[max(1rem,env(safe-area-inset-bottom))] font-mono text-xs outline-offset-[-2px] ${wrap ? "" : "whitespace-pre"}`}
    >
      <Virtualizer ref={list}>
        {blocks.map(({ lines: block, before }, at) => (
          <Block key={at} lines={block} before={before} first={at * BLOCK + 1} language={languageOf(path)} chosen={within(lines, at)} marked={within(keys.lines, at)} wrap={wrap} />
        ))}
      </Virtualizer>
      {end}
      <p className="sr-only" aria-live="polite">{keys.lines && spoken(keys.lines, lines, all)}</p>
    </div>
  );
}

/** What a screen reader is told of the lines where the keyboard is; one of them is read out. */
function spoken(here: Lines, chosen: Lines | undefined, all: readonly string[]): string {
  const one = here.from === here.to;
  const name = one ? say("files.line", { line: String(here.from) }) : say("files.lines", { from: String(here.from), to: String(here.to) });
  if (chosen?.from === here.from && chosen.to === here.to) return say("files.chosen", { lines: name });
  return one ? `${name}: ${(all[here.from - 1] ?? "").slice(0, READ_OUT)}` : name;
}

function firstInSight(box: HTMLElement | null): number {
  const top = box?.getBoundingClientRect().top ?? 0;
  const rows = [...(box?.querySelectorAll<HTMLElement>("[data-line]") ?? [])];
  return Number(rows.find((row) => row.getBoundingClientRect().top >= top)?.dataset.line ?? 1);
}

function blocksOf(all: string[]): { lines: string[]; before: string[] }[] {
  return Array.from({ length: Math.ceil(all.length / BLOCK) }, (_, at) => ({
    lines: all.slice(at * BLOCK, (at + 1) * BLOCK),
    before: all.slice(Math.max(0, at * BLOCK - BEFORE), at * BLOCK),
  }));
}

/** The chosen lines, where some of them are in this block: others need not be drawn anew. */
function within(lines: Lines | undefined, block: number): string {
  if (!lines || lines.to <= block * BLOCK || lines.from > (block + 1) * BLOCK) return "";
  return `${lines.from} ${lines.to}`;
}

/** Whether the lines, as `within` has them, hold this one; an attribute that is there or not. */
function holds(lines: string, line: number): true | undefined {
  const [from = 0, to = 0] = lines.split(" ").map(Number);
  return (line >= from && line <= to) || undefined;
}

const Block = memo(function Block({ lines, before, first, language, chosen, marked, wrap }: {
  lines: string[];
  before: string[];
  first: number;
  language: string;
  /** `"10 20"`, or nothing. */
  chosen: string;
  /** The same of those where the keyboard is. */
  marked: string;
  wrap: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const pieces = useColoured(box, before, lines, language);
  return (
    <div ref={box} className={wrap ? "" : "w-max min-w-full"}>
      {lines.map((line, at) => (
        <div key={at} data-line={first + at} data-chosen={holds(chosen, first + at)} data-marked={holds(marked, first + at)} className="group flex leading-5 data-chosen:bg-accent-soft pointer-coarse:leading-[max(1.5rem,24px)]">
          <span
            data-number={first + at}
            title={say("files.line", { line: String(first + at) })}
            className="sticky left-0 w-[calc(var(--digits)+1.75rem)] shrink-0 cursor-pointer bg-ground pr-3 text-right text-faint select-none group-data-marked:bg-accent group-data-marked:text-on-accent hover:text-accent group-data-marked:hover:text-on-accent"
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
function useColoured(box: React.RefObject<HTMLElement | null>, before: string[], lines: string[], language: string): Piece[][] | undefined {
  const text = useMemo(() => [...before, ...lines].join("\n"), [before, lines]);
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
  const pieces = highlighted(text, language) ?? (found?.text === text ? found.pieces : undefined);
  return pieces?.slice(before.length);
}
