/** The lists: projects, providers, and each project's sessions, kept live by `sessions` frames. */

import { fetchProjects, fetchSessions, type Problem } from "./api";
import { looks, merged, unknown } from "./looks";
import type { Project, ProviderInfo, SessionList, SessionRow, Sessions } from "./protocol";
import { Store } from "./store";

/** How much of a project's sessions is loaded. */
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
  loaded: Readonly<Record<string, Loaded>>;
}

/** For so long what a look found is not looked for again, as on the server. */
const STALE_MS = 60_000;

export class Lists {
  readonly view = new Store<ListsView>({ looking: [], rows: new Map(), loaded: {} });
  /** The revision that made each row what it is: a page fetched before it must not undo it. */
  readonly #revisions = new Map<string, number>();
  #look = 0;
  #lookedAt = -Infinity;

  /** Reads all anew, as after a reconnect: perhaps to a server that has restarted, and counts revisions from 0 again. */
  async refresh(): Promise<void> {
    this.#revisions.clear();
    const projects = Object.keys(this.view.get().loaded);
    await Promise.all([this.#refreshNames(), ...projects.map((project) => this.#page(project))]);
  }

  /** Loads the newest sessions of a project, unless they are there. */
  open(project: string): void {
    if (!this.view.get().loaded[project]) void this.#page(project);
  }

  async more(project: string): Promise<void> {
    const loaded = this.view.get().loaded[project];
    if (loaded && !loaded.loading && (loaded.next ?? loaded.problem)) await this.#page(project, loaded.next ?? undefined);
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

  async #page(project: string, before?: string): Promise<void> {
    const was = this.view.get().loaded[project];
    this.#setLoaded(project, { next: was?.next ?? null, loading: true });
    const page = await fetchSessions(project, before);
    if (!page.ok) {
      this.#setLoaded(project, { next: was?.next ?? null, loading: false, problem: page.problem });
      return;
    }
    const { sessions, next, revision } = page.value;
    if (before === undefined) this.#dropMissing(project, page.value);
    const rows = new Map(this.view.get().rows);
    for (const row of sessions) if ((this.#revisions.get(row.id) ?? 0) <= revision) rows.set(row.id, row);
    this.view.patch({ rows });
    // A fresh first page leaves older pages as they are, and where they go on.
    const keep = before === undefined && was?.next && next;
    this.#setLoaded(project, { next: keep ? was.next : next, loading: false });
  }

  /** What should be in the page and is not: put away meanwhile. What changed since the page was read stays. */
  #dropMissing(project: string, { sessions, next, revision }: SessionList): void {
    const there = new Set(sessions.map((row) => row.id));
    const oldest = next ? (sessions.at(-1)?.lastActivity ?? 0) : -Infinity;
    const elsewhere = (row: SessionRow) => row.project !== project || row.trashed === true || row.lastActivity <= oldest;
    const rows = [...this.view.get().rows].filter(
      ([id, row]) => elsewhere(row) || there.has(id) || (this.#revisions.get(id) ?? 0) > revision,
    );
    this.view.patch({ rows: new Map(rows) });
  }

  #setLoaded(project: string, loaded: Loaded): void {
    this.view.patch({ loaded: { ...this.view.get().loaded, [project]: loaded } });
  }
}

/** A project's sessions as the list shows them: the newest first. */
export function sessionsOf(rows: ReadonlyMap<string, SessionRow>, project: string): SessionRow[] {
  return [...rows.values()]
    .filter((row) => row.project === project && !row.trashed)
    .sort((one, other) => other.lastActivity - one.lastActivity || (one.id < other.id ? 1 : -1));
}
