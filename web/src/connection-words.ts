/** The connection's state in words. */

import type { Account, Notices } from "./client";
import type { Link } from "./socket";

export interface ConnectionWords {
  /** For tests and colours. */
  state: "live" | "connecting" | "reconnecting" | "offline" | "stopped" | "ended" | "new-version";
  tone: "good" | "warn" | "bad" | "plain";
  short: string;
  long: string;
  retryAt?: number;
}

export function connectionWords(link: Link, notices: Notices, account: Account, online: boolean): ConnectionWords {
  if (link.phase === "live") return liveWords(notices);
  if (link.phase === "ended") {
    const long = link.goodbye?.message ?? (account.phase === "signed-out" ? "You are signed out." : "The connection was closed.");
    return { state: "ended", tone: "bad", short: "Closed", long };
  }
  if (link.phase === "connecting") {
    const again = link.attempt > 1;
    return {
      state: again ? "reconnecting" : "connecting",
      tone: again ? "warn" : "plain",
      short: again ? "Reconnecting …" : "Connecting …",
      long: again ? `Reconnecting, attempt ${link.attempt} …` : "Connecting …",
    };
  }
  const { retryAt } = link;
  if (!online) return { state: "offline", tone: "warn", short: "Offline", long: "This device is offline.", retryAt };
  if (link.goodbye?.code === "server-stopping") {
    return { state: "stopped", tone: "warn", short: "Server stopped", long: "The server was stopped.", retryAt };
  }
  const long = link.goodbye?.message ?? "The connection to the server is lost.";
  return { state: "reconnecting", tone: "warn", short: "Reconnecting", long, retryAt };
}

function liveWords({ newVersion }: Notices): ConnectionWords {
  if (newVersion === undefined) return { state: "live", tone: "good", short: "Live", long: "Connected" };
  const long = "The server has another version than this page. Reload to get its page.";
  return { state: "new-version", tone: "warn", short: "New version", long };
}
