import { memo } from "react";
import { linkTo } from "../copy";
import type { EntryContent } from "../protocol";
import type { Entry } from "../session";
import { say } from "../words";
import { ApprovalView } from "./approval";
import { CopyButton } from "./copy-button";
import { FailureCard } from "./failure-card";
import { Icon } from "./icons";
import { Markdown } from "./markdown";
import { PlanView } from "./plan";
import { UserText } from "./prompt-row";
import { Reasoning } from "./reasoning";
import { RetryLineView } from "./retry-line";
import { useSession } from "./session-context";
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
      tabIndex={-1}
      className="group/item outline-none"
    >
      <Body entry={entry} turn={turn} content={content} />
    </div>
  );
});

function Body({ entry, turn, content }: { entry: Entry; turn: string; content: EntryContent }) {
  switch (content.kind) {
    case "message":
      if (content.role === "user") return <Steered id={entry.id} text={content.text ?? ""} attachments={content.attachments} />;
      return <Said entry={entry} text={content.text ?? ""} />;
    case "reasoning":
      return <Reasoning entry={entry} text={content.text ?? ""} />;
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

/** The agent's words; what can be done with them shows where the pointer or the finger is, and takes no room: unseen, it takes no finger either. */
function Said({ entry, text }: { entry: Entry; text: string }) {
  const { feed } = useSession();
  return (
    <div className="group/said relative">
      <Markdown text={text} growing={entry.open} />
      {entry.cut && <p className="mt-1 text-xs text-faint">{say("entry.cut")}</p>}
      {!entry.open && (
        <div
          data-testid="said-actions"
          className="absolute -top-2 right-0 z-10 flex rounded-lg border border-line bg-raised opacity-0 group-focus-within/said:opacity-100 group-hover/said:opacity-100 group-focus/item:opacity-100 pointer-coarse:pointer-events-none pointer-coarse:group-focus-within/said:pointer-events-auto pointer-coarse:group-hover/said:pointer-events-auto pointer-coarse:group-focus/item:pointer-events-auto sm:top-0 sm:left-full sm:ml-1.5 sm:w-max sm:border-transparent sm:bg-transparent"
        >
          <CopyButton text={text} label={say("copy.message")} testid="copy-message" />
          <CopyButton text={() => linkTo(feed.session, { item: entry.id })} label={say("copy.link.message")} icon="link" testid="link-message" />
        </div>
      )}
    </div>
  );
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
        <Icon name="steer" size={12} /> {say("entry.steered")}
      </p>
    </div>
  );
}
