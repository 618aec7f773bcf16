/**
 * Turns that end, in whatever session, by what the hints say of the rows.
 *
 * A session is at work once a hint said so; the next one that says otherwise tells its end. A turn that began and
 * ended between two hints was never seen at work: the hint names it. What ended while there was no connection is
 * found when it is back: `recheck` asks for those that were at work.
 */

import { fetchSession } from "./api";
import type { SessionRow, Sessions } from "./protocol";
import { Store } from "./store";

const AT_WORK = new Set<SessionRow["state"]>(["running", "waiting", "stalled"]);

export class Ends {
  /** The session whose turn ended last: each end is set once. */
  readonly last = new Store<SessionRow | undefined>(undefined);
  readonly #atWork = new Set<string>();
  /** When those that were told had ended: a row may be read after the end that only the next hint names. */
  readonly #told = new Map<string, number>();

  onFrame({ upserts = [], removes = [], ends = [] }: Sessions): void {
    const ended = new Set(ends);
    for (const row of upserts) this.#take(row, ended.has(row.id));
    for (const id of removes) this.#atWork.delete(id);
  }

  async recheck(): Promise<void> {
    for (const id of [...this.#atWork]) {
      const row = await fetchSession(id);
      if (row.ok) this.#take(row.value);
    }
  }

  #take(row: SessionRow, ended = false): void {
    if (AT_WORK.has(row.state)) {
      this.#atWork.add(row.id);
      this.#told.delete(row.id);
      return;
    }
    const was = this.#atWork.delete(row.id);
    if ((!was && !ended) || this.#told.get(row.id) === row.lastActivity) return;
    this.#told.set(row.id, row.lastActivity);
    this.last.set(row);
  }
}
