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
export const EntryView = memo(function EntryView({ entry }: { entry: Entry }) {
  const { content } = entry;
  return (
    <div
      data-testid="item"
      data-kind={content.kind}
      data-item={entry.id}
      data-open={entry.open}
      className={entry.parent ? "border-l-2 border-line pl-3" : ""}
    >
      <Body entry={entry} content={content} />
    </div>
  );
});

function Body({ entry, content }: { entry: Entry; content: EntryContent }) {
  switch (content.kind) {
    case "message":
      if (content.role === "user") return <Steered id={entry.id} text={content.text ?? ""} />;
      return (
        <>
          <Markdown text={content.text ?? ""} growing={entry.open} />
          {entry.cut && <p className="mt-1 text-xs text-faint">The answer ends here: it was cut off.</p>}
        </>
      );
    case "reasoning":
      return <Reasoning id={entry.id} text={content.text ?? ""} open={entry.open} />;
    case "tool-call":
      return <ToolCard entry={entry} call={content} />;
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

function Steered({ id, text }: { id: string; text: string }) {
  return (
    <div className="flex flex-col items-end">
      <UserText id={id} text={text} />
      <p className="mt-1 flex items-center gap-1 px-1 text-xs text-faint">
        <Icon name="steer" size={12} /> Said while it worked
      </p>
    </div>
  );
}
