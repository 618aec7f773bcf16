import { useId, type ReactNode } from "react";

/** A part of the settings, under its heading. */
export function Section({ title, testid, lead, children }: { title: string; testid: string; lead?: ReactNode; children: ReactNode }) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} data-testid={testid} className="border-t border-line py-6 first:border-t-0">
      <h2 id={heading} className="font-semibold">{title}</h2>
      {lead && <p className="mt-0.5 text-[0.8125rem] text-dim">{lead}</p>}
      <div className="mt-3 space-y-3">{children}</div>
    </section>
  );
}

/** A list in a frame, row by row. */
export function Rows({ children, testid }: { children: ReactNode; testid?: string }) {
  return <ul data-testid={testid} className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-raised">{children}</ul>;
}

/** One of a few, side by side. */
export function Choice<T extends string>({ name, testid, options, value, onChange }: {
  name: string;
  testid: string;
  options: readonly { value: T; words: string; lang?: string }[];
  value: T;
  onChange: (value: T) => void;
}) {
  const group = useId();
  return (
    <fieldset data-testid={testid} className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
      <legend className="float-left w-full pb-1.5 sm:w-28 sm:py-1.5 text-[0.8125rem] text-dim">{name}</legend>
      <div className="inline-flex flex-wrap gap-0.5 rounded-xl border border-line bg-panel p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            lang={option.lang}
            className="target relative flex cursor-pointer items-center justify-center rounded-[0.625rem] border border-transparent px-3 py-1 text-[0.8125rem] text-dim hover:text-text has-checked:border-line has-checked:bg-raised has-checked:font-medium has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={group}
              value={option.value}
              checked={option.value === value}
              onChange={() => { onChange(option.value); }}
              className="sr-only"
            />
            {option.words}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
