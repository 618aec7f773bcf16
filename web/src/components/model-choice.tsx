import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Icon } from "./icons";

/** Of a longer list, only so many are shown at a time: nobody reads four hundred, one types. */
const SHOWN = 60;

/** Those whose name holds every word that is typed; those that begin with the first word, or whose part after the maker does, come first. */
export function matching(models: string[], text: string): string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return models;
  const found = models.filter((model) => words.every((word) => model.toLowerCase().includes(word)));
  const begins = (model: string) => model.toLowerCase().split("/").some((part) => part.startsWith(first));
  return [...found.filter(begins), ...found.filter((model) => !begins(model))];
}

interface ModelChoiceProps {
  options: string[];
  value?: string;
  words: (model: string) => string;
  onChange: (model: string) => void;
}

/** A model out of many: a button with its name, and a dialog to find another in. */
export function ModelChoice({ options, value, words, onChange }: ModelChoiceProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        data-testid="model"
        aria-label={value === undefined ? say("settings.model") : say("settings.model.is", { model: words(value) })}
        aria-haspopup="dialog"
        title={value ?? say("settings.model")}
        onClick={() => { setOpen(true); }}
        className="target h-8 max-w-48 min-w-0 truncate rounded-lg px-1.5 text-xs text-dim hover:bg-bubble"
      >
        {value === undefined ? say("settings.model") : words(value)}
      </button>
      {open && (
        <Dialog title={say("settings.model")} testid="model-dialog" onClose={() => { setOpen(false); }}>
          <ModelSearch
            options={options}
            value={value}
            words={words}
            onChange={(model) => {
              setOpen(false);
              onChange(model);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function ModelSearch({ options, value, words, onChange }: ModelChoiceProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = matching(options, text);
  const shown = found.slice(0, SHOWN);
  const chosen = shown[Math.min(at, shown.length - 1)];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || chosen === undefined) return;
    const index = shown.indexOf(chosen);
    const keys: Record<string, () => void> = {
      ArrowDown: () => { setAt((index + 1) % shown.length); },
      ArrowUp: () => { setAt((index + shown.length - 1) % shown.length); },
      Enter: () => { onChange(chosen); },
    };
    const act = keys[event.key];
    act?.();
    if (act) event.preventDefault();
  };
  return (
    <>
      <label className="flex h-9 items-center gap-2 rounded-lg border border-line px-2.5 text-dim focus-within:border-accent">
        <Icon name="search" size={14} />
        <input
          type="search"
          role="combobox"
          data-testid="model-search"
          aria-label={say("settings.model.find")}
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={chosen === undefined ? undefined : `${id}-${String(shown.indexOf(chosen))}`}
          aria-autocomplete="list"
          placeholder={say("settings.model.find-of", { n: options.length })}
          value={text}
          autoFocus
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="target min-w-0 flex-1 bg-transparent text-text outline-none max-sm:text-base"
        />
      </label>
      <ul ref={list} id={id} role="listbox" aria-label={say("settings.models")} className="mt-2 h-72 overflow-y-auto">
        {shown.map((model, index) => (
          <li
            key={model}
            id={`${id}-${String(index)}`}
            role="option"
            aria-selected={model === chosen}
            data-testid="model-option"
            onClick={() => { onChange(model); }}
            className="target flex min-h-8 cursor-pointer items-center gap-2 rounded-lg px-2.5 py-1 text-[0.8125rem] wrap-anywhere hover:bg-panel aria-selected:bg-accent-soft"
          >
            <span className="min-w-0 flex-1">{words(model)}</span>
            {model === value && <span className="shrink-0 text-xs text-dim">{say("settings.chosen")}</span>}
          </li>
        ))}
      </ul>
      <p role="status" className="mt-2 text-xs text-dim">{told(found.length, shown.length)}</p>
    </>
  );
}

function told(found: number, shown: number): string {
  if (!found) return say("settings.models.none");
  return found > shown ? say("settings.models.more", { n: found - shown }) : say("settings.models.found", { n: found });
}
