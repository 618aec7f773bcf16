/** The page's one client: it joins socket, feeds, outbox and lists, and knows nothing of React. */

import { socketAddress } from "./address";
import { fetchMe, signIn, signInByPassword, signOut, type Problem } from "./api";
import { Attached } from "./attached";
import { Drafts } from "./drafts";
import { Ends } from "./ends";
import { Feed } from "./feed";
import { newId } from "./ids";
import { KnownFiles } from "./known-files";
import { Lists } from "./lists";
import { Outbox } from "./outbox";
import type { Accepted, AnyFrame, EffectCommand, Imports, Limits, Me, Notice, Prompt, Rejected, SessionBusy, Welcome } from "./protocol";
import { Rewrites } from "./rewrites";
import { Socket, type Link } from "./socket";
import { Store } from "./store";
import { toast } from "./toasts";
import { Waiting } from "./waiting";
import { say } from "./words";

export type Account =
  | { phase: "starting" }
  /** `ended`: this page was signed in until now. `problem`: why the link did not sign in. */
  | { phase: "signed-out"; problem?: Problem; ended?: boolean }
  | { phase: "unreachable"; problem: Problem }
  | { phase: "ready"; me: Me };

export interface Notices {
  storageFull?: Notice;
  /** The server's version, where it is not the one that this page came with. */
  newVersion?: string;
}

/** A prompt that was accepted, and is not in the transcript yet. */
export interface Settling {
  command: Prompt;
  seq: number;
}

export type PromptOptions = Partial<Pick<Prompt, "attachments" | "ifBusy" | "retryOf" | "carry" | "fork">>;
/** A command without the id, which is made here. */
type Unnamed<T> = T extends { id: string } ? Omit<T, "id"> : never;

/** Sessions kept in memory after they were left, to be shown at once: those that were looked at last. */
const KEPT_FEEDS = 12;

export class Client {
  readonly account = new Store<Account>({ phase: "starting" });
  readonly link = new Store<Link>({ phase: "connecting", attempt: 1 });
  readonly notices = new Store<Notices>({});
  readonly settling = new Store<readonly Settling[]>([]);
  readonly limits = new Store<Limits | undefined>(undefined);
  /** How far the agents' own records have been looked through, where this page heard of it. */
  readonly imports = new Store<Imports | undefined>(undefined);
  readonly lists = new Lists();
  readonly waiting = new Waiting();
  readonly ends = new Ends();
  readonly drafts = new Drafts();
  readonly rewrites = new Rewrites(this.drafts, (session) => this.feed(session).view.get());
  readonly known = new KnownFiles();
  readonly attached = new Attached(this.known);
  readonly outbox: Outbox;
  readonly #socket: Socket;
  readonly #feeds = new Map<string, Feed>();
  readonly #followed = new Set<string>();
  #welcomed = false;

  constructor() {
    this.#socket = new Socket({ address: socketAddress, onFrame: this.#onFrame, onLink: this.#onLink });
    this.outbox = new Outbox((command) => this.#socket.send(command));
  }

  /** Signs in by the link's token, or by the cookie of an earlier time; then connects. */
  async start(token?: string): Promise<void> {
    this.account.set({ phase: "starting" });
    const answer = await (token ? signIn(token) : fetchMe());
    if (answer.ok) {
      this.account.set({ phase: "ready", me: answer.value });
      this.#socket.start();
    } else if (token && answer.problem.status !== 0) await this.#afterBadToken(answer.problem);
    else if (answer.problem.status === 401) this.account.set({ phase: "signed-out" });
    else this.account.set({ phase: "unreachable", problem: answer.problem });
  }

  /** By the owner's password; gives the problem where that does not do. */
  async signIn(password: string): Promise<Problem | undefined> {
    const answer = await signInByPassword(password);
    if (!answer.ok) return answer.problem;
    await this.start();
    return undefined;
  }

  async signOut(): Promise<void> {
    const answer = await signOut();
    if (answer.ok || answer.problem.status === 401) this.#signedOut();
    else toast(answer.problem.message);
  }

  retryNow = (): void => {
    this.#socket.retryNow();
  };

  /** The session is subscribed until `unfollow`. `ahead`: nobody looks at it yet; who does follows it again. */
  follow(session: string, ahead = false): void {
    const feed = this.feed(session);
    if (!ahead) feed.look();
    if (!this.#followed.has(session) && this.link.get().phase === "live") feed.subscribe();
    this.#followed.add(session);
  }

  unfollow(session: string): void {
    this.#followed.delete(session);
    const feed = this.feed(session);
    feed.unsubscribe();
    this.#feeds.delete(session);
    if (feed.looked) this.#feeds.set(session, feed); // as the last one that was looked at
    const left = [...this.#feeds.keys()].filter((id) => !this.#followed.has(id));
    for (const id of left.slice(0, Math.max(0, left.length - KEPT_FEEDS))) this.#feeds.delete(id);
  }

  feed(session: string): Feed {
    const known = this.#feeds.get(session);
    if (known) return known;
    const feed = new Feed(session, {
      send: (command) => this.#socket.send(command),
      reconnect: () => {
        this.#socket.reconnect();
      },
      onSettled: (settled) => {
        this.outbox.flush(settled);
      },
    });
    feed.view.subscribe(() => {
      this.#settle(session, feed.view.get().state.head);
      this.rewrites.onView(session);
    });
    this.#feeds.set(session, feed);
    return feed;
  }

  prompt(session: string, text: string, options: PromptOptions = {}): void {
    this.feed(session).view.patch({ rejected: undefined });
    this.send({ type: "prompt", session, text, ...options });
  }

  /** Sends what is written at the place, with the files there; who sends has seen that all of them are uploaded. */
  promptDraft(session: string, options: PromptOptions = {}, place = session): void {
    const text = this.drafts.get(place);
    const attachments = this.attached.take(place, session);
    this.drafts.set(place, "");
    this.prompt(session, text, attachments.length ? { ...options, attachments } : options);
  }

  send(command: Unnamed<EffectCommand>): void {
    const account = this.account.get();
    const user = account.phase === "ready" ? account.me.user : "";
    const kept = this.outbox.add({ ...command, id: newId() }, user);
    if (!kept) toast(say("unsent.not-kept"));
  }

  /** The person deletes a command without a reply; what was written for it goes back to the composer. */
  takeBack(id: string): void {
    const found = this.outbox.remove(id);
    if (found?.command.type === "prompt") this.giveBack(found.command);
    if (found?.command.type === "edit") this.rewrites.giveBack(found.command);
  }

  /** What was not taken goes back to where it was written. */
  giveBack({ session, text, attachments }: Pick<Prompt, "session" | "text" | "attachments">): void {
    this.drafts.restore(session, text);
    this.attached.restore(session, attachments);
  }

  async #afterBadToken(problem: Problem): Promise<void> {
    const me = await fetchMe(); // the link was used before, perhaps by this very browser
    if (me.ok) await this.start();
    else this.account.set({ phase: "signed-out", problem });
  }

  #onLink = (link: Link): void => {
    this.link.set(link);
    if (link.phase === "live") return;
    this.imports.set(undefined);
    for (const feed of this.#feeds.values()) feed.disconnected();
    if (link.phase === "waiting") void this.#probe();
    if (link.phase === "ended" && link.goodbye?.code === "signed-out") this.#signedOut();
  };

  /** A refused WebSocket does not say why; REST does. */
  async #probe(): Promise<void> {
    const me = await fetchMe();
    if (!me.ok && me.problem.status === 401) this.#signedOut();
  }

  #signedOut(): void {
    if (this.account.get().phase !== "ready") return;
    this.account.set({ phase: "signed-out", ended: true });
    this.#socket.stop();
  }

  #onFrame = (frame: AnyFrame): void => {
    switch (frame.type) {
      case "welcome":
        this.#onWelcome(frame);
        break;
      case "subscribed":
        this.#feeds.get(frame.session)?.onSubscribed(frame);
        break;
      case "events":
        this.#feeds.get(frame.session)?.onEvents(frame);
        break;
      case "heartbeat":
        for (const session of this.#followed) this.#feeds.get(session)?.onHeartbeat(frame.cursors[session]);
        this.outbox.remind();
        break;
      case "sessions":
        this.lists.onFrame(frame);
        this.waiting.onFrame(frame);
        this.ends.onFrame(frame);
        break;
      case "imports":
        this.#onImports(frame);
        break;
      case "accepted":
      case "session-busy":
      case "rejected":
        this.#onReply(frame);
        break;
      case "notice":
        this.#onNotice(frame);
        break;
      case "goodbye":
      case "unsubscribed":
      case "pong":
        break;
    }
  };

  #onImports(frame: Imports): void {
    const was = this.imports.get();
    this.imports.set(frame);
    if (was?.running && !frame.running) void this.lists.refresh();
  }

  #onWelcome(welcome: Welcome): void {
    const account = this.account.get();
    if (account.phase !== "ready") return;
    const { me } = account;
    if (me.version !== welcome.version) this.notices.patch({ newVersion: welcome.version });
    this.notices.patch({ storageFull: undefined });
    this.limits.set(welcome.limits);
    this.outbox.adopt(me.user, !this.#welcomed);
    this.#welcomed = true;
    const followed = [...this.#followed];
    for (const session of followed) this.feed(session).subscribe();
    this.outbox.flush(undefined, followed); // the others follow when their sessions are subscribed
    void this.lists.refresh();
    void this.waiting.refresh();
    void this.ends.recheck();
  }

  #onReply(reply: Accepted | SessionBusy | Rejected): void {
    const followed = [...this.#followed].map((session) => this.feed(session));
    if (reply.type === "rejected" && followed.some((feed) => feed.onRejected(reply))) return;
    const pending = reply.id ? this.outbox.remove(reply.id) : undefined;
    if (pending?.command.type === "answer") this.waiting.onReply(pending.command.approval, reply);
    if (pending?.command.type === "prompt") this.#onPromptReply(pending.command, reply);
    else if (reply.type === "rejected" && pending?.command.type === "edit") this.rewrites.onRejected(pending.command, reply);
    else if (reply.type === "rejected" && (pending ?? reply.id === null)) toast(reply.message);
  }

  #onPromptReply(command: Prompt, reply: Accepted | SessionBusy | Rejected): void {
    const { session } = command;
    const feed = this.feed(session);
    if (reply.type === "accepted") {
      feed.view.patch({ busy: undefined, rejected: undefined });
      if (this.#followed.has(session)) this.settling.set([...this.settling.get(), { command, seq: reply.seq ?? 0 }]);
      this.#settle(session, feed.view.get().state.head);
      return;
    }
    this.giveBack(command);
    if (reply.type === "session-busy") feed.view.patch({ busy: reply, rejected: undefined });
    else feed.view.patch({ rejected: reply, rejectedPrompt: command });
    if (!this.#followed.has(session) || !feed.looking) toast(say("unsent.given-back"));
  }

  #settle(session: string, head: number): void {
    const left = this.settling.get().filter(({ command, seq }) => command.session !== session || seq > head);
    if (left.length < this.settling.get().length) this.settling.set(left);
  }

  #onNotice(notice: Notice): void {
    if (notice.code === "storage-full") this.notices.patch({ storageFull: notice });
    else if (notice.code === "storage-back") this.notices.patch({ storageFull: undefined });
    else if (notice.code === "new-version") this.notices.patch({ newVersion: notice.message });
    else if (notice.code === "signed-out") this.#signedOut();
    else toast(notice.message);
  }
}
