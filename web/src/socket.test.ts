import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AnyFrame } from "./protocol";
import { LADDER, Socket, type Link } from "./socket";
import { FakeSocket, fakeSockets, WELCOME } from "./testing/fake-socket";

const SECONDS = 1000;
let links: Link[];
let frames: AnyFrame[];
let socket: Socket;

const link = () => links.at(-1);
const waitOf = (one: Link | undefined) => (one?.phase === "waiting" ? one.retryAt - Date.now() : undefined);

beforeEach(() => {
  vi.useFakeTimers();
  fakeSockets();
  links = [];
  frames = [];
  socket = new Socket({
    address: () => "ws://127.0.0.1/ws",
    onFrame: (frame) => frames.push(frame),
    onLink: (next) => links.push(next),
  });
  socket.start();
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

function setVisible(state: DocumentVisibilityState): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

test("it asks for the wire's version, and is live only when welcome has come", () => {
  expect(FakeSocket.last.subprotocol).toBe("antiphon.v1");
  expect(link()).toEqual({ phase: "connecting", attempt: 1 });
  expect(socket.send({ type: "ping", id: "p1" })).toBe(false);
  FakeSocket.last.says(WELCOME);
  expect(link()).toEqual({ phase: "live" });
  expect(socket.send({ type: "ping", id: "p2" })).toBe(true);
  expect(FakeSocket.last.sent).toEqual([{ type: "ping", id: "p2" }]);
});

test("refused again and again it waits 3, 6, 12, 24, 30, 30 s, and says until when", () => {
  const waits = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    FakeSocket.last.breaks();
    waits.push(waitOf(link()));
    vi.advanceTimersByTime((waits.at(-1) ?? 0) - 1);
    expect(FakeSocket.made).toHaveLength(attempt + 1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(attempt + 2);
  }
  expect(waits).toEqual([3, 6, 12, 24, 30, 30].map((seconds) => seconds * SECONDS));
  expect(LADDER).toEqual([3, 6, 12, 24, 30].map((seconds) => seconds * SECONDS));
});

test("only welcome resets the waits: a socket that opens and closes before it keeps climbing", () => {
  FakeSocket.last.breaks();
  vi.advanceTimersByTime(3 * SECONDS);
  FakeSocket.last.says({ type: "pong", id: "x" });
  FakeSocket.last.breaks();
  expect(waitOf(link())).toBe(6 * SECONDS);
  vi.advanceTimersByTime(6 * SECONDS);
  FakeSocket.last.says(WELCOME);
  FakeSocket.last.breaks();
  expect(waitOf(link())).toBe(3 * SECONDS);
});

test("retry now tries at once, once, and does not reset the waits", () => {
  FakeSocket.last.breaks();
  vi.advanceTimersByTime(3 * SECONDS);
  FakeSocket.last.breaks();
  socket.retryNow();
  socket.retryNow();
  expect(FakeSocket.made).toHaveLength(3);
  FakeSocket.last.breaks();
  expect(waitOf(link())).toBe(12 * SECONDS);
  vi.advanceTimersByTime(11 * SECONDS);
  expect(FakeSocket.made).toHaveLength(3);
});

test("the browser coming online, and the page becoming visible, try at once", () => {
  FakeSocket.last.breaks();
  window.dispatchEvent(new Event("online"));
  expect(FakeSocket.made).toHaveLength(2);
  FakeSocket.last.breaks();
  setVisible("hidden");
  expect(FakeSocket.made).toHaveLength(2);
  setVisible("visible");
  expect(FakeSocket.made).toHaveLength(3);
});

test("no welcome within 10 s, or none after the socket opened, is a failed attempt", () => {
  vi.advanceTimersByTime(10 * SECONDS);
  expect(waitOf(link())).toBe(3 * SECONDS);
  expect(FakeSocket.made[0]?.closed).toBe(true);
});

test("no frame for 35 s is a dead connection; any frame counts as life", () => {
  FakeSocket.last.says(WELCOME);
  vi.advanceTimersByTime(34 * SECONDS);
  FakeSocket.last.says({ type: "heartbeat", cursors: {} });
  vi.advanceTimersByTime(34 * SECONDS);
  expect(link()).toEqual({ phase: "live" });
  vi.advanceTimersByTime(2 * SECONDS);
  expect(link()?.phase).toBe("waiting");
});

test("a page that slept past the silence connects anew as soon as it is seen", () => {
  FakeSocket.last.says(WELCOME);
  vi.setSystemTime(Date.now() + 3600 * SECONDS); // timers do not run while a device sleeps
  setVisible("visible");
  expect(FakeSocket.made).toHaveLength(2);
  expect(link()?.phase).toBe("connecting");
});

test("a goodbye that asks to come back is told while waiting; one that does not is the end", () => {
  FakeSocket.last.says(WELCOME);
  FakeSocket.last.says({ type: "goodbye", code: "server-stopping", message: "Stopping.", retry: true });
  expect(link()).toMatchObject({ phase: "waiting", goodbye: { code: "server-stopping" } });
  vi.advanceTimersByTime(3 * SECONDS);
  FakeSocket.last.says({ type: "goodbye", code: "signed-out", message: "Signed out.", retry: false });
  expect(link()).toMatchObject({ phase: "ended", goodbye: { code: "signed-out" } });
  vi.advanceTimersByTime(3600 * SECONDS);
  expect(FakeSocket.made).toHaveLength(2);
});

test("what a given-up socket still says is not heard", () => {
  const first = FakeSocket.last;
  first.says(WELCOME);
  socket.reconnect();
  vi.advanceTimersByTime(3 * SECONDS);
  const heard = frames.length;
  first.says({ type: "heartbeat", cursors: {} });
  first.breaks();
  expect(frames).toHaveLength(heard);
  expect(link()?.phase).toBe("connecting");
});

test("a frame that is no JSON costs the connection, and nothing else", () => {
  FakeSocket.last.says(WELCOME);
  FakeSocket.last.onmessage?.({ data: "{half" });
  expect(waitOf(link())).toBe(3 * SECONDS);
});

test("after stop nothing happens any more", () => {
  socket.stop();
  window.dispatchEvent(new Event("online"));
  vi.advanceTimersByTime(3600 * SECONDS);
  expect(FakeSocket.made).toHaveLength(1);
  expect(link()).toEqual({ phase: "ended" });
});
