/** Whether the agents can be used: asked until the server has looked at each, which takes a second or more. */

import { fetchProviders, type Result } from "./api";
import type { ProviderInfo, Providers } from "./protocol";

const AGAIN_MS = 400;
/** The server gives up a look after 10 s, and a key's keyring may take as long. */
const LIMIT_MS = 30_000;

/** What is known, again and again until all is. `fresh`: the server looks anew. */
export async function* looks(fresh: boolean): AsyncGenerator<Result<Providers>> {
  const until = Date.now() + LIMIT_MS;
  for (let again = false; ; again = true) {
    const answer = await fetchProviders(fresh && !again);
    yield answer;
    if (!answer.ok || !unknown(answer.value.providers).length || Date.now() > until) return;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** The agents that are just being looked at. */
export function unknown(providers: readonly ProviderInfo[]): string[] {
  return providers.filter(({ readiness }) => !readiness).map(({ id }) => id);
}

/** The newer list; what is not known anew stays as it was known before. */
export function merged(before: readonly ProviderInfo[] | undefined, now: readonly ProviderInfo[]): ProviderInfo[] {
  const known = new Map(before?.map(({ id, readiness }) => [id, readiness]));
  return now.map((one) => (one.readiness ? one : { ...one, readiness: known.get(one.id) }));
}
