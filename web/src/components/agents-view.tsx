import { useEffect, useRef } from "react";
import { useStore } from "../store";
import { useTitle } from "../title";
import { say } from "../words";
import { AgentCard } from "./agent-card";
import { Button } from "./button";
import { useClient } from "./client-context";
import { ConnectionBanner } from "./connection";
import { Icon } from "./icons";
import { Notice, ProblemNotice } from "./notice";
import { PageHead } from "./page-head";
import { usable } from "./readiness";

/** All agents: what is here, who pays, and what brings the rest. `agent`: the one that somebody came for. */
export function AgentsView({ agent }: { agent?: string }) {
  const client = useClient();
  const { providers, looking, problem } = useStore(client.lists.view, (lists) => lists);
  const ready = providers?.filter(usable).length ?? 0;
  const unknown = agent && providers && !providers.some(({ id }) => id === agent);
  useEffect(() => { client.lists.visitAgents(); }, [client]);
  useTitle(say("agents.title"));
  return (
    <div className="h-dvh overflow-y-auto">
      <ConnectionBanner />
      <main className="mx-auto max-w-3xl px-4 pt-5 pb-16 sm:px-6">
        <PageHead />
        <div className="mt-8 mb-4 flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
          <div className="min-w-0">
            <h1 className="text-xl font-semibold">{say("agents.title")}</h1>
            <p role="status" data-testid="agents-summary" className="mt-0.5 text-[0.8125rem] text-dim">
              {summary(ready, providers?.length, looking.length)}
            </p>
          </div>
          <Button icon="retry" testid="agents-again" disabled={looking.length > 0} onClick={() => void client.lists.lookAtAgents(true)}>
            {say("agents.again")}
          </Button>
        </div>
        <div className="mb-4 space-y-2 empty:hidden">
          {problem && <ProblemNotice what={say("agents.problem")} problem={problem} onRetry={() => void client.lists.refresh()} />}
          {unknown && <Notice icon="question" title={say("agents.unknown", { agent })}>{say("agents.unknown.long")}</Notice>}
        </div>
        <ul className="space-y-3">
          {providers?.map((provider) => (
            <Arrived key={provider.id} here={provider.id === agent}>
              <AgentCard provider={provider} looking={looking.includes(provider.id)} wanted={provider.id === agent} />
            </Arrived>
          ))}
        </ul>
        <p className="mt-6 flex items-start gap-2 text-[0.8125rem] text-dim">
          <span className="mt-px text-faint"><Icon name="question" size={15} /></span>
          {say("agents.who")}
        </p>
      </main>
    </div>
  );
}

/** How many of them can be used here, in words. */
export function summary(ready: number, all: number | undefined, looking: number): string {
  if (all === undefined) return say("agents.looking");
  if (looking) return say("agents.looking-at", { n: looking });
  if (ready === all) return say("agents.all-ready");
  return say("agents.some-ready", { n: ready, all });
}

/** The card that somebody was sent to is in sight, and has the focus. */
function Arrived({ here, children }: { here: boolean; children: React.ReactNode }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!here) return;
    item.current?.scrollIntoView({ block: "center" });
    // A key's field within takes the focus by itself.
    if (!item.current?.contains(document.activeElement)) item.current?.focus({ preventScroll: true });
  }, [here]);
  return <li ref={item} tabIndex={here ? -1 : undefined} className="rounded-2xl">{children}</li>;
}
