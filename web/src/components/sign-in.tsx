import type { Problem } from "../api";
import { say } from "../words";
import { CommandLine } from "./failure-card";
import { PasswordSignIn } from "./sign-in-password";
import { Wordmark } from "./wordmark";
import { Notice } from "./notice";
import { ProblemWords } from "./server-words";

/** No session: how to get in. */
export function SignIn({ problem, ended = false }: { problem?: Problem; ended?: boolean }) {
  return (
    <main data-testid="sign-in" className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 px-6 py-10">
      <Wordmark />
      <h1 className="text-xl font-semibold">{say("sign-in.title")}</h1>
      {problem && (
        <Notice tone="bad" icon="alert" role="alert" title={say("sign-in.bad-link")}>
          <ProblemWords problem={problem} /> {say("sign-in.once")}
        </Notice>
      )}
      {ended && (
        <Notice icon="alert" title={say("sign-in.ended")}>
          {say("sign-in.ended.kept")}
        </Notice>
      )}
      <div className="space-y-1.5 text-[0.9375rem] text-dim">
        <p>{say("sign-in.printed")}</p>
        <p>{say("sign-in.fresh")}</p>
        <CommandLine command="antiphon link" />
      </div>
      <PasswordSignIn />
    </main>
  );
}
