import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { BackgroundTask } from "../protocol";
import { FakeSocket } from "../testing/fake-socket";
import { logged } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { toasts } from "../toasts";
import { BackgroundTasks } from "./background-tasks";

let page: OpenPage;

beforeEach(async () => {
  page = await openPage();
  show(page, <BackgroundTasks />);
});

const tasks: BackgroundTask[] = [
  { id: "b1", title: "npm run dev", kind: "command", startedAt: Date.now() - 65_000 },
  { id: "b2", title: "Look for callers", kind: "agent" },
];
const now = (all: BackgroundTask[], seq: number) => act(() => page.happens(logged([{ type: "session-updated", tasks: all }], seq)));

test("what runs in the background is one line, and a list when unfolded; nothing is shown when nothing runs", async () => {
  expect(screen.queryByTestId("tasks")).toBeNull();
  await now(tasks, 1);
  expect(screen.getByTestId("tasks").textContent).toContain("2 tasks in the background");
  await userEvent.click(screen.getByRole("button"));
  expect(screen.getAllByTestId("task").map((row) => row.textContent)).toEqual([
    expect.stringMatching(/npm run devCommand · 1 min \d+ sStop/),
    "Look for callersSub-agentStop",
  ]);
  await now([], 2);
  expect(screen.queryByTestId("tasks")).toBeNull();
});

test("Stop asks once for that task, waits for the reply, and says why where it was refused", async () => {
  await now(tasks, 1);
  if (!screen.queryAllByTestId("task").length) await userEvent.click(screen.getByRole("button"));
  await userEvent.click(screen.getByRole("button", { name: "Stop Look for callers" }));
  expect(page.sent("stop-task")).toMatchObject([{ session: "s1", task: "b2" }]);
  const stop = screen.getByRole<HTMLButtonElement>("button", { name: "Stop Look for callers" });
  expect(stop.disabled).toBe(true);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Stop npm run dev" }).disabled).toBe(false);
  act(() => {
    const id = page.sent("stop-task")[0]?.id ?? "";
    FakeSocket.last.says({ type: "rejected", id, code: "unknown-task", message: "It has ended already." });
  });
  expect(stop.disabled).toBe(false);
  expect(toasts.get().map(({ message }) => message)).toContain("It has ended already.");
});
