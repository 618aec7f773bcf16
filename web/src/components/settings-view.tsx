import { useTitle } from "../title";
import { say } from "../words";
import { ConnectionBanner } from "./connection";
import { PageHead } from "./page-head";
import { AccountSettings } from "./settings-account";
import { AgentsSummary } from "./settings-agents";
import { LookSettings } from "./settings-look";
import { NotifySettings } from "./settings-notify";
import { AboutSettings, DataSettings } from "./settings-data";

/** Everything that is set once: who may come in, how it looks, where the data lies. */
export function SettingsView() {
  useTitle(say("settings.title"));
  return (
    <div className="h-dvh overflow-y-auto">
      <ConnectionBanner />
      <main className="mx-auto max-w-2xl px-4 pt-5 pb-16 sm:px-6">
        <PageHead />
        <h1 className="mt-8 mb-1 text-xl font-semibold">{say("settings.title")}</h1>
        <div>
          <LookSettings />
          <NotifySettings />
          <AgentsSummary />
          <AccountSettings />
          <DataSettings />
          <AboutSettings />
        </div>
      </main>
    </div>
  );
}
