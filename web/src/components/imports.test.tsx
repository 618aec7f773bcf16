import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { ImportsPage, SessionRow } from "../protocol";
import { FakeSocket } from "../testing/fake-socket";
import { openPage, show, type OpenPage } from "../testing/page";
import { ImportBar } from "./import-bar";
import { ImportSummary } from "./import-summary";
import { SessionRowView } from "./session-row";

let page: OpenPage;
let answers: Record<string, ImportsPage>;
const asked: string[] = [];

const skipped = (path: string) => ({ provider: "practice", path, reason: "folder-gone", message: `The folder of ${path} is gone` }) as const;
const found: ImportsPage = { running: false, done: 5, total: 5, imported: 1200, skippedCount: 2, skipped: [skipped("/a")], next: "/a" };

beforeEach(async () => {
  page = await openPage();
  await vi.waitUntil(() => page.client.lists.view.get().providers);
  asked.length = 0;
  answers = { "api/imports?": found, "api/imports?after=%2Fa": { ...found, skipped: [skipped("/b")], next: null }, "api/imports": found };
  vi.stubGlobal("fetch", (address: string, options?: RequestInit) => {
    const path = address.replace(/^.*(?=api\/)/, "");
    asked.push(`${options?.method ?? "GET"} ${path}`);
    return Promise.resolve(Response.json(answers[path] ?? { projects: [], providers: [], sessions: [], approvals: [] }));
  });
});

const says = (running: boolean, done: number) => {
  act(() => {
    FakeSocket.last.says({ type: "imports", running, done, total: 4000, imported: done, skipped: 0 });
  });
};

test("a bar shows how far the reading is, and goes when it is done; then the lists are read again", () => {
  show(page, <ImportBar />);
  expect(screen.queryByTestId("import-bar")).toBeNull();
  says(true, 1000);
  const bar = screen.getByRole("progressbar", { name: /Reading earlier sessions/ });
  expect(bar.getAttribute("aria-valuenow")).toBe("1000");
  expect(bar.firstElementChild?.getAttribute("style")).toContain("25%");
  expect(asked).toEqual([]);
  says(false, 4000);
  expect(screen.queryByTestId("import-bar")).toBeNull();
  expect(asked).toContain("GET api/projects");
});

test("what was found is a line; what was skipped is listed with its reason, page by page", async () => {
  show(page, <ImportSummary />);
  expect(await screen.findByText("1,200 sessions found · 2 files skipped")).toBeTruthy();
  await userEvent.click(screen.getByTestId("imports-skipped"));
  expect(screen.getByTestId("skipped").textContent).toContain("The folder of /a is gone");
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  await vi.waitFor(() => { expect(screen.getAllByTestId("skipped")).toHaveLength(2); });
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("a person can have it looked at again", async () => {
  show(page, <ImportSummary />);
  await userEvent.click(await screen.findByTestId("imports-again"));
  expect(asked).toContain("POST api/imports");
});

test("a session that the agent's own program began says where it is from", () => {
  const row: SessionRow = { id: "s9", project: "p", projectName: "p", provider: "practice", title: "Old", lastActivity: 1, createdAt: 1 };
  const { rerender } = show(page, <SessionRowView row={row} current={false} />);
  expect(screen.queryByTestId("imported")).toBeNull();
  rerender(<></>);
  show(page, <SessionRowView row={{ ...row, imported: true }} current={false} />);
  expect(screen.getByTestId("imported").textContent).toBe("from Practice agent");
});
