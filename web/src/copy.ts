/** What the page puts on the clipboard: markdown, as the agent wrote it, and links. */

import { address } from "./address";
import type { Turn } from "./session";

/** All that the agent said to the person in a turn; thoughts and tools are not part of its answer. */
export function answerOf({ entries }: Turn): string {
  const said = entries.flatMap(({ content, parent }) =>
    content.kind === "message" && content.role !== "user" && !parent ? [(content.text ?? "").trim()] : [],
  );
  return said.filter(Boolean).join("\n\n");
}

/** The address of a place in a session. */
export function linkTo(session: string, place: { item: string } | { turn: string }): string {
  return address(`sessions/${session}#${new URLSearchParams({ ...place }).toString()}`);
}
