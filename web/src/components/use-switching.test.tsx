import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionRow } from "../protocol";
import { useSwitching } from "./use-switching";

const rows = ["s1", "s2"].map((id) => ({ id }) as SessionRow);

function Page() {
  useSwitching(rows, "s1", vi.fn());
  return (
    <>
      <textarea data-composer aria-label="composer" />
      <textarea aria-label="comment" />
      <select aria-label="project" />
    </>
  );
}

beforeEach(() => { history.replaceState(null, "", "/"); });
afterEach(() => { document.querySelector("dialog")?.remove(); });

/** True: the key was left to who has the focus. */
const press = (element: Element) => fireEvent.keyDown(element, { key: "ArrowDown", altKey: true });

test("Alt and an arrow switch from the page and from the composer", () => {
  render(<Page />);
  expect(press(screen.getByLabelText("composer"))).toBe(false);
  expect(location.pathname).toBe("/sessions/s2");
});

test("in another field or a choice the key is its own, and behind a dialog nothing is switched", () => {
  render(<Page />);
  for (const name of ["comment", "project"]) expect(press(screen.getByLabelText(name))).toBe(true);
  document.body.append(Object.assign(document.createElement("dialog"), { open: true }));
  expect(press(document.body)).toBe(true);
  expect(location.pathname).toBe("/");
});
