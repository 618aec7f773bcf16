import { useState } from "react";
import { say } from "../words";
import { Button } from "./button";

/** Keys that a phone's keyboard lacks, as a terminal sends them. */
const KEYS = [
  { label: "↑", name: "up", keys: "\x1b[A" },
  { label: "↓", name: "down", keys: "\x1b[B" },
  { label: "Enter", name: "enter", keys: "\r" },
  { label: "Esc", name: "escape", keys: "\x1b" },
] as const;

/** Typing into the login without its terminal: a line to paste a code into, and a few keys. */
export function LoginKeys({ onEnter, onKey }: { onEnter: (text: string) => void; onKey: (keys: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onEnter(text.trim());
        setText("");
      }}
    >
      <input
        data-testid="login-input"
        aria-label={say("login.input")}
        placeholder={say("login.paste")}
        value={text}
        onChange={(event) => { setText(event.target.value); }}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        className="target h-8 min-w-0 flex-1 basis-40 rounded-lg border border-line bg-ground px-3 font-mono text-[0.8125rem]"
      />
      <Button type="submit" testid="login-send">{say("login.send")}</Button>
      <div role="group" aria-label={say("login.keys")} className="flex gap-1">
        {KEYS.map(({ label, name, keys }) => (
          <Button key={name} look="quiet" aria-label={say(`login.key.${name}`)} testid={`login-key-${name}`} onClick={() => { onKey(keys); }}>{label}</Button>
        ))}
      </div>
    </form>
  );
}
