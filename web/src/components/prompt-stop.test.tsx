import { act, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { openPage, show } from "../testing/page";
import { StopButton } from "./prompt-stop";

test("the second click of a double click does not stop the turn that came next", async () => {
  const stop = vi.fn();
  show(await openPage(), <StopButton turn="t1" onStop={stop} />);
  fireEvent.click(screen.getByTestId("stop"), { detail: 1 });
  fireEvent.click(screen.getByTestId("stop"), { detail: 2 });
  expect(stop).toHaveBeenCalledTimes(1);
});

test("the first Escape counts for its own turn only", async () => {
  const stop = vi.fn();
  const page = await openPage();
  const { unmount } = show(page, <Turn stop={stop} />);
  const escape = () => { fireEvent.keyDown(window, { key: "Escape" }); };
  escape();
  expect(screen.getByTestId("stop").textContent).toContain("Esc");
  fireEvent.click(screen.getByText("the next turn"));
  escape();
  expect(stop).not.toHaveBeenCalled();
  escape();
  expect(stop).toHaveBeenCalledTimes(1);
  vi.useFakeTimers();
  escape(); // armed once more, and left for the other turn
  fireEvent.click(screen.getByText("the turn before"));
  act(() => { vi.advanceTimersByTime(10_000); });
  fireEvent.click(screen.getByText("the next turn"));
  escape();
  expect(stop).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
  unmount();
});

function Turn({ stop }: { stop: () => void }) {
  const [turn, setTurn] = useState("t1");
  return (
    <>
      <StopButton turn={turn} onStop={stop} />
      <button type="button" onClick={() => { setTurn("t1"); }}>the turn before</button>
      <button type="button" onClick={() => { setTurn("t2"); }}>the next turn</button>
    </>
  );
}
