import type { Problem } from "../api";

/** What the server says: English, whatever language the page speaks, so that it is read aloud as English. */
export function ServerWords({ text }: { text: string }) {
  return <span lang="en" data-server-words>{text}</span>;
}

/** Why a request failed: the page's own words, or the server's. */
export function ProblemWords({ problem: { message, own } }: { problem: Problem }) {
  return own ? message : <ServerWords text={message} />;
}
