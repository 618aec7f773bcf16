/** The server's REST: every call gives its value, or a problem in words. Nothing here throws. */

import { address } from "./address";
import type { Filter, Scope } from "./list-filter";
import type {
  ApprovalOutcome,
  Approvals,
  Attachments,
  BringsList,
  Changes,
  Consent,
  Consents,
  EventsPage,
  FileNames,
  FilePart,
  FilesPage,
  Folders,
  ImportsPage,
  MadeFolder,
  MadeToken,
  NewFork,
  Me,
  NewProject,
  NewSession,
  Patch,
  Project,
  Projects,
  PromptList,
  ProviderKey,
  Providers,
  Restorable,
  Rules,
  SearchResults,
  SessionChanges,
  SessionList,
  SessionRow,
  Storage,
  Tokens,
  Ways,
} from "./protocol";
import { say } from "./words";

/** Why a request failed, for a person. */
export interface Problem {
  code: string;
  message: string;
  /** HTTP status; 0: the server was not reached. */
  status: number;
  /** The page says it itself, in the person's language; the server's words are English. */
  own?: true;
}

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

const LIMIT_MS = 20_000;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

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

export function problemOf(status: number, answer: unknown): Problem {
  const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown };
  const known = { status, code: typeof code === "string" ? code : `http-${status}` };
  if (typeof message === "string" && message) return { ...known, message };
  return { ...known, message: say("problem.unexplained", { status: String(status) }), own: true };
}

function unreached(error: unknown): Problem {
  const name = typeof error === "object" && error !== null && "name" in error ? error.name : "";
  if (name === "TimeoutError") {
    return { status: 0, code: "timeout", message: say("problem.timeout", { s: LIMIT_MS / 1000 }), own: true };
  }
  if (name === "SyntaxError") return { status: 0, code: "not-json", message: say("problem.not-json"), own: true };
  return unreachable();
}

export function unreachable(): Problem {
  return { status: 0, code: "unreachable", message: say("problem.unreachable"), own: true };
}

const query = (fields: Record<string, string | number | boolean | undefined>) => {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined);
  return new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString();
};

export const signIn = (token: string) => request<Me>("POST", "api/sign-in", { token });
export const signInByPassword = (password: string) => request<Me>("POST", "api/sign-in/password", { password });
export const fetchWays = () => request<Ways>("GET", "api/sign-in");
export const keepPassword = (password: string) => request<undefined>("PUT", "api/password", { password });
export const forgetPassword = () => request<undefined>("DELETE", "api/password");
export const signOut = () => request<undefined>("POST", "api/sign-out");
export const signOutOthers = () => request<undefined>("POST", "api/sign-out/others");
export const fetchMe = () => request<Me>("GET", "api/me");

export const fetchTokens = () => request<Tokens>("GET", "api/tokens");
export const addToken = (name: string) => request<MadeToken>("POST", "api/tokens", { name });
export const revokeToken = (token: string) => request<undefined>("DELETE", `api/tokens/${token}`);
export const fetchStorage = () => request<Storage>("GET", "api/storage");

export const fetchProjects = () => request<Projects>("GET", "api/projects");
export const addProject = (project: NewProject) => request<Project>("POST", "api/projects", project);
export const practiceProject = () => request<Project>("POST", "api/projects/practice");
export const fetchBrings = (project: string) => request<BringsList>("GET", `api/projects/${project}/brings`);
export const trustProject = (project: string) => request<Project>("POST", `api/projects/${project}/trust`);
export const findFiles = (project: string, match: string, limit: number) =>
  request<FileNames>("GET", `api/projects/${project}/file-names?${query({ match, limit })}`);
export const fetchPrompts = (project: string) => request<PromptList>("GET", `api/projects/${project}/prompts`);
export const fetchFolders = (path?: string) => request<Folders>("GET", `api/folders?${query({ path })}`);
export const makeFolder = (parent: string, name: string) =>
  request<MadeFolder>("POST", "api/folders", { parent, name });

export const fetchApprovals = () => request<Approvals>("GET", "api/approvals");
export const fetchApproval = (session: string, approval: string) =>
  request<ApprovalOutcome>("GET", `api/approvals/${session}/${approval}`);
export const fetchAttachments = (ids: readonly string[]) =>
  request<Attachments>("GET", `api/attachments?${query({ ids: ids.join(",") })}`);

export const fetchRules = (project: string) => request<Rules>("GET", `api/rules?${query({ project })}`);
export const takeBackRule = (rule: string) => request<undefined>("DELETE", `api/rules/${rule}`);

export const fetchConsents = (project: string) => request<Consents>("GET", `api/consents?${query({ project })}`);
export const giveConsent = (project: string, provider: string) =>
  request<Consent>("PUT", `api/projects/${project}/consents/${provider}`);
export const takeBackConsent = (project: string, provider: string) =>
  request<undefined>("DELETE", `api/projects/${project}/consents/${provider}`);

export const fetchImports = (after?: string) => request<ImportsPage>("GET", `api/imports?${query({ after })}`);
export const lookAgain = () => request<ImportsPage>("POST", "api/imports");

/** At once: what is known. `fresh`: nothing of it holds any more, and the server looks anew. */
export const fetchProviders = (fresh: boolean) => request<Providers>("GET", `api/providers?${query({ wait: false, fresh })}`);
export const keepKey = (provider: string, key: string) =>
  request<ProviderKey>("PUT", `api/providers/${provider}/key`, { key });
export const removeKey = (provider: string) => request<undefined>("DELETE", `api/providers/${provider}/key`);

export const fetchSessions = (filter: Filter, before?: string, trashed?: boolean) =>
  request<SessionList>("GET", `api/sessions?${query({ ...filter, before, trashed, limit: 50 })}`);
export const findSessions = (filter: Filter, title: string) =>
  request<SessionList>("GET", `api/sessions?${query({ ...filter, title, limit: 50 })}`);
export const search = (q: string, scope: Scope, before?: string) =>
  request<SearchResults>("GET", `api/search?${query({ ...scope, q, before, limit: 20 })}`);
export const markSeen = (session: string, seq: number) =>
  request<SessionRow>("PUT", `api/sessions/${session}/seen`, { seq });
export const fetchSession = (session: string) => request<SessionRow>("GET", `api/sessions/${session}`);
export const makeSession = (session: NewSession) => request<SessionRow>("POST", "api/sessions", session);
export const changeSession = (session: string, change: SessionChanges) =>
  request<SessionRow>("PATCH", `api/sessions/${session}`, change);
export const forkSession = (session: string, fork: NewFork) =>
  request<SessionRow>("POST", `api/sessions/${session}/fork`, fork);
export const previewRestore = (session: string, turn: string) =>
  request<Restorable>("GET", `api/sessions/${session}/turns/${turn}/restore`);
export const restoreFiles = (session: string, turn: string) =>
  request<Restorable>("POST", `api/sessions/${session}/turns/${turn}/restore`);
export const fetchOlder = (session: string, before: number, limit: number) =>
  request<EventsPage>("GET", `api/sessions/${session}/events?${query({ before, limit })}`);

export const fetchChanges = (project: string) => request<Changes>("GET", `api/projects/${project}/changes`);
export const fetchTurnChanges = (session: string, turn: string) =>
  request<Changes>("GET", `api/sessions/${session}/turns/${turn}/changes`);
export const fetchPatch = (
  project: string,
  asked: { before: string; after: string; path: string; old_path?: string; whole?: boolean },
) => request<Patch>("GET", `api/projects/${project}/changes/patch?${query(asked)}`);
export const fetchFiles = (project: string, path: string, offset?: number) =>
  request<FilesPage>("GET", `api/projects/${project}/files?${query({ path, offset })}`);
export const fetchFile = (project: string, path: string, at?: number) =>
  request<FilePart>("GET", `api/projects/${project}/files/content?${query({ path, at })}`);
/** Where a file's bytes are; another address once it has changed. */
export const rawFile = (project: string, { path, modified }: FilePart, download?: boolean) =>
  address(`api/projects/${project}/files/raw?${query({ path, download, modified })}`);
