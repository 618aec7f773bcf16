import { useRef, type KeyboardEvent } from "react";
import type { Option } from "../protocol";
import { Button } from "./button";
import { once } from "./once";
import { useGrowing } from "./use-growing";

export function isRefusal(option: Option): boolean {
  return option.kind?.startsWith("reject") ?? false;
}

/** One way to answer: how far it goes stands in it, and the key that chooses it. */
export function OptionButton({ option, first, hint, onChoose }: {
  option: Option;
  first: boolean;
  hint?: number;
  onChoose: () => void;
}) {
  const look = isRefusal(option) ? "danger" : first && option.kind !== "allow-always" ? "primary" : "plain";
  return (
    <Button
      look={look}
      testid={`approval-option-${option.kind ?? "answer"}`}
      data-option={option.id}
      aria-keyshortcuts={hint === undefined ? undefined : `${hint}`}
      className="!h-auto min-h-8 max-w-full !whitespace-normal"
      onClick={once(onChoose)}
    >
      <span className="min-w-0 py-1 text-left leading-tight">
        <OptionLabel option={option} />
      </span>
      {hint !== undefined && (
        <kbd aria-hidden="true" className="rounded border border-current px-1 font-mono text-[0.6875rem] leading-4 pointer-coarse:hidden max-sm:hidden">
          {hint}
        </kbd>
      )}
    </Button>
  );
}

/** The label with its rule as code, and how far it goes: "Always allow `Bash(npm test:*)` / in this project". */
export function OptionLabel({ option }: { option: Pick<Option, "label" | "rule" | "scope"> }) {
  const rules = option.rule?.split("\n") ?? [];
  const named = rules.join(", ");
  const [before = "", after] = named ? option.label.split(named, 2) : [option.label];
  return (
    <>
      {before}
      {rules.map((rule) => (
        <code key={rule} className="rounded bg-bubble px-1 py-px font-mono text-xs font-normal wrap-anywhere text-text">{rule}</code>
      ))}
      {after}
      {option.scope && <span data-testid="option-scope" className="mt-0.5 block text-xs font-normal opacity-80">{option.scope}</span>}
    </>
  );
}

/** A word to the agent that goes with a refusal; Enter refuses. */
export function ReasonField({ label, value, onChange, onEnter }: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  onEnter: () => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, value);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (value.trim()) onEnter();
  };
  return (
    <textarea
      ref={field}
      data-testid="approval-reason"
      rows={1}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => { onChange(event.target.value); }}
      onKeyDown={onKeyDown}
      className="target field-sizing-content max-h-32 min-h-8 min-w-0 flex-1 basis-full resize-none sm:basis-56 rounded-lg border border-line bg-ground px-2.5 py-1 text-[0.8125rem] leading-5.5 max-sm:py-2.5 max-sm:text-base"
    />
  );
}
