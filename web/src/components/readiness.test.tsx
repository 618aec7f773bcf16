import { render, renderHook, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Readiness as Ready } from "../protocol";
import { PRACTICE } from "../testing/page";
import { Readiness, readyFirst, useReadyFirst } from "./readiness";

const shown = (readiness: Ready) => render(<Readiness provider={{ ...PRACTICE, readiness }} />);

test("who pays is said before the first prompt, with what to know about it", () => {
  shown({ found: true, account: "API key from ANTHROPIC_API_KEY", warning: "The key overrides your login." });
  expect(screen.getByTestId("account").textContent).toBe("Paid by API key from ANTHROPIC_API_KEY");
  expect(screen.getByTestId("account-warning").textContent).toContain("The key overrides your login.");
  expect(screen.queryByTestId("missing")).toBeNull();
});

test("an agent that is missing comes with the exact command, to be copied", () => {
  shown({ found: false, account: "nobody", action: { kind: "install", label: "Install it", command: "pip install 'antiphon[claude]'" } });
  expect(screen.getByTestId("missing").textContent).toContain("Practice agent is not on this machine");
  expect(screen.getByText("pip install 'antiphon[claude]'").tagName).toBe("CODE");
  expect(screen.getByRole("button", { name: "Copy command" })).toBeTruthy();
  expect(screen.queryByTestId("account")).toBeNull();
});

test("an agent that is ready and has nothing to say takes no room", () => {
  const { container } = shown({ found: true });
  expect(container.textContent).toBe("");
});

test("what can be used comes first, and stays there once all were looked at", () => {
  const ids = (all: typeof PRACTICE[]) => readyFirst(all).map(({ id }) => id);
  const others = ["claude", "codex"].map((id) => ({ ...PRACTICE, id, readiness: undefined }));
  expect(ids([...others, { ...PRACTICE, readiness: undefined }])).toEqual(["practice", "claude", "codex"]);
  const looked = others.map((one) => ({ ...one, readiness: { found: one.id === "codex" } }));
  expect(ids([...looked, { ...PRACTICE, readiness: { found: true } }])).toEqual(["codex", "practice", "claude"]);
});

test("once in view none moves for what is learned about another; a new one comes last", () => {
  const ids = (all: typeof PRACTICE[]) => all.map(({ id }) => id);
  const unknown: (typeof PRACTICE)[] = ["claude", "codex", "practice"].map((id) => ({ ...PRACTICE, id, readiness: undefined }));
  const view = renderHook(({ all }) => useReadyFirst(all), { initialProps: { all: unknown } });
  expect(ids(view.result.current)).toEqual(["practice", "claude", "codex"]);
  const looked = unknown.map((one) => ({ ...one, readiness: { found: one.id === "codex" } }));
  view.rerender({ all: [{ ...PRACTICE, id: "newcomer" }, ...looked] });
  expect(ids(view.result.current)).toEqual(["practice", "claude", "codex", "newcomer"]);
});
