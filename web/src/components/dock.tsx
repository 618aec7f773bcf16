import { pendingOf, type Pending } from "../outbox";
import { useStore } from "../store";
import { say, type Key } from "../words";
import { ApprovalView } from "./approval";
import { BackgroundTasks } from "./background-tasks";
import { BusyNotice } from "./busy-notice";
import { useClient } from "./client-context";
import { ConsentAsked } from "./consent-dialog";
import { WriteOrWatch } from "./elsewhere";
import { FirstPrompt } from "./first-prompt";
import { LostNotice } from "./lost-notice";
import { UnsentCommand } from "./pending";
import { QueueView } from "./queue";
import { RejectedNotice } from "./rejected-notice";
import { entryOf } from "../rows";
import { useSession } from "./session-context";

/** Below the transcript: what wants the person's word, then the composer. */
export function Dock() {
  const { feed } = useSession();
  return (
    <div className="mx-auto w-full max-w-3xl space-y-2 px-4 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6">
      <FarApprovals />
      <StaleCommands />
      <BackgroundTasks />
      <QueueView key={feed.session} />
      <BusyNotice />
      <RejectedNotice />
      <ConsentAsked />
      <LostNotice />
      <FirstPrompt />
      <WriteOrWatch />
    </div>
  );
}

/** Approvals that wait, but whose place in the transcript is not loaded. */
function FarApprovals() {
  const { feed } = useSession();
  const state = useStore(feed.view, (view) => view.state);
  const far = state.approvals.filter(({ turn, approval }) => !turn || !entryOf(state, { turn, entry: approval, at: -1 }));
  return far.map((request) => <ApprovalView key={request.approval} card={{ kind: "approval", request }} />);
}

/** Commands whose words do not stand elsewhere on the page. */
const WORDS = {
  cancel: "unsent.cancel",
  wait: "unsent.wait",
  dequeue: "unsent.dequeue",
  reorder: "unsent.reorder",
  edit: "unsent.edit",
  "resume-queue": "unsent.resume-queue",
  "stop-task": "unsent.stop-task",
} as const satisfies Partial<Record<Pending["command"]["type"], Key>>;

/** What is waiting to be sent, in words; undefined where it has a place of its own. */
function wordsOf({ command: { type } }: Pending): string | undefined {
  return type in WORDS ? say(WORDS[type as keyof typeof WORDS]) : undefined;
}

/** Old commands without a place of their own, which ask before they are sent. */
function StaleCommands() {
  const client = useClient();
  const { feed } = useSession();
  const pending = useStore(client.outbox.pending, (all) => all);
  return pendingOf(pending, feed.session)
    .filter((one) => one.ask && wordsOf(one))
    .map((one) => <UnsentCommand key={one.command.id} pending={one} what={wordsOf(one) ?? ""} />);
}
