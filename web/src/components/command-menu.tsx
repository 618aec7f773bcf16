import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { AgentCommand } from "../protocol";

/** The commands that fit what is typed: those that begin so first. Nothing once a space follows the word. */
export function fitting(commands: AgentCommand[], text: string): AgentCommand[] {
  const typed = /^\/(\S*)$/.exec(text)?.[1]?.toLowerCase();
  if (typed === undefined) return [];
  const begins = commands.filter(({ name }) => name.toLowerCase().startsWith(typed));
  const holds = commands.filter((command) => !begins.includes(command) && command.name.toLowerCase().includes(typed));
  return [...begins, ...holds];
}

interface CommandMenu {
  menu: ReactNode;
  /** True: the key was the menu's. */
  onKeyDown: (event: KeyboardEvent) => boolean;
  /** For the text field. */
  aria: Record<string, string | boolean | undefined>;
}

/** The agent's slash commands over the composer, while one is being typed. */
export function useCommandMenu(commands: AgentCommand[], text: string, pick: (text: string) => void): CommandMenu {
  const id = useId();
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState("");
  const found = text === dismissed ? [] : fitting(commands, text);
  const chosen = found[Math.min(at, found.length - 1)];
  if (!chosen) return { menu: null, onKeyDown: () => false, aria: {} };
  const take = (command: AgentCommand) => {
    pick(`/${command.name} `);
    setAt(0);
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (event.nativeEvent.isComposing) return false;
    const index = found.indexOf(chosen);
    const keys: Record<string, () => void> = {
      ArrowDown: () => { setAt((index + 1) % found.length); },
      ArrowUp: () => { setAt((index + found.length - 1) % found.length); },
      Tab: () => { take(chosen); },
      Escape: () => { setDismissed(text); },
    };
    // Enter sends what is whole already; the beginning of a name becomes the name.
    if (text !== `/${chosen.name}`) keys.Enter = () => { take(chosen); };
    const act = event.shiftKey ? undefined : keys[event.key];
    act?.();
    if (act) event.preventDefault();
    return act !== undefined;
  };
  return {
    menu: <Menu id={id} commands={found} chosen={chosen} onPick={take} />,
    onKeyDown,
    aria: { "aria-expanded": true, "aria-controls": id, "aria-activedescendant": `${id}-${chosen.name}`, "aria-autocomplete": "list" },
  };
}

interface MenuProps {
  id: string;
  commands: AgentCommand[];
  chosen: AgentCommand;
  onPick: (command: AgentCommand) => void;
}

function Menu({ id, commands, chosen, onPick }: MenuProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <ul
      ref={list}
      id={id}
      role="listbox"
      aria-label="Commands"
      data-testid="commands"
      className="max-h-64 overflow-y-auto border-b border-line p-1"
    >
      {commands.map((command) => (
        <li
          key={command.name}
          id={`${id}-${command.name}`}
          role="option"
          aria-selected={command === chosen}
          data-testid="command"
          onMouseDown={(event) => {
            event.preventDefault(); // the field keeps the focus
            onPick(command);
          }}
          className="target flex min-h-8 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1 aria-selected:bg-accent-soft"
        >
          <code className="shrink-0 font-mono text-[0.8125rem]">/{command.name}</code>
          <span className="min-w-0 truncate text-xs text-dim">{command.description}</span>
        </li>
      ))}
    </ul>
  );
}
