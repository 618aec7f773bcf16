import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";

/** How far the agents' own sessions have been looked through, while it lasts. */
export function ImportBar() {
  const client = useClient();
  const imports = useStore(client.imports, (value) => value);
  if (!imports?.running || !imports.total) return null;
  const { done, total } = imports;
  return (
    <div data-testid="import-bar" className="px-3 pb-2.5">
      <p id="import-words" className="flex justify-between gap-2 text-xs text-dim tabular-nums">
        <span className="truncate">{say("list.importing")}</span>
        <span>{say("list.importing.count", { done, total })}</span>
      </p>
      <div
        role="progressbar"
        aria-labelledby="import-words"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        className="mt-1 h-1 overflow-hidden rounded-full bg-line"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${Math.min(100, (100 * done) / total)}%` }} />
      </div>
    </div>
  );
}
