import { memo } from "react";
import type { EntryContent } from "../protocol";
import type { Entry } from "../session";
import { ApprovalView } from "./approval";
import { FailureCard } from "./failure-card";
import { Icon } from "./icons";
import { Markdown } from "./markdown";
import { PlanView } from "./plan";
import { UserText } from "./prompt-row";
import { Reasoning } from "./reasoning";
import { RetryLineView } from "./retry-line";
import { ToolCard } from "./tool-card";

/** One entry of a turn, by its kind. */
export const EntryView = memo(function EntryView({ entry, turn }: { entry: Entry; turn: string }) {
  const { content } = entry;
  return (
    <div
      data-testid="item"
      data-kind={content.kind}
      data-item={entry.id}
      data-open={entry.open}
    >
      <Body entry={entry} turn={turn} content={content} />
    </div>
  );
});

function Body({ entry, turn, content }: { entry: Entry; turn: string; content: EntryContent }) {
  switch (content.kind) {
    case "message":
      if (content.role === "user") return <Steered id={entry.id} text={content.text ?? ""} attachments={content.attachments} />;
      return (
        <>
          <Markdown text={content.text ?? ""} growing={entry.open} />
          {entry.cut && <p className="mt-1 text-xs text-faint">The answer ends here: it was cut off.</p>}
        </>
      );
    case "reasoning":
      return <Reasoning id={entry.id} text={content.text ?? ""} open={entry.open} />;
    case "tool-call":
      return <ToolCard entry={entry} turn={turn} call={content} />;
    case "note":
      return <NoteLine text={content.text ?? ""} />;
    case "plan":
      return <PlanView plan={content} />;
    case "approval":
      return <ApprovalView card={content} />;
    case "retry":
      return <RetryLineView line={content} open={entry.open} />;
    case "failure":
      return <FailureCard failure={content.failure} />;
  }
}

/** Something that happened to the conversation itself: quiet, across the column. */
function NoteLine({ text }: { text: string }) {
  const line = "h-px min-w-4 flex-1 bg-line";
  return (
    <p className="flex items-center gap-3 py-1 text-xs text-faint">
      <span className={line} />
      <span className="max-w-[80%] text-center wrap-anywhere">{text}</span>
      <span className={line} />
    </p>
  );
}

function Steered({ id, text, attachments }: { id: string; text: string; attachments?: string[] }) {
  return (
    <div className="flex flex-col items-end">
      <UserText {...{ id, text, attachments }} />
      <p className="mt-1 flex items-center gap-1 px-1 text-xs text-faint">
        <Icon name="steer" size={12} /> Said while it worked
      </p>
    </div>
  );
}
