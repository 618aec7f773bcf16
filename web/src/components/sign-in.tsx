import type { Problem } from "../api";
import { CommandLine } from "./failure-card";
import { Wordmark } from "./wordmark";
import { Notice } from "./notice";

/** No session: how to get in. */
export function SignIn({ problem, ended = false }: { problem?: Problem; ended?: boolean }) {
  return (
    <main data-testid="sign-in" className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 px-6 py-10">
      <Wordmark />
      <h1 className="text-xl font-semibold">Sign in with a one-time link</h1>
      {problem && (
        <Notice tone="bad" icon="alert" role="alert" title="This link did not work">
          {problem.message} Each link works once; get a fresh one as below.
        </Notice>
      )}
      {ended && (
        <Notice icon="alert" title="This browser was signed out">
          All is kept on the server, and what runs there goes on.
        </Notice>
      )}
      <div className="space-y-1.5 text-[0.9375rem] text-dim">
        <p>The server printed a link when it started. Open it in this browser, and you stay signed in.</p>
        <p>For a fresh link, type this where the server runs; it also prints a code for your phone's camera:</p>
        <CommandLine command="antiphon link" />
      </div>
    </main>
  );
}
