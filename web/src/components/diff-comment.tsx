import { useEffect, useRef, useState, type KeyboardEvent, type SubmitEvent } from "react";
import { addToPrompt, placeName, quoted, type Place } from "../changes";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { useSession } from "./session-context";
import { useGrowing } from "./use-growing";

/** Words about lines, which go into the prompt with the lines quoted. */
export function CommentBox({ place, lines, onDone }: { place: Place; lines: readonly string[]; onDone: () => void }) {
  const client = useClient();
  const { feed } = useSession();
  const [words, setWords] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, words);
  const name = say("changes.comment", { place: placeName(place) });
  useEffect(() => {
    field.current?.focus();
  }, []);
  const add = (event?: SubmitEvent) => {
    event?.preventDefault();
    addToPrompt(client.drafts, feed.session, quoted(place, lines, words));
    toast(say("changes.comment.added"));
    onDone();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") onDone();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) add();
  };
  return (
    <form data-testid="comment-box" onSubmit={add} className="m-2 max-w-2xl rounded-xl border border-line bg-ground p-2 font-sans whitespace-normal">
      <textarea
        ref={field}
        data-testid="comment"
        aria-label={name}
        placeholder={say("changes.comment.placeholder")}
        value={words}
        rows={2}
        onChange={(event) => { setWords(event.target.value); }}
        onKeyDown={onKey}
        className="field-sizing-content block max-h-60 min-h-12 w-full resize-none bg-transparent px-1.5 py-1 text-[0.875rem] outline-none max-sm:text-base"
      />
      <div className="flex flex-wrap items-center justify-end gap-2 pt-1">
        <span className="min-w-0 flex-1 basis-20 truncate pl-1.5 font-mono text-xs text-faint" title={say("changes.comment.hint")}>{placeName(place)}</span>
        <Button onClick={onDone}>{say("changes.comment.cancel")}</Button>
        <button type="submit" data-testid="comment-add" className="target inline-flex h-8 items-center rounded-lg bg-accent px-3 text-[0.8125rem] font-medium whitespace-nowrap text-on-accent hover:brightness-110">
          {say("changes.comment.add")}
        </button>
      </div>
    </form>
  );
}
