/**
 * Turns that end, in whatever session, by what the hints say of the rows.
 *
 * A session is at work once a hint said so; the next one that says otherwise tells its end. What ended
 * while there was no connection is found when it is back: `recheck` asks for those that were at work.
 */

import { fetchSession } from "./api";
import type { SessionRow, Sessions } from "./protocol";
import { Store } from "./store";

const AT_WORK = new Set<SessionRow["state"]>(["running", "waiting", "stalled"]);

export class Ends {
  /** The session whose turn ended last: each end is set once. */
  readonly last = new Store<SessionRow | undefined>(undefined);
  readonly #atWork = new Set<string>();

  onFrame({ upserts = [], removes = [] }: Sessions): void {
    for (const row of upserts) this.#take(row);
    for (const id of removes) this.#atWork.delete(id);
  }

  async recheck(): Promise<void> {
    for (const id of [...this.#atWork]) {
      const row = await fetchSession(id);
      if (row.ok) this.#take(row.value);
    }
  }

  #take(row: SessionRow): void {
    if (AT_WORK.has(row.state)) this.#atWork.add(row.id);
    else if (this.#atWork.delete(row.id)) this.last.set(row);
  }
}
