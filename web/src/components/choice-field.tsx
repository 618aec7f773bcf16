import type { Filled } from "../filling";
import type { Field } from "../protocol";
import { say } from "../words";

/** Characters up to which choices stand beside each other. */
const SHORT = 18;

/** One of several, or some of several, or words of one's own. */
export function ChoiceField({ field, said, value: { chosen, words }, onChange }: {
  field: Field;
  /** The card says already what is asked. */
  said: boolean;
  value: Filled;
  onChange: (value: Filled) => void;
}) {
  const { choices = [], descriptions = [], multiple = false } = field;
  const choose = (choice: string) => {
    if (!multiple) onChange({ chosen: [choice], words: "" });
    else onChange({ chosen: chosen.includes(choice) ? chosen.filter((one) => one !== choice) : [...chosen, choice], words });
  };
  const beside = !descriptions.some(Boolean) && choices.every((choice) => choice.length <= SHORT);
  return (
    <fieldset data-testid="choices">
      <legend className={`mb-1 ${said ? "" : "font-medium"}`}>
        <span className={said ? "sr-only" : ""}>{field.label}</span>
        {hintOf(field) && <span className="font-normal text-faint"> {hintOf(field)}</span>}
      </legend>
      <div className={beside ? "flex flex-wrap gap-x-5 gap-y-0.5" : "grid gap-0.5"}>
        {choices.map((choice, at) => (
          <Choice
            key={choice}
            field={field}
            choice={choice}
            description={descriptions[at]}
            on={chosen.includes(choice)}
            onChoose={() => { choose(choice); }}
          />
        ))}
      </div>
      <input
        data-testid="own-words"
        aria-label={say("choice.else-for", { label: field.label })}
        placeholder={say("choice.else")}
        value={words}
        onChange={(event) => { onChange({ chosen: multiple ? chosen : [], words: event.target.value }); }}
        className="target mt-1 h-9 w-full rounded-lg border border-line bg-ground px-3"
      />
    </fieldset>
  );
}

function hintOf({ required, multiple }: Field): string {
  const hints = [required && say("choice.needed"), multiple && say("choice.several")].filter(Boolean);
  return hints.length ? `(${hints.join(", ")})` : "";
}

function Choice({ field, choice, description, on, onChoose }: {
  field: Field;
  choice: string;
  description?: string;
  on: boolean;
  onChoose: () => void;
}) {
  return (
    <label className="target flex items-start gap-2.5 rounded-lg py-1 pr-2 wrap-anywhere max-sm:items-center">
      <input
        type={field.multiple ? "checkbox" : "radio"}
        name={field.id}
        checked={on}
        onChange={onChoose}
        className="mt-0.5 size-4 shrink-0 accent-accent max-sm:mt-0"
      />
      <span className="min-w-0">
        {choice}
        {description && <span className="block text-[0.8125rem] text-dim">{description}</span>}
      </span>
    </label>
  );
}
