import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { logged } from "../testing/history";
import { openPage, PRACTICE, show, type OpenPage } from "../testing/page";
import { PromptActions, PromptDialogs } from "./prompt-actions";

let page: OpenPage;
let row: ReturnType<typeof show>;
let asked: { address: string; body: unknown }[];

const COPY = { id: "s2", project: "p1", projectName: "demo", provider: "practice", title: "x", lastActivity: 1, createdAt: 1 };

beforeEach(async () => {
  history.replaceState(null, "", "/");
  page = await openPage();
  asked = [];
  vi.stubGlobal("fetch", (address: string, { body }: { body?: string }) => {
    asked.push({ address: new URL(address).pathname, body: JSON.parse(body ?? "null") });
    return Promise.resolve(Response.json(COPY, { status: 201 }));
  });
  show(page, <PromptDialogs />);
  row = show(page, <PromptActions turn="t1" text="old words" running={false} />);
  await act(() => page.happens(logged([{ type: "turn-started", text: "old words", attachments: ["a1"], turn: "t1" }, { type: "turn-completed", turn: "t1" }])));
});

test("other words go into a copy that ends before the prompt, with its files; nothing is sent here", async () => {
  await userEvent.click(screen.getByTestId("prompt-again"));
  const field = await screen.findByTestId<HTMLTextAreaElement>("again-text");
  await vi.waitFor(() => { expect(field.value).toBe("old words"); });
  expect(screen.getByRole("heading").textContent).toBe("Send it in other words");
  expect(screen.getByTestId("fork-what").textContent).toContain("Files are not changed");
  expect(screen.getByTestId("fork-what").textContent).toContain("Practice agent cannot go back in its own memory");
  await userEvent.clear(field);
  await userEvent.type(field, "new words");
  await userEvent.click(screen.getByTestId("again-send"));
  expect(asked).toEqual([{ address: "/api/sessions/s1/fork", body: { turn: "t1", including: false } }]);
  await vi.waitFor(() => {
    expect(page.client.outbox.pending.get().map(({ command }) => command)).toMatchObject([
      { type: "prompt", session: "s2", text: "new words", attachments: ["a1"], carry: true },
    ]);
  });
  expect(location.pathname).toBe("/sessions/s2");
});

test("the words outlive the prompt's row, which scrolling takes away, and a closed dialog", async () => {
  await userEvent.click(screen.getByTestId("prompt-again"));
  const field = await screen.findByTestId<HTMLTextAreaElement>("again-text");
  await userEvent.clear(field);
  await userEvent.type(field, "half written");
  row.unmount();
  expect(screen.getByTestId<HTMLTextAreaElement>("again-text").value).toBe("half written");
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(screen.queryByTestId("again-text")).toBeNull();
  show(page, <PromptActions turn="t1" text="old words" running={false} />);
  await userEvent.click(screen.getByTestId("prompt-again"));
  expect(screen.getByTestId<HTMLTextAreaElement>("again-text").value).toBe("half written");
});

test("another way goes on in a copy that has the turn", async () => {
  await userEvent.click(screen.getByTestId("prompt-fork"));
  await userEvent.click(await screen.findByTestId("fork-make"));
  expect(asked).toEqual([{ address: "/api/sessions/s1/fork", body: { turn: "t1", including: true } }]);
});

test("an agent that keeps no earlier files says so", async () => {
  expect(PRACTICE.capabilities.restore).toBeFalsy();
  await userEvent.click(screen.getByTestId("prompt-restore"));
  expect((await screen.findByTestId("restore-cannot")).textContent).toContain("Practice agent keeps no earlier states");
  expect(asked).toEqual([]);
});
