import { useState, type SubmitEvent } from "react";
import { fetchWays, type Problem } from "../api";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Notice } from "./notice";
import { useRequest } from "./use-request";

/** Beside the link, where the owner has set one. */
export function PasswordSignIn() {
  const client = useClient();
  const { value } = useRequest("ways", fetchWays);
  const [password, setPassword] = useState("");
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  if (!value?.password) return null;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setAsking(true);
    setProblem(await client.signIn(password));
    setAsking(false);
  };
  return (
    <form data-testid="password-sign-in" onSubmit={(event) => void submit(event)} className="space-y-2 border-t border-line pt-5">
      <h2 className="font-semibold">{say("settings.password.or")}</h2>
      <input type="text" name="username" autoComplete="username" value="owner" readOnly hidden />
      <div className="flex gap-2">
        <input
          type="password"
          autoComplete="current-password"
          required
          maxLength={200}
          aria-label={say("settings.password")}
          data-testid="password-field"
          value={password}
          onChange={(event) => { setPassword(event.target.value); }}
          className="target h-9 min-w-0 flex-1 rounded-lg border border-line bg-raised px-2.5"
        />
        <Button look="primary" type="submit" testid="password-send" className="!h-9" disabled={asking || !password}>{say("settings.password.sign-in")}</Button>
      </div>
      {problem && <Notice tone="bad" icon="alert" role="alert" testid="password-problem" title={problem.message} />}
    </form>
  );
}
