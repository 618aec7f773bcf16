import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { openPage, show } from "../testing/page";
import { StopButton } from "./prompt-stop";

test("the second click of a double click does not stop the turn that came next", async () => {
  const stop = vi.fn();
  show(await openPage(), <StopButton onStop={stop} />);
  fireEvent.click(screen.getByTestId("stop"), { detail: 1 });
  fireEvent.click(screen.getByTestId("stop"), { detail: 2 });
  expect(stop).toHaveBeenCalledTimes(1);
});
