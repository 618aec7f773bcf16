import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { ProviderInfo, ProviderKey, Readiness } from "../protocol";
import { openPage, PRACTICE, show, type OpenPage } from "../testing/page";
import { AgentCard } from "./agent-card";

const NONE: ProviderKey = { variable: "OPENROUTER_API_KEY", source: "", kept: false, problem: "" };
const KEPT: ProviderKey = { ...NONE, source: "in this system's keyring", kept: true };
const NEEDS: Readiness = {
  found: true,
  signedIn: false,
  message: "OpenRouter needs a key.",
  action: { kind: "add-key", label: "Add a key", command: "antiphon key set openrouter" },
};
const SECRET = "sk-fake-or-0123456789";

let page: OpenPage;
beforeEach(async () => {
  page = await openPage();
});

const agent = (readiness: Readiness | undefined, key?: ProviderKey): ProviderInfo => ({ ...PRACTICE, id: "openrouter", name: "OpenRouter", readiness, key });
const shown = (provider: ProviderInfo, { looking = false, wanted = false } = {}) => {
  show(page, <AgentCard provider={provider} looking={looking} wanted={wanted} />);
  return screen.getByTestId("agent-card");
};

/** What is asked of the server from now on, and its answer to a key. */
function asked(answer: Response): { method?: string; path: string; body?: unknown }[] {
  const requests: { method?: string; path: string; body?: unknown }[] = [];
  vi.stubGlobal("fetch", (address: string, init?: RequestInit) => {
    requests.push({ method: init?.method, path: new URL(address).pathname, body: init?.body });
    return Promise.resolve(init?.method === "GET" ? Response.json({ providers: [] }) : answer);
  });
  return requests;
}

test("an agent that is ready tells its version, who pays and its models, the many behind a fold", () => {
  const models = Array.from({ length: 12 }, (_, n) => `m${n}`);
  const card = shown(agent({ found: true, version: "2.1", signedIn: true, account: "Claude Max", models, warning: "It ends soon." }));
  expect(card.dataset.usable).toBe("true");
  expect(within(card).getByText("Claude Max")).toBeTruthy();
  expect(within(card).getByText("2.1")).toBeTruthy();
  expect(within(card).getByText("and 8 more")).toBeTruthy();
  expect(within(card).getByTestId("agent-warning").textContent).toContain("It ends soon.");
  expect(within(card).queryByTestId("agent-missing")).toBeNull();
  expect(within(card).queryByTestId("agent-key")).toBeNull(); // it takes none
});

test("an agent that is not here comes with the command, and is not offered a key that nothing could use", () => {
  const install = { kind: "install", label: "Install it", command: "npm install -g it" } as const;
  const card = shown(agent({ found: false, message: "It is not installed.", action: install }, NONE));
  expect(within(card).getByTestId("agent-missing").textContent).toContain("It is not installed.");
  expect(within(card).getByText("npm install -g it").tagName).toBe("CODE");
  expect(within(card).queryByTestId("agent-key")).toBeNull();
});

test("while the server looks, what was known before still stands there", () => {
  const card = shown(agent({ found: true, version: "2.1" }), { looking: true });
  expect(card.getAttribute("aria-busy")).toBe("true");
  expect(card.textContent).toContain("looking …");
  expect(card.textContent).toContain("2.1");
});

test("who came for an agent that needs a key can write it at once; others open the form", () => {
  shown(agent(NEEDS, NONE));
  expect(screen.queryByTestId("key-field")).toBeNull();
  fireEvent.click(screen.getByTestId("key-add"));
  expect(document.activeElement).toBe(screen.getByTestId("key-field"));
  fireEvent.keyDown(screen.getByTestId("key-field"), { key: "Escape" });
  expect(screen.queryByTestId("key-field")).toBeNull();
});

test("the form is open for who came for it", () => {
  shown(agent(NEEDS, NONE), { wanted: true });
  expect(screen.getByTestId("key-field").getAttribute("type")).toBe("password");
});

test("a key is sent once in the body, and then is nowhere in the page", async () => {
  const card = shown(agent(NEEDS, NONE), { wanted: true });
  const requests = asked(Response.json(KEPT));
  fireEvent.change(screen.getByTestId("key-field"), { target: { value: SECRET } });
  fireEvent.click(screen.getByTestId("key-keep"));
  await waitFor(() => {
    expect(screen.queryByTestId("key-form")).toBeNull();
  });
  expect(requests[0]).toEqual({ method: "PUT", path: "/api/providers/openrouter/key", body: JSON.stringify({ key: SECRET }) });
  expect(requests[1]?.path).toBe("/api/providers"); // it is looked at anew
  expect(card.innerHTML).not.toContain(SECRET);
  expect(JSON.stringify([localStorage, sessionStorage])).not.toContain(SECRET);
  expect(document.activeElement).toBe(screen.getByTestId("agent-key"));
});

test("a key that was refused stays in the field, with the reason", async () => {
  shown(agent(NEEDS, NONE), { wanted: true });
  asked(Response.json({ code: "invalid", message: "A key is 1 to 4096 characters without spaces." }, { status: 400 }));
  fireEvent.change(screen.getByTestId("key-field"), { target: { value: "two words" } });
  fireEvent.click(screen.getByTestId("key-keep"));
  expect((await screen.findByTestId("problem")).textContent).toContain("A key is 1 to 4096 characters");
  expect(screen.getByTestId<HTMLInputElement>("key-field").value).toBe("two words");
});

test("where a key is, is said; it can be replaced, and removed when the person is sure", async () => {
  const card = shown(agent({ found: true, signedIn: true }, KEPT));
  expect(within(card).getByTestId("key-source").textContent).toBe("Its key is in this system's keyring");
  expect(within(card).getByTestId("key-replace")).toBeTruthy();
  const requests = asked(new Response(null, { status: 204 }));
  fireEvent.click(within(card).getByTestId("key-remove"));
  expect(requests).toEqual([]);
  fireEvent.click(within(card).getByTestId("key-remove-sure"));
  await waitFor(() => {
    expect(requests[0]).toEqual({ method: "DELETE", path: "/api/providers/openrouter/key", body: undefined });
  });
});

test("a key of the environment is named, and cannot be changed here", () => {
  shown(agent({ found: true, signedIn: true }, { ...NONE, source: "from OPENROUTER_API_KEY" }));
  expect(screen.getByTestId("key-source").textContent).toBe("Its key is from OPENROUTER_API_KEY, set where Antiphon was started");
  expect(screen.queryByTestId("key-replace")).toBeNull();
  expect(screen.queryByTestId("key-add")).toBeNull();
});

test("an agent with a login of its own is not asked for a key", () => {
  shown(agent({ found: true, signedIn: true, account: "Claude Max" }, NONE));
  expect(screen.queryByTestId("agent-key")).toBeNull();
});

test("a key that cannot be had is told with the reason", () => {
  shown(agent(NEEDS, { ...NONE, problem: "keys.json can be read by others. Mend it: chmod 600 keys.json" }));
  expect(screen.getByTestId("problem").textContent).toContain("chmod 600 keys.json");
});
