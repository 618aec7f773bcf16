/**
 * Commands that have no reply yet. They survive a reload and are sent again with the same ids, so each
 * has its effect once, however often it is sent.
 *
 * 1. A command is kept before it is sent, and let go by its reply or by the person.
 * 2. After a reconnect all are sent again, but for those older than 5 minutes: a person is asked first.
 * 3. Each tab sends what it made; what another tab left behind is taken over at the next connection,
 *    and what another tab saw answered or deleted is let go.
 */

import { storageKey } from "./address";
import type { EffectCommand } from "./protocol";
import { Store } from "./store";

/** ms after which a command is not sent without asking. */
export const ASK_AFTER = 5 * 60_000;
/** ms after which another tab's command counts as left behind. */
const LEFT_BEHIND = 30_000;
/** ms without a reply on a live connection until it is sent once more. */
const AGAIN_AFTER = 15_000;

export interface Pending {
  command: EffectCommand;
  /** When the person gave it: ms since the Unix epoch. */
  at: number;
  user: string;
  /** When it was last handed to a connection of this page. */
  sentAt?: number;
  /** It waits for the person's word (rule 2). */
  ask?: boolean;
}

export class Outbox {
  readonly pending = new Store<readonly Pending[]>([]);
  readonly #send: (command: EffectCommand) => boolean;

  constructor(send: (command: EffectCommand) => boolean) {
    this.#send = send;
    window.addEventListener("storage", (change) => {
      const prefix = storageKey(PREFIX);
      if (change.key?.startsWith(prefix) && change.newValue === null) this.#forget(change.key.slice(prefix.length));
    });
  }

  /** Keeps the command and tries to send it. False: this browser cannot keep it over a reload. */
  add(command: EffectCommand, user: string): boolean {
    const pending: Pending = { command, at: Date.now(), user };
    const kept = write(pending);
    this.pending.set([...this.pending.get(), pending]);
    this.#trySend(pending);
    return kept;
  }

  /** Sends all for this session (undefined: for every session but those named), as after a reconnect. */
  flush(session?: string, but: readonly string[] = []): void {
    for (const pending of this.pending.get()) {
      const { session: target } = pending.command;
      if (session ? target === session : !but.includes(target)) this.#sendOrAsk(pending);
    }
  }

  /** Sends again what the server has not answered though the connection is live, and what waited for a session that nobody follows any more. */
  remind(): void {
    for (const pending of this.pending.get()) {
      const { sentAt, at, ask } = pending;
      if (ask || Date.now() - (sentAt ?? at) <= AGAIN_AFTER) continue;
      if (sentAt === undefined) this.#sendOrAsk(pending);
      else this.#trySend(pending);
    }
  }

  /** The person wants it sent, old as it is. */
  confirm(id: string): void {
    const pending = this.find(id);
    if (!pending) return;
    const fresh = { ...pending, at: Date.now(), ask: false };
    write(fresh);
    this.#replace(pending, fresh);
    this.#trySend(fresh);
  }

  /** Lets it go: it was answered, or the person deleted it. */
  remove(id: string): Pending | undefined {
    const found = this.find(id);
    this.#forget(id);
    erase(id);
    return found;
  }

  find(id: string): Pending | undefined {
    return this.pending.get().find((pending) => pending.command.id === id);
  }

  /** Takes over what an earlier page, or a tab that is gone, left behind for this user. */
  adopt(user: string, all: boolean): void {
    const known = new Set(this.pending.get().map((pending) => pending.command.id));
    const left = readAll().filter(
      (one) => one.user === user && !known.has(one.command.id) && (all || Date.now() - one.at > LEFT_BEHIND),
    );
    if (left.length) this.pending.set([...this.pending.get(), ...left].sort((one, other) => one.at - other.at));
  }

  #forget(id: string): void {
    if (this.find(id)) this.pending.set(this.pending.get().filter((pending) => pending.command.id !== id));
  }

  #sendOrAsk(pending: Pending): void {
    if (Date.now() - pending.at > ASK_AFTER) this.#change(pending, { ask: true });
    else this.#trySend(pending);
  }

  #trySend(pending: Pending): void {
    if (this.#send(pending.command)) this.#change(pending, { sentAt: Date.now(), ask: false });
  }

  #change(pending: Pending, fields: Partial<Pending>): void {
    this.#replace(pending, { ...pending, ...fields });
  }

  #replace(was: Pending, is: Pending): void {
    this.pending.set(this.pending.get().map((pending) => (pending === was ? is : pending)));
  }
}

const PREFIX = "outbox:";

function write(pending: Pending): boolean {
  try {
    const { command, at, user } = pending;
    localStorage.setItem(storageKey(PREFIX + command.id), JSON.stringify({ command, at, user }));
    return true;
  } catch {
    return false; // no storage, or it is full: the caller tells the person
  }
}

function erase(id: string): void {
  try {
    localStorage.removeItem(storageKey(PREFIX + id));
  } catch {
    // No storage: then nothing was kept.
  }
}

function readAll(): Pending[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(storageKey(PREFIX)))
      .flatMap((key) => parse(localStorage.getItem(key)));
  } catch {
    return []; // no storage
  }
}

function parse(text: string | null): Pending[] {
  try {
    const found = JSON.parse(text ?? "") as Pending;
    return typeof found.command.id === "string" && typeof found.at === "number" ? [found] : [];
  } catch {
    return []; // not ours, or of another version
  }
}

/** What of the outbox belongs to a session. */
export function pendingOf(pending: readonly Pending[], session: string): Pending[] {
  return pending.filter((one) => one.command.session === session);
}
