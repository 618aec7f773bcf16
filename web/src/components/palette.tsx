import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { findSessions } from "../api";
import { commands, fitting, type Command } from "../commands";
import { keyName } from "../keys";
import type { SessionRow } from "../protocol";
import { go } from "../route";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { titleOf } from "./session-row";
import { useRequest } from "./use-request";
import { useSettled } from "./use-settled";

/** ms without a key before the server is asked. */
const PAUSE = 120;
const MOST_SESSIONS = 8;

/** Everything by its name: type, choose, Enter. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const client = useClient();
  useStore(client.lists.view, (lists) => lists); // what can be done may depend on it, and come with it
  const all = commands().filter(({ id }) => id !== "palette");
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const sessions = useSessions(typed);
  const found = [...fitting(all, typed), ...sessions];
  const at = Math.min(chosen, found.length - 1);
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) queueMicrotask(() => { before.focus(); });
    };
  }, []);
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [list, at]);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    // Once the focus is back where it was: the command may want it elsewhere.
    setTimeout(command.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setChosen((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) run(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      data-testid="palette"
      aria-label={say("command.palette")}
      onClose={onClose}
      onClick={(event) => { if (event.target === dialog.current) onClose(); }}
      className="mx-auto mt-[12dvh] max-h-[min(32rem,76dvh)] w-[calc(100%-1.5rem)] max-w-xl flex-col overflow-hidden rounded-2xl border border-line bg-raised p-0 text-text shadow-2xl backdrop:bg-black/35 open:flex"
    >
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length ? `${list}-${at}` : undefined}
        aria-autocomplete="list"
        aria-label={say("command.palette")}
        placeholder={say("command.type")}
        data-testid="palette-input"
        value={typed}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full shrink-0 border-b border-line bg-transparent px-4 text-base outline-none focus:border-accent"
      />
      <ul id={list} role="listbox" aria-label={say("command.palette")} className="min-h-0 flex-1 overflow-y-auto p-1.5 empty:hidden">
        {found.map((command, index) => (
          <li
            key={command.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            data-testid="palette-command"
            data-command={command.id}
            onPointerMove={() => { setChosen(index); }}
            onClick={() => { run(command); }}
            className="target flex cursor-pointer items-center gap-3 rounded-lg px-3 py-1.5 aria-selected:bg-accent-soft"
          >
            <span className="w-4 text-faint">{command.icon && <Icon name={command.icon} size={15} />}</span>
            <span className="min-w-0 flex-1 truncate">{command.words}</span>
            {command.key && <kbd className="font-sans text-xs text-dim">{keyName(command.key)}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p role="status" className="px-4 py-5 text-dim">{say("command.none")}</p>}
    </dialog>
  );
}

/** Sessions by title, over all projects: those that the page knows at once, the others as the server finds them. */
function useSessions(typed: string): Command[] {
  const client = useClient();
  const words = useSettled(typed.trim(), PAUSE);
  const { value } = useRequest(words, () => (words ? findSessions({}, words) : Promise.resolve({ ok: true as const, value: undefined })));
  if (!typed.trim()) return latest([...client.lists.view.get().rows.values()]).map(commandOf);
  const known = latest([...client.lists.view.get().rows.values()]).map(commandOf);
  const told = (value?.sessions ?? []).map(commandOf);
  const all = [...known, ...told].filter(({ id }, index, list) => list.findIndex((one) => one.id === id) === index);
  return fitting(all, typed).slice(0, MOST_SESSIONS);
}

function latest(rows: SessionRow[]): SessionRow[] {
  return rows.filter(({ trashed }) => !trashed).sort((one, other) => other.lastActivity - one.lastActivity).slice(0, MOST_SESSIONS);
}

function commandOf(row: SessionRow): Command {
  return { id: `session-${row.id}`, words: titleOf(row), also: row.projectName, icon: "terminal", run: () => { go(`sessions/${row.id}`); } };
}
