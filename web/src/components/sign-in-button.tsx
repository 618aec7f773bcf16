import { lazy, Suspense, useState } from "react";
import { useStore } from "../store";
import { Button } from "./button";
import { useClient } from "./client-context";

const SignInDialog = lazy(() => import("./sign-in-dialog"));

/** Signs in to an agent from here, where its login can be run from here. */
export function SignInButton({ provider }: { provider: string }) {
  const client = useClient();
  const agent = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === provider));
  const [open, setOpen] = useState(false);
  if (!agent?.signIn) return null;
  return (
    <>
      <Button look="primary" icon="key" testid="sign-in-agent" onClick={() => { setOpen(true); }}>Sign in here</Button>
      {open && (
        <Suspense fallback={<span role="status" className="text-xs text-faint">Opening a terminal …</span>}>
          <SignInDialog agent={agent} onClose={() => { setOpen(false); }} />
        </Suspense>
      )}
    </>
  );
}
