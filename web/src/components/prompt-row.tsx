import { memo } from "react";
import { address } from "../address";
import { timeOfDay } from "../clock";
import type { TurnStatus } from "../session";
import { useFold } from "./fold";

interface PromptRowProps {
  id: string;
  status: TurnStatus;
  text: string;
  at?: number;
  retryOf?: string;
  attachments: string[];
}

/** What the person asked. */
export const PromptRow = memo(function PromptRow({ id, status, text, at, retryOf, attachments }: PromptRowProps) {
  if (at === undefined) return null; // it is in an older page
  return (
    <article data-testid="turn" data-turn={id} data-status={status} className="flex flex-col items-end pt-5">
      <h2 className="sr-only">You asked</h2>
      <UserText id={id} text={text} attachments={attachments} />
      <p className="mt-1 px-1 text-xs text-faint">
        {retryOf && "Tried again · "}
        <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>
      </p>
    </article>
  );
});

/** Lines of a prompt shown until the person unfolds it. */
const LINES = 14;
const CHARACTERS = 1200;

export function UserText({ id, text, attachments = [], faded = false }: {
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
      {attachments.map((attachment) => (
        <a
          key={attachment}
          href={address(`api/attachments/${attachment}`)}
          target="_blank"
          rel="noopener"
          className="mt-1 block text-sm text-accent underline"
        >
          Attachment
        </a>
      ))}
    </div>
  );
}
