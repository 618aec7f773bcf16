import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { FakeSocket } from "../testing/fake-socket";
import { FakeUpload, fakeUploads } from "../testing/fake-upload";
import { logged } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { Dock } from "./dock";

const PNG = { id: "f1", name: "shot.png", mediaType: "image/png", size: 3 };
const UNDER_WAY = "Files are still being uploaded.";
const FAILED = "Remove what cannot go along.";

let page: OpenPage;

/** A prompt was refused as busy; then the person adds a picture. */
beforeEach(async () => {
  page = await openPage();
  fakeUploads();
  show(page, <Dock />);
  await act(() => page.happens(logged([{ type: "turn-started", text: "first", turn: "t1" }])));
  await userEvent.type(screen.getByTestId("composer"), "look at this{Enter}");
  const id = page.sent("prompt").at(-1)?.id ?? "";
  act(() => { FakeSocket.last.says({ type: "session-busy", id, session: "s1", provider: "practice", turn: "t1", since: 1 }); });
  await userEvent.upload(screen.getByTestId("attach-input"), new File(["png"], "shot.png", { type: "image/png" }));
});

const button = (name: "busy-queue" | "busy-steer") => screen.getByTestId<HTMLButtonElement>(name);

test.each(["busy-queue", "busy-steer"] as const)("%s waits for a file that is uploaded, says so, and takes it along", async (name) => {
  await userEvent.click(button(name));
  await userEvent.type(screen.getByTestId("composer"), "{Enter}");
  expect(page.sent("prompt")).toHaveLength(1);
  expect(FakeUpload.last.aborted).toBe(false);
  expect(button(name).disabled).toBe(true);
  expect(button(name).title).toBe(UNDER_WAY);
  expect(screen.getByTestId("busy-notice").textContent).toContain(UNDER_WAY);
  act(() => { FakeUpload.last.answers(201, PNG); });
  expect(button(name).title).toBe("");
  expect(screen.getByTestId("busy-notice").textContent).not.toContain(UNDER_WAY);
  await userEvent.click(button(name));
  expect(page.sent("prompt")[1]).toMatchObject({ text: "look at this", attachments: ["f1"] });
});

test("a file that failed is to be removed first", async () => {
  act(() => { FakeUpload.last.answers(413, { code: "too-large", message: "Too large." }); });
  expect(button("busy-queue").title).toBe(FAILED);
  await userEvent.click(button("busy-queue"));
  expect(page.sent("prompt")).toHaveLength(1);
  await userEvent.click(screen.getByTestId("attached-remove"));
  await userEvent.click(button("busy-queue"));
  expect(page.sent("prompt")).toHaveLength(2);
});
