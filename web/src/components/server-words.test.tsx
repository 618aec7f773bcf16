import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { ProblemNotice } from "./notice";

const shown = (own?: true) => {
  render(<ProblemNotice what="没有加载" problem={{ code: "x", status: 500, message: "It broke.", own }} />);
  return screen.getByText(/It broke/).lang;
};

test("the server's words are told to be English", () => {
  expect(shown()).toBe("en");
});

test("the page's own are in the page's language", () => {
  expect(shown(true)).toBe("");
});
