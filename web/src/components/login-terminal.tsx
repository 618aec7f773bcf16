import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useEffectEvent, useImperativeHandle, useRef, type Ref } from "react";
import { Login, type LoginEnd } from "../login";
import { findLoginWords, type LoginWords, type Row } from "../login-words";
import type { LoginStarted } from "../protocol";
import { terminalTheme } from "../terminal-theme";
import { onColours } from "../theme";
import { say } from "../words";

const FONT_PX = 12;
/** Rows kept above those in sight. */
const SCROLLBACK = 200;

export interface TerminalHandle {
  /** Keys, as a terminal sends them. */
  type: (keys: string) => void;
  /** A line, and Enter. */
  enter: (text: string) => void;
}

interface LoginTerminalProps {
  provider: string;
  onStart: (started: LoginStarted) => void;
  onWords: (words: LoginWords) => void;
  onEnd: (ended: LoginEnd) => void;
  ref?: Ref<TerminalHandle>;
}

/** The login's terminal; with it the login begins and ends. Screen readers are told what matters elsewhere. */
export function LoginTerminal({ provider, onStart, onWords, onEnd, ref }: LoginTerminalProps) {
  const place = useRef<HTMLDivElement>(null);
  const login = useRef<Login>(undefined);
  const started = useEffectEvent(onStart);
  const words = useEffectEvent(onWords);
  const over = useEffectEvent(onEnd);
  useImperativeHandle(ref, () => ({
    type: (keys) => login.current?.type(keys),
    enter: (text) => login.current?.enter(text),
  }));
  useEffect(() => {
    if (!place.current) return undefined;
    const { terminal, dispose } = open(place.current);
    const running = new Login({
      provider,
      columns: terminal.cols,
      rows: terminal.rows,
      onStart: started,
      onOutput: (text) => { terminal.write(text); },
      onEnd: (ended) => {
        terminal.options.disableStdin = true;
        over(ended);
      },
    });
    login.current = running;
    terminal.onData((keys) => { running.type(keys); });
    terminal.onResize(({ cols, rows }) => { running.resize(cols, rows); });
    terminal.onWriteParsed(() => { words(findLoginWords(rowsOf(terminal), terminal.cols)); });
    return () => {
      running.close();
      dispose();
    };
  }, [provider]);
  return (
    <div role="group" aria-label={say("login.terminal")} className="rounded-lg border border-line bg-panel p-2">
      <div ref={place} data-testid="login-terminal" className="h-52 sm:h-72" />
    </div>
  );
}

/** An xterm in this place, as wide as it; with the page's colours, also when they change. */
function open(place: HTMLElement): { terminal: Terminal; dispose: () => void } {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(place).getPropertyValue("--font-mono") || "monospace",
    fontSize: FONT_PX,
    scrollback: SCROLLBACK,
    minimumContrastRatio: 4.5,
    theme: terminalTheme(),
    // Addresses are taken out of the output, and checked: none is followed from in here.
    linkHandler: { activate: () => undefined },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.attachCustomKeyEventHandler((event) => passes(event, terminal));
  terminal.open(place);
  terminal.textarea?.setAttribute("aria-label", say("login.terminal.type"));
  fit.fit();
  if (!matchMedia("(pointer: coarse)").matches) terminal.focus();
  const resized = new ResizeObserver(() => { fit.fit(); });
  resized.observe(place);
  const forget = onColours(() => { terminal.options.theme = terminalTheme(); });
  const dispose = () => {
    forget();
    resized.disconnect();
    terminal.dispose();
  };
  return { terminal, dispose };
}

/** Whether the terminal takes the key. Tab stays the browser's: nobody is to be caught in here. */
function passes(event: KeyboardEvent, terminal: Terminal): boolean {
  const copies = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c" && terminal.hasSelection();
  return event.key !== "Tab" && !copies;
}

function rowsOf(terminal: Terminal): Row[] {
  const { active } = terminal.buffer;
  return Array.from({ length: active.length }, (_, index) => {
    const line = active.getLine(index);
    return { text: line?.translateToString(true) ?? "", wrapped: line?.isWrapped ?? false };
  });
}
