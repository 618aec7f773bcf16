import { afterEach, expect, test, vi } from "vitest";
import { fetchMe, problemOf } from "./api";
import { speak } from "./words";

afterEach(() => speak("en"));

/** What is said when a request fails so. */
async function saidWhen(answer: () => Promise<Response>): Promise<string> {
  vi.stubGlobal("fetch", answer);
  const me = await fetchMe();
  return me.ok || !me.problem.own ? "" : me.problem.message;
}

test("why nothing came is said in the person's language", async () => {
  await speak("zh");
  expect(await saidWhen(() => Promise.reject(new TypeError("Failed to fetch")))).toBe("无法连接服务器。它在运行吗？");
  expect(await saidWhen(() => Promise.reject(Object.assign(new Error("late"), { name: "TimeoutError" })))).toBe("服务器在 20 秒内没有响应。");
  expect(await saidWhen(() => Promise.resolve(new Response("<html>")))).toBe("应答的不是 Antiphon：中间是否有代理服务器？");
  expect(await saidWhen(() => Promise.resolve(Response.json({}, { status: 502 })))).toBe("服务器返回了 502，没有说明原因。");
});

test("what the server says stays as it is, and is not taken for the page's", () => {
  expect(problemOf(409, { code: "busy", message: "It is busy." })).toEqual({ status: 409, code: "busy", message: "It is busy." });
});
