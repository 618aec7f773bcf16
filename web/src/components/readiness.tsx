import { useState } from "react";
import type { ProviderInfo } from "../protocol";
import { say, sayParts } from "../words";
import { AgentsLink } from "./agents-link";
import { CommandLine } from "./failure-card";
import { Icon } from "./icons";
import { Notice } from "./notice";
import { ServerWords } from "./server-words";
import { SignInButton } from "./sign-in-button";

/** Needs nothing that might be missing. */
export const PRACTICE = "practice";

type Looked = NonNullable<ProviderInfo["readiness"]>;

export function usable({ readiness }: ProviderInfo): boolean {
  return readiness?.found === true && readiness.signedIn !== false;
}

/** Those that can be used first; the practice agent is one, which is known before it was looked at. */
export function readyFirst(providers: ProviderInfo[]): ProviderInfo[] {
  const first = (one: ProviderInfo) => usable(one) || (!one.readiness && one.id === PRACTICE);
  return [...providers.filter(first), ...providers.filter((one) => !first(one))];
}

/** The same, as it was when they came into view: once shown, none moves for what is learned about another. */
export function useReadyFirst(providers: ProviderInfo[]): ProviderInfo[] {
  const [order] = useState(() => readyFirst(providers).map(({ id }) => id));
  const place = ({ id }: ProviderInfo) => (order.includes(id) ? order.indexOf(id) : order.length);
  return providers.toSorted((one, other) => place(one) - place(other));
}

/** Whether an agent can be used, at a glance: full or hollow. */
export function ReadyDot({ provider }: { provider: ProviderInfo }) {
  return <span className={`size-2 shrink-0 rounded-full ${usable(provider) ? "bg-good" : "border border-faint"}`} />;
}

/** Why an agent cannot be used, in a word or two. */
export function standing(provider: ProviderInfo): string {
  const { readiness } = provider;
  if (!readiness) return say("agent.looking");
  if (!readiness.found) return say("agent.not-here");
  if (!usable(provider)) return say(readiness.action?.kind === "add-key" ? "agent.needs-key" : "agent.not-signed-in");
  return readiness.version ?? say("agent.ready");
}

/** Whether and how an agent can be used here: who pays, what to know beforehand, what is missing and the command that brings it. */
export function Readiness({ provider }: { provider: ProviderInfo }) {
  if (!provider.readiness) return null;
  const { account, warning } = provider.readiness;
  return (
    <div className="space-y-2 empty:hidden" data-testid="readiness" data-provider={provider.id}>
      {account && usable(provider) && (
        <p data-testid="account" className="flex items-start gap-2 text-[0.8125rem] text-dim">
          <span className="mt-px text-faint"><Icon name="card" size={15} /></span>
          <span className="min-w-0 wrap-anywhere">{sayParts("agent.paid-by").map((part) => (part === "{account}" ? <span key={part} className="text-text">{account}</span> : part))}</span>
        </p>
      )}
      {warning && <Notice tone="warn" icon="alert" testid="account-warning" title={<ServerWords text={warning} />} />}
      <Missing provider={provider} readiness={provider.readiness} />
    </div>
  );
}

function Missing({ provider, readiness }: { provider: ProviderInfo; readiness: Looked }) {
  const { message, action, found } = readiness;
  if (usable(provider)) return message ? <p className="text-[0.8125rem] text-dim"><ServerWords text={message} /></p> : null;
  const what = say(found ? "agent.is-not-signed-in" : "agent.is-not-here", { agent: provider.name });
  return (
    <div data-testid="missing" className="rounded-xl border border-line bg-panel px-3.5 py-2.5 text-[0.8125rem]">
      <p className="font-medium">{message ? <ServerWords text={message} /> : what}</p>
      {action && <p className="mt-1 text-dim"><ServerWords text={action.label} />{action.command && ":"}</p>}
      {action?.command && <CommandLine command={action.command} />}
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        {action?.kind === "sign-in" && <SignInButton provider={provider.id} />}
        <AgentsLink agent={provider.id} />
      </div>
    </div>
  );
}
