import { useCallback, type ClipboardEvent } from "react";
import { hindranceOf, MOST, type Files, type Hindrance, type Refuse } from "../attached";
import type { ProviderInfo } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";

/** What is put in the composer's place beside its text. */
export interface Attaching {
  files: Files;
  /** Why they cannot go along now; undefined: all of them can. */
  hindrance?: Hindrance;
  add: (files: Iterable<File>) => void;
  /** Files in the clipboard become attachments; True: there were some. */
  onPaste: (event: ClipboardEvent) => boolean;
}

/** Files with what is written at this place. */
export function useAttaching(place: string, agent: ProviderInfo | undefined): Attaching {
  const client = useClient();
  const files = useStore(client.attached.files, () => client.attached.of(place));
  const limit = useStore(client.limits, (limits) => limits?.attachmentBytes ?? Infinity);
  const textOnly = agent?.capabilities.files === "text";
  const images = agent?.capabilities.images ?? true;
  const name = agent?.name ?? say("composer.the-agent");
  const add = useCallback(
    (chosen: Iterable<File>) => {
      const refuse: Refuse = (file) => {
        if (client.attached.of(place).length >= MOST) return say("attach.too-many", { most: MOST });
        if (file.size > limit) return say("attach.too-large", { limit: sizeOf(limit), size: sizeOf(file.size) });
        if (textOnly && !mayBeText(file.type) && !(images && isPicture(file.type))) {
          return images ? say("attach.text-and-pictures-only", { agent: name }) : say("attach.text-only", { agent: name });
        }
        return undefined;
      };
      client.attached.add(place, chosen, refuse);
    },
    [client, place, limit, textOnly, images, name],
  );
  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files];
    // A copied table or text comes with a picture of itself: the words are meant.
    if (!pasted.length || event.clipboardData.types.includes("text/plain")) return false;
    event.preventDefault();
    add(pasted);
    return true;
  };
  return { files, hindrance: hindranceOf(files), add, onPaste };
}

/** Why the files with what is written at this place cannot go along now, in words: for what sends it beside the composer. */
export function useFilesHindrance(place: string): string | undefined {
  const { attached } = useClient();
  const why = useStore(attached.files, () => hindranceOf(attached.of(place)));
  return why && say(why === "failed" ? "attach.has-failed" : "attach.under-way");
}

/** How a file reaches this agent, where that is not as one would think; undefined: it is shown it. */
export function reaching(agent: ProviderInfo | undefined, mediaType: string): string | undefined {
  if (!agent || agent.capabilities.images || !isPicture(mediaType)) return undefined;
  return say("attach.as-path", { agent: agent.name });
}

export function isPicture(mediaType: string): boolean {
  return /^image\/(png|jpeg|gif|webp)$/.test(mediaType);
}

/** Kinds that are surely no text; of an unknown kind the agent finds out. */
function mayBeText(mediaType: string): boolean {
  return !/^(image|audio|video|font)\/|^application\/(pdf|zip|gzip|x-tar|x-7z-compressed|vnd\.|msword|octet-stream$)/.test(mediaType) || mediaType === "image/svg+xml";
}

const UNITS = ["B", "kB", "MB", "GB"];

/** 812 B, 14 kB, 3.4 MB. */
export function sizeOf(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${amount < 10 && unit ? Number(amount.toFixed(1)) : Math.round(amount)} ${UNITS[unit] ?? ""}`;
}
