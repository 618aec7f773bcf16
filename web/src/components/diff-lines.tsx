import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { Diff, getChangeKey, Hunk, type ChangeData, type DiffType, type HunkData } from "react-diff-view";
import "react-diff-view/style/index.css";
import { commentOn, comments, giveUp, hasWords, type Choice } from "../comments";
import { choiceOf, linesIn, spanOf, type Span } from "../diff-choice";
import { useStore } from "../store";
import { say } from "../words";
import { diffView } from "./changes-toolbar";
import { CommentBox, MovedComment } from "./diff-comment";
import { useColours } from "./diff-colours";
import "./diff-lines.css";
import "./file-diff.css";
import { useWide } from "./use-wide";

interface Props {
  path: string;
  kind: DiffType;
  hunks: HunkData[];
  /** Where a comment on them is kept. */
  comment: string;
}

/** Lines of a change, coloured; one or more of them can be commented on. */
export function DiffLines({ path, kind, hunks, comment }: Props) {
  const wide = useWide();
  const view = useStore(diffView, (value) => value);
  const written = useStore(comments, (all) => all[comment]?.choice);
  /** Chosen by the keys; nothing is written about them yet. */
  const [cursor, setCursor] = useState<Choice>();
  const [asked, setAsked] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => hunks.flatMap(({ changes }) => changes), [hunks]);
  const tokens = useColours(path, hunks);
  const at = useMemo(() => cursor && spanOf(lines, cursor), [lines, cursor]);
  const writtenAt = useMemo(() => written && spanOf(lines, written), [lines, written]);
  const chosen = cursor ? at : writtenAt;
  useEffect(() => {
    if (!at) return;
    const key = keyAt(lines, at.to);
    box.current?.querySelector(`[data-change-key="${key ?? ""}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at, lines]);
  useEffect(() => {
    if (asked) box.current?.querySelector<HTMLElement>("[data-testid=comment]")?.focus();
  }, [asked]);

  const write = (span: Span) => {
    setCursor(undefined);
    commentOn(comment, choiceOf(path, lines, span));
    setAsked(asked + 1);
  };
  const choose = (change: ChangeData | null, event: MouseEvent) => {
    const line = change ? lines.indexOf(change) : -1;
    if (line >= 0) write({ from: event.shiftKey && chosen ? chosen.from : line, to: line });
  };
  const leaveEmpty = () => {
    if (written && !hasWords(comment)) giveUp(comment);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      const to = chosen ? Math.min(lines.length - 1, Math.max(0, chosen.to + step)) : 0;
      setCursor(choiceOf(path, lines, { from: event.shiftKey && chosen ? chosen.from : to, to }));
      leaveEmpty();
    } else if ((event.key === "c" || event.key === "Enter") && (chosen ?? written) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (cursor && at) write(at);
      else setAsked(asked + 1);
    } else if (event.key === "Escape") {
      setCursor(undefined);
      leaveEmpty();
    }
  };
  const leave = () => { box.current?.focus(); };
  const last = writtenAt && keyAt(lines, Math.max(writtenAt.from, writtenAt.to));
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
      {!last && <MovedComment id={comment} onLeave={leave} />}
      <Diff
        viewType={wide && view === "split" && kind === "modify" ? "split" : "unified"}
        diffType={kind}
        hunks={hunks}
        tokens={tokens}
        widgets={last ? { [last]: <CommentBox id={comment} onLeave={leave} /> } : {}}
        selectedChanges={chosen ? linesIn(lines, chosen).map(getChangeKey) : []}
        gutterEvents={{ onClick: ({ change }, event) => { choose(change, event); } }}
      >
        {(shown) => shown.map((hunk) => <Hunk key={hunk.content} hunk={hunk} />)}
      </Diff>
      <p className="sr-only" aria-live="polite">{cursor && at ? say("changes.comment.line", { line: String(cursor.place.to) }) : ""}</p>
    </div>
  );
}

const keyAt = (lines: readonly ChangeData[], at: number) => lines[at] && getChangeKey(lines[at]);
