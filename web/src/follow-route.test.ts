import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { about } from "./about";
import { followRoute } from "./follow-route";
import { route } from "./route";

const asked: string[] = [];
const client = {
  follow: (session: string, ahead = false) => void asked.push(`follow ${session}${ahead ? " ahead" : ""}`),
  unfollow: (session: string) => void asked.push(`unfollow ${session}`),
};
let stop: () => void;

const at = (session: string, tab: "conversation" | "files" = "conversation") => {
  route.set({ view: "session", session, tab });
};

beforeEach(() => {
  asked.length = 0;
  at("s1");
  stop = followRoute(client);
});
afterEach(() => {
  stop();
});

test("the session of the address is followed; the next one is asked for before the last is let go", () => {
  expect(asked).toEqual(["follow s1"]);
  at("s2");
  expect(asked).toEqual(["follow s1", "follow s2", "unfollow s1"]);
});

test("a session stays followed while its files are looked at, and not where no session is", () => {
  at("s1", "files");
  expect(asked).toEqual(["follow s1"]);
  route.set({ view: "settings" });
  expect(asked).toEqual(["follow s1", "unfollow s1"]);
});

test("what somebody is about to open is followed already, and once; left alone for a while it is let go", () => {
  vi.useFakeTimers();
  about.set("s2");
  about.set(undefined); // a finger that is lifted, before its click
  vi.advanceTimersByTime(500);
  at("s2");
  vi.advanceTimersByTime(9000);
  expect(asked).toEqual(["follow s1", "follow s2 ahead", "follow s2", "unfollow s1"]);
  about.set("s3");
  about.set("s4");
  about.set(undefined);
  vi.advanceTimersByTime(1000);
  expect(asked.slice(4)).toEqual(["follow s3 ahead", "unfollow s3", "follow s4 ahead"]);
  about.set("s2"); // it is shown
  vi.advanceTimersByTime(9000);
  expect(asked.slice(7)).toEqual(["unfollow s4"]);
  vi.useRealTimers();
});
