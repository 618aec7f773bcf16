import { act, cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { fetchAhead } from "../ahead";
import { FakeSocket, WELCOME } from "../testing/fake-socket";
import { openPage, show, type OpenPage } from "../testing/page";
import { ErrorBoundary } from "./error-boundary";
import { dialogPart, part } from "./part";

let page: OpenPage;
let away = true;
const fetched = vi.fn();

/** A server that cannot be reached while it is `away`. */
async function fetch<P>(Shown: (props: P) => string): Promise<(props: P) => string> {
  fetched();
  await Promise.resolve();
  if (away) throw new Error("Failed to fetch");
  return Shown;
}

beforeEach(async () => {
  page = await openPage();
  away = true;
  await fetchAhead(() => Promise.resolve()); // of the tests before
  fetched.mockClear();
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells what is caught
});

/** Two places of one part; what stands beside them stays. */
async function twoPlaces() {
  const Diff = part<{ of: string }>(() => fetch(({ of }: { of: string }) => `the change of ${of}`));
  show(page, <>beside <Suspense><Diff of="a.txt" /></Suspense><Suspense><Diff of="b.txt" /></Suspense></>);
  expect(await screen.findAllByTestId("part-missing")).toHaveLength(2);
  expect(document.body.textContent).toContain("beside");
}

test("what does not come says so in its place, and comes on a click", async () => {
  await twoPlaces();
  away = false;
  await userEvent.click(screen.getAllByRole("button", { name: "Try again" })[0] as HTMLElement);
  await vi.waitFor(() => { expect(document.body.textContent).toBe("beside the change of a.txtthe change of b.txt"); });
});

test("it comes by itself with the connection", async () => {
  act(() => { FakeSocket.last.breaks(); });
  await twoPlaces();
  expect(document.body.textContent).toContain("It is asked for again when the connection is back.");
  away = false;
  act(() => { page.client.retryNow(); });
  act(() => { FakeSocket.last.says(WELCOME); });
  await vi.waitFor(() => { expect(document.body.textContent).toBe("beside the change of a.txtthe change of b.txt"); });
});

test("a dialog that does not come can be closed", async () => {
  const Asked = dialogPart<{ onClose: () => void }>(() => fetch(() => "asked"));
  const closed = vi.fn();
  show(page, <Suspense><Asked onClose={closed} /></Suspense>);
  expect((await screen.findByRole("dialog")).textContent).toContain("did not come from the server");
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(closed).toHaveBeenCalledOnce();
});

test("a dialog that did not come is asked for again when it is opened later", async () => {
  vi.spyOn(performance, "now").mockReturnValue(1000);
  const Asked = dialogPart<{ onClose: () => void }>(() => fetch(() => "asked"));
  show(page, <Suspense><Asked onClose={vi.fn()} /></Suspense>);
  await screen.findByTestId("part-missing");
  cleanup();
  away = false;
  vi.spyOn(performance, "now").mockReturnValue(3000);
  show(page, <Suspense><Asked onClose={vi.fn()} /></Suspense>);
  await vi.waitFor(() => { expect(document.body.textContent).toBe("asked"); });
});

test("what its code does wrong is not called missing", async () => {
  away = false;
  const Broken = part<object>(() => fetch(() => { throw new Error("a mistake"); }));
  show(page, <ErrorBoundary what="This"><Suspense><Broken /></Suspense></ErrorBoundary>);
  expect((await screen.findByTestId("render-error")).textContent).toContain("a mistake");
  expect(screen.queryByTestId("part-missing")).toBeNull();
});

test("what was fetched ahead is there at once; what did not come then is fetched when it is needed", async () => {
  const Early = part<object>(() => fetch(() => "early"));
  const Large = dialogPart<{ onClose: () => void }>(() => fetch(() => "large"), { large: true });
  await fetchAhead(() => Promise.resolve()); // the server is away
  expect(fetched).toHaveBeenCalledOnce();
  away = false;
  show(page, <Suspense fallback="…"><Early /></Suspense>);
  expect(document.body.textContent).toBe("…");
  await vi.waitFor(() => { expect(document.body.textContent).toBe("early"); });

  const Ahead = part<object>(() => fetch(() => "ahead"));
  await fetchAhead(() => Promise.resolve());
  fetched.mockClear();
  cleanup();
  show(page, <Suspense fallback="…"><Ahead /></Suspense>);
  expect(document.body.textContent).toBe("ahead");
  expect(fetched).not.toHaveBeenCalled();
  show(page, <Suspense fallback="…"><Large onClose={vi.fn()} /></Suspense>);
  expect(fetched).toHaveBeenCalledOnce();
});
