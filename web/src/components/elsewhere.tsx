import { Store, useStore } from "../store";
import { say } from "../words";
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
        role="status"
        title={say(fork ? "elsewhere.fork" : "elsewhere")}
        actions={
          fork
            ? <Button testid="fork-leave" onClick={() => { set(false); }}>{say("elsewhere.watch")}</Button>
            : <Button look="primary" icon="fork" testid="fork" onClick={() => { set(true); }}>{say("elsewhere.continue")}</Button>
        }
      >
        {fork ? say("elsewhere.fork.long") : say("elsewhere.long", { agent: agentName(shown) })}
      </Notice>
      {fork && <Composer fork onSent={() => { set(false); }} />}
    </>
  );
}
