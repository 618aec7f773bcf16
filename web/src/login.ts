/**
 * An agent's own login, run by the server in a terminal: one WebSocket, from its start to its end.
 *
 * There is no coming back: with its socket the login ends, and is begun anew by a person. Whatever happens,
 * `onEnd` is called once.
 */

import { address } from "./address";
import type { Goodbye, LoginCommand, LoginEnded, LoginFrame, LoginStarted } from "./protocol";
import { say } from "./words";

export interface LoginOptions {
  provider: string;
  columns: number;
  rows: number;
  onStart: (started: LoginStarted) => void;
  onOutput: (text: string) => void;
  onEnd: (ended: LoginEnd) => void;
}

/** How it ended; `lost`: without a word, so that the message is the page's own. */
export type LoginEnd = Pick<LoginEnded, "message" | "action"> & { reason: LoginEnded["reason"] | "lost" };

/** Characters of one frame: the server takes no longer ones. */
const PIECE = 8000;
/** ms between what was pasted and Enter: programs that draw take both at once for one paste. */
export const ENTER_MS = 80;

export class Login {
  readonly #options: LoginOptions;
  readonly #socket: WebSocket;
  #size: { columns: number; rows: number };
  #over = false;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#size = { columns: options.columns, rows: options.rows };
    const path = `ws/sign-in/${encodeURIComponent(options.provider)}`;
    this.#socket = new WebSocket(address(path).replace(/^http/, "ws"), "antiphon.v1");
    this.#socket.onopen = () => {
      this.#send({ type: "login-start", ...this.#size });
    };
    this.#socket.onmessage = (message: MessageEvent<unknown>) => {
      this.#receive(message.data);
    };
    this.#socket.onclose = () => {
      this.#end({ reason: "lost", message: say("login.lost") });
    };
  }

  /** Keys, or what a terminal sends for them. */
  type(text: string): void {
    for (let from = 0; from < text.length; from += PIECE) {
      this.#send({ type: "login-input", text: text.slice(from, from + PIECE) });
    }
  }

  /** A line: its text, and then Enter. */
  enter(text: string): void {
    this.type(text);
    setTimeout(() => {
      this.type("\r");
    }, ENTER_MS);
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.#send({ type: "login-resize", ...this.#size }); // where it is not open yet, it begins so
  }

  /** Ends it; nobody is told. */
  close(): void {
    this.#over = true;
    this.#socket.close();
  }

  #send(command: LoginCommand): void {
    if (!this.#over && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(command));
  }

  #receive(text: unknown): void {
    if (this.#over) return;
    const frame = JSON.parse(String(text)) as LoginFrame | Goodbye;
    if (frame.type === "login-started") this.#options.onStart(frame);
    if (frame.type === "login-output") this.#options.onOutput(frame.text);
    if (frame.type === "login-ended") this.#end(frame);
    if (frame.type === "goodbye") this.#end({ reason: "signed-out", message: frame.message });
  }

  #end(ended: LoginEnd): void {
    if (this.#over) return;
    this.close();
    this.#options.onEnd(ended);
  }
}
