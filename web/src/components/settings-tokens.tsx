import { useState, type SubmitEvent } from "react";
import { addToken, revokeToken, type Problem } from "../api";
import type { MadeToken, Token } from "../protocol";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { CopyButton } from "./copy-button";
import { Notice, ProblemNotice } from "./notice";
import { once } from "./once";
import { TokenWords } from "./settings-devices";
import { Rows, Section } from "./settings-parts";

/** The tokens of scripts: made here and shown once, revoked here. */
export function Tokens({ tokens, onChange }: { tokens: Token[]; onChange: () => void }) {
  const [made, setMade] = useState<MadeToken>();
  const revoke = async (token: Token) => {
    const answer = await revokeToken(token.id);
    if (!answer.ok) toast(answer.problem.message);
    onChange();
  };
  return (
    <Section title={say("settings.tokens")} lead={say("settings.tokens.long")} testid="settings-tokens">
      {tokens.length > 0 && (
        <Rows>
          {tokens.map((token) => (
            <li key={token.id} data-testid="token" className="flex min-h-12 items-center gap-3 py-1.5 pr-2 pl-4">
              <TokenWords token={token} />
              <Button look="quiet" testid="token-revoke" aria-label={say("settings.tokens.revoke-of", { name: token.name })} onClick={once(() => void revoke(token))}>
                {say("settings.tokens.revoke")}
              </Button>
            </li>
          ))}
        </Rows>
      )}
      {made && <Made made={made} onDone={() => { setMade(undefined); }} />}
      <NewToken onMade={(token) => { setMade(token); onChange(); }} />
    </Section>
  );
}

function Made({ made, onDone }: { made: MadeToken; onDone: () => void }) {
  return (
    <Notice tone="warn" icon="key" testid="token-made" title={say("settings.tokens.made", { name: made.name })} actions={<Button testid="token-done" onClick={onDone}>{say("settings.tokens.done")}</Button>}>
      <span className="mt-1 flex w-fit max-w-full items-center gap-1 rounded-lg border border-line bg-raised py-0.5 pr-1 pl-3">
        <code data-testid="token-secret" tabIndex={0} className="min-w-0 overflow-x-auto font-mono text-xs whitespace-pre text-text">{made.secret}</code>
        <CopyButton text={made.secret} label={say("settings.tokens.copy")} />
      </span>
    </Notice>
  );
}

function NewToken({ onMade }: { onMade: (made: MadeToken) => void }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const answer = await addToken(name.trim());
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    setName("");
    onMade(answer.value);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-wrap gap-2">
      <input
        data-testid="token-name"
        aria-label={say("settings.tokens.name")}
        placeholder={say("settings.tokens.name")}
        value={name}
        required
        maxLength={200}
        autoComplete="off"
        onChange={(event) => { setName(event.target.value); }}
        className="target h-8 min-w-0 flex-1 basis-48 rounded-lg border border-line bg-raised px-2.5"
      />
      <Button type="submit" icon="plus" testid="token-make" disabled={!name.trim()}>{say("settings.tokens.make")}</Button>
      {problem && <div className="w-full"><ProblemNotice what={say("settings.tokens.make")} problem={problem} /></div>}
    </form>
  );
}
