import { useStore } from "../store";
import { say } from "../words";
import { IconButton } from "./button";
import { Notice } from "./notice";
import { ServerWords } from "./server-words";
import { useSession } from "./session-context";

/** Why the last prompt was not taken; its text is in the composer. */
export function RejectedNotice() {
  const { feed } = useSession();
  const rejected = useStore(feed.view, (view) => view.rejected);
  if (!rejected) return null;
  return (
    <Notice
      tone="bad"
      icon="alert"
      role="alert"
      testid="rejected"
      title={say("rejected.title")}
      actions={
        <IconButton
          icon="close"
          label={say("notice.dismiss")}
          onClick={() => {
            feed.view.patch({ rejected: undefined });
          }}
        />
      }
    >
      <ServerWords text={rejected.message} />
    </Notice>
  );
}
