/** Where in the page we are: paths below the base. */

import { address, basePath } from "./address";
import { Store } from "./store";

export type Route =
  | { view: "projects" }
  | { view: "project"; project: string; creating: boolean }
  | { view: "sessions" }
  | SessionRoute
  | { view: "agents"; agent?: string }
  | { view: "settings" }
  | { view: "nowhere" };

/** Where in a conversation a link leads. */
export type Place = { item: string } | { turn: string };

export interface SessionRoute {
  view: "session";
  session: string;
  tab: SessionTab;
  /** Of *Changes*: the turn; without one, since the last commit. Of *Files*: the file, relative to the project. */
  of?: string;
  place?: Place;
}
export type SessionTab = "conversation" | "changes" | "files";

export const route = new Store<Route>({ view: "projects" });

export function readRoute(): void {
  route.set(parse(pathBelow(location.pathname), new URLSearchParams(location.search), new URLSearchParams(location.hash.slice(1))));
}

function pathBelow(pathname: string): string {
  return pathname.slice(basePath().length).replace(/\/$/, "");
}

/** The session that a full address leads to in this page. */
export function sessionAt(url: string): string | undefined {
  if (!url.startsWith(address(""))) return undefined;
  const there = parse(pathBelow(new URL(url).pathname), new URLSearchParams(), new URLSearchParams());
  return there.view === "session" ? there.session : undefined;
}

/** Goes to a path below the base: `""`, `projects/ID`, `sessions`, `sessions/ID#item=ID`, `agents/ID`, `settings`. */
export function go(path: string, replace = false): void {
  if (replace) history.replaceState(history.state, "", address(path));
  else history.pushState(WITHIN, "", address(path));
  readRoute();
}

/** What the browser keeps with a place that one came to from another place of this page. */
const WITHIN = { within: true };

/** To where the person was before in this page; who came from elsewhere goes to the projects. */
export function goBack(): void {
  if ((history.state as Partial<typeof WITHIN> | null)?.within) history.back();
  else go("");
}

function parse(path: string, query: URLSearchParams, hash: URLSearchParams): Route {
  const [kind = "", id = "", ...rest] = path.split("/").map(decoded);
  if (kind === "" || path === "index.html") return { view: "projects" };
  if (path === "settings") return { view: "settings" };
  if (kind === "agents" && !rest.length) return { view: "agents", agent: id || undefined };
  if (kind === "sessions") return id ? sessionRoute(id, rest, query, hash) : { view: "sessions" };
  if (rest.length || !id) return { view: "nowhere" };
  if (kind === "projects") return { view: "project", project: id, creating: query.has("new") };
  return { view: "nowhere" };
}

/** What is no such code is meant as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function sessionRoute(session: string, [tab = "", ...path]: string[], query: URLSearchParams, hash: URLSearchParams): Route {
  if (!tab) return { view: "session", session, tab: "conversation", place: placeIn(hash) };
  if (tab === "changes" && !path.length) return { view: "session", session, tab, of: query.get("turn") ?? undefined };
  if (tab === "files") return { view: "session", session, tab, of: path.join("/") || undefined };
  return { view: "nowhere" };
}

function placeIn(hash: URLSearchParams): Place | undefined {
  const item = hash.get("item");
  const turn = hash.get("turn");
  if (item) return { item };
  return turn ? { turn } : undefined;
}

/** The address of a session's changes, of a turn's, or of a file. */
export function placeOf(session: string, tab: SessionTab, of?: string): string {
  if (tab === "conversation") return `sessions/${session}`;
  if (tab === "changes") return `sessions/${session}/changes${of ? `?turn=${encodeURIComponent(of)}` : ""}`;
  return `sessions/${session}/files${of ? `/${of.split("/").map(encodeURIComponent).join("/")}` : ""}`;
}

export function followHistory(): () => void {
  readRoute();
  window.addEventListener("popstate", readRoute);
  return () => {
    window.removeEventListener("popstate", readRoute);
  };
}
