import { useStore } from "../store";
import { say, sayParts } from "../words";
import { Button } from "./button";
import { ProblemWords } from "./server-words";
import { useSession } from "./session-context";

/** What stands above the first row: older pages under way, or why they did not come. */
export function OlderPages({ height }: { height: number }) {
  const { feed } = useSession();
  const older = useStore(feed.view, (view) => view.older);
  return (
    <div style={{ height }} className="flex items-center justify-center gap-3 text-xs text-faint">
      {older === "loading" && <span role="status">{say("transcript.loading-older")}</span>}
      {older && older !== "loading" && (
        <span role="alert" data-testid="older-problem" className="flex items-center gap-3 px-4 text-bad">
          <span>{sayParts("transcript.older-problem").map((part) => (part === "{why}" ? <ProblemWords key={part} problem={older} /> : part))}</span>
          <Button onClick={() => void feed.loadOlder()}>{say("transcript.retry")}</Button>
        </span>
      )}
    </div>
  );
}
