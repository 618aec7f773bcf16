import { duration, useNow } from "../clock";
import type { RetryLine } from "../protocol";
import { say } from "../words";
import { Icon } from "./icons";
import { ServerWords } from "./server-words";
import { agentName, useSession } from "./session-context";

/** The agent's model call failed and is tried again: said at once. */
export function RetryLineView({ line, open }: { line: RetryLine; open: boolean }) {
  const shown = useSession();
  const named = { agent: agentName(shown), attempt: line.attempt };
  return (
    <div data-testid="retrying" role={open ? "status" : undefined} className="flex gap-2.5 border-l-2 border-warn py-0.5 pl-3">
      <span className="mt-0.5 text-warn">
        <Icon name="retry" size={15} />
      </span>
      <div className="min-w-0 wrap-anywhere">
        <div><ServerWords text={line.message} /></div>
        <div className="text-dim">
          {line.limit ? say("retry.again.of", { ...named, limit: line.limit }) : say("retry.again", named)}
          {open && line.nextAt ? <Countdown to={line.nextAt} /> : ""}
        </div>
      </div>
    </div>
  );
}

function Countdown({ to }: { to: number }) {
  const left = to - useNow();
  return ` ${left > 0 ? say("retry.in", { time: duration(left) }) : say("retry.now")}`;
}
