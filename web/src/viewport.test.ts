import { expect, test, vi } from "vitest";
import { followKeyboard } from "./viewport";

test("the page is as high as what a keyboard leaves of it, and whole again after it", () => {
  const seen = Object.assign(new EventTarget(), { height: 700, scale: 1 });
  vi.stubGlobal("innerHeight", 740);
  vi.stubGlobal("visualViewport", seen);
  vi.stubGlobal("scrollTo", vi.fn());
  followKeyboard();
  const height = (next: number, scale = 1) => {
    Object.assign(seen, { height: next, scale });
    seen.dispatchEvent(new Event("resize"));
    return document.documentElement.style.getPropertyValue("--seen");
  };
  expect(height(690)).toBe(""); // a bar of the browser's
  expect(height(400)).toBe("400px");
  expect(height(740)).toBe("");
  expect(height(370, 2)).toBe(""); // somebody has enlarged the page
});
