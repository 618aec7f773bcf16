/** A WebSocket that the test opens, feeds and closes. */

import { vi } from "vitest";
import type { AnyCommand, AnyFrame } from "../protocol";

export class FakeSocket {
  static made: FakeSocket[] = [];
  static get last(): FakeSocket {
    const last = FakeSocket.made.at(-1);
    if (!last) throw new Error("no socket was made");
    return last;
  }

  readonly url: string;
  readonly subprotocol: string;
  readonly sent: AnyCommand[] = [];
  closed = false;
  onmessage?: (message: { data: string }) => void;
  onclose?: () => void;

  constructor(url: string, subprotocol: string) {
    this.url = url;
    this.subprotocol = subprotocol;
    FakeSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as AnyCommand);
  }

  close(): void {
    this.closed = true;
  }

  /** The server says something. */
  says(frame: AnyFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The connection breaks, or is refused. */
  breaks(): void {
    this.onclose?.();
  }
}

/** Puts fake sockets in place of the browser's, until the test ends. */
export function fakeSockets(): void {
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
}

export const WELCOME: AnyFrame = {
  type: "welcome",
  server: "run-1",
  version: "1",
  user: "a name, not the id",
  limits: { frameBytes: 1_000_000, promptCharacters: 1000, attachmentBytes: 1000, heartbeatSeconds: 15, subscriptions: 20 },
};
