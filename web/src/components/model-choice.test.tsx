import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { matching, ModelChoice } from "./model-choice";

const MODELS = ["anthropic/claude-x", "openai/gpt-x", "openai/gpt-x-mini", "qwen/qwen3-coder", "other/claude-like"];
const MANY = [...MODELS, ...Array.from({ length: 100 }, (_, at) => `maker/model-${String(at)}`)];

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined; // jsdom has none
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
});

test("every word must be there; names that begin so come first", () => {
  expect(matching(MODELS, "")).toEqual(MODELS);
  expect(matching(MODELS, "gpt mini")).toEqual(["openai/gpt-x-mini"]);
  expect(matching(MODELS, "CODER")).toEqual(["qwen/qwen3-coder"]);
  expect(matching(["a/old-claude", "b/claude"], "claude")).toEqual(["b/claude", "a/old-claude"]);
  expect(matching(MODELS, "none such")).toEqual([]);
});

const open = async (onChange = vi.fn()) => {
  render(<ModelChoice options={MANY} value="openai/gpt-x" words={(model) => model} onChange={onChange} />);
  await userEvent.click(screen.getByTestId("model"));
  return onChange;
};
const offered = () => screen.queryAllByTestId("model-option").map((one) => one.querySelector("span")?.textContent);

test("a part of the list is shown, and how many more there are", async () => {
  await open();
  expect(offered()).toHaveLength(60);
  expect(within(screen.getByTestId("model-dialog")).getByText("45 more: type a part of the name.").role).toBe("status");
});

test("typing finds, arrows choose, Enter takes and closes", async () => {
  const onChange = await open();
  await userEvent.type(screen.getByTestId("model-search"), "gpt");
  expect(offered()).toEqual(["openai/gpt-x", "openai/gpt-x-mini"]);
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(onChange).toHaveBeenCalledExactlyOnceWith("openai/gpt-x-mini");
  expect(screen.queryByTestId("model-dialog")).toBeNull();
});

test("a click takes, too; what is not there is said", async () => {
  const onChange = await open();
  await userEvent.type(screen.getByTestId("model-search"), "nothing");
  expect(within(screen.getByTestId("model-dialog")).getByText("No model has such a name.").role).toBe("status");
  await userEvent.keyboard("{Enter}");
  expect(onChange).not.toHaveBeenCalled();
  await userEvent.clear(screen.getByTestId("model-search"));
  await userEvent.click(screen.getByText("qwen/qwen3-coder"));
  expect(onChange).toHaveBeenCalledExactlyOnceWith("qwen/qwen3-coder");
});
