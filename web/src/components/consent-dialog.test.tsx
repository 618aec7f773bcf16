import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeSocket } from "../testing/fake-socket";
import { openPage, PRACTICE, show, type OpenPage } from "../testing/page";
import { Dock } from "./dock";

const WORDS = "It writes files and runs commands without asking.";
const SESSION = { id: "s1", project: "p1", provider: "practice", title: "", lastActivity: 1, createdAt: 1, state: "idle" };

let page: OpenPage;
let refuse = false;
const asked: string[] = [];

/** A server that keeps the consent, or cannot. */
function answer(address: string, options?: RequestInit): Response {
  asked.push(`${options?.method ?? "GET"} ${address.replace(/^.*api/, "api")}`);
  if (refuse) return Response.json({ code: "storage-full", message: "The disk is full." }, { status: 507 });
  return Response.json({ project: "p1", provider: PRACTICE.id, createdAt: 1 });
}

beforeEach(async () => {
  page = await openPage();
  page.client.lists.put(SESSION as never);
  asked.length = 0;
  refuse = false;
  vi.stubGlobal("fetch", (address: string, options?: RequestInit) => Promise.resolve(answer(address, options)));
  show(page, <Dock />);
  act(() => { page.client.prompt("s1", "go on", { retryOf: "t0" }); });
  const [sent] = page.sent("prompt");
  act(() => { FakeSocket.last.says({ type: "rejected", id: sent?.id ?? "", code: "consent-needed", message: WORDS }); });
});

test("agreeing keeps the consent for the project and the agent, and sends the same prompt again", async () => {
  expect((await screen.findByTestId("consent-dialog")).textContent).toContain(WORDS);
  await userEvent.click(screen.getByTestId("consent-agree"));
  expect(asked).toEqual(["PUT api/projects/p1/consents/practice"]);
  await vi.waitFor(() => { expect(page.sent("prompt")).toHaveLength(2); });
  expect(page.sent("prompt")[1]).toMatchObject({ session: "s1", text: "go on", retryOf: "t0" });
  expect(screen.queryByTestId("consent-dialog")).toBeNull();
  expect(page.client.drafts.get("s1")).toBe("");
});

test("what was added since the prompt was sent does not go with it, and stays", async () => {
  act(() => { page.client.attached.restore("s1", ["f1"]); });
  await userEvent.click(await screen.findByTestId("consent-agree"));
  await vi.waitFor(() => { expect(page.sent("prompt")).toHaveLength(2); });
  expect(page.sent("prompt")[1]).not.toHaveProperty("attachments");
  expect(page.client.attached.of("s1")).toMatchObject([{ id: "f1" }]);
});

test("not here: nothing is kept or sent, and the text is in the composer", async () => {
  await userEvent.click(await screen.findByTestId("consent-refuse"));
  expect(screen.queryByTestId("consent-dialog")).toBeNull();
  expect(asked).toEqual([]);
  expect(page.sent("prompt")).toHaveLength(1);
  expect(page.client.drafts.get("s1")).toBe("go on");
  expect(screen.getByTestId("rejected").textContent).toContain(WORDS);
});

test("a consent that could not be kept says why, and sends nothing", async () => {
  refuse = true;
  await userEvent.click(await screen.findByTestId("consent-agree"));
  expect((await screen.findByTestId("problem")).textContent).toContain("The disk is full.");
  expect(page.sent("prompt")).toHaveLength(1);
});
