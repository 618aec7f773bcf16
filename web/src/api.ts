/** The server's REST: every call gives its value, or a problem in words. Nothing here throws. */

import { address } from "./address";
import type { AnyEvent, SessionRow } from "./protocol";

/** Why a request failed, for a person. */
export interface Problem {
  code: string;
  message: string;
  /** HTTP status; 0: the server was not reached. */
  status: number;
}

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export interface Me {
  user: string;
  name: string;
  version: string;
  server: string;
  allowBypass: boolean;
  defaultProvider: string;
  roots: string[];
}

export interface Project {
  id: string;
  name: string;
  path: string;
  trusted: boolean;
  missing: boolean;
  createdAt: number;
  lastActivity?: number | null;
}

export interface Brought {
  kind: "hook" | "mcp-server" | "permission" | "command" | "instructions";
  file: string;
  name: string;
  text: string;
}

export interface Folder {
  name: string;
  path: string;
  git: boolean;
  project: string | null;
}

export interface FolderPage {
  path: string;
  parent: string | null;
  roots: string[];
  folders: Folder[];
}

export interface Capabilities {
  approvals: boolean;
  steer: boolean;
  resume: boolean;
  images: boolean;
  modes: string[];
  models: string[];
}

export interface Provider {
  id: string;
  name: string;
  capabilities: Capabilities;
  readiness: {
    found: boolean;
    version?: string | null;
    signedIn?: boolean | null;
    models?: string[];
    message?: string;
    action?: { label: string; command?: string | null } | null;
  };
}

export interface EventPage {
  events: AnyEvent[];
  head: number;
  first: number;
  epoch: string;
  more: boolean;
}

export interface SessionPage {
  sessions: SessionRow[];
  next: string | null;
  revision: number;
}

export interface SessionChange {
  title?: string;
  starred?: boolean;
  model?: string;
  mode?: string;
  trashed?: boolean;
}

const LIMIT_MS = 20_000;

type Method = "GET" | "POST" | "PATCH" | "DELETE";

async function request<T>(method: Method, path: string, body?: unknown): Promise<Result<T>> {
  try {
    const response = await fetch(address(path), {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    if (response.status === 204) return { ok: true, value: undefined as T };
    const answer: unknown = await response.json();
    if (response.ok) return { ok: true, value: answer as T };
    return { ok: false, problem: problemOf(response.status, answer) };
  } catch (error) {
    return { ok: false, problem: unreached(error) };
  }
}

function problemOf(status: number, answer: unknown): Problem {
  const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown };
  return {
    status,
    code: typeof code === "string" ? code : `http-${status}`,
    message: typeof message === "string" && message ? message : `The server answered ${status} and said no more.`,
  };
}

function unreached(error: unknown): Problem {
  const name = error instanceof Error ? error.name : "";
  if (name === "TimeoutError") {
    return { status: 0, code: "timeout", message: `The server did not answer within ${LIMIT_MS / 1000} s.` };
  }
  if (name === "SyntaxError") {
    return { status: 0, code: "not-json", message: "What answered is not Antiphon: is there a proxy in between?" };
  }
  return { status: 0, code: "unreachable", message: "The server cannot be reached. Is it running?" };
}

const query = (fields: Record<string, string | number | boolean | undefined>) => {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined);
  return new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString();
};

export const signIn = (token: string) => request<Me>("POST", "api/sign-in", { token });
export const signOut = () => request<undefined>("POST", "api/sign-out");
export const fetchMe = () => request<Me>("GET", "api/me");

export const fetchProjects = () => request<{ projects: Project[] }>("GET", "api/projects");
export const addProject = (path: string) => request<Project>("POST", "api/projects", { path });
export const fetchBrings = (project: string) => request<{ brings: Brought[] }>("GET", `api/projects/${project}/brings`);
export const trustProject = (project: string) => request<Project>("POST", `api/projects/${project}/trust`);
export const fetchFolders = (path?: string) => request<FolderPage>("GET", `api/folders?${query({ path })}`);
export const makeFolder = (parent: string, name: string) =>
  request<{ path: string }>("POST", "api/folders", { parent, name });

export const fetchProviders = () => request<{ providers: Provider[] }>("GET", "api/providers");

export const fetchSessions = (project: string, before?: string, trashed?: boolean) =>
  request<SessionPage>("GET", `api/sessions?${query({ project, before, trashed, limit: 50 })}`);
export const fetchSession = (session: string) => request<SessionRow>("GET", `api/sessions/${session}`);
export const makeSession = (project: string, provider: string) =>
  request<SessionRow>("POST", "api/sessions", { project, provider });
export const changeSession = (session: string, change: SessionChange) =>
  request<SessionRow>("PATCH", `api/sessions/${session}`, change);
export const fetchOlder = (session: string, before: number, limit: number) =>
  request<EventPage>("GET", `api/sessions/${session}/events?${query({ before, limit })}`);
