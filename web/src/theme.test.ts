import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { look, setLook } from "./theme";

const root = document.documentElement;
const shown = () => ({ theme: root.dataset.theme, size: root.dataset.size });
/** As the browser runs it in the head. */
const beforePaint = () => {
  delete root.dataset.theme;
  delete root.dataset.size;
  window.eval(readFileSync("public/look.js", "utf8"));
};

beforeEach(() => {
  setLook({ theme: "system", size: "usual" });
  localStorage.clear();
});

test("what was chosen is there before the first paint of the next load", () => {
  setLook({ theme: "dark" });
  setLook({ size: "large" });
  expect(shown()).toEqual({ theme: "dark", size: "large" });
  beforePaint();
  expect(shown()).toEqual({ theme: "dark", size: "large" });
  expect(look.get()).toEqual({ theme: "dark", size: "large" });
});

test("the system's theme and the usual size leave nothing behind", () => {
  setLook({ theme: "light", size: "small" });
  setLook({ theme: "system", size: "usual" });
  beforePaint();
  expect(root.dataset.theme).toBeUndefined();
  expect(localStorage).toHaveLength(0);
});

test("what cannot be read changes nothing", () => {
  localStorage.setItem("antiphon.look", "{nonsense");
  beforePaint();
  expect(root.dataset.theme).toBeUndefined();
});

test("the browser's own bars have the page's colour", () => {
  document.head.innerHTML = `
    <meta name="theme-color" content="#fff" media="(prefers-color-scheme: light)">
    <meta name="theme-color" content="#000" media="(prefers-color-scheme: dark)">`;
  const media = () => [...document.querySelectorAll("meta")].map((meta) => meta.getAttribute("media"));
  setLook({ theme: "dark" });
  expect(media()).toEqual(["not all", "all"]);
  setLook({ theme: "system" });
  expect(media()).toEqual(["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"]);
});
