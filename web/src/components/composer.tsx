import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { changeSession } from "../api";
import type { AgentCommand, Prompt } from "../protocol";
import { useStore } from "../store";
import { toast } from "../toasts";
import { AgentSettings, type Settings } from "./agent-settings";
import { Button, IconButton } from "./button";
import { useClient } from "./client-context";
import { useCommandMenu } from "./command-menu";
import { agentName, useSession } from "./session-context";

type IfBusy = NonNullable<Prompt["ifBusy"]>;

/** Where the person writes to the agent of the shown session. `fork`: what is sent goes on in a copy. */
export function Composer({ fork = false, onSent }: { fork?: boolean; onSent?: () => void }) {
  const client = useClient();
  const shown = useSession();
  const { feed } = shown;
  const running = useStore(feed.view, ({ state }) => state.running);
  const lost = useStore(feed.view, ({ state }) => state.lost);
  const commands = useStore(feed.view, ({ state }) => state.commands);
  const [ifBusy, setIfBusy] = useState<IfBusy>("reject");
  const send = (text: string) => {
    const how = running ? { ifBusy } : lost ? { carry: true } : {};
    client.prompt(feed.session, text, fork ? { ...how, fork } : how);
    onSent?.();
  };
  const steer = shown.agent?.capabilities.steer ?? false;
  return (
    <PromptBox
      place={feed.session}
      label={`Message to ${agentName(shown)}`}
      onSend={send}
      commands={commands}
      left={running ? <IfBusyChoice value={ifBusy} onChange={setIfBusy} steer={steer} /> : <SessionSettings />}
      stop={
        running && (
          <Button
            look="danger"
            icon="stop"
            testid="stop"
            onClick={() => {
              client.send({ type: "cancel", session: feed.session, turn: running });
            }}
          >
            Stop
          </Button>
        )
      }
    />
  );
}

/** Mode and model of the shown session. */
function SessionSettings() {
  const client = useClient();
  const { feed, agent } = useSession();
  const row = useStore(client.lists.view, ({ rows }) => rows.get(feed.session));
  const { mode, model, modes, models } = useStore(feed.view, ({ state }) => state);
  const change = async (settings: Settings) => {
    const answer = await changeSession(feed.session, settings);
    if (answer.ok) client.lists.put(answer.value);
    else toast(answer.problem.message);
  };
  const value = { mode: mode ?? row?.mode ?? undefined, model: model ?? row?.model ?? undefined };
  return <AgentSettings agent={agent} modes={modes} models={models} value={value} onChange={(settings) => void change(settings)} />;
}

function IfBusyChoice({ value, onChange, steer }: { value: IfBusy; onChange: (value: IfBusy) => void; steer: boolean }) {
  return (
    <label className="flex items-center gap-1.5 text-xs text-dim">
      <span className="max-sm:sr-only">While it works</span>
      <select
        data-testid="if-busy"
        value={value}
        onChange={(event) => {
          onChange(event.target.value as IfBusy);
        }}
        className="target h-8 rounded-lg border border-line bg-raised px-1.5 text-text"
      >
        <option value="reject">ask me</option>
        <option value="queue">queue it</option>
        {steer && <option value="steer">steer it</option>}
      </select>
    </label>
  );
}

interface PromptBoxProps {
  /** Whose draft it is. */
  place: string;
  label: string;
  onSend: (text: string) => void;
  /** What the agent offers after a slash. */
  commands?: AgentCommand[];
  left?: React.ReactNode;
  stop?: React.ReactNode;
  disabled?: boolean;
}

const NONE: AgentCommand[] = [];

/** A text field that grows, keeps its draft, and sends with Enter. */
export function PromptBox({ place, label, onSend, commands = NONE, left, stop, disabled = false }: PromptBoxProps) {
  const client = useClient();
  const text = useStore(client.drafts.texts, () => client.drafts.get(place));
  const limit = useStore(client.limits, (limits) => limits?.promptCharacters ?? Infinity);
  const field = useRef<HTMLTextAreaElement>(null);
  const tooLong = text.length > limit;
  const empty = !text.trim();
  const menu = useCommandMenu(commands, text, (picked) => {
    client.drafts.set(place, picked);
    field.current?.focus();
  });

  useEffect(() => {
    if (!isTouch()) field.current?.focus();
  }, [place]);

  const send = () => {
    if (empty || tooLong || disabled) return;
    client.drafts.set(place, "");
    onSend(text);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (menu.onKeyDown(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || isTouch()) return;
    event.preventDefault();
    send();
  };

  return (
    <div className="rounded-2xl border border-line bg-raised shadow-xs focus-within:border-accent">
      {menu.menu}
      <textarea
        {...menu.aria}
        ref={field}
        data-testid="composer"
        aria-label={label}
        placeholder={label}
        rows={1}
        value={text}
        onChange={(event) => {
          client.drafts.set(place, event.target.value);
        }}
        onKeyDown={onKeyDown}
        className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-[0.9375rem] leading-relaxed outline-none max-sm:text-base"
      />
      <div className="flex items-center gap-2 px-2 pb-2">
        <div className="flex min-w-0 flex-1 items-center gap-2 pl-1">
          {left}
          {tooLong && (
            <span role="alert" className="text-xs text-bad">
              Too long: {text.length.toLocaleString()} of {limit.toLocaleString()} characters
            </span>
          )}
        </div>
        {stop}
        <IconButton
          icon="arrowUp"
          label="Send"
          testid="send"
          size={18}
          disabled={empty || tooLong || disabled}
          onClick={send}
          className="!bg-accent !text-on-accent enabled:hover:brightness-110"
        />
      </div>
    </div>
  );
}

/** On a touch screen Enter makes a line, as people expect there. */
function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}
