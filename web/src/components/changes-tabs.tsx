import { changedFiles } from "../changes";
import { go, placeOf, route, type SessionTab } from "../route";
import { useStore } from "../store";
import { say } from "../words";
import { Link } from "./link";
import { useCommands } from "./use-commands";

const TABS: SessionTab[] = ["conversation", "changes", "files"];
const ICONS = { conversation: "list", changes: "fork", files: "file" } as const;
const NAMES = {
  conversation: "changes.tab.conversation",
  changes: "changes.tab.changes",
  files: "changes.tab.files",
} as const;

/** The three sides of a session: what was said, what changed, what is there. */
export function SessionTabs({ session, project }: { session: string; project?: string }) {
  const here = useStore(route, (value) => value);
  const count = useStore(changedFiles, (counts) => (project ? counts[project] : undefined));
  const shown = here.view === "session" ? here.tab : "conversation";
  useCommands(() =>
    TABS.filter((tab) => tab !== shown).map((tab) => ({
      id: `go-${tab}`,
      words: say(NAMES[tab]),
      icon: ICONS[tab],
      also: tab === "changes" ? "changes diff git" : tab,
      run: () => { go(placeOf(session, tab)); },
    })),
  );
  return (
    <nav aria-label={say("changes.tabs")} className="flex gap-1 max-md:w-full max-md:pb-1">
      {TABS.map((tab) => (
        <Link
          key={tab}
          to={placeOf(session, tab)}
          data-testid={`tab-${tab}`}
          aria-current={tab === shown ? "page" : undefined}
          className="target inline-flex h-8 items-center justify-center gap-1.5 rounded-lg px-2.5 text-[0.8125rem] text-dim hover:bg-bubble hover:text-text aria-[current=page]:bg-bubble aria-[current=page]:font-medium aria-[current=page]:text-text max-md:flex-1"
        >
          {say(NAMES[tab])}
          {tab === "changes" && count ? (
            <span data-testid="changes-count" className="rounded-full bg-accent-soft px-1.5 text-xs text-accent tabular-nums">
              <span aria-hidden="true">{count}</span>
              <span className="sr-only">{say("changes.count", { n: count })}</span>
            </span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}
