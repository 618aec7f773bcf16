import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { App } from "./app";

test("the page names itself", () => {
  render(<App />);
  expect(screen.getByRole("heading", { name: "Antiphon" })).toBeTruthy();
});
