/** Where in the page we are: paths below the base. */

import { address, basePath } from "./address";
import { Store } from "./store";

export type Route =
  | { view: "projects" }
  | { view: "project"; project: string; creating: boolean }
  | { view: "session"; session: string }
  | { view: "agents"; agent?: string }
  | { view: "settings" }
  | { view: "nowhere" };

export const route = new Store<Route>({ view: "projects" });

export function readRoute(): void {
  const path = location.pathname.slice(basePath().length).replace(/\/$/, "");
  route.set(parse(path, new URLSearchParams(location.search)));
}

/** Goes to a path below the base: `""`, `projects/ID`, `sessions/ID`, `agents/ID`, `settings`. */
export function go(path: string, replace = false): void {
  if (replace) history.replaceState(null, "", address(path));
  else history.pushState(null, "", address(path));
  readRoute();
}

function parse(path: string, query: URLSearchParams): Route {
  const [kind = "", id = "", ...rest] = path.split("/").map(decodeURIComponent);
  if (kind === "" || path === "index.html") return { view: "projects" };
  if (path === "settings") return { view: "settings" };
  if (kind === "agents" && !rest.length) return { view: "agents", agent: id || undefined };
  if (rest.length || !id) return { view: "nowhere" };
  if (kind === "projects") return { view: "project", project: id, creating: query.has("new") };
  if (kind === "sessions") return { view: "session", session: id };
  return { view: "nowhere" };
}

export function followHistory(): () => void {
  readRoute();
  window.addEventListener("popstate", readRoute);
  return () => {
    window.removeEventListener("popstate", readRoute);
  };
}
