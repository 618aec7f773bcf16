/** The connection's state in words. */

import type { Account, Notices } from "./client";
import type { Link } from "./socket";
import { language, say } from "./words";

export interface ConnectionWords {
  /** For tests and colours. */
  state:
    | "live"
    | "catching-up"
    | "connecting"
    | "reconnecting"
    | "offline"
    | "stopped"
    | "ended"
    | "new-version"
    | "storage-full";
  tone: "good" | "warn" | "bad" | "plain";
  short: string;
  long: string;
  /** The server's sentence, in English, where that is not the page's language. */
  served?: string;
  retryAt?: number;
}

/** `behind`: what is shown is being brought up to date. */
export function connectionWords(link: Link, notices: Notices, account: Account, online: boolean, behind = false): ConnectionWords {
  if (link.phase === "live") return liveWords(notices, behind);
  if (link.phase === "ended") {
    const out = account.phase === "signed-out" || link.goodbye?.code === "signed-out";
    const long = say(out ? "connection.signed-out" : "connection.closed.long");
    return { state: "ended", tone: "bad", short: say("connection.closed"), ...withServed(long, link.goodbye) };
  }
  if (link.phase === "connecting") {
    const again = link.attempt > 1;
    return {
      state: again ? "reconnecting" : "connecting",
      tone: again ? "warn" : "plain",
      short: say(again ? "connection.reconnecting.now" : "connection.connecting"),
      long: again ? say("connection.attempt", { attempt: link.attempt }) : say("connection.connecting"),
    };
  }
  const { retryAt } = link;
  if (!online) return { state: "offline", tone: "warn", short: say("connection.offline"), long: say("connection.offline.long"), retryAt };
  if (link.goodbye?.code === "server-stopping") {
    return { state: "stopped", tone: "warn", short: say("connection.stopped"), long: say("connection.stopped.long"), retryAt };
  }
  return { state: "reconnecting", tone: "warn", short: say("connection.reconnecting"), ...withServed(say("connection.lost"), link.goodbye), retryAt };
}

/** The page's words and the server's; in English the server's alone, which say more. */
function withServed(long: string, said?: { message: string }): Pick<ConnectionWords, "long" | "served"> {
  if (!said) return { long };
  return language.get() === "en" ? { long: said.message } : { long, served: said.message };
}

/** What is worst first: what cannot be logged, then a page that may not understand its server. */
function liveWords({ newVersion, storageFull }: Notices, behind: boolean): ConnectionWords {
  if (storageFull) {
    return { state: "storage-full", tone: "bad", short: say("connection.storage-full"), ...withServed(say("connection.storage-full.long"), storageFull) };
  }
  if (newVersion !== undefined) {
    return { state: "new-version", tone: "warn", short: say("connection.new-version"), long: say("connection.new-version.long") };
  }
  if (behind) return { state: "catching-up", tone: "plain", short: say("connection.catching-up"), long: say("connection.catching-up") };
  return { state: "live", tone: "good", short: say("connection.live"), long: say("connection.live.long") };
}
