import type { Pending } from "../outbox";
import { pendingOf } from "../client";
import { useStore } from "../store";
import { ApprovalView } from "./approval";
import { BackgroundTasks } from "./background-tasks";
import { BusyNotice } from "./busy-notice";
import { useClient } from "./client-context";
import { ConsentAsked } from "./consent-dialog";
import { WriteOrWatch } from "./elsewhere";
import { FirstPrompt } from "./first-prompt";
import { LostNotice } from "./lost-notice";
import { Notice } from "./notice";
import { UnsentCommand } from "./pending";
import { QueueView } from "./queue";
import { RejectedNotice } from "./rejected-notice";
import { entryOf } from "../rows";
import { useSession } from "./session-context";

/** Below the transcript: what wants the person's word, then the composer. */
export function Dock() {
  return (
    <div className="mx-auto w-full max-w-3xl space-y-2 px-4 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6">
      <StorageFull />
      <FarApprovals />
      <StaleCommands />
      <BackgroundTasks />
      <QueueView />
      <BusyNotice />
      <RejectedNotice />
      <ConsentAsked />
      <LostNotice />
      <FirstPrompt />
      <WriteOrWatch />
    </div>
  );
}

function StorageFull() {
  const client = useClient();
  const notice = useStore(client.notices, ({ storageFull }) => storageFull);
  if (!notice) return null;
  return (
    <Notice tone="bad" icon="alert" role="alert" testid="storage-full" title="The server's storage is full">
      {notice.message}
    </Notice>
  );
}

/** Approvals that wait, but whose place in the transcript is not loaded. */
function FarApprovals() {
  const { feed } = useSession();
  const state = useStore(feed.view, (view) => view.state);
  const far = state.approvals.filter(({ turn, approval }) => !turn || !entryOf(state, { turn, entry: approval, at: -1 }));
  return far.map((request) => <ApprovalView key={request.approval} card={{ kind: "approval", request }} />);
}

const WORDS: Partial<Record<Pending["command"]["type"], string>> = {
  cancel: "Stop",
  wait: "Wait",
  dequeue: "Removing a prompt from the queue",
  reorder: "The queue's new order",
  edit: "A waiting prompt's new words",
  "resume-queue": "Resuming the queue",
  "stop-task": "Stopping a background task",
};

/** Old commands without a place of their own, which ask before they are sent. */
function StaleCommands() {
  const client = useClient();
  const { feed } = useSession();
  const pending = useStore(client.outbox.pending, (all) => all);
  return pendingOf(pending, feed.session)
    .filter(({ ask, command }) => ask && WORDS[command.type])
    .map((one) => <UnsentCommand key={one.command.id} pending={one} what={WORDS[one.command.type] ?? ""} />);
}
