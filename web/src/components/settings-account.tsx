import { useStore } from "../store";
import { fetchTokens } from "../api";
import { dayOf } from "../clock";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { ProblemNotice } from "./notice";
import { Devices } from "./settings-devices";
import { Section } from "./settings-parts";
import { PasswordSettings } from "./settings-password";
import { Tokens } from "./settings-tokens";
import { useRequest } from "./use-request";

/** Who is signed in, and by what else one may come in. */
export function AccountSettings() {
  const client = useClient();
  const name = useStore(client.account, (account) => (account.phase === "ready" ? account.me.name : ""));
  const { value, problem, reload } = useRequest("tokens", fetchTokens);
  const tokens = value?.tokens ?? [];
  const here = tokens.find(({ current }) => current);
  return (
    <>
      <Section title={say("settings.account")} testid="settings-account">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p>
            <span className="font-medium">{say("settings.account.who", { name })}</span>
            {here && <span className="mt-0.5 block text-[0.8125rem] text-dim">{say("settings.account.since", { day: dayOf(here.createdAt) })}</span>}
          </p>
          <Button testid="sign-out" onClick={() => void client.signOut()}>{say("settings.account.sign-out")}</Button>
        </div>
        {problem && <ProblemNotice what={say("settings.devices.problem")} problem={problem} onRetry={reload} />}
      </Section>
      {value && <Devices browsers={tokens.filter(({ kind }) => kind === "cookie")} onChange={reload} />}
      <PasswordSettings />
      {value && <Tokens tokens={tokens.filter(({ kind }) => kind === "api")} onChange={reload} />}
    </>
  );
}
