import { useRef } from "react";
import type { Field } from "../protocol";
import { say } from "../words";
import { ChoiceField, type FieldValue } from "./choice-field";
import { useGrowing } from "./use-growing";

export type FieldValues = Record<string, FieldValue>;

/** Whether something needed is not filled in yet. */
export function missingIn(fields: Field[], values: FieldValues): boolean {
  return fields.some((field) => field.required && !values[field.id]?.length);
}

/** What is asked to be filled in: text, one of several, or some of several. */
export function ApprovalFields({ fields, title, values, onChange }: {
  fields: Field[];
  /** What stands above: a field that asks the same does not say it again. */
  title: string;
  values: FieldValues;
  onChange: (values: FieldValues) => void;
}) {
  if (!fields.length) return null;
  return (
    <div className="mb-3 space-y-4">
      {fields.map((field) => {
        const said = field.label === title;
        const set = (value: FieldValue) => { onChange({ ...values, [field.id]: value }); };
        if (field.choices?.length) return <ChoiceField key={field.id} field={field} said={said} onChange={set} />;
        return <TextField key={field.id} field={field} said={said} value={values[field.id]} onChange={set} />;
      })}
    </div>
  );
}

function TextField({ field, said, value, onChange }: { field: Field; said: boolean; value?: FieldValue; onChange: (value: string) => void }) {
  const text = typeof value === "string" ? value : "";
  const shown = useRef<HTMLTextAreaElement>(null);
  useGrowing(shown, text);
  return (
    <label className="block">
      <span className={said ? "sr-only" : "font-medium"}>{field.label}</span>
      {field.required && <span className="text-faint"> {say("approvals.needed")}</span>}
      <textarea
        ref={shown}
        rows={1}
        value={text}
        onChange={(event) => { onChange(event.target.value); }}
        className="mt-1 field-sizing-content block max-h-40 min-h-9 w-full resize-none rounded-lg border border-line bg-ground px-3 py-1.5"
      />
    </label>
  );
}
