/**
 * Waiting prompts that are being given other words, by turn. The words live here and not in the queue's row, which goes
 * with its session's view and with its turn.
 *
 * 1. Once the turn waits no more, or the new words were not taken, they go to the session's composer, and it is said.
 * 2. A page that goes away leaves them behind for the next one; until then they are this tab's alone.
 */

import { storageKey } from "./address";
import type { Drafts } from "./drafts";
import type { FeedView } from "./feed";
import type { Edit, Rejected } from "./protocol";
import { Store } from "./store";
import { toast } from "./toasts";
import { say } from "./words";

export interface Rewrite {
  session: string;
  /** The words that were there to begin with. */
  before: string;
  text: string;
}

export class Rewrites {
  readonly all = new Store<Readonly<Record<string, Rewrite>>>({});
  readonly #drafts: Drafts;
  readonly #view: (session: string) => FeedView;

  /** `view`: what is known of a session. */
  constructor(drafts: Drafts, view: (session: string) => FeedView) {
    this.#drafts = drafts;
    this.#view = view;
    this.all.set(claimed());
    window.addEventListener("pagehide", () => {
      for (const [turn, one] of Object.entries(this.all.get())) if (one.text !== one.before) leave(turn, one);
    });
    window.addEventListener("pageshow", () => {
      for (const turn of Object.keys(this.all.get())) erase(turn); // it was only put aside: nothing is left behind
    });
  }

  begin(session: string, turn: string, before: string): void {
    this.all.patch({ [turn]: { session, before, text: before } });
  }

  write(turn: string, text: string): void {
    const one = this.all.get()[turn];
    if (one) this.all.patch({ [turn]: { ...one, text } });
  }

  /** It is no longer rewritten. Undefined: it was not. */
  end(turn: string): Rewrite | undefined {
    const { [turn]: one, ...others } = this.all.get();
    if (one) this.all.set(others);
    return one;
  }

  /** What is known of the session has changed: a turn may have begun while its words were being changed. */
  onView(session: string): void {
    const own = Object.entries(this.all.get()).filter(([, one]) => one.session === session);
    if (!own.length) return;
    const { phase, state } = this.#view(session);
    if (phase !== "live") return; // else the queue is an old one, or none yet
    for (const [turn, one] of own) {
      if (state.queue.some((waiting) => waiting.turn === turn)) continue;
      this.end(turn);
      if (one.text !== one.before) this.giveBack({ session, turn, text: one.text });
    }
  }

  onRejected(command: Edit, { code, message }: Rejected): void {
    if (code !== "unknown-turn") toast(message); // that one is said below, and where the words are
    this.giveBack(command);
  }

  /** Puts words that a waiting prompt did not get before what is being written, and says so. */
  giveBack({ session, turn, text }: Pick<Edit, "session" | "turn" | "text">): void {
    const { queue, turns, running } = this.#view(session).state;
    const ran = turns.findLast(({ id }) => id === turn);
    const has = (ran ?? queue.find((waiting) => waiting.turn === turn))?.text;
    if (!text.trim() || text === has) return;
    this.#drafts.restore(session, text);
    toast(say(ran || running === turn ? "queue.began" : "queue.not-changed"));
  }
}

const PREFIX = "rewrite:";

/** What pages that went away left behind: this one has it now. */
function claimed(): Record<string, Rewrite> {
  const found: Record<string, Rewrite> = {};
  try {
    const prefix = storageKey(PREFIX);
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(prefix))) {
      const one = parse(localStorage.getItem(key));
      const turn = key.slice(prefix.length);
      erase(turn);
      if (one) found[turn] = one;
    }
  } catch {
    // No storage: then nothing was left.
  }
  return found;
}

function parse(text: string | null): Rewrite | undefined {
  try {
    const found = JSON.parse(text ?? "") as Rewrite;
    return [found.session, found.before, found.text].every((one) => typeof one === "string") ? found : undefined;
  } catch {
    return undefined; // not ours, or of another version
  }
}

function leave(turn: string, one: Rewrite): void {
  try {
    localStorage.setItem(storageKey(PREFIX + turn), JSON.stringify(one));
  } catch {
    // No storage, or it is full: the words live in memory, as long as the page does.
  }
}

function erase(turn: string): void {
  try {
    localStorage.removeItem(storageKey(PREFIX + turn));
  } catch {
    // No storage: then nothing was kept.
  }
}
