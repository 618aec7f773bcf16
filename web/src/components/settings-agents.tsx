import { useStore } from "../store";
import { say } from "../words";
import { summary } from "./agents-view";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { Link } from "./link";
import { Section } from "./settings-parts";
import { usable } from "./readiness";

/** How many agents can be used, and the way to them. */
export function AgentsSummary() {
  const client = useClient();
  const { providers, looking } = useStore(client.lists.view, (lists) => lists);
  return (
    <Section title={say("settings.agents")} lead={summary(providers?.filter(usable).length ?? 0, providers?.length, looking.length)} testid="settings-agents">
      <Link to="agents" data-testid="settings-to-agents" className="target inline-flex h-8 items-center gap-1.5 rounded-lg border border-line bg-raised px-3 text-[0.8125rem] font-medium hover:bg-panel">
        <Icon name="bot" size={15} /> {say("settings.agents.go")}
      </Link>
    </Section>
  );
}
