import { act } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { SessionRow } from "../protocol";
import { openPage, show, type OpenPage } from "../testing/page";
import { useSeen } from "./use-seen";

let page: OpenPage;
let visible = true;
const told: string[] = [];

const row = (fields: Partial<SessionRow>): SessionRow => ({
  id: "s1", project: "p1", projectName: "demo", provider: "practice", title: "Mend it", lastActivity: 1, createdAt: 1, head: 7, ...fields,
});

function Looking() {
  useSeen("s1");
  return null;
}

const look = (now: boolean) => {
  visible = now;
  act(() => { document.dispatchEvent(new Event("visibilitychange")); });
};

beforeEach(async () => {
  page = await openPage();
  await vi.waitUntil(() => page.client.lists.view.get().providers);
  visible = true;
  told.length = 0;
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (visible ? "visible" : "hidden"));
  vi.stubGlobal("fetch", (address: string, options?: RequestInit) => {
    told.push(`${options?.method} ${address.replace(/^.*(?=api\/)/, "")} ${options?.body as string}`);
    return Promise.resolve(Response.json(row({})));
  });
});

test("what ends in sight is told as seen, once", () => {
  show(page, <Looking />);
  act(() => { page.client.lists.put(row({})); });
  expect(told).toEqual([]);
  act(() => { page.client.lists.put(row({ unread: true, head: 9 })); });
  expect(told).toEqual(['PUT api/sessions/s1/seen {"seq":9}']);
  act(() => { page.client.lists.put(row({ unread: true, head: 9, title: "Renamed" })); });
  expect(told).toHaveLength(1);
});

test("a page in the background has seen nothing until it is looked at", () => {
  look(false);
  show(page, <Looking />);
  act(() => { page.client.lists.put(row({ unread: true, head: 9 })); });
  expect(told).toEqual([]);
  look(true);
  expect(told).toEqual(['PUT api/sessions/s1/seen {"seq":9}']);
});
