import { Suspense } from "react";
import { signingIn } from "../signing-in";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";
import { ErrorBoundary } from "./error-boundary";
import { dialogPart } from "./part";

const SignInDialog = dialogPart(async () => (await import("./sign-in-dialog")).SignInDialog, { large: true });

/** The dialog in which somebody signs in to an agent, while somebody does. */
export function SigningIn() {
  const client = useClient();
  const provider = useStore(signingIn, (value) => value);
  const agent = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === provider));
  if (!agent) return null;
  return (
    <ErrorBoundary what={say("login.what")}>
      <Suspense fallback={<p role="status" className="sr-only">{say("login.opening")}</p>}>
        <SignInDialog key={agent.id} agent={agent} onClose={() => { signingIn.set(undefined); }} />
      </Suspense>
    </ErrorBoundary>
  );
}
