import type { ReactNode } from "react";
import type { Action, Failure } from "../protocol";
import { useStore } from "../store";
import { language, say } from "../words";
import { AgentsLink } from "./agents-link";
import { Button } from "./button";
import { useClient } from "./client-context";
import { CopyButton } from "./copy-button";
import { keyPath } from "./failure-actions";
import { Folded } from "./folded";
import { Icon } from "./icons";
import { go } from "../route";
import { SignInButton } from "./sign-in-button";

/** Actions that have a button of their own, which says the same. */
const ON_BUTTONS = new Set<Action["kind"]>(["retry", "carry-over"]);

/** A limit's end, too, is told beside its button. */
function saidByButtons({ kind, until }: Action): boolean {
  return ON_BUTTONS.has(kind) || (kind === "wait" && Boolean(until));
}

/** Actions that are done where the agents are. */
const ON_AGENTS = new Set<Action["kind"]>(["sign-in", "install", "add-key"]);

/** What went wrong, where, and what to do about it. `actions`: what can be done with the turn. */
export function FailureCard({ failure, actions }: { failure: Failure; actions?: ReactNode }) {
  const { action, code, message, detail } = failure;
  // The server's sentence is English, and better than a heading for who reads it.
  const english = language.get() === "en";
  return (
    <section
      data-testid="failure"
      data-code={code}
      data-type={failure.type}
      aria-label={english ? message : say(`failure.${code}`)}
      className="rounded-xl border border-bad/30 bg-bad-soft px-3.5 py-3"
    >
      <div className="flex gap-2.5">
        <span className="mt-px text-bad">
          <Icon name="alert" size={17} />
        </span>
        <div className="min-w-0 flex-1 wrap-anywhere">
          {!english && <p className="font-medium">{say(`failure.${code}`)}</p>}
          <p lang="en" className={english ? "font-medium" : "mt-0.5"}>{message}</p>
          <p className="mt-0.5 font-mono text-xs text-dim">
            {failure.type} · {code}
          </p>
          {action && !(actions && saidByButtons(action)) && (
            <p className="mt-2">
              <ActionWords provider={failure.provider} action={action} />
            </p>
          )}
          {action?.command && <CommandLine command={action.command} />}
          <div className="mt-2.5 flex flex-wrap items-center gap-x-3 gap-y-2 empty:hidden">
            {action && <ActionButtons provider={failure.provider} action={action} />}
            {actions}
          </div>
          {detail && <div className="mt-1.5"><Folded name={say("failure.details")} text={detail} className="mt-1 max-h-64 rounded-lg bg-raised px-3 py-2" /></div>}
        </div>
      </div>
    </section>
  );
}

/** The server's words for it, or in another language what kind of action it is, with those words after it. */
function ActionWords({ provider, action: { kind, label } }: { provider: string; action: Action }) {
  const client = useClient();
  const agent = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === provider)?.name ?? provider);
  if (language.get() === "en") return label;
  return <>{say(`failure.do.${kind}`, { agent })} <span lang="en" className="text-[0.8125rem] text-dim">{label}</span></>;
}

/** The places where it is done. */
function ActionButtons({ provider, action: { kind } }: { provider: string; action: Action }) {
  if (!ON_AGENTS.has(kind) && kind !== "choose-folder") return null;
  return (
    <>
      {kind === "sign-in" && <SignInButton provider={provider} />}
      {kind === "add-key" && <Button look="primary" icon="key" testid="failure-add-key" onClick={() => { go(keyPath(provider)); }}>{say("failure.add-key")}</Button>}
      {kind === "choose-folder" && <Button icon="folder" testid="failure-projects" onClick={() => { go(""); }}>{say("failure.projects")}</Button>}
      {ON_AGENTS.has(kind) && <AgentsLink agent={provider} />}
    </>
  );
}

/** A command to type elsewhere. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="mt-1.5 flex w-fit max-w-full items-center gap-1 rounded-lg border border-line bg-raised py-0.5 pr-1 pl-3">
      <code tabIndex={0} className="min-w-0 overflow-x-auto font-mono text-xs whitespace-pre">{command}</code>
      <CopyButton text={command} label={say("failure.copy")} />
    </div>
  );
}
