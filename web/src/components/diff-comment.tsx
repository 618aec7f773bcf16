import { useLayoutEffect, useRef, type KeyboardEvent, type SubmitEvent } from "react";
import { addToPrompt, placeName, quoted } from "../changes";
import { comments, giveUp, hasWords, setWords } from "../comments";
import { useStore } from "../store";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { useSession } from "./session-context";
import { useGrowing } from "./use-growing";

interface Props {
  /** Where the comment is kept. */
  id: string;
  /** The focus is to go back to where the lines are. */
  onLeave?: () => void;
}

/** A comment whose lines are not there any more as they were read: they are shown with it. */
export function MovedComment({ id, onLeave }: Props) {
  const choice = useStore(comments, (all) => all[id]?.choice);
  if (!choice) return null;
  return (
    <div data-testid="comment-moved" className="p-2 text-[0.8125rem]">
      <p className="px-2 text-dim">{say("changes.comment.moved")}</p>
      <pre className="mx-2 mt-1 max-h-40 overflow-auto border-l-2 border-line pl-2 font-mono text-xs" tabIndex={0}>{choice.lines.join("\n")}</pre>
      <CommentBox id={id} onLeave={onLeave} />
    </div>
  );
}

/** Words about lines, which go into the prompt with the lines quoted. */
export function CommentBox({ id, onLeave }: Props) {
  const client = useClient();
  const { feed } = useSession();
  const choice = useStore(comments, (all) => all[id]?.choice);
  const words = useStore(comments, (all) => all[id]?.words ?? "");
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, words);
  useCaret(id, field);
  if (!choice) return null;
  const { place, lines } = choice;
  const name = say("changes.comment", { place: placeName(place) });
  const close = () => {
    giveUp(id);
    onLeave?.();
  };
  const add = (event?: SubmitEvent) => {
    event?.preventDefault();
    addToPrompt(client.drafts, feed.session, quoted(place, lines, words));
    toast(say("changes.comment.added"));
    close();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape" && hasWords(id)) {
      field.current?.blur(); // where there is nothing to go back to
      onLeave?.();
    } else if (event.key === "Escape") close();
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
        onChange={(event) => { setWords(id, event.target.value); }}
        onKeyDown={onKey}
        className="field-sizing-content block max-h-60 min-h-12 w-full resize-none bg-transparent px-1.5 py-1 text-[0.875rem] outline-none max-sm:text-base"
      />
      <div className="flex flex-wrap items-center justify-end gap-2 pt-1">
        <span className="min-w-0 flex-1 basis-20 truncate pl-1.5 font-mono text-xs text-faint" title={say("changes.comment.hint")}>{placeName(place)}</span>
        <Button onClick={close}>{say("changes.comment.cancel")}</Button>
        <button type="submit" data-testid="comment-add" className="target inline-flex h-8 items-center rounded-lg bg-accent px-3 text-[0.8125rem] font-medium whitespace-nowrap text-on-accent hover:brightness-110">
          {say("changes.comment.add")}
        </button>
      </div>
    </form>
  );
}

interface Caret {
  from: number;
  to: number;
  focused: boolean;
}

/** Where the caret was in a box that went away, by comment. */
const carets = new Map<string, Caret>();

/** Another version of the patch makes the box anew below the hands of who writes in it: the caret stays where it is. */
function useCaret(id: string, field: React.RefObject<HTMLTextAreaElement | null>): void {
  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    const { from, to, focused } = carets.get(id) ?? { from: box.value.length, to: box.value.length, focused: false };
    // Not where something else has taken the focus since; nor is the page scrolled away from what is read.
    if (focused && document.activeElement === document.body) box.focus({ preventScroll: true });
    box.setSelectionRange(from, to);
    return () => {
      if (comments.get()[id]) carets.set(id, { from: box.selectionStart, to: box.selectionEnd, focused: box === document.activeElement });
      else carets.delete(id);
    };
  }, [id, field]);
}
