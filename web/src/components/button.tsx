import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./icons";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:brightness-110 disabled:opacity-45",
  plain: "border border-line bg-raised text-text hover:bg-panel disabled:opacity-45",
  quiet: "text-dim hover:bg-bubble hover:text-text disabled:opacity-40",
  danger: "border border-line bg-raised text-bad hover:bg-bad-soft disabled:opacity-45",
};

type Attributes = ButtonHTMLAttributes<HTMLButtonElement> & { testid?: string };

export function Button({ look = "plain", icon, testid, children, className = "", ...rest }: Attributes & {
  look?: keyof typeof LOOKS;
  icon?: IconName;
}) {
  return (
    <button
      type="button"
      data-testid={testid}
      className={`target inline-flex h-8 items-center justify-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium whitespace-nowrap ${LOOKS[look]} ${className}`}
      {...rest}
    >
      {icon && <Icon name={icon} size={15} />}
      {children}
    </button>
  );
}

/** A button that is only an icon; `label` is what it is called. */
export function IconButton({ icon, label, size = 16, testid, filled, className = "", ...rest }: Attributes & {
  icon: IconName;
  label: string;
  size?: number;
  filled?: boolean;
}) {
  return (
    <button
      type="button"
      data-testid={testid}
      aria-label={label}
      title={label}
      className={`target inline-flex size-8 shrink-0 items-center justify-center rounded-lg ${LOOKS.quiet} ${className}`}
      {...rest}
    >
      <Icon name={icon} size={size} filled={filled} />
    </button>
  );
}
