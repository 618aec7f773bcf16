import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { openPage, show } from "../testing/page";
import { FoundSessions } from "./session-search";

// It measures itself, which jsdom cannot; its own tests run in a browser.
vi.mock("./session-list", () => ({ SessionList: () => <div data-testid="session-list" /> }));

let broken = false;
const asked: string[] = [];
/** Project, agent and state that was looked for, of each request. */
const scopes = new Set<string>();
let indexed = 1;

const row = { id: "s9", project: "p1", projectName: "demo", provider: "practice", title: "Mend the parser", lastActivity: 1, createdAt: 1 };

/** What was said in it, two pages of one hit each. */
function hits(query: URLSearchParams): Response {
  const place = { session: row, seq: 3, role: "agent", at: 1 };
  const first = { ...place, turn: "t2", item: "i1", parts: ["It is ", "mended", " now."] };
  const older = { ...place, role: "person", turn: "t1", item: null, parts: ["Is it ", "mended", "?"] };
  if (query.get("q") === "otters") return Response.json({ hits: [], next: null, indexed });
  return Response.json({ hits: [query.has("before") ? older : first], next: query.has("before") ? null : "7", indexed });
}

/** A server with one session called "Mend the parser". */
function answer(address: string): Response {
  const url = new URL(address, "http://test");
  const scope = ["project", "provider", "only"].map((name) => url.searchParams.get(name)).join(" ");
  if (url.pathname.endsWith("/search")) {
    scopes.add(`said ${scope}`);
    return hits(url.searchParams);
  }
  const title = url.searchParams.get("title");
  if (title === null) return Response.json({ sessions: [], revision: 1, next: null });
  asked.push(title);
  scopes.add(`title ${scope}`);
  if (broken) return Response.json({ code: "internal", message: "It broke." }, { status: 500 });
  return Response.json({ sessions: "mend the parser".includes(title) ? [row] : [], revision: 1, next: null });
}

beforeEach(async () => {
  const page = await openPage();
  await vi.waitUntil(() => page.client.lists.view.get().providers);
  asked.length = 0;
  scopes.clear();
  broken = false;
  indexed = 1;
  vi.stubGlobal("fetch", (address: string) => Promise.resolve(answer(address)));
  show(page, <FoundSessions filter={DEMO} />);
});

const DEMO = { project: "p1", provider: "practice", only: "failed" } as const;

const field = () => screen.getByTestId<HTMLInputElement>("session-search");

test("typing finds sessions by their title, asked once it rests; Escape shows all again", async () => {
  await userEvent.type(field(), "parser");
  expect((await screen.findByTestId("session-row")).textContent).toContain("Mend the parser");
  expect(asked).toEqual(["parser"]);
  expect(screen.getByText("1 session")).toBeTruthy();
  await userEvent.type(field(), "{Escape}");
  expect(field().value).toBe("");
  expect(screen.getByTestId("session-list")).toBeTruthy();
});

test("what is in no title is said; a search that fails can be tried again", async () => {
  await userEvent.type(field(), "otters");
  expect(await screen.findByText("No session's title holds “otters”.")).toBeTruthy();
  broken = true;
  await userEvent.clear(field());
  await userEvent.type(field(), "mend");
  expect(await screen.findByText(/It broke/)).toBeTruthy();
  broken = false;
  await userEvent.click(screen.getByRole("button", { name: /again/i }));
  expect(await screen.findByTestId("session-row")).toBeTruthy();
});

test("what was said is found too, page by page, and each hit leads to its message", async () => {
  indexed = 0.419;
  await userEvent.type(field(), "mended");
  const hit = await screen.findByTestId("search-hit");
  expect(hit.querySelector("mark")?.textContent).toBe("mended");
  expect(hit.textContent).toContain("Agent: It is mended now.");
  expect(hit.getAttribute("href")).toMatch(/\/sessions\/s9#item=i1$/);
  expect(screen.getByTestId("indexing").textContent).toContain("41 %");
  await userEvent.click(screen.getByTestId("hits-more"));
  await vi.waitFor(() => { expect(screen.getAllByTestId("search-hit")).toHaveLength(2); });
  expect(screen.getAllByTestId("search-hit")[1]?.getAttribute("href")).toMatch(/#turn=t1$/);
  expect(screen.queryByTestId("hits-more")).toBeNull();
});

test("titles and messages are looked for with the agent that the list is narrowed to; a state is not asked for", async () => {
  expect(screen.getByTestId("only")).toBeTruthy();
  await userEvent.type(field(), "mended");
  await userEvent.click(await screen.findByTestId("hits-more"));
  await vi.waitFor(() => { expect(screen.getAllByTestId("search-hit")).toHaveLength(2); });
  expect([...scopes].sort()).toEqual(["said p1 practice ", "title p1 practice "]);
  expect(screen.getByTestId("only-agent")).toBeTruthy();
  expect(screen.queryByTestId("only")).toBeNull();
});

test("with nothing found anywhere, what is in no title and in no message is said, and all projects are offered", async () => {
  await userEvent.type(field(), "otters");
  expect(await screen.findByText("No message holds all of these words.")).toBeTruthy();
  expect(screen.getByTestId("search-everywhere")).toBeTruthy();
});
