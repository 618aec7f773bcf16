import { useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import type { QueuedTurn } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { Button, IconButton } from "./button";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { once } from "./once";
import { useSession } from "./session-context";
import { useGrowing } from "./use-growing";

/** The list with the element at `from` moved to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(Math.max(0, to), 0, one);
  return next;
}

/** Prompts that wait for the turn before them: visible, to be moved, changed and removed. */
export function QueueView() {
  const client = useClient();
  const { feed } = useSession();
  const queue = useStore(feed.view, ({ state }) => state.queue);
  const held = useStore(feed.view, ({ state }) => state.queueHeld);
  const [wish, setWish] = useState<{ queue: QueuedTurn[]; shown: QueuedTurn[] }>();
  const [told, setTold] = useState("");
  const { session } = feed;
  if (!queue.length) return null;
  // What the person moved stands so at once, until the server says how it is.
  const shown = wish?.queue === queue ? wish.shown : queue;
  const show = (next: QueuedTurn[]) => { setWish({ queue, shown: next }); };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= shown.length || from === to) return;
    const next = moved(shown, from, to);
    show(next);
    setTold(say("queue.moved", { at: to + 1, n: shown.length }));
    client.send({ type: "reorder", session, turns: next.map(({ turn }) => turn) });
  };
  return (
    <section data-testid="queue" aria-label={say("queue")} className="rounded-xl border border-line bg-panel px-2 py-1.5">
      <header className="flex flex-wrap items-center gap-2 px-1.5 text-[0.8125rem] text-dim">
        <Icon name="queue" size={15} />
        <h2 className="flex-1 font-medium">{held ? say("queue.held") : say("queue.waits", { n: queue.length })}</h2>
        {held && (
          <Button look="primary" testid="resume-queue" onClick={() => { client.send({ type: "resume-queue", session }); }}>
            {say("queue.resume")}
          </Button>
        )}
      </header>
      <ol className="max-h-44 overflow-y-auto">
        {shown.map((waiting, at) => (
          <Waiting
            key={waiting.turn}
            waiting={waiting}
            at={at}
            onMove={(to) => { move(at, to); }}
            onEdit={(text) => { client.send({ type: "edit", session, turn: waiting.turn, text }); }}
            onRemove={() => { client.send({ type: "dequeue", session, turn: waiting.turn }); }}
          />
        ))}
      </ol>
      <span role="status" className="sr-only">{told}</span>
    </section>
  );
}

interface WaitingProps {
  waiting: QueuedTurn;
  at: number;
  onMove: (to: number) => void;
  onEdit: (text: string) => void;
  onRemove: () => void;
}

function Waiting({ waiting, at, onMove, onEdit, onRemove }: WaitingProps) {
  const { rewrites } = useClient();
  const { feed } = useSession();
  const { turn } = waiting;
  const text = useStore(rewrites.all, (all) => all[turn]?.text);
  const [asked, setAsked] = useState(false);
  const files = waiting.attachments?.length ?? 0;
  const drag = useDrag(at, onMove);
  if (text !== undefined) {
    return (
      <li data-testid="queued" data-turn={turn} className="py-1 pl-1.5">
        <Editor
          turn={turn}
          text={text}
          // One that was left open takes no focus from where the person is.
          focused={asked}
          onWrite={(next) => { rewrites.write(turn, next); }}
          onDone={(next) => {
            rewrites.end(turn);
            if (next !== undefined && next !== waiting.text) onEdit(next);
          }}
        />
      </li>
    );
  }
  const edit = () => {
    setAsked(true);
    rewrites.begin(feed.session, turn, waiting.text);
  };
  return (
    <li
      data-testid="queued"
      data-turn={waiting.turn}
      style={drag.by ? { transform: `translateY(${drag.by}px)` } : undefined}
      className={`flex items-center gap-0.5 rounded-lg ${drag.by === undefined ? "" : "relative z-10 bg-raised shadow-md"}`}
    >
      <button
        type="button"
        data-testid="queue-grip"
        aria-label={say("queue.drag")}
        title={say("queue.drag")}
        {...drag.handle}
        className="flex size-8 shrink-0 cursor-grab touch-none items-center justify-center rounded-lg text-faint hover:bg-bubble active:cursor-grabbing max-sm:hidden"
      >
        <Icon name="grip" size={15} />
      </button>
      <span className="min-w-0 flex-1 truncate max-sm:pl-1.5" title={waiting.text}>{waiting.text}</span>
      {files > 0 && <span className="flex shrink-0 items-center gap-0.5 text-xs text-faint"><Icon name="attach" size={12} />{files}</span>}
      <IconButton icon="arrowUp" label={say("queue.up")} size={14} testid="queue-up" disabled={at === 0} onClick={() => { onMove(at - 1); }} />
      <IconButton icon="edit" label={say("queue.edit")} size={14} testid="queue-edit" onClick={edit} />
      <IconButton icon="close" label={say("queue.remove")} size={14} testid="dequeue" onClick={once(onRemove)} />
    </li>
  );
}

/** A handle that moves its row by the pointer, and by the arrow keys. */
function useDrag(at: number, onMove: (to: number) => void) {
  const [by, setBy] = useState<number>();
  const from = useRef<{ y: number; height: number }>(undefined);
  const end = () => {
    from.current = undefined;
    setBy(undefined);
  };
  const handle = {
    onPointerDown: (event: PointerEvent<HTMLButtonElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { y: event.clientY, height: event.currentTarget.closest("li")?.offsetHeight || 1 };
      setBy(0);
    },
    onPointerMove: (event: PointerEvent) => {
      if (from.current) setBy(event.clientY - from.current.y);
    },
    onPointerUp: (event: PointerEvent) => {
      const steps = from.current ? Math.round((event.clientY - from.current.y) / from.current.height) : 0;
      const last = (event.currentTarget.closest("ol")?.childElementCount ?? 1) - 1;
      end();
      if (steps) onMove(Math.min(last, Math.max(0, at + steps)));
    },
    onPointerCancel: end,
    onKeyDown: (event: KeyboardEvent) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      onMove(at + step);
    },
  };
  return { by, handle };
}

interface EditorProps {
  turn: string;
  text: string;
  focused: boolean;
  onWrite: (text: string) => void;
  onDone: (text?: string) => void;
}

/** A waiting prompt's words, to be changed: Enter keeps them, Escape leaves them. */
function Editor({ turn, text, focused, onWrite, onDone }: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, text);
  useFollowedWords(turn, field);
  const keep = () => { onDone(text.trim() ? text : undefined); };
  return (
    <div className="flex flex-wrap items-end gap-2">
      <textarea
        ref={field}
        autoFocus={focused}
        data-testid="queue-text"
        aria-label={say("queue.text")}
        rows={1}
        value={text}
        onChange={(event) => { onWrite(event.target.value); }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault(); // it stops nothing
            onDone();
          } else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            keep();
          }
        }}
        className="field-sizing-content max-h-32 min-h-9 min-w-0 flex-1 basis-60 resize-none rounded-lg border border-line bg-raised px-2.5 py-1.5 max-sm:text-base"
      />
      <Button look="quiet" onClick={() => { onDone(); }}>{say("queue.leave")}</Button>
      <Button look="primary" testid="queue-save" disabled={!text.trim()} onClick={keep}>{say("queue.save")}</Button>
    </div>
  );
}

/**
 * When the turn leaves the queue while it is being written to, the words are in the composer, and so is the focus: what
 * is typed on would be taken for keys of the page.
 */
function useFollowedWords(turn: string, field: RefObject<HTMLElement | null>): void {
  const { view } = useSession().feed;
  useLayoutEffect(() => {
    const own = field.current;
    return () => {
      const waits = view.get().state.queue.some((waiting) => waiting.turn === turn);
      if (!waits && own === document.activeElement) document.querySelector<HTMLElement>('[data-testid="composer"]')?.focus();
    };
  }, [turn, field, view]);
}
