import { Suspense, useEffect } from "react";
import type { Client } from "../client";
import { followHistory, go, route, type Route } from "../route";
import { useStore } from "../store";
import { language, say } from "../words";
import { Announcer } from "./announcer";
import { AgentsView } from "./agents-view";
import { Button } from "./button";
import { ClientContext } from "./client-context";
import { ErrorBoundary } from "./error-boundary";
import { PaletteHost } from "./palette-host";
import { part } from "./part";
import { Projects } from "./projects";
import { SignIn } from "./sign-in";
import { SigningIn } from "./signing-in";
import { Toasts } from "./toasts";
import { Unreachable } from "./unreachable";
import { WaitingForYou } from "./waiting-bell";
import { Workspace } from "./workspace";

const SettingsView = part(async () => (await import("./settings-view")).SettingsView);

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
      return <Unreachable problem={account.problem} />;
    case "ready":
      return (
        <>
          <SkipLink />
          {/* Before the view: what a view offers comes before what is offered everywhere. */}
          <PaletteHost />
          <View here={here} />
          <Announcer />
          <WaitingForYou />
        </>
      );
  }
}

/** The first place that Tab leads to: past what every view begins with. */
function SkipLink() {
  const skip = () => {
    const main = document.querySelector("main");
    main?.setAttribute("tabindex", "-1");
    main?.focus();
  };
  return <Button testid="skip" className="sr-only fixed top-2 left-2 z-50 focus:not-sr-only focus:fixed focus:px-3" onClick={skip}>{say("page.skip")}</Button>;
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
