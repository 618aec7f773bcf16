import { go, placeOf } from "../route";
import type { Changes } from "../protocol";
import type { Turn } from "../session";
import { Store, useStore } from "../store";
import { locale, say } from "../words";
import { numberIn } from "../words/formats";
import { IconButton } from "./button";
import { Icon } from "./icons";
import { useSession } from "./session-context";
import { useWide } from "./use-wide";

export type DiffView = "unified" | "split";

const PLACE = "antiphon.diff";
/** How lines are shown; this browser keeps it. */
export const diffView = new Store<DiffView>(localStorage.getItem(PLACE) === "split" ? "split" : "unified");

/** Turns offered. */
const TURNS = 30;
const TITLE = 60;

/** What is compared, what came of it, and how it is shown. */
export function ChangesToolbar({ turn, changes, onReload }: { turn?: string; changes?: Changes; onReload: () => void }) {
  const wide = useWide();
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5 text-[0.8125rem] sm:px-4">
      <SinceChoice turn={turn} />
      {changes && !turn && (
        <span className="flex min-w-0 items-center gap-1 text-dim">
          <Icon name="fork" size={13} />
          <span data-testid="branch" className="truncate">{changes.branch ?? say("changes.branch.none")}</span>
          {!changes.commit && <span className="text-faint">({say("changes.commit.none")})</span>}
        </span>
      )}
      <span className="flex-1" />
      {changes && changes.total > 0 && <Sum changes={changes} />}
      {wide && <ViewChoice />}
      <IconButton icon="retry" label={say("changes.again")} testid="changes-again" onClick={onReload} />
    </div>
  );
}

function Sum({ changes }: { changes: Changes }) {
  return (
    <span data-testid="changes-sum" className="flex items-center gap-2 whitespace-nowrap text-dim tabular-nums">
      {say("changes.count", { n: changes.total })}
      <span aria-hidden="true" className="text-good">+{numberIn(locale(), changes.added)}</span>
      <span aria-hidden="true" className="text-bad">−{numberIn(locale(), changes.deleted)}</span>
      <span className="sr-only">{say("changes.lines", { added: changes.added, deleted: changes.deleted })}</span>
    </span>
  );
}

function SinceChoice({ turn }: { turn?: string }) {
  const { feed } = useSession();
  const turns = useStore(feed.view, ({ state }) => state.turns);
  const offered = turns.filter(({ status }) => status !== "queued" && status !== "outside").slice(-TURNS).reverse();
  const known = !turn || offered.some(({ id }) => id === turn);
  return (
    <select
      data-testid="changes-since"
      aria-label={say("changes.since")}
      value={turn ?? ""}
      onChange={(event) => { go(placeOf(feed.session, "changes", event.target.value || undefined), true); }}
      className="target h-8 max-w-72 min-w-0 truncate rounded-lg border border-line bg-raised pl-2.5 text-text max-md:max-w-56"
    >
      <option value="">{say("changes.since.commit")}</option>
      {!known && <option value={turn}>{say("changes.since.turn", { text: "…" })}</option>}
      {offered.length > 0 && (
        <optgroup label={say("changes.since.turns")}>
          {offered.map((one) => <option key={one.id} value={one.id}>{titleOf(one)}</option>)}
        </optgroup>
      )}
    </select>
  );
}

function titleOf({ text }: Turn): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > TITLE ? `${line.slice(0, TITLE - 1)}…` : line || "…";
}

function ViewChoice() {
  const view = useStore(diffView, (value) => value);
  const choose = (next: DiffView) => {
    diffView.set(next);
    localStorage.setItem(PLACE, next);
  };
  return (
    <div role="group" aria-label={say("changes.view")} className="flex rounded-lg border border-line p-0.5">
      {(["unified", "split"] as const).map((each) => (
        <button
          key={each}
          type="button"
          data-testid={`view-${each}`}
          aria-pressed={view === each}
          onClick={() => { choose(each); }}
          className="target h-6.5 rounded-md px-2 text-xs text-dim hover:text-text aria-pressed:bg-bubble aria-pressed:text-text"
        >
          {say(`changes.${each}`)}
        </button>
      ))}
    </div>
  );
}
