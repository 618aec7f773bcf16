import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { openPage, show } from "../testing/page";
import { FoundSessions } from "./session-search";

// It measures itself, which jsdom cannot; its own tests run in a browser.
vi.mock("./session-list", () => ({ SessionList: () => <div data-testid="session-list" /> }));

let broken = false;
const asked: string[] = [];

/** A server with one session called "Mend the parser". */
function answer(address: string): Response {
  const title = new URL(address, "http://test").searchParams.get("title");
  if (title === null) return Response.json({ sessions: [], revision: 1, next: null });
  asked.push(title);
  if (broken) return Response.json({ code: "internal", message: "It broke." }, { status: 500 });
  const row = { id: "s9", project: "p1", provider: "practice", title: "Mend the parser", lastActivity: 1, createdAt: 1 };
  return Response.json({ sessions: "mend the parser".includes(title) ? [row] : [], revision: 1, next: null });
}

beforeEach(async () => {
  const page = await openPage();
  await vi.waitUntil(() => page.client.lists.view.get().providers);
  asked.length = 0;
  broken = false;
  vi.stubGlobal("fetch", (address: string) => Promise.resolve(answer(address)));
  show(page, <FoundSessions project="p1" />);
});

const field = () => screen.getByTestId<HTMLInputElement>("session-search");

test("typing finds sessions by their title, asked once it rests; Escape shows all again", async () => {
  await userEvent.type(field(), "parser");
  expect((await screen.findByTestId("session-row")).textContent).toContain("Mend the parser");
  expect(asked).toEqual(["parser"]);
  expect(screen.getByRole("status").textContent).toBe("1 session");
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
