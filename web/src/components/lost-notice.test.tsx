import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { useStore } from "../store";
import { FakeUpload, fakeUploads } from "../testing/fake-upload";
import { logged, type Made } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { Dock } from "./dock";
import { useSession } from "./session-context";
import { TurnEnd } from "./turn-end";

let page: OpenPage;

function Page() {
  const { feed } = useSession();
  const last = useStore(feed.view, ({ state }) => state.turns.at(-1));
  return <>{last && <TurnEnd turn={last} />}<Dock /></>;
}

const started: Made = { type: "turn-started", text: "go on", attachments: ["a1"], turn: "t1" };
const lost: Made = { type: "session-updated", lost: true };
const failed: Made = {
  type: "turn-failed",
  turn: "t1",
  failure: {
    provider: "practice",
    code: "invalid-request",
    type: "practice-error",
    message: "The agent has lost this conversation.",
    retryable: true,
    action: { kind: "carry-over", label: "Carry the transcript over" },
  },
};

const happens = (...events: Made[]) => act(() => page.happens(logged(events)));

beforeEach(async () => {
  page = await openPage();
  show(page, <Page />);
});

test("the failed turn offers its own prompt, with the transcript or afresh; then it offers nothing more", async () => {
  await happens(lost, started, failed);
  expect(screen.queryByTestId("lost")).toBeNull(); // the card says it
  expect(screen.queryByTestId("try-again")).toBeNull();
  await userEvent.click(screen.getByTestId("carry-over"));
  expect(page.sent("prompt")).toMatchObject([{ text: "go on", attachments: ["a1"], retryOf: "t1", carry: true }]);
  await userEvent.click(screen.getByTestId("start-afresh"));
  expect(page.sent("prompt")[1]).toMatchObject({ text: "go on", retryOf: "t1", carry: false });
});

test("once the agent has a conversation again, an old failure offers to try again as any other does", async () => {
  await happens(lost, started, failed, { type: "session-updated", lost: false });
  expect(screen.queryByTestId("carry-over")).toBeNull();
  expect(screen.getByTestId("try-again")).toBeTruthy();
});

test("words of one's own go with the transcript or afresh, as chosen; and so does what is just sent", async () => {
  await happens(lost, started, failed);
  const field = screen.getByTestId<HTMLTextAreaElement>("composer");
  await userEvent.type(field, "first");
  await userEvent.click(screen.getByTestId("lost-carry"));
  await userEvent.type(field, "second");
  await userEvent.click(screen.getByTestId("lost-afresh"));
  await userEvent.type(field, "third{Enter}");
  expect(page.sent("prompt")).toMatchObject([
    { text: "first", carry: true },
    { text: "second", carry: false },
    { text: "third", carry: true },
  ]);
  expect(field.value).toBe("");
});

test("neither sends while a file is uploaded, or without it", async () => {
  fakeUploads();
  await happens(lost, started, failed);
  await userEvent.type(screen.getByTestId("composer"), "look");
  await userEvent.upload(screen.getByTestId("attach-input"), new File(["png"], "shot.png", { type: "image/png" }));
  const buttons = ["lost-carry", "lost-afresh"].map((name) => screen.getByTestId<HTMLButtonElement>(name));
  for (const button of buttons) await userEvent.click(button);
  expect(page.sent("prompt")).toEqual([]);
  expect(buttons.map(({ title }) => title)).toEqual(Array(2).fill("Files are still being uploaded."));
  expect(screen.getByTestId("lost").textContent).toContain("Files are still being uploaded.");
  act(() => { FakeUpload.last.answers(201, { id: "f1", name: "shot.png", mediaType: "image/png", size: 3 }); });
  await userEvent.click(screen.getByTestId("lost-carry"));
  expect(page.sent("prompt")).toMatchObject([{ text: "look", attachments: ["f1"], carry: true }]);
});

test("a conversation that was lost before any prompt met it is said so, until it is found again", async () => {
  await happens(lost);
  expect(screen.getByTestId("lost").textContent).toContain("Practice agent has lost this conversation.");
  await act(() => page.happens(logged([{ type: "session-updated", lost: false }], 2)));
  expect(screen.queryByTestId("lost")).toBeNull();
  await userEvent.type(screen.getByTestId("composer"), "hello{Enter}");
  expect(page.sent("prompt")[0]).not.toHaveProperty("carry");
});
