import type { Field } from "../protocol";

export type FieldValues = Record<string, string | string[]>;

interface FieldsProps {
  fields: Field[];
  values: FieldValues;
  onChange: (values: FieldValues) => void;
}

/** What a question asks to be filled in: text, one of several, or some of several. */
export function ApprovalFields({ fields, values, onChange }: FieldsProps) {
  if (!fields.length) return null;
  return (
    <div className="mb-3 space-y-3">
      {fields.map((field) => (
        <OneField
          key={field.id}
          field={field}
          value={values[field.id]}
          onChange={(value) => {
            onChange({ ...values, [field.id]: value });
          }}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  field: Field;
  value?: string | string[];
  onChange: (value: string | string[]) => void;
}

function OneField({ field, value, onChange }: FieldProps) {
  const needed = field.required ? <span className="text-faint"> (needed)</span> : null;
  if (!field.choices?.length) {
    return (
      <label className="block">
        <span className="text-[0.8125rem] font-medium">{field.label}</span>
        {needed}
        <textarea
          rows={1}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => {
            onChange(event.target.value);
          }}
          className="mt-1 field-sizing-content block max-h-40 min-h-9 w-full resize-none rounded-lg border border-line bg-ground px-3 py-1.5"
        />
      </label>
    );
  }
  const chosen = Array.isArray(value) ? value : value ? [value] : [];
  const toggle = (choice: string) => {
    if (!field.multiple) onChange(choice);
    else onChange(chosen.includes(choice) ? chosen.filter((one) => one !== choice) : [...chosen, choice]);
  };
  return (
    <fieldset>
      <legend className="text-[0.8125rem] font-medium">
        {field.label}
        {needed}
      </legend>
      <div className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
        {field.choices.map((choice) => (
          <label key={choice} className="target flex items-center gap-2">
            <input
              type={field.multiple ? "checkbox" : "radio"}
              name={field.id}
              checked={chosen.includes(choice)}
              onChange={() => {
                toggle(choice);
              }}
              className="accent-accent"
            />
            {choice}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
