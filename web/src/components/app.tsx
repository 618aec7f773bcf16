import { lazy, Suspense, useEffect } from "react";
import type { Client } from "../client";
import { followHistory, go, route, type Route } from "../route";
import { useStore } from "../store";
import { language, say } from "../words";
import { Announcer } from "./announcer";
import { AgentsView } from "./agents-view";
import { Button } from "./button";
import { ClientContext } from "./client-context";
import { ErrorBoundary } from "./error-boundary";
import { ProblemNotice } from "./notice";
import { Projects } from "./projects";
import { SignIn } from "./sign-in";
import { SigningIn } from "./signing-in";
import { Toasts } from "./toasts";
import { WaitingForYou } from "./waiting-bell";
import { Workspace } from "./workspace";

const SettingsView = lazy(() => import("./settings-view"));

export function App({ client }: { client: Client }) {
  const spoken = useStore(language, (value) => value);
  return (
    // Another language draws all anew: words are looked up while drawing.
    <ClientContext key={spoken} value={client}>
      <ErrorBoundary what={say("page.what")}>
        <Page client={client} />
      </ErrorBoundary>
      <SigningIn />
      <Toasts />
    </ClientContext>
  );
}

function Page({ client }: { client: Client }) {
  const account = useStore(client.account, (value) => value);
  const here = useStore(route, (value) => value);
  useEffect(followHistory, []);
  switch (account.phase) {
    case "starting":
      return <div className="p-6 text-faint" role="status">{say("connection.connecting")}</div>;
    case "signed-out":
      return <SignIn problem={account.problem} ended={account.ended} />;
    case "unreachable":
      return (
        <main className="mx-auto max-w-lg p-6 pt-[20dvh]">
          <ProblemNotice what={say("page.unreachable")} problem={account.problem} onRetry={() => void client.start()} />
        </main>
      );
    case "ready":
      return (
        <>
          <View here={here} />
          <Announcer />
          <WaitingForYou />
        </>
      );
  }
}

function View({ here }: { here: Route }) {
  switch (here.view) {
    case "projects":
      return <Projects />;
    case "project":
    case "sessions":
    case "session":
      return <Workspace here={here} />;
    case "agents":
      return <AgentsView agent={here.agent} />;
    case "settings":
      return <Suspense><SettingsView /></Suspense>;
    case "nowhere":
      return (
        <main className="mx-auto flex max-w-md flex-col items-start gap-4 p-6 pt-[20dvh]">
          <h1 className="text-xl font-semibold">{say("page.nowhere")}</h1>
          <Button look="primary" onClick={() => { go(""); }}>{say("page.to-projects")}</Button>
        </main>
      );
  }
}
