import { signingIn } from "../signing-in";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";

/** Signs in to an agent from here, where its login can be run from here. `again`: it may be signed in already. */
export function SignInButton({ provider, again = false }: { provider: string; again?: boolean }) {
  const client = useClient();
  const offered = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === provider)?.signIn);
  if (!offered) return null;
  return (
    <Button look={again ? "plain" : "primary"} icon="key" testid="sign-in-agent" onClick={() => { signingIn.set(provider); }}>
      {say(again ? "login.anew" : "login.here")}
    </Button>
  );
}
