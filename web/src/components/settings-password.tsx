import { useState, type SubmitEvent } from "react";
import { fetchWays, forgetPassword, keepPassword, type Problem } from "../api";
import { say } from "../words";
import { Button } from "./button";
import { ProblemNotice } from "./notice";
import { Section } from "./settings-parts";
import { useRequest } from "./use-request";

const LEAST = 12;

/** A password for devices that no link reaches: set, changed, taken away. */
export function PasswordSettings() {
  const { value, problem: unknown, reload } = useRequest("ways", fetchWays);
  const [writing, setWriting] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const done = (answer: { ok: boolean; problem?: Problem }) => {
    setProblem(answer.problem);
    if (!answer.ok) return;
    setWriting(false);
    reload();
  };
  const set = value?.password;
  return (
    <Section title={say("settings.password")} lead={say(set ? "settings.password.set" : "settings.password.none")} testid="settings-password">
      {unknown && <ProblemNotice what={say("settings.password.problem")} problem={unknown} onRetry={reload} />}
      {writing ? (
        <PasswordForm onKeep={async (password) => { done(await keepPassword(password)); }} onCancel={() => { setWriting(false); }} />
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button icon="key" testid="password-set" onClick={() => { setWriting(true); }}>{say(set ? "settings.password.change" : "settings.password.make")}</Button>
          {set && <Button look="danger" testid="password-remove" onClick={() => void forgetPassword().then(done)}>{say("settings.password.remove")}</Button>}
        </div>
      )}
      {problem && <ProblemNotice what={say("settings.password.problem")} problem={problem} />}
    </Section>
  );
}

function PasswordForm({ onKeep, onCancel }: { onKeep: (password: string) => Promise<void>; onCancel: () => void }) {
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void onKeep(password);
  };
  return (
    <form onSubmit={submit} className="space-y-1.5">
      <input type="text" name="username" autoComplete="username" value="owner" readOnly hidden />
      <div className="flex flex-wrap gap-2">
        <input
          autoFocus
          type="password"
          autoComplete="new-password"
          required
          minLength={LEAST}
          maxLength={200}
          aria-label={say("settings.password.new")}
          aria-describedby="password-rule"
          data-testid="password-new"
          value={password}
          onChange={(event) => { setPassword(event.target.value); }}
          onKeyDown={(event) => { if (event.key === "Escape") onCancel(); }}
          className="target h-8 min-w-0 flex-1 basis-48 rounded-lg border border-line bg-raised px-2.5"
        />
        <Button look="primary" type="submit" testid="password-keep" disabled={password.length < LEAST}>{say("settings.password.keep")}</Button>
        <Button look="quiet" onClick={onCancel}>{say("settings.cancel")}</Button>
      </div>
      <p id="password-rule" className="text-xs text-dim">{say("settings.password.rule", { least: LEAST })}</p>
    </form>
  );
}
