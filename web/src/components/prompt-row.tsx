import { memo } from "react";
import { address } from "../address";
import { timeOfDay } from "../clock";
import type { TurnStatus } from "../session";

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
      <h3 className="sr-only">You asked</h3>
      <UserText text={text} attachments={attachments} />
      <p className="mt-1 px-1 text-xs text-faint">
        {retryOf && "Tried again · "}
        <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>
      </p>
    </article>
  );
});

export function UserText({ text, attachments = [], faded = false }: {
  text: string;
  attachments?: string[];
  faded?: boolean;
}) {
  return (
    <div
      className={`max-h-96 max-w-[85%] overflow-y-auto rounded-2xl rounded-br-md bg-bubble px-3.5 py-2 text-[0.9375rem] leading-relaxed whitespace-pre-wrap wrap-anywhere ${faded ? "opacity-65" : ""}`}
    >
      {text}
      {attachments.map((id) => (
        <a key={id} href={address(`api/attachments/${id}`)} target="_blank" rel="noopener" className="mt-1 block text-sm text-accent underline">
          Attachment
        </a>
      ))}
    </div>
  );
}
