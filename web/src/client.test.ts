import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client } from "./client";
import type { AnyCommand, AnyFrame, Prompt } from "./protocol";
import { FakeSocket, fakeSockets, WELCOME } from "./testing/fake-socket";
import { frame, logged, subscribed } from "./testing/history";
import { toasts } from "./toasts";

const ME = { user: "u1", name: "you", version: "1", server: "run-1", allowBypass: false, defaultProvider: "practice", roots: [] };
let answers: Record<string, () => Response>;
let client: Client;

beforeEach(async () => {
  vi.useFakeTimers();
  localStorage.clear();
  sessionStorage.clear();
  toasts.set([]);
  fakeSockets();
  answers = { "/api/me": () => Response.json(ME) };
  vi.stubGlobal("fetch", (address: string) => {
    const make = answers[new URL(address).pathname];
    return make ? Promise.resolve(make()) : Promise.resolve(Response.json({ projects: [], providers: [], sessions: [], approvals: [] }));
  });
  client = new Client();
  await client.start();
});

afterEach(() => {
  vi.useRealTimers();
});

const says = (said: AnyFrame) => {
  FakeSocket.last.says(said);
};
const sent = <T extends AnyCommand["type"]>(type: T) =>
  FakeSocket.last.sent.filter((command): command is Extract<AnyCommand, { type: T }> => command.type === type);

/** Connected, with the session's (empty) log open. */
function opened(): string {
  says(WELCOME);
  client.follow("s1");
  const id = sent("subscribe").at(-1)?.id ?? "";
  says(subscribed(id, [], 1));
  return id;
}

function lastPrompt(): Prompt {
  const last = sent("prompt").at(-1);
  if (!last) throw new Error("no prompt was sent");
  return last;
}

test("nobody is signed in: the page says so, and opens no socket", async () => {
  FakeSocket.made = [];
  answers["/api/me"] = () => Response.json({ code: "signed-out", message: "Sign in." }, { status: 401 });
  const other = new Client();
  await other.start();
  expect(other.account.get()).toEqual({ phase: "signed-out" });
  expect(FakeSocket.made).toEqual([]);
});

test("a link that was used before still leads in where this browser is signed in already", async () => {
  answers["/api/sign-in"] = () => Response.json({ code: "used", message: "Used." }, { status: 401 });
  const other = new Client();
  await other.start("token");
  expect(other.account.get().phase).toBe("ready");
});

test("a bad link says why", async () => {
  answers["/api/sign-in"] = () => Response.json({ code: "unknown-link", message: "Unknown link." }, { status: 401 });
  answers["/api/me"] = () => Response.json({ code: "signed-out", message: "Sign in." }, { status: 401 });
  const other = new Client();
  await other.start("token");
  expect(other.account.get()).toMatchObject({ phase: "signed-out", problem: { message: "Unknown link." } });
});

test("a prompt is pending until its event is in the transcript, also when the reply came first", () => {
  const subscription = opened();
  client.prompt("s1", "hello");
  const { id } = lastPrompt();
  expect(client.outbox.pending.get()).toHaveLength(1);
  says({ type: "accepted", id, session: "s1", outcome: "started", turn: "t1", seq: 1 });
  expect(client.outbox.pending.get()).toHaveLength(0);
  expect(client.settling.get()).toHaveLength(1);
  says(frame(subscription, 0, logged([{ type: "turn-started", text: "hello", command: id, turn: "t1" }])));
  vi.runOnlyPendingTimers();
  expect(client.settling.get()).toHaveLength(0);
});

test("busy: one notice, updated and never doubled, and the text is back in the composer", () => {
  opened();
  for (const queued of [0, 3]) {
    client.drafts.set("s1", "");
    client.prompt("s1", "second thing");
    says({ type: "session-busy", id: lastPrompt().id, session: "s1", provider: "practice", turn: "t1", since: 1, queued });
  }
  expect(client.feed("s1").view.get().busy).toMatchObject({ turn: "t1", queued: 3 });
  expect(client.drafts.get("s1")).toBe("second thing");
  expect(client.outbox.pending.get()).toHaveLength(0);
});

test("a rejected prompt is said in words, its text before what was typed meanwhile", () => {
  opened();
  client.prompt("s1", "first");
  client.drafts.set("s1", "typed since");
  says({ type: "rejected", id: lastPrompt().id, code: "queue-full", message: "The queue is full." });
  expect(client.feed("s1").view.get().rejected?.message).toBe("The queue is full.");
  expect(client.drafts.get("s1")).toBe("first\n\ntyped since");
});

test("a late answer is told", () => {
  opened();
  client.send({ type: "answer", session: "s1", approval: "p1", option: "yes" });
  const { id } = sent("answer").at(-1) ?? { id: "" };
  says({ type: "rejected", id, code: "already-answered", message: "Answered before.", by: "person", option: "no" });
  expect(toasts.get().map(({ message }) => message)).toEqual(["Answered before."]);
});

test("after a drop: subscribe first, then the unanswered command with its old id", async () => {
  opened();
  client.prompt("s1", "hello");
  const { id } = lastPrompt();
  FakeSocket.last.breaks();
  await vi.advanceTimersByTimeAsync(3000);
  says(WELCOME);
  expect(sent("prompt")).toEqual([]);
  says(subscribed(sent("subscribe").at(-1)?.id ?? "", [], 1));
  expect(sent("prompt").map((prompt) => prompt.id)).toEqual([id]);
});

test("prompts for sessions that are not open are sent after a reload too", async () => {
  client.prompt("s2", "kept while away"); // there is no connection yet
  const reloaded = new Client();
  await reloaded.start();
  says(WELCOME);
  expect(lastPrompt()).toMatchObject({ session: "s2", text: "kept while away" });
});

test("a prompt that is taken back is not sent, and its text is in the composer", () => {
  client.prompt("s1", "not yet");
  const [pending] = client.outbox.pending.get();
  client.takeBack(pending?.command.id ?? "");
  opened();
  expect(sent("prompt")).toEqual([]);
  expect(client.drafts.get("s1")).toBe("not yet");
});

test("a server of another version offers a reload; of the same one it does not", () => {
  says(WELCOME);
  expect(client.notices.get().newVersion).toBeUndefined();
  says({ ...(WELCOME as Extract<AnyFrame, { type: "welcome" }>), version: "2" });
  expect(client.notices.get().newVersion).toBe("2");
});

test("a full storage is shown until it is back", () => {
  says(WELCOME);
  says({ type: "notice", code: "storage-full", message: "The disk is full." });
  expect(client.notices.get().storageFull?.message).toBe("The disk is full.");
  says({ type: "notice", code: "storage-back", message: "Back." });
  expect(client.notices.get().storageFull).toBeUndefined();
});

test("signed out elsewhere: the socket is refused, REST says why, and the page goes to the sign-in", async () => {
  says(WELCOME);
  answers["/api/me"] = () => Response.json({ code: "signed-out", message: "Sign in." }, { status: 401 });
  FakeSocket.last.breaks();
  await vi.advanceTimersByTimeAsync(0);
  expect(client.account.get()).toEqual({ phase: "signed-out", ended: true });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.made).toHaveLength(1);
});

test("a frame of a type that this page does not know harms nothing", () => {
  says(WELCOME);
  says({ type: "of-the-future" } as unknown as AnyFrame);
  expect(client.link.get()).toEqual({ phase: "live" });
});

test("of the sessions that were left, those looked at last are kept", () => {
  says(WELCOME);
  const visit = (session: string) => {
    client.follow(session);
    client.unfollow(session);
    return client.feed(session);
  };
  const [first, second, third] = Array.from({ length: 12 }, (_, at) => visit(`s${String(at)}`));
  visit("s0");
  visit("s12");
  expect(client.feed("s0")).toBe(first);
  expect(client.feed("s2")).toBe(third);
  expect(client.feed("s1")).not.toBe(second);
});

test("a session that somebody is about to open is subscribed ahead; once they look, the server is told; left alone it is forgotten", async () => {
  says(WELCOME);
  const subscribes = () => FakeSocket.last.sent.filter((command) => command.type === "subscribe" && command.session === "s9");
  client.follow("s9", true);
  expect(subscribes()).toMatchObject([{ ahead: true }]);
  const feed = client.feed("s9");
  client.follow("s9");
  await vi.advanceTimersByTimeAsync(1000);
  expect(subscribes()).toHaveLength(2);
  expect(subscribes()[1]).not.toHaveProperty("ahead");
  client.unfollow("s9");
  expect(client.feed("s9")).toBe(feed);
  client.follow("s9", true); // once more a pointer only
  expect(subscribes()[2]).toMatchObject({ ahead: true });
  client.follow("s8", true);
  const near = client.feed("s8");
  client.unfollow("s8");
  expect(client.feed("s8")).not.toBe(near);
});
