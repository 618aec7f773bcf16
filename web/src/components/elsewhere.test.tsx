import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { logged } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { Dock } from "./dock";

let page: OpenPage;

beforeEach(async () => {
  page = await openPage();
  show(page, <Dock />);
});

const elsewhere = (on: boolean, seq: number) => act(() => page.happens(logged([{ type: "session-updated", elsewhere: on }], seq)));

test("while another program writes, nothing can be written here; when it is done, it can again", async () => {
  await elsewhere(true, 1);
  expect(screen.getByTestId("elsewhere").textContent).toContain("Another program writes to this conversation");
  expect(screen.queryByTestId("composer")).toBeNull();
  await elsewhere(false, 2);
  expect(screen.queryByTestId("elsewhere")).toBeNull();
  await userEvent.type(screen.getByTestId("composer"), "mine{Enter}");
  expect(page.sent("prompt")[0]).not.toHaveProperty("fork");
});

test("a fork goes on with a prompt of one's own, and only that one", async () => {
  await elsewhere(true, 1);
  await userEvent.click(screen.getByTestId("fork"));
  await userEvent.type(screen.getByTestId("composer"), "on my own{Enter}");
  expect(page.sent("prompt")).toMatchObject([{ text: "on my own", fork: true }]);
  expect(screen.queryByTestId("composer")).toBeNull();
});

test("whoever changes their mind only watches", async () => {
  await elsewhere(true, 1);
  await userEvent.click(screen.getByTestId("fork"));
  await userEvent.click(screen.getByTestId("fork-leave"));
  expect(screen.queryByTestId("composer")).toBeNull();
});
