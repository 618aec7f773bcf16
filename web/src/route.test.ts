import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followHistory, go, goBack, route } from "./route";

let stop: () => void;

beforeEach(() => {
  document.head.innerHTML = '<base href="/">'; // as the server writes it
  history.replaceState(null, "", "/");
  stop = followHistory();
});
afterEach(() => { stop(); });

test("back leads to where one was in the page", async () => {
  go("sessions/s1");
  go("settings");
  goBack();
  await vi.waitFor(() => { expect(route.get()).toMatchObject({ view: "session", session: "s1" }); });
});

test("who came from elsewhere goes back to the projects", () => {
  history.replaceState(null, "", "/settings");
  goBack();
  expect(route.get()).toEqual({ view: "projects" });
});
