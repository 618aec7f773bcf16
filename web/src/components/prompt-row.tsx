import { memo } from "react";
import { timeOfDay } from "../clock";
import type { Turn } from "../session";
import { say, sayParts } from "../words";
import { useFold } from "./fold";
import { Icon } from "./icons";
import { PromptActions } from "./prompt-actions";
import { PromptAttachments } from "./prompt-attachments";
import { agentName, useSession } from "./session-context";

type PromptRowProps = Pick<Turn, "id" | "status" | "text" | "startedAt" | "retryOf" | "attachments" | "origin" | "carried">;

/** How a turn began: what the person asked, or why the agent went on by itself. Takes parts of the turn, which rarely change. */
export const PromptRow = memo(function PromptRow({ id, status, text, startedAt, retryOf, attachments, origin, carried }: PromptRowProps) {
  if (startedAt === undefined) return null; // it is in an older page
  const named = { "data-testid": "turn", "data-turn": id, "data-status": status, "data-origin": origin ?? "person", tabIndex: -1 };
  if (origin === "agent") return <ByItself named={named} why={text} at={startedAt} />;
  return (
    <article {...named} className="group/prompt flex flex-col items-end pt-5 outline-none">
      <h2 className="sr-only">{say("prompt.you-asked")}</h2>
      <UserText id={id} text={text} attachments={attachments} />
      <div className="mt-1 flex min-h-7 flex-wrap items-center justify-end gap-x-1 px-1 text-xs whitespace-nowrap text-faint">
        <PromptActions turn={id} text={text} running={status === "running"} />
        {retryOf && `${say("prompt.tried-again")} · `}
        {carried && <span data-testid="carried">{say("prompt.carried")} · </span>}
        <Time at={startedAt} />
      </div>
    </article>
  );
});

function ByItself({ named, why, at }: { named: Record<string, string | number>; why: string; at: number }) {
  const agent = agentName(useSession());
  const words = why ? sayParts("prompt.by-itself.why", { agent }) : [say("prompt.by-itself", { agent })];
  return (
    <article {...named} className="flex items-start gap-2 pt-5 text-[0.8125rem] text-dim outline-none">
      <span className="mt-0.5 text-faint"><Icon name="bot" size={15} /></span>
      <h2 className="min-w-0 flex-1 wrap-anywhere">
        {words.map((part) => (part === "{why}" ? <span key={part} className="text-text">{why}</span> : part))}
      </h2>
      <span className="shrink-0 text-xs text-faint"><Time at={at} /></span>
    </article>
  );
}

function Time({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>;
}

/** Lines of a prompt shown until the person unfolds it. */
const LINES = 14;
const CHARACTERS = 1200;

const NONE: string[] = [];

export function UserText({ id, text, attachments = NONE, faded = false }: {
  id: string;
  text: string;
  attachments?: string[];
  faded?: boolean;
}) {
  const [unfolded, toggle] = useFold(`text/${id}`, false);
  const long = text.length > CHARACTERS || text.split("\n").length > LINES;
  return (
    <div className={`flex max-w-[85%] flex-col items-end ${faded ? "opacity-65" : ""}`}>
      <div className="max-w-full rounded-2xl rounded-br-md bg-bubble px-3.5 py-2 text-[0.9375rem] leading-relaxed">
        <div className={`whitespace-pre-wrap wrap-anywhere ${long && !unfolded ? "line-clamp-[10]" : ""}`}>{text}</div>
        {long && (
          <button type="button" aria-expanded={unfolded} onClick={toggle} className="target mt-1 text-[0.8125rem] text-accent">
            {say(unfolded ? "prompt.show-less" : "prompt.show-all")}
          </button>
        )}
      </div>
      <PromptAttachments ids={attachments} />
    </div>
  );
}
