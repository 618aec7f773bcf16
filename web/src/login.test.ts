import { beforeEach, expect, test, vi } from "vitest";
import { ENTER_MS, Login, type LoginEnd } from "./login";
import { FakeSocket, fakeSockets } from "./testing/fake-socket";

let ends: LoginEnd[];
let printed: string;

beforeEach(() => {
  fakeSockets();
  Object.assign(FakeSocket, { OPEN: 1 });
  ends = [];
  printed = "";
});

function begun(): Login {
  return new Login({
    provider: "a b",
    columns: 80,
    rows: 24,
    onStart: () => undefined,
    onOutput: (text) => { printed += text; },
    onEnd: (end) => { ends.push(end); },
  });
}

interface Opened extends FakeSocket {
  readyState: number;
  onopen: () => void;
}

function opens(): Opened {
  const socket = FakeSocket.last as Opened;
  socket.readyState = 1;
  socket.onopen();
  return socket;
}

const says = (frame: object) => FakeSocket.last.onmessage?.({ data: JSON.stringify(frame) });

test("it begins with the size that the terminal has when the socket opens", () => {
  begun().resize(44, 20);
  expect(FakeSocket.last.url).toMatch(/^ws.*\/ws\/sign-in\/a%20b$/);
  expect(opens().sent).toEqual([{ type: "login-start", columns: 44, rows: 20 }]);
});

test("a line goes in frames that the server takes, and Enter after it by itself", () => {
  vi.useFakeTimers();
  const login = begun();
  const { sent } = opens();
  login.enter("x".repeat(20_000));
  expect(sent.slice(1).map((frame) => ("text" in frame ? frame.text.length : 0))).toEqual([8000, 8000, 4000]);
  vi.advanceTimersByTime(ENTER_MS);
  expect(sent.at(-1)).toEqual({ type: "login-input", text: "\r" });
  vi.useRealTimers();
});

test("it ends once: by the server's word, or as lost", () => {
  begun();
  opens();
  says({ type: "login-output", text: "hello" });
  says({ type: "login-ended", reason: "done", message: "Well." });
  FakeSocket.last.breaks();
  expect([printed, ends.map(({ reason }) => reason)]).toEqual(["hello", ["done"]]);
  begun();
  FakeSocket.last.breaks();
  begun();
  says({ type: "goodbye", code: "signed-out", message: "You are not signed in here.", retry: false });
  expect(ends.map(({ reason }) => reason)).toEqual(["done", "lost", "signed-out"]);
});

test("whoever closes it is told nothing more", () => {
  const login = begun();
  const socket = opens();
  login.close();
  login.type("x");
  FakeSocket.last.breaks();
  expect([ends, socket.closed, socket.sent.length]).toEqual([[], true, 1]);
});
