import { useStore } from "../store";
import { Button } from "./button";
import { useSession } from "./session-context";

/** What stands above the first row: older pages under way, or why they did not come. */
export function OlderPages({ height }: { height: number }) {
  const { feed } = useSession();
  const older = useStore(feed.view, (view) => view.older);
  return (
    <div style={{ height }} className="flex items-center justify-center gap-3 text-xs text-faint">
      {older === "loading" && <span role="status">Loading what was before …</span>}
      {older && older !== "loading" && (
        <span role="alert" data-testid="older-problem" className="flex items-center gap-3 px-4 text-bad">
          Older messages did not load. {older.message}
          <Button onClick={() => void feed.loadOlder()}>Try again</Button>
        </span>
      )}
    </div>
  );
}
