/** What uploaded files are: prompts name them by their ids alone. Asked for once, many at a time. */

import { fetchAttachments } from "./api";
import type { Attachment } from "./protocol";
import { Store } from "./store";

/** In one request, as the server has it. */
const MOST = 100;

/** Before it is known what it is, it is a file. */
const UNTOLD = { name: "", mediaType: "", size: 0 };

export class KnownFiles {
  readonly files = new Store<Readonly<Record<string, Attachment>>>({});
  readonly #wanted = new Set<string>();
  #asking = false;

  of(id: string): Attachment {
    return this.files.get()[id] ?? { id, ...UNTOLD };
  }

  add(files: readonly Attachment[]): void {
    this.files.patch(Object.fromEntries(files.map((file) => [file.id, file])));
  }

  /** Has these known soon; what the server does not know is not asked for again. */
  need(ids: readonly string[]): void {
    for (const id of ids) if (!this.files.get()[id]) this.#wanted.add(id);
    if (!this.#asking && this.#wanted.size) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    await Promise.resolve(); // all rows of one drawing ask together
    const ids = [...this.#wanted].slice(0, MOST);
    const answer = await fetchAttachments(ids);
    for (const id of ids) this.#wanted.delete(id);
    if (answer.ok) {
      const found = new Map(answer.value.attachments.map((file) => [file.id, file]));
      this.add(ids.map((id) => found.get(id) ?? { id, ...UNTOLD }));
    }
    this.#asking = false;
    if (answer.ok) this.need([]);
  }
}
