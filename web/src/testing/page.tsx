/** Components as they stand in the page: with a client on a fake socket, and an open session. */

import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { Client } from "../client";
import { ClientContext } from "../components/client-context";
import { SessionContext } from "../components/session-context";
import type { AnyCommand, AnyEvent, ProviderInfo } from "../protocol";
import { fillings } from "../filling";
import { settle } from "../still";
import { FakeSocket, fakeSockets, WELCOME } from "./fake-socket";
import { frame, subscribed } from "./history";

const ME = { user: "u1", name: "you", version: "1", server: "run-1", allowBypass: false, defaultProvider: "practice", roots: [] };

export const PRACTICE: ProviderInfo = {
  id: "practice",
  name: "Practice agent",
  capabilities: { approvals: true, steer: true, resume: true, images: false, modes: [], models: [] },
  readiness: { found: true },
};

/** What jsdom does not have. */
function stubBrowser(): void {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  vi.stubGlobal("fetch", (address: string) =>
    Promise.resolve(Response.json(address.endsWith("/me") ? ME : { projects: [], providers: [PRACTICE], sessions: [], approvals: [] })),
  );
}

export interface OpenPage {
  client: Client;
  /** The server sends these events, after all before. */
  happens: (events: AnyEvent[]) => Promise<void>;
  /** The same, and no moment has passed. */
  comes: (events: AnyEvent[]) => void;
  sent: <T extends AnyCommand["type"]>(type: T) => Extract<AnyCommand, { type: T }>[];
}

/** A connected client with session `s1` open and empty; no sockets, no server. */
export async function openPage(): Promise<OpenPage> {
  window.dispatchEvent(new Event("pagehide")); // the page before keeps its drafts now, not later
  localStorage.clear();
  fillings.set(new Map());
  sessionStorage.clear();
  stubBrowser();
  fakeSockets();
  const client = new Client();
  await client.start();
  FakeSocket.last.says(WELCOME);
  client.follow("s1");
  const sent = <T extends AnyCommand["type"]>(type: T) =>
    FakeSocket.last.sent.filter((command): command is Extract<AnyCommand, { type: T }> => command.type === type);
  const subscription = sent("subscribe").at(-1)?.id ?? "";
  FakeSocket.last.says(subscribed(subscription, [], 1));
  let cursor = 0;
  const comes = (events: AnyEvent[]) => {
    FakeSocket.last.says(frame(subscription, cursor, events));
    cursor = events.at(-1)?.seq ?? cursor;
  };
  const happens = async (events: AnyEvent[]) => {
    comes(events);
    await vi.waitUntil(() => client.feed("s1").view.get().state.head === cursor);
    settle(); // as if a moment had passed: what was asked can be answered
  };
  return { client, happens, comes, sent };
}

export function show({ client }: OpenPage, content: ReactNode) {
  const session = { feed: client.feed("s1"), provider: "practice", agent: PRACTICE, folder: "/home/you/demo" };
  return render(
    <ClientContext value={client}>
      <SessionContext value={session}>{content}</SessionContext>
    </ClientContext>,
  );
}
