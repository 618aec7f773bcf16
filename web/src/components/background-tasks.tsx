import { duration, useNow } from "../clock";
import type { BackgroundTask } from "../protocol";
import { useStore } from "../store";
import { say, type Key } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { useFold } from "./fold";
import { Icon, type IconName } from "./icons";
import { once } from "./once";
import { useSession } from "./session-context";

/** What the agent runs beside its turns: one line, and all of it with *Stop* when unfolded. */
export function BackgroundTasks() {
  const { feed } = useSession();
  const tasks = useStore(feed.view, ({ state }) => state.tasks);
  const [open, toggle] = useFold(`${feed.session}/tasks`, false);
  const [first] = tasks;
  if (!first) return null;
  return (
    <section data-testid="tasks" aria-label={say("tasks.label")} className="overflow-hidden rounded-xl border border-line bg-panel">
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        className="target flex w-full items-center gap-2.5 px-3 py-1.5 text-left text-[0.8125rem] text-dim hover:text-text"
      >
        <Icon name="layers" size={15} />
        <span className="shrink-0 font-medium">{say("tasks.count", { n: tasks.length })}</span>
        <span className="min-w-0 flex-1 truncate text-faint">{!open && first.title}</span>
        <span className={open ? "rotate-90" : ""}><Icon name="chevron" size={13} /></span>
      </button>
      {open && (
        <ul className="max-h-48 divide-y divide-line overflow-y-auto border-t border-line">
          {tasks.map((task) => <TaskRow key={task.id} task={task} />)}
        </ul>
      )}
    </section>
  );
}

const KINDS: Record<NonNullable<BackgroundTask["kind"]>, { icon: IconName; word: Key }> = {
  command: { icon: "terminal", word: "tasks.command" },
  agent: { icon: "bot", word: "tasks.agent" },
  other: { icon: "tool", word: "tasks.other" },
};

function TaskRow({ task }: { task: BackgroundTask }) {
  const client = useClient();
  const { feed } = useSession();
  const kind = KINDS[task.kind ?? "other"];
  const asked = useStore(client.outbox.pending, (all) =>
    all.some(({ command }) => command.type === "stop-task" && command.session === feed.session && command.task === task.id),
  );
  return (
    <li data-testid="task" data-task={task.id} className="flex items-center gap-2.5 px-3 py-1.5">
      <span className="text-dim"><Icon name={kind.icon} size={15} /></span>
      <span className="min-w-0 flex-1">
        <span className={`block truncate ${task.kind === "command" ? "font-mono text-xs" : "text-[0.8125rem]"}`} title={task.title}>
          {task.title}
        </span>
        <span className="block text-xs text-faint tabular-nums">
          {say(kind.word)}
          {task.startedAt ? <Since at={task.startedAt} /> : null}
        </span>
      </span>
      <Button
        look="danger"
        testid="task-stop"
        aria-label={say("tasks.stop.named", { title: task.title })}
        disabled={asked}
        onClick={once(() => { client.send({ type: "stop-task", session: feed.session, task: task.id }); })}
      >
        {say(asked ? "tasks.stopping" : "tasks.stop")}
      </Button>
    </li>
  );
}

function Since({ at }: { at: number }) {
  return ` · ${duration(useNow() - at)}`;
}
