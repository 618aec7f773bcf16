import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { about, followIntent } from "./about";

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  document.head.innerHTML = '<base href="http://localhost:3000/">';
  document.body.innerHTML = '<a href="/sessions/s1"><b>one</b></a><a href="/sessions/s2/files/a.txt">two</a><a href="/settings">three</a><a href="https://elsewhere.example/sessions/s4">four</a><a href="/%E0%A4%A">five</a>';
  about.set(undefined);
  stop = followIntent();
});
afterEach(() => {
  stop();
  document.head.innerHTML = "";
  vi.useRealTimers();
});

const on = (what: string, happens: string) => document.querySelector(what)?.dispatchEvent(new Event(happens, { bubbles: true }));

test("a pointer that rests on a link to a session is about to open it; one that comes by is not", () => {
  on("b", "pointerover");
  vi.advanceTimersByTime(20);
  on("a:nth-of-type(2)", "pointerover");
  vi.advanceTimersByTime(20);
  expect(about.get()).toBeUndefined();
  vi.advanceTimersByTime(50);
  expect(about.get()).toBe("s2");
  on("a:nth-of-type(3)", "pointerover");
  expect(about.get()).toBeUndefined();
});

test("a finger or the focus on it is, at once", () => {
  on("b", "pointerdown");
  expect(about.get()).toBe("s1");
  on("a:nth-of-type(2)", "focusin");
  expect(about.get()).toBe("s2");
  on("a:nth-of-type(4)", "focusin");
  expect(about.get()).toBeUndefined();
  on("a:nth-of-type(2)", "focusin");
  on("a:nth-of-type(5)", "focusin");
  expect(about.get()).toBeUndefined();
  on("b", "pointerdown");
  on("b", "pointercancel"); // a finger that scrolls
  expect(about.get()).toBeUndefined();
});
