import type { KeyboardEvent } from "react";
import type { Option } from "../protocol";
import { Button } from "./button";

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
  const far = option.rule ?? option.scope;
  return (
    <Button
      look={look}
      testid={`approval-option-${option.kind ?? "answer"}`}
      data-option={option.id}
      aria-keyshortcuts={hint === undefined ? undefined : `${hint}`}
      className="!h-auto min-h-8 max-w-full !whitespace-normal"
      onClick={onChoose}
    >
      <span className="min-w-0 py-1 text-left leading-tight">
        {option.label}
        {far && <Scope option={option} />}
      </span>
      {hint !== undefined && (
        <kbd aria-hidden="true" className="rounded border border-current px-1 font-mono text-[0.6875rem] leading-4 pointer-coarse:hidden max-sm:hidden">
          {hint}
        </kbd>
      )}
    </Button>
  );
}

/** What is allowed from now on, and where: "`Bash(npm test:*)` in this project". */
export function Scope({ option }: { option: Option }) {
  return (
    <span data-testid="option-scope" className="mt-0.5 block text-xs font-normal text-dim wrap-anywhere">
      {option.rule && <code className="rounded bg-bubble px-1 py-px font-mono text-[0.6875rem] text-text">{option.rule}</code>} {option.scope}
    </span>
  );
}

/** A word to the agent that goes with a refusal; Enter refuses. */
export function ReasonField({ label, value, onChange, onEnter }: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  onEnter: () => void;
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || !value.trim()) return;
    event.preventDefault();
    onEnter();
  };
  return (
    <textarea
      data-testid="approval-reason"
      rows={1}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => { onChange(event.target.value); }}
      onKeyDown={onKeyDown}
      className="target field-sizing-content max-h-32 min-h-8 min-w-0 flex-1 basis-56 resize-none rounded-lg border border-line bg-ground px-2.5 py-1 text-[0.8125rem] leading-5.5"
    />
  );
}
