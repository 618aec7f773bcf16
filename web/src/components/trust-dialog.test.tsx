import { act, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Brings, Project } from "../protocol";
import { openPage, show } from "../testing/page";
import { TrustNotice } from "./trust-dialog";

const FOLDER: Project = { id: "p1", name: "garden", path: "/home/you/garden", trusted: false, missing: false, createdAt: 0, lastActivity: 0 };
const HOOK: Brings = { kind: "hook", name: "PreToolUse", file: ".claude/settings.json", text: "make" };

let answers: (brings: Brings[] | "refused") => Promise<void>;

beforeEach(async () => {
  const page = await openPage();
  let resolve: (response: Response) => void;
  const answer = new Promise<Response>((resolved) => {
    resolve = resolved;
  });
  vi.stubGlobal("fetch", () => answer);
  answers = async (brings) => {
    await act(async () => {
      resolve(brings === "refused" ? Response.json({ code: "gone", message: "It is gone" }, { status: 404 }) : Response.json({ brings }));
      await answer;
    });
  };
  show(page, <TrustNotice project={FOLDER} />);
});

const buttons = () => screen.queryAllByRole("button").map((button) => button.dataset.testid);

test("before it is known what the folder brings, nothing is there to press that could become something else", async () => {
  expect(buttons()).toEqual([]);
  expect(screen.getByRole("status").textContent).toBe("Looking at what it brings …");
  await answers([]);
  await vi.waitUntil(() => buttons().length);
  expect(buttons()).toEqual(["trust-now", "trust-review"]);
  expect(screen.queryByRole("status")).toBeNull();
});

test.each([{ brings: [HOOK] }, { brings: "refused" as const }])("a folder that brings something, or cannot be read, is looked at first", async ({ brings }) => {
  await answers(brings);
  await vi.waitUntil(() => buttons().length);
  expect(buttons()).toEqual(["trust-review"]);
});
