/** The lists: projects, providers, and sessions (of one project or all, narrowed or not), kept live by `sessions` frames. */

import { fetchProjects, fetchSessions, type Problem } from "./api";
import { keyOf, matches, type Filter } from "./list-filter";
import { looks, merged, unknown } from "./looks";
import type { Project, ProviderInfo, SessionList, SessionRow, Sessions } from "./protocol";
import { Store } from "./store";

/** How much of a list is loaded. */
export interface Loaded {
  next: string | null;
  loading: boolean;
  problem?: Problem;
}

export interface ListsView {
  projects?: Project[];
  providers?: ProviderInfo[];
  /** Ids of the agents that the server is just looking at. */
  looking: readonly string[];
  problem?: Problem;
  rows: ReadonlyMap<string, SessionRow>;
  /** By the list's key. */
  loaded: Readonly<Record<string, Loaded>>;
}

/** For so long what a look found is not looked for again, as on the server. */
const STALE_MS = 60_000;

export class Lists {
  readonly view = new Store<ListsView>({ looking: [], rows: new Map(), loaded: {} });
  /** The revision that made each row what it is: a page fetched before it must not undo it. */
  readonly #revisions = new Map<string, number>();
  readonly #filters = new Map<string, Filter>();
  #look = 0;
  #lookedAt = -Infinity;

  /** Reads all anew, as after a reconnect: perhaps to a server that has restarted, and counts revisions from 0 again. */
  async refresh(): Promise<void> {
    this.#revisions.clear();
    await Promise.all([this.#refreshNames(), ...[...this.#filters.values()].map((filter) => this.#page(filter))]);
  }

  /** Loads a list's newest sessions, unless they are there. */
  open(filter: Filter): void {
    if (!this.view.get().loaded[keyOf(filter)]) void this.#page(filter);
  }

  async more(filter: Filter): Promise<void> {
    const loaded = this.view.get().loaded[keyOf(filter)];
    if (loaded && !loaded.loading && (loaded.next ?? loaded.problem)) await this.#page(filter, loaded.next ?? undefined);
  }

  onFrame(frame: Sessions): void {
    const rows = new Map(this.view.get().rows);
    for (const row of frame.upserts ?? []) {
      rows.set(row.id, row);
      this.#revisions.set(row.id, frame.revision);
    }
    for (const id of frame.removes ?? []) {
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, trashed: true }); // it may be open in this very page
      this.#revisions.set(id, frame.revision);
    }
    this.view.patch({ rows });
  }

  /** What a reply told about a session. */
  put(row: SessionRow): void {
    this.view.patch({ rows: new Map(this.view.get().rows).set(row.id, row) });
  }

  putProject(project: Project): void {
    const others = (this.view.get().projects ?? []).filter((one) => one.id !== project.id);
    this.view.patch({ projects: [project, ...others] });
  }

  async #refreshNames(): Promise<void> {
    await Promise.all([this.#refreshProjects(), this.lookAtAgents()]);
  }

  async #refreshProjects(): Promise<void> {
    const projects = await fetchProjects();
    if (projects.ok) this.view.patch({ projects: projects.value.projects, problem: undefined });
    else this.view.patch({ problem: projects.problem });
  }

  /** Somebody comes to see the agents: what is old is looked at anew. Before the first list there is nothing to renew. */
  visitAgents(): void {
    if (this.view.get().providers) void this.lookAtAgents(performance.now() - this.#lookedAt > STALE_MS);
  }

  /** The agents' names at once; whether each can be used, as soon as the server has looked at it. `fresh`: anew. */
  async lookAtAgents(fresh = false): Promise<void> {
    const look = ++this.#look;
    this.#lookedAt = performance.now();
    if (fresh) this.view.patch({ looking: (this.view.get().providers ?? []).map(({ id }) => id) });
    for await (const known of looks(fresh)) {
      if (look !== this.#look) return; // somebody looks again
      if (!known.ok) {
        this.view.patch({ problem: known.problem, looking: [] });
        return;
      }
      const { providers } = known.value;
      this.view.patch({ providers: merged(this.view.get().providers, providers), looking: unknown(providers) });
    }
    if (look === this.#look) this.view.patch({ looking: [] });
  }

  async #page(filter: Filter, before?: string): Promise<void> {
    const key = keyOf(filter);
    this.#filters.set(key, filter);
    const was = this.view.get().loaded[key];
    this.#setLoaded(key, { next: was?.next ?? null, loading: true });
    const page = await fetchSessions(filter, before);
    if (!page.ok) {
      this.#setLoaded(key, { next: was?.next ?? null, loading: false, problem: page.problem });
      return;
    }
    const { sessions, next, revision } = page.value;
    if (before === undefined) this.#dropMissing(filter, page.value);
    const rows = new Map(this.view.get().rows);
    for (const row of sessions) if ((this.#revisions.get(row.id) ?? 0) <= revision) rows.set(row.id, row);
    this.view.patch({ rows });
    // A fresh first page leaves older pages as they are, and where they go on.
    const keep = before === undefined && was?.next && next;
    this.#setLoaded(key, { next: keep ? was.next : next, loading: false });
  }

  /** What should be in the page and is not: put away meanwhile, or no longer of this list. What changed since the page was read stays. */
  #dropMissing(filter: Filter, { sessions, next, revision }: SessionList): void {
    const there = new Set(sessions.map((row) => row.id));
    const oldest = next ? (sessions.at(-1)?.lastActivity ?? 0) : -Infinity;
    const elsewhere = (row: SessionRow) => !matches(row, filter) || row.lastActivity <= oldest;
    const rows = [...this.view.get().rows].filter(
      ([id, row]) => elsewhere(row) || there.has(id) || (this.#revisions.get(id) ?? 0) > revision,
    );
    this.view.patch({ rows: new Map(rows) });
  }

  #setLoaded(key: string, loaded: Loaded): void {
    this.view.patch({ loaded: { ...this.view.get().loaded, [key]: loaded } });
  }
}
