/**
 * One session as this page follows it.
 *
 * 1. `cursor` is the last seq received; a frame that continues another one makes us subscribe anew from ours.
 * 2. Frames of an older subscription are dropped.
 * 3. Another epoch, or `reset`: what we have is of another past, so we start afresh.
 * 4. A heartbeat that says more was sent than we have makes us subscribe anew.
 * 5. A subscribe that gets no reply within 10 s on a live connection costs that connection.
 */

import { fetchOlder, type Problem } from "./api";
import { onNextFrame } from "./frames";
import { newId } from "./ids";
import { whenIdle } from "./idle";
import { prepend } from "./prepend";
import type { AnyCommand, AnyEvent, Events, Prompt, Rejected, SessionBusy, Subscribed } from "./protocol";
import { reduce } from "./reduce";
import { begin, emptyState, resume, type State } from "./session";
import { moved } from "./still";
import { Store } from "./store";

/** Events (without deltas) that a session is opened with. */
const TAIL = 200;
const OLDER = 200;
/** The same where somebody waits for something that may be far back. */
const FAR_BACK = 2000;
const REPLY_LIMIT = 10_000;
/** ms until the server is told that somebody looks, once all is drawn. */
const LOOK_BY = 200;

export interface FeedView {
  state: State;
  phase: "loading" | "catching-up" | "live" | "refused";
  refused?: Rejected;
  /** The older page under way, or why it did not come. */
  older?: "loading" | Problem;
  /** The one notice of promise 5. */
  busy?: SessionBusy;
  /** Why the last prompt was not taken. */
  rejected?: Rejected;
  /** That prompt. */
  rejectedPrompt?: Prompt;
}

export interface FeedOptions {
  send: (command: AnyCommand) => boolean;
  reconnect: () => void;
  /** The session is subscribed (or refused): its pending commands may go. */
  onSettled: (session: string) => void;
}

export class Feed {
  readonly session: string;
  /** Somebody looks at it; else it is followed for who may be about to. */
  looking = false;
  /** Somebody did at some time. */
  looked = false;
  readonly view = new Store<FeedView>({ state: emptyState(), phase: "loading" });
  readonly #options: FeedOptions;
  #epoch?: string;
  #cursor = 0;
  #subscription?: string;
  #received: AnyEvent[] = [];
  #scheduled = false;
  /** How the session begins, until the events are there that are shown with it: it would be drawn empty for nothing. */
  #beginning?: State;
  #limit?: ReturnType<typeof setTimeout>;

  constructor(session: string, options: FeedOptions) {
    this.session = session;
    this.#options = options;
  }

  /** From now on somebody looks at it: an agent may be made ready. What is shown stays as it is. */
  look(): void {
    if (this.looking) return;
    this.looking = true;
    this.looked = true;
    if (this.#subscription !== undefined) whenIdle(() => { if (this.#subscription !== undefined) this.#ask(); }, LOOK_BY);
  }

  /** Follows the session from our cursor on; at first its end. */
  subscribe(): void {
    if (this.#ask() && this.view.get().phase !== "loading") this.view.patch({ phase: "catching-up", refused: undefined });
  }

  /** False: there is no connection. */
  #ask(): boolean {
    clearTimeout(this.#limit);
    this.#apply();
    const id = newId();
    const from = this.#epoch ? { epoch: this.#epoch, after: this.#cursor } : { tail: TAIL };
    this.#subscription = id;
    if (!this.#options.send({ type: "subscribe", id, session: this.session, ...from, ...(this.looking ? {} : { ahead: true }) })) return false;
    this.#limit = setTimeout(this.#options.reconnect, REPLY_LIMIT);
    return true;
  }

  unsubscribe(): void {
    this.looking = false;
    this.#subscription = undefined;
    clearTimeout(this.#limit);
    this.#options.send({ type: "unsubscribe", id: newId(), session: this.session });
  }

  /** The connection is gone: what was on its way with it will come again. */
  disconnected(): void {
    this.#apply();
    this.#subscription = undefined;
    clearTimeout(this.#limit);
    if (this.view.get().phase === "live") this.view.patch({ phase: "catching-up" });
  }

  onSubscribed(reply: Subscribed): void {
    if (reply.id !== this.#subscription) return;
    clearTimeout(this.#limit);
    this.#apply();
    const known = this.#epoch === reply.epoch && !reply.reset;
    this.#epoch = reply.epoch;
    const { state: was, busy, phase } = this.view.get();
    const state = reduce(known ? resume(was, reply) : begin(reply), []);
    if (!known) this.#cursor = reply.first - 1;
    const stillBusy = busy && busy.turn === reply.turn?.turn ? busy : undefined;
    if (phase === "loading" && reply.first <= reply.head) {
      this.#beginning = state;
      if (busy !== stillBusy) this.view.patch({ busy: stillBusy });
    } else this.#show({ state, phase: "live", refused: undefined, older: undefined, busy: stillBusy });
    this.#options.onSettled(this.session);
  }

  /** The subscribe was refused. False: it was not ours. */
  onRejected(reply: Rejected): boolean {
    if (reply.id !== this.#subscription) return false;
    clearTimeout(this.#limit);
    this.#subscription = undefined;
    this.view.patch({ phase: "refused", refused: reply });
    this.#options.onSettled(this.session);
    return true;
  }

  onEvents(frame: Events): void {
    if (frame.subscription !== this.#subscription) return;
    if (frame.after !== this.#cursor) {
      this.subscribe();
      return;
    }
    this.#received.push(...frame.events);
    this.#cursor = frame.to ?? frame.events.at(-1)?.seq ?? this.#cursor;
    if (!this.view.get().state.turns.length) {
      this.#apply(); // somebody waits for it: nothing is shown yet
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    onNextFrame(() => {
      this.#scheduled = false;
      this.#apply();
    });
  }

  onHeartbeat(sent: number | undefined): void {
    const live = this.#beginning !== undefined || this.view.get().phase === "live";
    if (sent !== undefined && sent > this.#cursor && live) this.subscribe();
  }

  /** Loads the page before the first known event; at most one at a time. */
  async loadOlder(limit = OLDER): Promise<void> {
    const { state, older } = this.view.get();
    if (older === "loading" || !state.more) return;
    this.view.patch({ older: "loading" });
    const epoch = this.#epoch;
    const page = await fetchOlder(this.session, state.first, limit);
    if (epoch !== this.#epoch) return; // another past by now
    if (!page.ok) this.view.patch({ older: page.problem });
    else if (page.value.epoch !== epoch) this.view.patch({ older: undefined });
    else this.#show({ state: prepend(this.view.get().state, page.value.events, page.value.more), older: undefined });
  }

  /** Loads back to the turn's first event. False: it could not be. */
  loadTurn(turn: string): Promise<boolean> {
    return this.loadUntil(({ turns }) => turns.find((one) => one.id === turn)?.startedAt !== undefined);
  }

  /** Loads older pages until the state is as wanted. False: it never was, or a page did not come. */
  async loadUntil(wanted: (state: State) => boolean): Promise<boolean> {
    for (;;) {
      const { state, older } = this.view.get();
      if (wanted(state)) return true;
      if (!state.more) return false;
      if (older === "loading") await this.#olderSettled();
      else await this.loadOlder(FAR_BACK);
      const now = this.view.get();
      if (now.state.first === state.first && !wanted(now.state)) return false;
    }
  }

  /** The older page that is under way has come, or failed. */
  #olderSettled(): Promise<void> {
    return new Promise((settled) => {
      const stop = this.view.subscribe(() => {
        if (this.view.get().older === "loading") return;
        stop();
        settled();
      });
    });
  }

  #apply(): void {
    const received = this.#received;
    const beginning = this.#beginning;
    const state = beginning ?? this.view.get().state;
    if (!beginning && !received.length && state.head >= this.#cursor) return;
    this.#received = [];
    this.#beginning = undefined;
    this.#show({ state: reduce(state, received, this.#cursor), ...(beginning && { phase: "live", refused: undefined }) });
  }

  #show(fields: Partial<FeedView>): void {
    const was = this.view.get();
    const view = { ...was, ...fields };
    if (this.looking && was.phase === "live" && view.state.approvals !== was.state.approvals) moved();
    if (view.busy && isOver(view.state, view.busy.turn)) view.busy = undefined;
    this.view.set(view);
  }
}

/** Whether the turn has ended. One that we have not heard of has not: replies and events are not ordered. */
function isOver(state: State, turn: string): boolean {
  const known = state.turns.findLast((one) => one.id === turn);
  return known ? known.status !== "running" : state.running !== undefined && state.running !== turn;
}
