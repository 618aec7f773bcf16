import { afterEach, expect, test } from "vitest";
import type { Account } from "./client";
import { connectionWords } from "./connection-words";
import type { Link } from "./socket";
import { speak } from "./words";

afterEach(() => speak("en"));

const account: Account = { phase: "starting" };
const state = (link: Link, online = true) => connectionWords(link, {}, account, online).state;

test("each state of the connection has its words", () => {
  const waiting = { phase: "waiting", attempt: 1, retryAt: 5 } as const;
  expect(state({ phase: "live" })).toBe("live");
  expect(state({ phase: "connecting", attempt: 1 })).toBe("connecting");
  expect(state({ phase: "connecting", attempt: 3 })).toBe("reconnecting");
  expect(state(waiting)).toBe("reconnecting");
  expect(state(waiting, false)).toBe("offline");
  const goodbye = { type: "goodbye", code: "server-stopping", message: "Stopping.", retry: true } as const;
  expect(state({ ...waiting, goodbye })).toBe("stopped");
  expect(state({ phase: "ended" })).toBe("ended");
  expect(connectionWords({ phase: "live" }, { newVersion: "2" }, account, true).state).toBe("new-version");
});

test("while it waits it says until when, also offline: the server may be on this very machine", () => {
  const link: Link = { phase: "waiting", attempt: 1, retryAt: 5 };
  expect(connectionWords(link, {}, account, true).retryAt).toBe(5);
  expect(connectionWords(link, {}, account, false).retryAt).toBe(5);
});

test("the server's own sentence is told apart in another language, and is all in English", async () => {
  const goodbye = { type: "goodbye", code: "too-slow", message: "Read faster.", retry: true } as const;
  const link: Link = { phase: "waiting", attempt: 1, retryAt: 5, goodbye };
  expect(connectionWords(link, {}, account, true)).toMatchObject({ long: "Read faster." });
  await speak("zh");
  expect(connectionWords(link, {}, account, true)).toMatchObject({ long: "与服务器的连接已断开。", served: "Read faster." });
  expect(connectionWords({ phase: "ended", goodbye: { ...goodbye, code: "signed-out" } }, {}, account, true)).toMatchObject({ long: "你已退出登录。", served: "Read faster." });
});
