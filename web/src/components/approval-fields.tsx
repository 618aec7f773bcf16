import type { Field } from "../protocol";

export type FieldValues = Record<string, string | string[]>;

interface FieldsProps {
  fields: Field[];
  values: FieldValues;
  onChange: (values: FieldValues) => void;
}

/** A field, and the free text that stands for "none of these" where the agent asks for it. */
interface Asked {
  field: Field;
  other?: Field;
}

/** Joins a field with choices and the free text "Other" that follows it. */
function asked(fields: Field[]): Asked[] {
  const joined: Asked[] = [];
  for (const field of fields) {
    const last = joined.at(-1);
    if (last && isOther(field, last)) last.other = field;
    else joined.push({ field });
  }
  return joined;
}

function isOther(field: Field, { field: choice, other }: Asked): boolean {
  return !other && !field.choices?.length && Boolean(choice.choices?.length) && /^other\b/i.test(field.label);
}

/** Whether something needed is not filled in yet. */
export function missingIn(fields: Field[], values: FieldValues): boolean {
  return asked(fields).some(
    ({ field, other }) => field.required && !values[field.id]?.length && !(other && values[other.id]?.length),
  );
}

/** What a question asks to be filled in: text, one of several, or some of several. */
export function ApprovalFields({ fields, values, onChange }: FieldsProps) {
  if (!fields.length) return null;
  return (
    <div className="mb-3 space-y-4">
      {asked(fields).map(({ field, other }) => {
        const set = (change: FieldValues) => { onChange({ ...values, ...change }); };
        if (field.choices?.length) return <ChoiceField key={field.id} field={field} other={other} values={values} onSet={set} />;
        return <TextField key={field.id} field={field} value={values[field.id]} onSet={set} />;
      })}
    </div>
  );
}

function TextField({ field, value, onSet }: { field: Field; value?: string | string[]; onSet: (change: FieldValues) => void }) {
  return (
    <label className="block">
      <span className="font-medium">{field.label}</span>
      <Needed field={field} />
      <textarea
        rows={1}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => { onSet({ [field.id]: event.target.value }); }}
        className="mt-1 field-sizing-content block max-h-40 min-h-9 w-full resize-none rounded-lg border border-line bg-ground px-3 py-1.5"
      />
    </label>
  );
}

/** Characters up to which choices stand beside each other. */
const SHORT = 18;

function ChoiceField({ field, other, values, onSet }: {
  field: Field;
  other?: Field;
  values: FieldValues;
  onSet: (change: FieldValues) => void;
}) {
  const choices = field.choices ?? [];
  const value = values[field.id];
  const chosen = Array.isArray(value) ? value : value ? [value] : [];
  const own = other ? values[other.id] : undefined;
  const choose = (choice: string) => {
    if (!field.multiple) onSet({ [field.id]: choice, ...(other && { [other.id]: "" }) });
    else onSet({ [field.id]: chosen.includes(choice) ? chosen.filter((one) => one !== choice) : [...chosen, choice] });
  };
  const write = (text: string) => {
    if (other) onSet({ [other.id]: text, ...(!field.multiple && text && { [field.id]: "" }) });
  };
  const beside = !other && choices.every((choice) => choice.length <= SHORT);
  return (
    <fieldset>
      <legend className="mb-1 font-medium">
        {field.label}
        <Needed field={field} />
        {field.multiple && <span className="font-normal text-faint"> (several possible)</span>}
      </legend>
      <div className={beside ? "flex flex-wrap gap-x-5 gap-y-1" : "grid gap-1"}>
        {choices.map((choice) => (
          <Choice key={choice} field={field} choice={choice} on={chosen.includes(choice)} onChoose={() => { choose(choice); }} />
        ))}
        {other && (
          <input
            aria-label={`${other.label}: ${field.label}`}
            placeholder={other.label}
            value={typeof own === "string" ? own : ""}
            onChange={(event) => { write(event.target.value); }}
            className="target h-9 w-full rounded-lg border border-line bg-ground px-3"
          />
        )}
      </div>
    </fieldset>
  );
}

function Choice({ field, choice, on, onChoose }: { field: Field; choice: string; on: boolean; onChoose: () => void }) {
  return (
    <label className="target flex items-start gap-2.5 rounded-lg py-1 pr-2 wrap-anywhere">
      <input
        type={field.multiple ? "checkbox" : "radio"}
        name={field.id}
        checked={on}
        onChange={onChoose}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      {choice}
    </label>
  );
}

function Needed({ field }: { field: Field }) {
  return field.required ? <span className="font-normal text-faint"> (needed)</span> : null;
}
