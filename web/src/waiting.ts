/**
 * All that waits for the person's answer, in whatever session.
 *
 * 1. The server's list is the truth; it is read at each connection, and whenever a hint names a session that
 *    waits, or that waited.
 * 2. What was answered from here is gone at once: the list may have been read before.
 */

import { fetchApprovals, type Problem, type Result } from "./api";
import type { Accepted, Approvals, Rejected, SessionBusy, Sessions, WaitingApproval } from "./protocol";
import { moved } from "./still";
import { Store } from "./store";

export interface WaitingView {
  /** In the order of asking; undefined until the list was read once. */
  approvals?: readonly WaitingApproval[];
  problem?: Problem;
}

export type Answered = "here" | "elsewhere";

/** Whether the list of all that waits is shown. */
export const waitingShown = new Store(false);

export class Waiting {
  readonly view = new Store<WaitingView>({});
  /** Approvals that this page tried to answer, by their ids, and whose answer it was that counted. */
  readonly answered = new Store<ReadonlyMap<string, Answered>>(new Map());
  readonly #fetch: () => Promise<Result<Approvals>>;
  #reading = false;
  #again = false;

  constructor(fetch = fetchApprovals) {
    this.#fetch = fetch;
  }

  /** Reads the list anew; asked meanwhile, once more after that. */
  async refresh(): Promise<void> {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#again) {
        this.#again = false;
        this.#take(await this.#fetch());
      }
    } finally {
      this.#reading = false;
    }
  }

  onFrame({ upserts = [], removes = [] }: Sessions): void {
    const known = new Set(this.view.get().approvals?.map(({ session }) => session));
    const concerned = upserts.some(({ id, state }) => state === "waiting" || known.has(id)) || removes.some((id) => known.has(id));
    if (concerned) void this.refresh();
  }

  /** The server took this page's answer, or said that another one came before: a late answer is told, too. */
  onReply(approval: string, reply: Accepted | SessionBusy | Rejected): void {
    if (reply.type === "accepted") this.onAnswered(approval, "here");
    else if (reply.type === "rejected" && reply.code === "already-answered") this.onAnswered(approval, "elsewhere");
  }

  onAnswered(approval: string, by: Answered): void {
    this.answered.set(new Map(this.answered.get()).set(approval, by));
    const { approvals } = this.view.get();
    if (approvals) this.#show({ ...this.view.get(), approvals: this.#open(approvals) });
  }

  #take(answer: Result<Approvals>): void {
    if (answer.ok) this.#show({ approvals: this.#open(answer.value.approvals) });
    else this.view.patch({ problem: answer.problem });
  }

  #show(next: WaitingView): void {
    const open = new Set(next.approvals?.map(({ request }) => request.approval));
    if (this.view.get().approvals?.some(({ request }) => !open.has(request.approval))) moved(); // those below it are elsewhere now
    this.view.set(next);
  }

  #open(approvals: readonly WaitingApproval[]): WaitingApproval[] {
    const answered = this.answered.get();
    return approvals.filter(({ request }) => !answered.has(request.approval));
  }
}
