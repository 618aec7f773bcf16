import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeUpload, fakeUploads } from "../testing/fake-upload";
import { openPage, PRACTICE, show, type OpenPage } from "../testing/page";
import { toasts } from "../toasts";
import { ProjectView } from "./project-view";

const ROW = { id: "s9", project: "p1", provider: "practice", title: "", lastActivity: 1, createdAt: 1, state: "idle" };
const PROJECT = { id: "p1", name: "demo", path: "/home/you/demo", trusted: true };

let page: OpenPage;
let made: (answer: Response) => void;

beforeEach(async () => {
  page = await openPage();
  fakeUploads();
  toasts.set([]);
  vi.stubGlobal("fetch", (address: string, options?: RequestInit) =>
    options?.method === "POST" && address.endsWith("/sessions")
      ? new Promise<Response>((settle) => { made = settle; })
      : Promise.resolve(Response.json({ projects: [PROJECT], providers: [PRACTICE], sessions: [], prompts: [] })),
  );
  await page.client.lists.refresh();
  show(page, <ProjectView project="p1" />);
  await userEvent.type(screen.getByTestId("composer"), "hello{Enter}");
});

const add = () => userEvent.upload(screen.getByTestId("attach-input"), new File(["png"], "shot.png", { type: "image/png" }));
const starts = () =>
  act(async () => {
    made(Response.json(ROW, { status: 201 }));
    await vi.waitUntil(() => page.sent("prompt").length > 0);
  });

test("a file that is added while the session is made, and is not there in time, goes on in the session's composer; it is said", async () => {
  await add();
  await starts();
  expect(page.sent("prompt")).toMatchObject([{ session: "s9", text: "hello" }]);
  expect(page.sent("prompt")[0]).not.toHaveProperty("attachments");
  expect(FakeUpload.last.aborted).toBe(false);
  expect(page.client.attached.of("s9")).toMatchObject([{ name: "shot.png", progress: 0 }]);
  expect(page.client.attached.of("new:p1")).toEqual([]);
  expect(toasts.get().map(({ message }) => message)).toEqual([expect.stringMatching(/^A file that was not uploaded in time/)]);
});

test("one that is there in time goes along", async () => {
  await add();
  act(() => { FakeUpload.last.answers(201, { id: "f1", name: "shot.png", mediaType: "image/png", size: 3 }); });
  await starts();
  expect(page.sent("prompt")).toMatchObject([{ session: "s9", attachments: ["f1"] }]);
  expect(toasts.get()).toEqual([]);
});
