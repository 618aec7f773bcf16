import type { ReactNode } from "react";
import type { Problem } from "../api";
import { say } from "../words";
import { Button } from "./button";
import { Icon, type IconName } from "./icons";
import { ProblemWords } from "./server-words";

const TONES = {
  plain: "border-line bg-panel",
  warn: "border-warn/30 bg-warn-soft",
  bad: "border-bad/30 bg-bad-soft",
};
const ICON_TONES = { plain: "text-dim", warn: "text-warn", bad: "text-bad" };

/** A few words that matter, with what can be done about them. */
export function Notice({ tone = "plain", icon, title, children, actions, testid, role }: {
  tone?: keyof typeof TONES;
  icon?: IconName;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  testid?: string;
  /** A live region where it comes by itself and is not told otherwise; none in the transcript, which comes and goes as it is scrolled. */
  role?: "status" | "alert" | "group";
}) {
  return (
    <div
      data-testid={testid}
      role={role}
      className={`flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border px-3.5 py-2.5 ${TONES[tone]}`}
    >
      <div className="flex min-w-0 flex-1 basis-56 gap-2.5">
        {icon && (
          <span className={`mt-px ${ICON_TONES[tone]}`}>
            <Icon name={icon} size={17} />
          </span>
        )}
        <div className="min-w-0 wrap-anywhere">
          <div className="font-medium">{title}</div>
          {children && <div className="mt-0.5 text-dim">{children}</div>}
        </div>
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}

/** A request that failed: why, and *Try again*. */
export function ProblemNotice({ what, problem, onRetry }: { what: string; problem: Problem; onRetry?: () => void }) {
  return (
    <Notice
      tone="bad"
      icon="alert"
      role="alert"
      testid="problem"
      title={what}
      actions={onRetry && <Button onClick={onRetry}>{say("notice.try-again")}</Button>}
    >
      <ProblemWords problem={problem} />
    </Notice>
  );
}
