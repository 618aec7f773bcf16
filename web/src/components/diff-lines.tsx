import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { Diff, getChangeKey, Hunk, type ChangeData, type DiffType, type HunkData } from "react-diff-view";
import "react-diff-view/style/index.css";
import { placeName, type Place } from "../changes";
import { useStore } from "../store";
import { say } from "../words";
import { diffView } from "./changes-toolbar";
import { CommentBox } from "./diff-comment";
import { useColours } from "./diff-colours";
import "./diff-lines.css";
import "./file-diff.css";
import { useWide } from "./use-wide";

/** Lines that are chosen: indexes among all lines, in the order in which they were chosen. */
interface Chosen {
  from: number;
  to: number;
  /** The words are being written. */
  writing: boolean;
}

/** Lines of a change, coloured; one or more of them can be commented on. */
export function DiffLines({ path, kind, hunks }: { path: string; kind: DiffType; hunks: HunkData[] }) {
  const wide = useWide();
  const view = useStore(diffView, (value) => value);
  const [chosen, setChosen] = useState<Chosen>();
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => hunks.flatMap(({ changes }) => changes), [hunks]);
  const tokens = useColours(path, hunks);
  const place = chosen && placeOf(path, lines, chosen);
  useEffect(() => {
    if (!chosen || chosen.writing) return;
    const key = keyAt(lines, chosen.to);
    box.current?.querySelector(`[data-change-key="${key ?? ""}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, lines]);

  const choose = (change: ChangeData | null, event: MouseEvent) => {
    const at = change ? lines.indexOf(change) : -1;
    if (at < 0) return;
    setChosen((was) => ({ from: event.shiftKey && was ? was.from : at, to: at, writing: true }));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      const to = chosen ? Math.min(lines.length - 1, Math.max(0, chosen.to + step)) : 0;
      setChosen({ from: event.shiftKey && chosen ? chosen.from : to, to, writing: false });
    } else if ((event.key === "c" || event.key === "Enter") && chosen && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      setChosen({ ...chosen, writing: true });
    } else if (event.key === "Escape" && chosen) setChosen(undefined);
  };
  const close = () => {
    setChosen(undefined);
    box.current?.focus();
  };
  const last = chosen && keyAt(lines, Math.max(chosen.from, chosen.to));
  const widgets = chosen?.writing && place && last ? { [last]: <CommentBox key={placeName(place)} place={place} lines={textOf(lines, chosen)} onDone={close} /> } : {};
  return (
    <div
      ref={box}
      data-testid="patch"
      tabIndex={0}
      role="group"
      aria-label={say("changes.lines-of", { path })}
      onKeyDown={onKey}
      className="diff-lines rounded-b-xl outline-offset-[-2px]"
    >
      <Diff
        viewType={wide && view === "split" && kind === "modify" ? "split" : "unified"}
        diffType={kind}
        hunks={hunks}
        tokens={tokens}
        widgets={widgets}
        selectedChanges={chosen ? chosenLines(lines, chosen).map(getChangeKey) : []}
        gutterEvents={{ onClick: ({ change }, event) => { choose(change, event); } }}
      >
        {(shown) => shown.map((hunk) => <Hunk key={hunk.content} hunk={hunk} />)}
      </Diff>
      <p className="sr-only" aria-live="polite">{place && !chosen.writing ? say("changes.comment.line", { line: String(place.to) }) : ""}</p>
    </div>
  );
}

const keyAt = (lines: readonly ChangeData[], at: number) => lines[at] && getChangeKey(lines[at]);

function chosenLines(lines: readonly ChangeData[], { from, to }: Chosen): ChangeData[] {
  return lines.slice(Math.min(from, to), Math.max(from, to) + 1);
}

/** Where the chosen lines are in the new file, or in the old one where all of them are gone. */
function placeOf(path: string, lines: readonly ChangeData[], chosen: Chosen): Place {
  const some = chosenLines(lines, chosen);
  const old = some.every(({ type }) => type === "delete");
  const numbers = some.filter(({ type }) => old || type !== "delete").map((change) => numberOf(change, old));
  return { path, from: Math.min(...numbers), to: Math.max(...numbers), old };
}

function numberOf(change: ChangeData, old: boolean): number {
  if (change.type !== "normal") return change.lineNumber;
  return old ? change.oldLineNumber : change.newLineNumber;
}

const MARKS = { insert: "+", delete: "-", normal: " " };

/** The chosen lines as a diff has them. */
function textOf(lines: readonly ChangeData[], chosen: Chosen): string[] {
  return chosenLines(lines, chosen).map(({ type, content }) => `${MARKS[type]} ${content}`);
}
