import { memo } from "react";
import { timeOfDay } from "../clock";
import type { Turn } from "../session";
import { useFold } from "./fold";
import { Icon } from "./icons";
import { PromptAttachments } from "./prompt-attachments";
import { agentName, useSession } from "./session-context";

type PromptRowProps = Pick<Turn, "id" | "status" | "text" | "startedAt" | "retryOf" | "attachments" | "origin" | "carried">;

/** How a turn began: what the person asked, or why the agent went on by itself. Takes parts of the turn, which rarely change. */
export const PromptRow = memo(function PromptRow({ id, status, text, startedAt, retryOf, attachments, origin, carried }: PromptRowProps) {
  if (startedAt === undefined) return null; // it is in an older page
  const named = { "data-testid": "turn", "data-turn": id, "data-status": status, "data-origin": origin ?? "person" };
  if (origin === "agent") return <ByItself named={named} why={text} at={startedAt} />;
  return (
    <article {...named} className="flex flex-col items-end pt-5">
      <h2 className="sr-only">You asked</h2>
      <UserText id={id} text={text} attachments={attachments} />
      <p className="mt-1 px-1 text-xs text-faint">
        {retryOf && "Tried again · "}
        {carried && <span data-testid="carried">The earlier transcript was carried over · </span>}
        <Time at={startedAt} />
      </p>
    </article>
  );
});

function ByItself({ named, why, at }: { named: Record<string, string>; why: string; at: number }) {
  const shown = useSession();
  return (
    <article {...named} className="flex items-start gap-2 pt-5 text-[0.8125rem] text-dim">
      <span className="mt-0.5 text-faint"><Icon name="bot" size={15} /></span>
      <h2 className="min-w-0 flex-1 wrap-anywhere">
        {agentName(shown)} went on by itself{why && ": "}
        <span className="text-text">{why}</span>
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
    <div
      className={`max-w-[85%] rounded-2xl rounded-br-md bg-bubble px-3.5 py-2 text-[0.9375rem] leading-relaxed ${faded ? "opacity-65" : ""}`}
    >
      <div className={`whitespace-pre-wrap wrap-anywhere ${long && !unfolded ? "line-clamp-[10]" : ""}`}>{text}</div>
      {long && (
        <button type="button" aria-expanded={unfolded} onClick={toggle} className="target mt-1 text-[0.8125rem] text-accent">
          {unfolded ? "Show less" : "Show all"}
        </button>
      )}
      <PromptAttachments ids={attachments} />
    </div>
  );
}
