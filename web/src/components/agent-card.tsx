import type { ReactNode } from "react";
import type { ProviderInfo } from "../protocol";
import { say } from "../words";
import { AgentKey } from "./agent-key";
import { CommandLine } from "./failure-card";
import { Notice } from "./notice";
import { ReadyDot, standing, usable } from "./readiness";
import { ServerWords } from "./server-words";
import { SignInButton } from "./sign-in-button";

const FIRST_MODELS = 4;

interface AgentCardProps {
  provider: ProviderInfo;
  /** The server is looking at it: what stands here may be of before. */
  looking: boolean;
  /** Somebody came for this one. */
  wanted: boolean;
}

/** One agent: how it stands here, and what to do about what is missing. */
export function AgentCard({ provider, looking, wanted }: AgentCardProps) {
  const { readiness } = provider;
  const heading = `agent-${provider.id}`;
  return (
    <article
      data-testid="agent-card"
      data-agent={provider.id}
      data-usable={usable(provider)}
      data-looking={looking}
      aria-labelledby={heading}
      aria-busy={looking}
      className={`rounded-2xl border bg-raised px-4 py-3.5 sm:px-5 ${wanted ? "border-accent" : "border-line"}`}
    >
      <header className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <ReadyDot provider={provider} />
        <h2 id={heading} className="min-w-0 font-semibold wrap-anywhere">{provider.name}</h2>
        <span className="ml-auto flex items-center gap-2 text-xs text-dim">
          {looking && <span className="size-1.5 animate-pulse rounded-full bg-accent" />}
          {looking ? say("agent.looking") : usable(provider) ? say("agent.ready") : standing(provider)}
        </span>
      </header>
      <div className="mt-3 space-y-3 empty:hidden">
        {readiness?.warning && <Notice tone="warn" icon="alert" testid="agent-warning" title={<ServerWords text={readiness.warning} />} role="group" />}
        <Facts provider={provider} />
        <Missing provider={provider} />
        {provider.signIn && readiness?.found && (
          <div><SignInButton provider={provider.id} again={readiness.action?.kind !== "sign-in"} /></div>
        )}
        {provider.key && <AgentKey provider={provider} agentKey={provider.key} wanted={wanted} />}
      </div>
    </article>
  );
}

/** What is known of it, fact by fact. */
function Facts({ provider }: { provider: ProviderInfo }) {
  const { readiness, capabilities } = provider;
  if (!readiness?.found) return null;
  const { version, signedIn, account } = readiness;
  const models = readiness.models?.length ? readiness.models : (capabilities.models ?? []);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-[0.8125rem] empty:hidden">
      {version && <Fact name={say("agent.version")}>{version}</Fact>}
      {signedIn && !provider.key?.source && <Fact name={say("agent.signed-in")}>{say("agent.yes")}</Fact>}
      {account && usable(provider) && <Fact name={say("agent.account")}>{account}</Fact>}
      {models.length > 0 && <Fact name={say("agent.models")}><Models models={models} /></Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </>
  );
}

function Models({ models }: { models: string[] }) {
  if (models.length <= FIRST_MODELS) return models.join(", ");
  return (
    <details>
      <summary className="rounded">{models.slice(0, FIRST_MODELS).join(", ")} <span className="text-dim">{say("agent.models.more", { n: models.length - FIRST_MODELS })}</span></summary>
      <ul tabIndex={0} aria-label={say("agent.models.all")} className="mt-1 max-h-48 overflow-y-auto rounded-lg border border-line px-3 py-1.5 font-mono text-xs">
        {models.map((model) => <li key={model} className="py-0.5">{model}</li>)}
      </ul>
    </details>
  );
}

/** What is missing, and the exact command that mends it. */
function Missing({ provider }: { provider: ProviderInfo }) {
  const { readiness } = provider;
  if (!readiness) return null;
  const { message } = readiness;
  const action = readiness.action?.kind === "add-key" ? undefined : readiness.action; // that one is below
  if (!message && !action) return null;
  return (
    <div data-testid="agent-missing" className="text-[0.8125rem]">
      {message && <p className={usable(provider) ? "text-dim" : "font-medium"}><ServerWords text={message} /></p>}
      {action && <p className="mt-1 text-dim"><ServerWords text={action.label} />{action.command && ":"}</p>}
      {action?.command && <CommandLine command={action.command} />}
      {action?.kind === "install" && <p className="mt-1.5 text-faint">{say("agent.where")}</p>}
    </div>
  );
}
