import { act, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import type { Pending } from "../outbox";
import { useStore } from "../store";
import { openPage, show } from "../testing/page";
import { useClient } from "./client-context";
import { PendingPrompt, UnsentCommand } from "./pending";

function Unsent() {
  const pending = useStore(useClient().outbox.pending, ([first]) => first);
  return pending && <UnsentCommand pending={pending} what="Your answer" />;
}

test.each<[string, Pending["command"], () => ReactNode]>([
  ["prompt", { type: "prompt", id: "c1", session: "s1", text: "hi" }, () => <PendingPrompt command="c1" />],
  ["answer", { type: "answer", id: "c2", session: "s1", approval: "a1", option: "once" }, () => <Unsent />],
])("a focus on *Take back* of a %s does not find itself on *Send* when it is asked about first", async (_what, command, view) => {
  const page = await openPage();
  const { client } = page;
  const waiting: Pending = { command, user: "u1", at: 0 };
  client.link.set({ phase: "ended" });
  client.outbox.pending.set([waiting]);
  show(page, view());
  screen.getByTestId("pending-delete").focus();
  act(() => {
    client.outbox.pending.set([{ ...waiting, ask: true }]);
  });
  expect(document.activeElement).not.toBe(screen.getByTestId("pending-send"));
});
