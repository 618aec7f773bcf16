/**
 * The connection to the server: kept, and its state told.
 *
 * 1. It is live only once `welcome` has arrived, and only that resets the ladder of waits.
 * 2. What is closed, refused or silent is tried again after 3, 6, 12, 24, 30, 30 … s; `retryAt` says when.
 * 3. `retryNow()`, the browser coming online and the page becoming visible try at once, without resetting.
 * 4. No welcome within 10 s, or no frame for 35 s (the server's heartbeat comes every 15 s): tried again.
 * 5. A `goodbye` that asks not to come back is the end.
 *
 * There is no queue in here: what is sent while not live is not sent, and the caller is told.
 */

import type { AnyCommand, AnyFrame, Goodbye } from "./protocol";

const SECOND = 1000;
/** ms before each attempt in a row; the last one for all that follow. */
export const LADDER = [3 * SECOND, 6 * SECOND, 12 * SECOND, 24 * SECOND, 30 * SECOND];
const CONNECT_LIMIT = 10 * SECOND;
const SILENCE_LIMIT = 35 * SECOND;

export type Link =
  | { phase: "connecting"; attempt: number }
  | { phase: "live" }
  | { phase: "waiting"; attempt: number; retryAt: number; goodbye?: Goodbye }
  | { phase: "ended"; goodbye?: Goodbye };

export interface SocketOptions {
  address: () => string;
  onFrame: (frame: AnyFrame) => void;
  onLink: (link: Link) => void;
}

export class Socket {
  readonly #options: SocketOptions;
  #socket?: WebSocket;
  #link: Link = { phase: "ended" };
  #failures = 0;
  #lastFrame = 0;
  #goodbye?: Goodbye;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  start(): void {
    window.addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#connect();
  }

  /** Closes for good. */
  stop(): void {
    window.removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    this.#drop();
    this.#tell({ phase: "ended" });
  }

  /** Whether it was handed to a live connection. */
  send(command: AnyCommand): boolean {
    if (this.#link.phase !== "live" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  /** Ends a wait; the ladder stays where it is. */
  retryNow(): void {
    if (this.#link.phase === "waiting") this.#connect();
  }

  /** Gives up this connection, which does not do what it must, and comes back by the ladder. */
  reconnect(): void {
    if (this.#link.phase === "live" || this.#link.phase === "connecting") this.#failed();
  }

  #wake = (): void => {
    if (document.visibilityState !== "visible") return;
    if (this.#link.phase === "live" && Date.now() - this.#lastFrame > SILENCE_LIMIT) this.#connect();
    else this.retryNow();
  };

  #connect(): void {
    this.#drop();
    this.#goodbye = undefined;
    this.#tell({ phase: "connecting", attempt: this.#failures + 1 });
    const socket = new WebSocket(this.#options.address(), "antiphon.v1");
    this.#socket = socket;
    this.#timer = setTimeout(() => { this.#failed(); }, CONNECT_LIMIT);
    socket.onmessage = (message: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#receive(message.data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#failed();
    };
  }

  #receive(text: unknown): void {
    const frame = decode(text);
    if (!frame) {
      this.#failed();
      return;
    }
    this.#lastFrame = Date.now();
    if (frame.type === "welcome") this.#welcomed();
    if (frame.type === "goodbye") this.#goodbye = frame;
    this.#options.onFrame(frame);
    if (frame.type === "goodbye") this.#failed();
  }

  #welcomed(): void {
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#watch, SILENCE_LIMIT);
    this.#tell({ phase: "live" });
  }

  #watch = (): void => {
    const left = this.#lastFrame + SILENCE_LIMIT - Date.now();
    if (left <= 0) this.#failed();
    else this.#timer = setTimeout(this.#watch, left);
  };

  #failed(): void {
    this.#drop();
    const goodbye = this.#goodbye;
    if (goodbye && !goodbye.retry) {
      this.#tell({ phase: "ended", goodbye });
      return;
    }
    const wait = LADDER[Math.min(this.#failures, LADDER.length - 1)] ?? SECOND;
    this.#failures += 1;
    this.#timer = setTimeout(() => { this.#connect(); }, wait);
    this.#tell({ phase: "waiting", attempt: this.#failures, retryAt: Date.now() + wait, goodbye });
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #tell(link: Link): void {
    this.#link = link;
    this.#options.onLink(link);
  }
}

function decode(text: unknown): AnyFrame | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as AnyFrame) : undefined;
  } catch {
    return undefined; // the caller gives the connection up, visibly
  }
}
