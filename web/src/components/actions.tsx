import { useRef } from "react";
import { IconButton } from "./button";
import { Icon, type IconName } from "./icons";

/** Something to do with what is shown. */
export interface Action {
  icon: IconName;
  label: string;
  testid: string;
  run: () => void;
  disabled?: boolean;
  /** It is switched on. */
  on?: boolean;
}

export function ActionButtons({ actions }: { actions: Action[] }) {
  return actions.map(({ icon, label, testid, run, disabled, on }) => (
    <IconButton
      key={testid}
      icon={icon}
      label={label}
      testid={testid}
      disabled={disabled}
      aria-pressed={on}
      filled={on}
      className={on ? "!text-warn" : ""}
      onClick={run}
    />
  ));
}

/** The same behind one button, where there is little room. */
export function ActionMenu({ label, actions }: { label: string; actions: Action[] }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details
      ref={menu}
      data-testid="action-menu"
      className="relative"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <summary aria-label={label} className="target flex size-8 list-none items-center justify-center rounded-lg text-dim hover:bg-bubble hover:text-text">
        <Icon name="more" size={20} />
      </summary>
      <ul className="absolute top-full right-0 z-10 w-max min-w-52 rounded-xl border border-line bg-raised p-1 shadow-lg">
        {actions.map(({ icon, label: words, testid, run, disabled, on }) => (
          <li key={testid}>
            <button
              type="button"
              data-testid={testid}
              disabled={disabled}
              onClick={() => {
                close();
                run();
              }}
              className="target flex min-h-8 w-full items-center gap-3 rounded-lg px-3 text-left hover:bg-panel disabled:opacity-45"
            >
              <Icon name={icon} filled={on} />
              {words}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
