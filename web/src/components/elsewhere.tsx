import { Store, useStore } from "../store";
import { Button } from "./button";
import { Composer } from "./composer";
import { Notice } from "./notice";
import { agentName, useSession } from "./session-context";

/** Sessions whose next prompt is to go on in a copy. */
const forking = new Store<Readonly<Record<string, boolean>>>({});

/** Where to write; while another program writes to the conversation only what it writes is shown, or a copy is begun. */
export function WriteOrWatch() {
  const shown = useSession();
  const { session } = shown.feed;
  const elsewhere = useStore(shown.feed.view, ({ state }) => state.elsewhere);
  const fork = useStore(forking, (all) => all[session] ?? false);
  if (!elsewhere) return <Composer />;
  const set = (on: boolean) => { forking.patch({ [session]: on }); };
  return (
    <>
      <Notice
        tone="warn"
        icon="fork"
        testid="elsewhere"
        title={fork ? "Your prompt goes on in a copy" : "Another program writes to this conversation"}
        actions={
          fork
            ? <Button testid="fork-leave" onClick={() => { set(false); }}>Only watch</Button>
            : <Button look="primary" icon="fork" testid="fork" onClick={() => { set(true); }}>Continue as a fork</Button>
        }
      >
        {fork
          ? "The other program keeps its own conversation as it is."
          : `${agentName(shown)} is at work on it outside Antiphon. What it writes is shown here as it comes.`}
      </Notice>
      {fork && <Composer fork onSent={() => { set(false); }} />}
    </>
  );
}
