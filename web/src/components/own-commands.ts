import type { Client } from "../client";
import type { Command } from "../commands";
import { go, route } from "../route";
import { look, setLook, THEMES } from "../theme";
import { toast } from "../toasts";
import { waitingShown } from "../waiting";
import { choose, language, LANGUAGES, say, type Language } from "../words";

/** What can be done in every view. */
export function ownCommands(client: Client): Command[] {
  const { rows, projects } = client.lists.view.get();
  const here = route.get();
  const project = here.view === "project" ? here.project : here.view === "session" ? rows.get(here.session)?.project : projects?.[0]?.id;
  return [
    ...(project ? [{ id: "new", words: say("command.new"), icon: "plus" as const, also: "new session", run: () => { go(`projects/${project}?new`); } }] : []),
    { id: "waiting", words: say("waiting.title"), icon: "bell", also: "waits for you questions approvals", run: () => { waitingShown.set(true); } },
    { id: "go-projects", words: say("page.to-projects"), icon: "folder", also: "projects home", run: () => { go(""); } },
    { id: "go-sessions", words: say("command.sessions"), icon: "list", also: "all sessions", run: () => { go("sessions"); } },
    { id: "go-agents", words: say("agents.title"), icon: "bot", also: "agents key login", run: () => { go("agents"); } },
    { id: "go-settings", words: say("settings.title"), icon: "gear", also: "settings preferences", run: () => { go("settings"); } },
    ...(projects ?? []).map((one) => ({ id: `project-${one.id}`, words: say("command.project", { name: one.name }), icon: "folder" as const, run: () => { go(`projects/${one.id}`); } })),
    ...THEMES.filter((theme) => theme !== look.get().theme).map((theme) => ({
      id: `theme-${theme}`,
      words: `${say("settings.theme")}: ${say(`settings.theme.${theme}`)}`,
      also: `theme ${theme}`,
      icon: "theme" as const,
      run: () => { setLook({ theme }); },
    })),
    ...Object.entries(LANGUAGES)
      .filter(([tag]) => tag !== language.get())
      .map(([tag, name]) => ({
        id: `language-${tag}`,
        words: `${say("settings.language")}: ${name}`,
        also: `language ${tag}`,
        icon: "fetch" as const,
        run: () => { choose(tag as Language).catch(() => { toast(say("settings.language.problem")); }); },
      })),
    { id: "sign-out", words: say("settings.account.sign-out"), icon: "out", also: "sign out", run: () => void client.signOut() },
  ];
}
