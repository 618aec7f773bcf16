/** A session as its events make it: the shapes that `reduce.ts` fills and the components show. */

import type {
  AgentCommand,
  AnyEvent,
  ApprovalRequested,
  BackgroundTask,
  EntryContent,
  Failure,
  OpenItem,
  QueuedTurn,
  RunningTurn,
  Subscribed,
  Usage,
} from "./protocol";

export type TurnStatus = "queued" | "running" | "completed" | "failed" | "cancelled" | "interrupted" | "outside";

/** One thing in a turn: an item, an approval, a retry, a failure. */
export interface Entry {
  id: string;
  /** The last event that made it what it is. */
  seq: number;
  content: EntryContent;
  open: boolean;
  /** The turn ended before it was finished. */
  cut: boolean;
  /** The tool call of the sub-agent that it belongs to. */
  parent?: string;
  /** It began before the first event that is here: it stands before all that an older page brings, unless that has it. */
  early?: boolean;
  /** When the item started and was done, where this page saw it (ms since the Unix epoch). */
  startedAt?: number;
  endedAt?: number;
}

/** One prompt and all until its end. */
export interface Turn {
  id: string;
  status: TurnStatus;
  text: string;
  attachments: string[];
  entries: Entry[];
  command?: string;
  retryOf?: string;
  /** It was begun by the agent itself; `text` says why. */
  origin?: "agent";
  /** The agent was told the transcript before the prompt. */
  carried?: boolean;
  startedAt?: number;
  endedAt?: number;
  failure?: Failure;
  reason?: string;
  stopReason?: string;
  usage?: Usage;
  stalledSince?: number;
  stalledLimit?: number;
}

/** What `subscribed` told of the running turn and its open items, until their places are known. */
export interface Opening {
  turn?: RunningTurn;
  items: OpenItem[];
}

/** What a person sees of a session. */
export interface State {
  head: number;
  liveFrom: number;
  turns: Turn[];
  running?: string;
  approvals: ApprovalRequested[];
  queue: QueuedTurn[];
  queueHeld: boolean;
  title?: string;
  model?: string;
  mode?: string;
  effort?: string;
  commands: AgentCommand[];
  modes: string[];
  models: string[];
  /** How much it can be told to think, with its model. */
  efforts: string[];
  /** What the agent runs beside its turns. */
  tasks: BackgroundTask[];
  /** The agent has lost the conversation. */
  lost: boolean;
  /** Another program writes to the conversation now: a prompt is taken only as a fork. */
  elsewhere: boolean;

  // What only a reader that starts in the middle needs.
  /** The lowest seq that is in `turns`. */
  first: number;
  /** There are older events than `first`. */
  more: boolean;
  opening?: Opening;
  /** Events whose target is in an older page: they wait for it. */
  orphans: AnyEvent[];
}

/** A session of which nothing is known yet. */
export function emptyState(): State {
  return {
    head: 0,
    liveFrom: 0,
    turns: [],
    approvals: [],
    queue: [],
    queueHeld: false,
    commands: [],
    modes: [],
    models: [],
    efforts: [],
    tasks: [],
    lost: false,
    elsewhere: false,
    first: 1,
    more: false,
    orphans: [],
  };
}

export function newTurn(id: string, status: TurnStatus): Turn {
  return { id, status, text: "", attachments: [], entries: [] };
}

/** What a new subscription starts from. */
export function begin(subscribed: Subscribed): State {
  const fresh = { ...emptyState(), head: subscribed.first - 1, first: subscribed.first, more: subscribed.more ?? false };
  return resume(fresh, subscribed);
}

/** The known session, about to get the events after its head. What is live is already as of `subscribed.head`. */
export function resume(state: State, subscribed: Subscribed): State {
  return {
    ...state,
    liveFrom: subscribed.head,
    running: subscribed.turn?.turn,
    approvals: subscribed.approvals ?? [],
    queue: subscribed.queue ?? [],
    queueHeld: subscribed.queueHeld ?? false,
    commands: subscribed.commands ?? [],
    modes: subscribed.modes ?? [],
    models: subscribed.models ?? [],
    efforts: subscribed.efforts ?? [],
    tasks: subscribed.tasks ?? [],
    lost: subscribed.lost ?? false,
    elsewhere: subscribed.elsewhere ?? false,
    opening: { turn: subscribed.turn ?? undefined, items: subscribed.items ?? [] },
  };
}
