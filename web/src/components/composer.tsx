import { changeSession, fetchPrompts } from "../api";
import type { Prompt } from "../protocol";
import { Store, useStore } from "../store";
import { toast } from "../toasts";
import { say } from "../words";
import { AgentSettings, type Settings } from "./agent-settings";
import { useClient } from "./client-context";
import { PromptBox } from "./prompt-box";
import type { PromptHistory } from "./prompt-history";
import { StopButton } from "./prompt-stop";
import { agentName, useSession } from "./session-context";

type IfBusy = NonNullable<Prompt["ifBusy"]>;

const PLACE = "antiphon.if-busy";
const WAYS: IfBusy[] = ["reject", "queue", "steer"];

/** What becomes of a prompt while the agent works: chosen once, in this browser. */
const usualIfBusy = new Store<IfBusy>(WAYS.find((way) => way === localStorage.getItem(PLACE)) ?? "reject");

/** Where the person writes to the agent of the shown session. `fork`: what is sent goes on in a copy. */
export function Composer({ fork = false, onSent }: { fork?: boolean; onSent?: () => void }) {
  const client = useClient();
  const shown = useSession();
  const { feed, agent } = shown;
  const running = useStore(feed.view, ({ state }) => state.running);
  const lost = useStore(feed.view, ({ state }) => state.lost);
  const commands = useStore(feed.view, ({ state }) => state.commands);
  const project = useStore(client.lists.view, ({ rows }) => rows.get(feed.session)?.project);
  const steer = agent?.capabilities.steer ?? false;
  const usual = useStore(usualIfBusy, (value) => value);
  const ifBusy = usual === "steer" && !steer ? "reject" : usual;
  const send = () => {
    const how = running ? { ifBusy } : lost ? { carry: true } : {};
    client.promptDraft(feed.session, fork ? { ...how, fork } : how);
    onSent?.();
  };
  const history: PromptHistory = {
    own: () => feed.view.get().state.turns.filter(({ origin }) => origin !== "agent").map(({ text }) => text).reverse(),
    older: () => promptsOf(project),
  };
  return (
    <PromptBox
      place={feed.session}
      label={say("composer.label", { agent: agentName(shown) })}
      onSend={send}
      {...{ agent, project, commands, history }}
      left={running ? <IfBusyChoice value={ifBusy} onChange={choose} steer={steer} /> : <SessionSettings />}
      stop={running && <StopButton turn={running} onStop={() => { client.send({ type: "cancel", session: feed.session, turn: running }); }} />}
    />
  );
}

function choose(way: IfBusy): void {
  usualIfBusy.set(way);
  localStorage.setItem(PLACE, way);
}

/** What was asked in the project, the latest first. */
export async function promptsOf(project?: string): Promise<readonly string[]> {
  const answer = project ? await fetchPrompts(project) : undefined;
  return answer?.ok ? answer.value.prompts.map(({ text }) => text) : [];
}

/** Mode, model and effort of the shown session. */
function SessionSettings() {
  const client = useClient();
  const { feed, agent } = useSession();
  const row = useStore(client.lists.view, ({ rows }) => rows.get(feed.session));
  const { mode, model, effort, modes, models, efforts } = useStore(feed.view, ({ state }) => state);
  const change = async (settings: Settings) => {
    const answer = await changeSession(feed.session, settings);
    if (answer.ok) client.lists.put(answer.value);
    else toast(answer.problem.message);
  };
  const value = {
    mode: mode ?? row?.mode ?? undefined,
    model: model ?? row?.model ?? undefined,
    effort: effort ?? row?.effort ?? undefined,
  };
  return <AgentSettings of={feed.session} {...{ agent, modes, models, efforts }} value={value} onChange={(settings) => void change(settings)} />;
}

function IfBusyChoice({ value, onChange, steer }: { value: IfBusy; onChange: (value: IfBusy) => void; steer: boolean }) {
  return (
    <label className="flex items-center gap-1.5 text-xs text-dim">
      <span className="max-sm:sr-only">{say("composer.if-busy")}</span>
      <select
        data-testid="if-busy"
        value={value}
        onChange={(event) => {
          onChange(event.target.value as IfBusy);
        }}
        className="target h-8 rounded-lg field-sizing-content border border-line bg-raised pl-2 text-text"
      >
        <option value="reject">{say("composer.if-busy.reject")}</option>
        <option value="queue">{say("composer.if-busy.queue")}</option>
        {steer && <option value="steer">{say("composer.if-busy.steer")}</option>}
      </select>
    </label>
  );
}
