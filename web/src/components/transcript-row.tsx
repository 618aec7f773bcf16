import { memo } from "react";
import { entryOf, turnOf, type Row } from "../rows";
import { useStore } from "../store";
import { say } from "../words";
import { pointedAt } from "./bring";
import { EntryView } from "./entry";
import { ErrorBoundary } from "./error-boundary";
import { PendingPrompt } from "./pending";
import { PromptRow } from "./prompt-row";
import { useSession } from "./session-context";
import { TurnEnd } from "./turn-end";

/** One row of the transcript; it watches its own part of the session only. */
export const TranscriptRow = memo(function TranscriptRow({ row }: { row: Row }) {
  const pointed = useStore(pointedAt, (key) => key === row.key);
  return (
    <div
      data-row={row.key}
      data-pointed={pointed || undefined}
      className={`mx-auto w-full max-w-3xl rounded-xl px-4 py-1.5 sm:px-6 ${pointed ? "bg-accent-soft" : "transition-colors duration-700"}`}
    >
      <ErrorBoundary what={say("transcript.part")}>
        <Content row={row} />
      </ErrorBoundary>
    </div>
  );
});

function Content({ row }: { row: Row }) {
  switch (row.kind) {
    case "prompt":
      return <PromptOf turn={row.turn} />;
    case "entry":
      return <EntryOf row={row} />;
    case "end":
      return <EndOf turn={row.turn} />;
    case "pending":
      return <PendingPrompt command={row.command} />;
  }
}

function PromptOf({ turn: id }: { turn: string }) {
  const { feed } = useSession();
  const turn = useStore(feed.view, ({ state }) => turnOf(state, id));
  if (!turn) return null;
  const { status, text, startedAt, retryOf, attachments, origin, carried } = turn;
  return <PromptRow {...{ id, status, text, startedAt, retryOf, attachments, origin, carried }} />;
}

function EntryOf({ row }: { row: Extract<Row, { kind: "entry" }> }) {
  const { feed } = useSession();
  const entry = useStore(feed.view, ({ state }) => entryOf(state, row));
  return entry && <EntryView entry={entry} turn={row.turn} />;
}

function EndOf({ turn: id }: { turn: string }) {
  const { feed } = useSession();
  const turn = useStore(feed.view, ({ state }) => turnOf(state, id));
  return turn && <TurnEnd turn={turn} />;
}
