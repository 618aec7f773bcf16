import { beforeEach, expect, test, vi } from "vitest";
import { rowsOf } from "./list-filter";
import { Lists } from "./lists";
import type { SessionRow } from "./protocol";

let pages: Record<string, { sessions: SessionRow[]; next: string | null; revision: number }>;
let asked: string[];

const row = (id: string, lastActivity: number, fields: Partial<SessionRow> = {}): SessionRow => ({
  id,
  project: "p1",
  projectName: "demo",
  provider: "practice",
  title: `title of ${id}`,
  createdAt: 1,
  lastActivity,
  ...fields,
});
const DEMO = { project: "p1" };
const shown = (lists: Lists) => rowsOf(lists.view.get().rows, DEMO).map(({ id }) => id);

beforeEach(() => {
  asked = [];
  pages = {};
  vi.stubGlobal("fetch", (address: string) => {
    const url = new URL(address);
    if (url.pathname.endsWith("/projects")) return Promise.resolve(Response.json({ projects: [] }));
    if (url.pathname.endsWith("/providers")) return Promise.resolve(Response.json({ providers: [] }));
    const before = url.searchParams.get("before") ?? "";
    asked.push(before);
    const page = pages[before];
    return Promise.resolve(page ? Response.json(page) : Response.json({ code: "internal", message: "No." }, { status: 500 }));
  });
});

async function opened(): Promise<Lists> {
  const lists = new Lists();
  lists.open(DEMO);
  await vi.waitFor(() => {
    expect(lists.view.get().loaded.p1?.loading).toBe(false);
  });
  return lists;
}

test("agents have their names at once; whether they can be used comes when the server has looked", async () => {
  const claude = { id: "claude", name: "Claude Code", capabilities: {}, readiness: undefined as object | undefined };
  vi.stubGlobal("fetch", (address: string) => {
    const url = new URL(address);
    if (url.pathname.endsWith("/projects")) return Promise.resolve(Response.json({ projects: [{ id: "p1", name: "demo" }] }));
    return Promise.resolve(Response.json({ providers: [claude] }));
  });
  const lists = new Lists();
  const refreshed = lists.refresh();
  await vi.waitFor(() => {
    expect(lists.view.get().providers?.map(({ name }) => name)).toEqual(["Claude Code"]);
    expect(lists.view.get().projects?.map(({ name }) => name)).toEqual(["demo"]);
  });
  expect(lists.view.get().looking).toEqual(["claude"]);
  claude.readiness = { found: true };
  await refreshed;
  expect(lists.view.get().providers?.[0]?.readiness?.found).toBe(true);
  expect(lists.view.get().looking).toEqual([]);
});

test("looking again keeps what was known until it is known anew, for each agent by itself", async () => {
  const agent = (id: string, version?: string) => ({ id, name: id, capabilities: {}, readiness: version && { found: true, version } });
  const answers = [[agent("a", "1"), agent("b", "1")], [agent("a", "2"), agent("b")], [agent("a", "2"), agent("b", "2")]];
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(new URL(address).search);
    return Promise.resolve(Response.json({ providers: answers.shift() }));
  });
  const lists = new Lists();
  const versions = () => lists.view.get().providers?.map(({ readiness }) => readiness?.version);
  await lists.lookAtAgents();
  const again = lists.lookAtAgents(true);
  expect(lists.view.get().looking).toEqual(["a", "b"]);
  await vi.waitFor(() => {
    expect(versions()).toEqual(["2", "1"]);
  });
  expect(lists.view.get().looking).toEqual(["b"]);
  await again;
  expect(versions()).toEqual(["2", "2"]);
  expect(lists.view.get().looking).toEqual([]);
  expect(asked).toEqual(["?wait=false&fresh=false", "?wait=false&fresh=true", "?wait=false&fresh=false"]);
});

test("who comes to the agents has them looked at anew when what is known is over a minute old", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(new URL(address).search);
    return Promise.resolve(Response.json({ providers: [{ id: "a", name: "a", capabilities: {}, readiness: { found: true } }] }));
  });
  const lists = new Lists();
  lists.visitAgents();
  expect(asked).toEqual([]); // the list is not there yet: it comes with the connection
  await lists.lookAtAgents();
  const began = performance.now();
  const clock = vi.spyOn(performance, "now");
  for (const [after, fresh] of [[59_000, false], [121_000, true], [170_000, false]] as const) {
    clock.mockReturnValue(began + after);
    lists.visitAgents();
    expect(asked.at(-1)).toBe(`?wait=false&fresh=${fresh}`);
  }
  clock.mockRestore();
});

test("a look that fails says so, and is over", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ code: "internal", message: "No." }, { status: 500 })));
  const lists = new Lists();
  await lists.lookAtAgents(true);
  expect(lists.view.get().problem?.message).toBe("No.");
  expect(lists.view.get().looking).toEqual([]);
});

test("the newest session stands first, and moves up as soon as the server says that it moved", async () => {
  pages[""] = { sessions: [row("b", 20), row("a", 10)], next: null, revision: 1 };
  const lists = await opened();
  expect(shown(lists)).toEqual(["b", "a"]);
  lists.onFrame({ type: "sessions", revision: 2, upserts: [row("a", 30, { state: "running" }), row("c", 25)] });
  expect(shown(lists)).toEqual(["a", "c", "b"]);
  lists.onFrame({ type: "sessions", revision: 3, upserts: [row("c", 25, { trashed: true })], removes: ["b"] });
  expect(shown(lists)).toEqual(["a"]);
});

test("a page that was read before a change does not undo it", async () => {
  pages[""] = { sessions: [row("a", 10)], next: null, revision: 5 };
  const lists = new Lists();
  lists.open(DEMO);
  lists.onFrame({ type: "sessions", revision: 6, upserts: [row("a", 40, { state: "failed" })] });
  await vi.waitFor(() => {
    expect(lists.view.get().loaded.p1?.loading).toBe(false);
  });
  expect(lists.view.get().rows.get("a")?.state).toBe("failed");
});

test("pages follow each other without end; a page that fails is asked for again", async () => {
  pages[""] = { sessions: [row("c", 30)], next: "k1", revision: 1 };
  const lists = await opened();
  await lists.more(DEMO);
  expect(lists.view.get().loaded.p1?.problem?.message).toBe("No.");
  pages.k1 = { sessions: [row("b", 20)], next: null, revision: 1 };
  await lists.more(DEMO);
  expect(shown(lists)).toEqual(["c", "b"]);
  await lists.more(DEMO);
  expect(asked).toEqual(["", "k1", "k1"]);
});

test("after a reconnect the newest page is read again: what is gone from it goes, older pages stay", async () => {
  pages[""] = { sessions: [row("d", 40), row("c", 30)], next: "k1", revision: 1 };
  pages.k1 = { sessions: [row("b", 20)], next: "k2", revision: 1 };
  const lists = await opened();
  await lists.more(DEMO);
  pages[""] = { sessions: [row("e", 50), row("d", 45)], next: "k0", revision: 2 };
  pages.k2 = { sessions: [row("a", 10)], next: null, revision: 2 };
  await lists.refresh();
  expect(shown(lists)).toEqual(["e", "d", "c", "b"]);
  await lists.more(DEMO);
  expect(shown(lists)).toEqual(["e", "d", "c", "b", "a"]);
});

test("what was put away meanwhile is gone after a reconnect", async () => {
  pages[""] = { sessions: [row("b", 20), row("a", 10)], next: null, revision: 1 };
  const lists = await opened();
  pages[""] = { sessions: [row("b", 20)], next: null, revision: 2 };
  await lists.refresh();
  expect(shown(lists)).toEqual(["b"]);
});

test("after a restart, when revisions count from 0 again, what the server says of a session counts", async () => {
  pages[""] = { sessions: [row("a", 10)], next: null, revision: 50 };
  const lists = await opened();
  lists.onFrame({ type: "sessions", revision: 51, upserts: [row("a", 40, { state: "running" })] });
  pages[""] = { sessions: [row("a", 41, { state: "interrupted" })], next: null, revision: 0 };
  await lists.refresh();
  expect(lists.view.get().rows.get("a")?.state).toBe("interrupted");
});

test("a session made while a page was read does not go from the list", async () => {
  pages[""] = { sessions: [], next: null, revision: 3 };
  const lists = new Lists();
  lists.open(DEMO);
  lists.onFrame({ type: "sessions", revision: 4, upserts: [row("new", 10)] });
  await vi.waitFor(() => {
    expect(lists.view.get().loaded.p1?.loading).toBe(false);
  });
  expect(shown(lists)).toEqual(["new"]);
});

test("a session in the trash that is open here stays known, and out of the list", async () => {
  pages[""] = { sessions: [row("a", 10)], next: null, revision: 1 };
  const lists = await opened();
  lists.onFrame({ type: "sessions", revision: 2, removes: ["a"] });
  pages[""] = { sessions: [], next: null, revision: 2 };
  await lists.refresh();
  expect(shown(lists)).toEqual([]);
  expect(lists.view.get().rows.get("a")?.trashed).toBe(true);
});
