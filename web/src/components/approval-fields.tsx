import { useRef } from "react";
import { NOTHING, type Filled, type Filling } from "../filling";
import type { Field } from "../protocol";
import { say } from "../words";
import { ChoiceField } from "./choice-field";
import { useGrowing } from "./use-growing";

/** What is asked to be filled in: text, one of several, or some of several. */
export function ApprovalFields({ fields, title, filling, onChange }: {
  fields: Field[];
  /** What stands above: a field that asks the same does not say it again. */
  title: string;
  filling: Filling;
  onChange: (field: string, filled: Filled) => void;
}) {
  if (!fields.length) return null;
  return (
    <div className="mb-3 space-y-4">
      {fields.map((field) => {
        const said = field.label === title;
        const value = filling[field.id] ?? NOTHING;
        const set = (filled: Filled) => { onChange(field.id, filled); };
        const Asked = field.choices?.length ? ChoiceField : TextField;
        return <Asked key={field.id} field={field} said={said} value={value} onChange={set} />;
      })}
    </div>
  );
}

function TextField({ field, said, value: { words }, onChange }: { field: Field; said: boolean; value: Filled; onChange: (value: Filled) => void }) {
  const shown = useRef<HTMLTextAreaElement>(null);
  useGrowing(shown, words);
  return (
    <label className="block">
      <span className={said ? "sr-only" : "font-medium"}>{field.label}</span>
      {field.required && <span className="text-faint"> {say("approvals.needed")}</span>}
      <textarea
        ref={shown}
        rows={1}
        value={words}
        onChange={(event) => { onChange({ chosen: [], words: event.target.value }); }}
        className="mt-1 field-sizing-content block max-h-40 min-h-9 w-full resize-none rounded-lg border border-line bg-ground px-3 py-1.5"
      />
    </label>
  );
}
