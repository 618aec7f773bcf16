import type { ReactNode } from "react";
import { timeOfDay } from "../clock";
import type { Action, Failure } from "../protocol";
import { AgentsLink } from "./agents-link";
import { CopyButton } from "./copy-button";
import { Folded } from "./folded";
import { Icon } from "./icons";
import { SignInButton } from "./sign-in-button";

/** Actions that have a button of their own, which says the same. */
const ON_BUTTONS = new Set<Action["kind"]>(["retry", "carry-over"]);

/** Actions that are done where the agents are. */
const ON_AGENTS = new Set<Action["kind"]>(["sign-in", "install", "add-key"]);

/** What went wrong, where, and what to do about it. */
export function FailureCard({ failure, actions }: { failure: Failure; actions?: ReactNode }) {
  const { action } = failure;
  return (
    <section
      data-testid="failure"
      data-code={failure.code}
      data-type={failure.type}
      role="alert"
      className="rounded-xl border border-bad/30 bg-bad-soft px-3.5 py-3"
    >
      <div className="flex gap-2.5">
        <span className="mt-px text-bad">
          <Icon name="alert" size={17} />
        </span>
        <div className="min-w-0 flex-1 wrap-anywhere">
          <p className="font-medium">{failure.message}</p>
          <p className="mt-0.5 font-mono text-xs text-dim">
            {failure.type} · {failure.code}
          </p>
          {action && !(actions && ON_BUTTONS.has(action.kind)) && (
            <p className="mt-2">
              {action.label}
              {action.until ? ` (from ${timeOfDay(action.until)})` : ""}
            </p>
          )}
          {action?.command && <CommandLine command={action.command} />}
          {action && ON_AGENTS.has(action.kind) && (
            <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
              {action.kind === "sign-in" && <SignInButton provider={failure.provider} />}
              <AgentsLink agent={failure.provider} />
            </div>
          )}
          {failure.detail && <div className="mt-1.5"><Folded name="Details" text={failure.detail} className="mt-1 max-h-64 rounded-lg bg-raised px-3 py-2" /></div>}
        </div>
      </div>
      {actions && <div className="mt-3 flex flex-wrap gap-2 pl-7">{actions}</div>}
    </section>
  );
}

/** A command to type elsewhere. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="mt-1.5 flex w-fit max-w-full items-center gap-1 rounded-lg border border-line bg-raised py-0.5 pr-1 pl-3">
      <code className="min-w-0 overflow-x-auto font-mono text-xs whitespace-pre">{command}</code>
      <CopyButton text={command} label="Copy command" />
    </div>
  );
}
