import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Consent, Rule } from "../protocol";
import { openPage, show } from "../testing/page";
import { RulesButton } from "./rules-dialog";

let rules: Rule[] = [];
let consents: Consent[] = [];
let refuse = false;
const asked: string[] = [];

const rule = (id: string, words: string): Rule => ({ id, project: "p1", provider: "practice", rule: words, label: words, createdAt: Date.UTC(2020, 5, 15) });

/** The rules of a server that can refuse to delete. */
function answer(address: string, options?: RequestInit): Response {
  const path = new URL(address, "http://test").pathname;
  asked.push(`${options?.method ?? "GET"} ${address.replace(/^.*api/, "api")}`);
  if (options?.method !== "DELETE") return Response.json(path.endsWith("consents") ? { consents } : { rules });
  if (refuse) return Response.json({ code: "storage-full", message: "The disk is full." }, { status: 507 });
  if (path.includes("consents")) consents = [];
  rules = rules.filter(({ id }) => !path.endsWith(id));
  return new Response(null, { status: 204 });
}

beforeEach(async () => {
  const page = await openPage();
  await vi.waitUntil(() => page.client.lists.view.get().providers);
  asked.length = 0;
  rules = [rule("r1", "Bash(npm test:*)"), rule("r2", "WebFetch(domain:example.org)")];
  consents = [];
  refuse = false;
  vi.stubGlobal("fetch", (address: string, options?: RequestInit) => Promise.resolve(answer(address, options)));
  show(page, <RulesButton project="p1" />);
  await userEvent.click(screen.getByTestId("rules"));
  await screen.findAllByTestId("rule");
});

test("what was allowed for always is listed with its agent, and can be taken back one by one", async () => {
  expect(asked).toEqual(["GET api/rules?project=p1", "GET api/consents?project=p1"]);
  const [first] = screen.getAllByTestId("rule");
  expect(first?.textContent).toMatch(/Practice agent · since \w+ \d+/);
  await userEvent.click(screen.getByRole("button", { name: "Take back Bash(npm test:*)" }));
  await vi.waitFor(() => { expect(screen.getAllByTestId("rule")).toHaveLength(1); });
  expect(asked).toContain("DELETE api/rules/r1");
  await userEvent.click(screen.getByTestId("rule-take-back"));
  expect(await screen.findByText(/Nothing yet/)).toBeTruthy();
});

test("a rule that could not be taken back stays, and says why", async () => {
  refuse = true;
  await userEvent.click(screen.getByRole("button", { name: "Take back Bash(npm test:*)" }));
  expect(within(await screen.findByTestId("problem")).getByText("The disk is full.")).toBeTruthy();
  expect(screen.getAllByTestId("rule")).toHaveLength(2);
});

test("an agent that may do everything stands there too, and can be stopped from it", async () => {
  consents = [{ project: "p1", provider: "practice", createdAt: Date.UTC(2020, 5, 15) }];
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  await userEvent.click(screen.getByTestId("rules"));
  expect((await screen.findByTestId("consent")).textContent).toMatch(/without asking.*Practice agent · since \w+ \d+/);
  await userEvent.click(screen.getByRole("button", { name: "Take back Practice agent works without asking" }));
  await vi.waitFor(() => { expect(screen.queryByTestId("consent")).toBeNull(); });
  expect(asked).toContain("DELETE api/projects/p1/consents/practice");
});
