import { say } from "../words";
import { Icon } from "./icons";
import { Link } from "./link";

/** To the agent's card, where it is installed, signed in to, and given a key. */
export function AgentsLink({ agent }: { agent: string }) {
  return (
    <Link
      to={`agents/${agent}`}
      data-testid="agents-link"
      className="target inline-flex items-center gap-1.5 rounded-lg text-[0.8125rem] font-medium text-accent hover:underline"
    >
      <Icon name="bot" size={15} /> {say("agents.set-up")}
    </Link>
  );
}
