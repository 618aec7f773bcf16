import { duration, timeOfDay, useNow } from "../clock";
import type { SessionBusy } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { useFilesHindrance } from "./attach";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Notice } from "./notice";
import { useSession } from "./session-context";

/** The session runs another turn: one notice, and the text still in the composer. */
export function BusyNotice() {
  const { feed } = useSession();
  const busy = useStore(feed.view, (view) => view.busy);
  return busy && <Busy busy={busy} />;
}

function Busy({ busy }: { busy: SessionBusy }) {
  const client = useClient();
  const { feed, agent } = useSession();
  const now = useNow();
  const text = useStore(client.drafts.texts, () => client.drafts.get(feed.session));
  const name = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === busy.provider)?.name);
  const send = (ifBusy: "queue" | "steer") => {
    client.promptDraft(feed.session, { ifBusy });
  };
  const files = useFilesHindrance(feed.session);
  const how = { disabled: !text.trim() || files !== undefined, title: files };
  return (
    <Notice
      tone="warn"
      icon="clock"
      testid="busy-notice"
      role="status"
      title={say("busy.title", { agent: name ?? busy.provider, clock: timeOfDay(busy.since), time: duration(now - busy.since) })}
      actions={
        <>
          <Button look="primary" testid="busy-queue" {...how} onClick={() => { send("queue"); }}>{say("busy.queue")}</Button>
          {agent?.capabilities.steer && (
            <Button testid="busy-steer" {...how} onClick={() => { send("steer"); }}>{say("busy.steer")}</Button>
          )}
          <Button
            look="danger"
            testid="busy-stop"
            onClick={() => { client.send({ type: "cancel", session: feed.session, turn: busy.turn }); }}
          >
            {say("busy.stop")}
          </Button>
        </>
      }
    >
      {say("busy.kept")}{busy.queued ? ` ${say("busy.queued", { n: busy.queued })}` : ""}{files && ` ${files}`}
    </Notice>
  );
}
