import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface MenuOption {
  /** Unique among the options. */
  id: string;
  shown: ReactNode;
}

/** What a menu over the composer gives its text field. */
export interface PromptMenu {
  menu: ReactNode;
  /** True: the key was the menu's. */
  onKeyDown: (event: KeyboardEvent) => boolean;
  /** For the text field. */
  aria: Record<string, string | boolean | undefined>;
}

interface PromptMenuProps<T extends MenuOption> {
  /** Of the text field: in another one nothing is chosen or put away. */
  place: string;
  label: string;
  testid: string;
  /** Of each option. */
  optionTestid: string;
  options: T[];
  /** What was typed: Escape puts the menu away until it is something else. */
  typed: string;
  /** Enter is the field's own for this one: it is whole already. */
  whole?: (option: T) => boolean;
  onPick: (option: T) => void;
  /** Below the options. */
  foot?: ReactNode;
}

const CLOSED: PromptMenu = { menu: null, onKeyDown: () => false, aria: {} };

/** A list over the composer, moved through by the field's own keys: the field keeps the focus. */
export function usePromptMenu<T extends MenuOption>({ place, label, testid, optionTestid, options, typed, whole, onPick, foot }: PromptMenuProps<T>): PromptMenu {
  const id = useId();
  const [kept, keep] = useState({ place, at: 0, dismissed: "" });
  const { at, dismissed } = kept.place === place ? kept : { at: 0, dismissed: "" };
  const setAt = (next: number) => { keep({ place, at: next, dismissed }); };
  const setDismissed = (next: string) => { keep({ place, at, dismissed: next }); };
  const found = typed === dismissed ? [] : options;
  const chosen = found[Math.min(at, found.length - 1)];
  if (!chosen) return CLOSED;
  const take = (option: T) => {
    setAt(0);
    onPick(option);
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (event.nativeEvent.isComposing) return false;
    const index = found.indexOf(chosen);
    const keys: Record<string, () => void> = {
      ArrowDown: () => { setAt((index + 1) % found.length); },
      ArrowUp: () => { setAt((index + found.length - 1) % found.length); },
      Tab: () => { take(chosen); },
      Escape: () => { setDismissed(typed); },
    };
    if (!whole?.(chosen)) keys.Enter = () => { take(chosen); };
    const act = event.shiftKey ? undefined : keys[event.key];
    act?.();
    if (act) event.preventDefault();
    return act !== undefined;
  };
  return {
    menu: <Menu {...{ id, label, testid, optionTestid, chosen, foot }} options={found} onPick={take} />,
    onKeyDown,
    aria: { "aria-haspopup": "listbox", "aria-controls": id, "aria-activedescendant": `${id}-${chosen.id}`, "aria-autocomplete": "list" },
  };
}

interface MenuProps<T extends MenuOption> {
  id: string;
  label: string;
  testid: string;
  optionTestid: string;
  options: T[];
  chosen: T;
  onPick: (option: T) => void;
  foot?: ReactNode;
}

function Menu<T extends MenuOption>({ id, label, testid, optionTestid, options, chosen, onPick, foot }: MenuProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen.id]);
  return (
    <div className="border-b border-line">
      <ul ref={list} id={id} role="listbox" aria-label={label} data-testid={testid} className="max-h-64 overflow-y-auto p-1">
        {options.map((option) => (
          <li
            key={option.id}
            id={`${id}-${option.id}`}
            role="option"
            aria-selected={option === chosen}
            data-testid={optionTestid}
            onMouseDown={(event) => {
              event.preventDefault(); // the field keeps the focus
              onPick(option);
            }}
            className="target flex min-h-8 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1 hover:bg-panel aria-selected:bg-accent-soft"
          >
            {option.shown}
          </li>
        ))}
      </ul>
      {foot && <p className="px-3.5 pb-1.5 text-xs text-faint">{foot}</p>}
    </div>
  );
}
