import { useStore } from "../store";
import { IconButton } from "./button";
import { Notice } from "./notice";
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
      title="Your prompt was not taken; its text is below"
      actions={
        <IconButton
          icon="close"
          label="Dismiss"
          onClick={() => {
            feed.view.patch({ rejected: undefined });
          }}
        />
      }
    >
      {rejected.message}
    </Notice>
  );
}
