import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { openPage, show, type OpenPage } from "../testing/page";
import { AttachedFiles } from "./attach-files";
import { FolderDialog } from "./folder-dialog";
import { RulesDialog } from "./rules-dialog";
import { TrashButton } from "./trash";

let page: OpenPage;
let asked: string[];

const SESSION = { id: "s9", project: "p1", projectName: "demo", provider: "practice", title: "old", lastActivity: 1, createdAt: 1, trashed: true };
const FOLDERS = { path: "/srv", roots: ["/srv"], parent: "/", folders: [{ name: "site", path: "/srv/site", git: false }] };
const RULE = { id: "r1", project: "p1", provider: "practice", rule: "Bash(ls)", label: "Bash(ls)", createdAt: 1 };

beforeEach(async () => {
  page = await openPage();
  asked = [];
  vi.stubGlobal("fetch", (address: string, { method = "GET" }: RequestInit = {}) => {
    asked.push(`${method} ${address.replace(/^.*api/, "api")}`);
    return Promise.resolve(Response.json({ ...FOLDERS, sessions: [SESSION], next: null, revision: 1, rules: [RULE], consents: [] }));
  });
});

/** The second click of a double click: by then another may stand there. */
async function secondClick(testid: string): Promise<void> {
  const button = await screen.findByTestId(testid);
  asked = [];
  fireEvent.click(button, { detail: 2 });
  await Promise.resolve();
}

test("it opens no folder within the folder that the first one opened", async () => {
  show(page, <FolderDialog onClose={vi.fn()} />);
  await secondClick("folder");
  await secondClick("folder-up");
  expect(asked).toEqual([]);
});

test("it brings back no second session, and takes back no second rule", async () => {
  show(page, <TrashButton project="p1" />);
  fireEvent.click(screen.getByTestId("trash"));
  await secondClick("restore");
  show(page, <RulesDialog project="p1" onClose={vi.fn()} />);
  await secondClick("rule-take-back");
  expect(asked).toEqual([]);
});

test("it removes no second file", () => {
  const file = { key: "f1", name: "a.txt", size: 1, mediaType: "text/plain", id: "a1" };
  const attaching = { files: [file] } as unknown as Parameters<typeof AttachedFiles>[0]["attaching"];
  const remove = vi.spyOn(page.client.attached, "remove");
  show(page, <AttachedFiles place="s1" attaching={attaching} />);
  fireEvent.click(screen.getByTestId("attached-remove"), { detail: 2 });
  expect(remove).not.toHaveBeenCalled();
  fireEvent.click(screen.getByTestId("attached-remove"), { detail: 1 });
  expect(remove).toHaveBeenCalledOnce();
});
