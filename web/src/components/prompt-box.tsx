import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { whenIdle } from "../idle";
import type { AgentCommand, ProviderInfo } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { useAttaching, type Attaching } from "./attach";
import { AttachButton, AttachedFiles, DropPlace } from "./attach-files";
import { IconButton } from "./button";
import { useClient } from "./client-context";
import { useCommandMenu } from "./command-menu";
import { useFileMenu } from "./prompt-files";
import { usePromptHistory, type PromptHistory } from "./prompt-history";
import { useGrowing } from "./use-growing";

interface PromptBoxProps {
  /** Whose draft it is. */
  place: string;
  label: string;
  /** Takes the draft from its place, and sends it. */
  onSend: () => void;
  /** Who is asked: what it takes of files. */
  agent?: ProviderInfo;
  /** Whose files are named after an `@`. */
  project?: string;
  /** What the agent offers after a slash. */
  commands?: AgentCommand[];
  history?: PromptHistory;
  left?: ReactNode;
  stop?: ReactNode;
  disabled?: boolean;
}

const NONE: AgentCommand[] = [];
/** ms until the field has the focus at the latest: before anybody types. */
const FOCUS_BY = 100;

/** A text field that grows, keeps its draft, takes files, and sends with Enter. */
export function PromptBox({ place, label, onSend, agent, project, commands = NONE, history, left, stop, disabled = false }: PromptBoxProps) {
  const client = useClient();
  const text = useStore(client.drafts.texts, () => client.drafts.get(place));
  const limit = useStore(client.limits, (limits) => limits?.promptCharacters ?? Infinity);
  const attaching = useAttaching(place, agent);
  const { field, caret, ...follow } = useCaret(place);
  useGrowing(field, text, place);
  const tooLong = text.length > limit;
  const hindered = disabled || tooLong || !text.trim() || attaching.hindrance !== undefined;
  const set = (next: string, at = next.length) => {
    client.drafts.set(place, next);
    follow.place(at);
  };
  const commandMenu = useCommandMenu(place, commands, text, set);
  const fileMenu = useFileMenu(place, project, text, caret, set);
  const { menu, aria } = commandMenu.menu ? commandMenu : fileMenu;
  const inHistory = usePromptHistory(place, history, text, set);

  const send = () => {
    if (hindered) return;
    onSend();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (commandMenu.onKeyDown(event) || fileMenu.onKeyDown(event) || inHistory(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || isTouch()) return;
    event.preventDefault();
    send();
  };

  return (
    <DropPlace onFiles={attaching.add} className="rounded-2xl border border-line bg-raised shadow-xs focus-within:border-accent">
      {menu}
      <AttachedFiles {...{ place, attaching, agent }} />
      <textarea
        {...aria}
        key={place} // what was written elsewhere must not come up here by Undo
        ref={field}
        data-testid="composer"
        data-composer
        aria-label={label}
        placeholder={label}
        rows={1}
        value={text}
        onChange={(event) => {
          client.drafts.set(place, event.target.value);
          follow.onSelect();
        }}
        onSelect={follow.onSelect}
        onPaste={attaching.onPaste}
        onKeyDown={onKeyDown}
        className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-[0.9375rem] leading-relaxed outline-none max-sm:text-base"
      />
      <Hindrance {...{ text, limit, attaching }} />
      {/* On a phone the settings take a line of their own where there are several, or where they do not fit beside the buttons. */}
      <div className="flex items-center gap-1 px-2 pb-2 max-sm:flex-wrap">
        <AttachButton onFiles={attaching.add} />
        <div className="flex min-w-0 flex-1 items-center gap-2 max-sm:order-first max-sm:max-w-full max-sm:flex-[1_0_auto] max-sm:gap-0.5 max-sm:has-[>*+*]:basis-full">{left}</div>
        <div key={place} className="ml-auto flex items-center gap-1">
          {stop}
          <IconButton
            icon="arrowUp"
            label={say("composer.send")}
            testid="send"
            size={18}
            disabled={hindered}
            onClick={send}
            className="!bg-accent !text-on-accent enabled:hover:brightness-110"
          />
        </div>
      </div>
    </DropPlace>
  );
}

/** Why what is there cannot be sent, where it is not plain to see. */
function Hindrance({ text, limit, attaching }: { text: string; limit: number; attaching: Attaching }) {
  if (text.length > limit) {
    return <p role="alert" className="px-4 pb-1 text-xs text-bad">{say("composer.too-long", { length: text.length, limit })}</p>;
  }
  const { files, hindrance } = attaching;
  if (!files.length || hindrance === "under-way" || (text.trim() && !hindrance)) return null;
  const why = say(hindrance ? "attach.has-failed" : "attach.needs-words");
  return <p role="status" className="px-4 pb-1 text-xs text-faint">{why}</p>;
}

/** The field, where its caret is, and where it is to go once a text that was put there is drawn. */
function useCaret(place: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [seen, setSeen] = useState({ place, at: 0 });
  const caret = seen.place === place ? seen.at : 0;
  const setCaret = (at: number) => { setSeen({ place, at }); };
  const [wanted, setWanted] = useState<{ at: number }>();
  useEffect(() => (isTouch() ? undefined : focusSoon(field)), [place]);
  useLayoutEffect(() => {
    if (!wanted) return;
    field.current?.focus();
    field.current?.setSelectionRange(wanted.at, wanted.at);
  }, [wanted]);
  return {
    field,
    caret,
    place: (at: number) => {
      setCaret(at);
      setWanted({ at });
    },
    onSelect: () => { setCaret(field.current?.selectionEnd ?? 0); },
  };
}

/** Once what is shown now is painted, which a focus would hold up; not where something else has taken the focus until then. */
function focusSoon(field: RefObject<HTMLElement | null>): () => void {
  const before = document.activeElement;
  const focus = () => {
    stop();
    if (document.activeElement === before || document.activeElement === document.body) field.current?.focus();
  };
  const forget = whenIdle(focus, FOCUS_BY);
  const stop = () => {
    forget();
    document.removeEventListener("keydown", focus, true);
  };
  document.addEventListener("keydown", focus, true); // who types already types here
  return stop;
}

/** On a touch screen Enter makes a line, as people expect there. */
function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}
