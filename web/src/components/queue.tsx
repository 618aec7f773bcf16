import type { QueuedTurn } from "../protocol";
import { useStore } from "../store";
import { Button, IconButton } from "./button";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { useSession } from "./session-context";

/** Prompts that wait for the turn before them: visible, to be moved and removed. */
export function QueueView() {
  const client = useClient();
  const { feed } = useSession();
  const queue = useStore(feed.view, ({ state }) => state.queue);
  const held = useStore(feed.view, ({ state }) => state.queueHeld);
  const { session } = feed;
  if (!queue.length) return null;
  const move = (at: number, by: number) => {
    const turns = queue.map(({ turn }) => turn);
    const [moved] = turns.splice(at, 1);
    if (moved) turns.splice(at + by, 0, moved);
    client.send({ type: "reorder", session, turns });
  };
  return (
    <section data-testid="queue" aria-label="Queue" className="rounded-xl border border-line bg-panel px-2 py-1.5">
      <header className="flex flex-wrap items-center gap-2 px-1.5 text-[0.8125rem] text-dim">
        <Icon name="queue" size={15} />
        <h2 className="flex-1 font-medium">
          {held ? "The queue is held since the server restarted" : queue.length === 1 ? "1 prompt waits" : `${queue.length} prompts wait`}
        </h2>
        {held && (
          <Button look="primary" testid="resume-queue" onClick={() => { client.send({ type: "resume-queue", session }); }}>
            Resume queue
          </Button>
        )}
      </header>
      <ol className="max-h-40 overflow-y-auto">
        {queue.map((waiting, at) => (
          <Waiting
            key={waiting.turn}
            waiting={waiting}
            first={at === 0}
            last={at === queue.length - 1}
            onMove={(by) => { move(at, by); }}
            onRemove={() => { client.send({ type: "dequeue", session, turn: waiting.turn }); }}
          />
        ))}
      </ol>
    </section>
  );
}

function Waiting({ waiting, first, last, onMove, onRemove }: {
  waiting: QueuedTurn;
  first: boolean;
  last: boolean;
  onMove: (by: number) => void;
  onRemove: () => void;
}) {
  return (
    <li data-testid="queued" data-turn={waiting.turn} className="flex items-center gap-1 pl-1.5">
      <span className="min-w-0 flex-1 truncate">{waiting.text}</span>
      <IconButton icon="arrowUp" label="Move up" size={14} disabled={first} onClick={() => { onMove(-1); }} />
      <IconButton icon="arrowDown" label="Move down" size={14} disabled={last} onClick={() => { onMove(1); }} />
      <IconButton icon="close" label="Remove from the queue" size={14} testid="dequeue" onClick={onRemove} />
    </li>
  );
}
