/** Files that go with what is being written, by place: each is uploaded at once, and what was uploaded survives a reload (`kept.ts`). */

import { newId } from "./ids";
import { Kept, type OwnStorage } from "./kept";
import type { KnownFiles } from "./known-files";
import { Store } from "./store";
import { upload } from "./upload";

/** With one prompt, as the server has it. */
export const MOST = 32;

export interface AttachedFile {
  key: string;
  name: string;
  mediaType: string;
  /** Bytes. */
  size: number;
  /** What the server knows it by; there once it is uploaded. */
  id?: string;
  /** The part that is uploaded, 0 … 1, while it is under way. */
  progress?: number;
  /** Why it cannot go along. */
  problem?: string;
  /** The server says so, in English. */
  served?: boolean;
  /** Trying again may help. */
  again?: boolean;
}

export type Files = readonly AttachedFile[];
/** Why a file of this size and kind cannot go along; undefined: it can. */
export type Refuse = (file: { name: string; size: number; type: string }) => string | undefined;

const NONE: Files = [];

export class Attached {
  readonly files = new Store<Readonly<Record<string, Files>>>({});
  readonly known: KnownFiles;
  readonly #kept: Kept;
  /** What was kept at a place when it was first looked at. */
  readonly #found = new Map<string, Files>();
  readonly #sources = new Map<string, File>();
  readonly #uploads = new Map<string, { abort: () => void }>();

  constructor(known: KnownFiles, own?: () => OwnStorage) {
    this.known = known;
    // Not shown anew for another tab: a file that comes by itself would go along unseen.
    this.#kept = new Kept("attached", own);
  }

  of(place: string): Files {
    return this.files.get()[place] ?? this.#foundAt(place);
  }

  /** Takes the files that the person chose; those that cannot go along stay and say why, until they are removed. */
  add(place: string, files: Iterable<File>, refuse: Refuse): void {
    for (const file of files) {
      const one: AttachedFile = { key: newId(), name: file.name || "file", mediaType: file.type, size: file.size };
      const problem = refuse(file);
      this.#set(place, [...this.of(place), problem ? { ...one, problem } : one]);
      if (problem) continue;
      this.#sources.set(one.key, file);
      this.#upload(one.key, file);
    }
  }

  retry(key: string): void {
    const source = this.#sources.get(key);
    if (source) this.#upload(key, source);
  }

  /** Takes one away; what is under way is broken off. */
  remove(place: string, key: string): void {
    this.#forget(key);
    this.#set(place, this.of(place).filter((file) => file.key !== key));
  }

  /**
   * Takes all that is uploaded out of the place: it goes with a prompt. What is under way, or failed, is the person's to
   * see: it stays, or goes on at `to`, where they write then.
   */
  take(place: string, to = place): string[] {
    const files = this.of(place);
    const left = files.filter(({ id }) => id === undefined);
    this.#set(place, []);
    if (left.length) this.#set(to, [...this.of(to), ...left]);
    return files.flatMap(({ id }) => id ?? []);
  }

  /** Puts what did not go back, before what was added since. */
  restore(place: string, ids: readonly string[] = []): void {
    const since = this.of(place);
    const back = ids.filter((id) => !since.some((file) => file.id === id));
    if (back.length) this.#set(place, [...back.map((id) => ({ key: newId(), ...this.known.of(id) })), ...since]);
  }

  #foundAt(place: string): Files {
    const found = this.#found.get(place) ?? filesOf(this.#kept.read(place));
    this.#found.set(place, found);
    return found;
  }

  #upload(key: string, file: File): void {
    this.#change(key, { progress: 0, problem: undefined, served: undefined, again: undefined });
    const under = upload(
      file,
      (progress) => { this.#change(key, { progress }); },
      (answer) => {
        this.#uploads.delete(key);
        if (answer.ok) {
          this.#sources.delete(key);
          this.known.add([answer.value]);
          this.#change(key, { ...answer.value, progress: undefined });
        } else {
          const { message, status, own } = answer.problem;
          this.#change(key, { progress: undefined, problem: message, served: !own, again: status === 0 || status >= 500 });
        }
      },
    );
    this.#uploads.set(key, under);
  }

  #forget(key: string): void {
    this.#uploads.get(key)?.abort();
    this.#uploads.delete(key);
    this.#sources.delete(key);
  }

  /** Wherever it is by now. */
  #change(key: string, fields: Partial<AttachedFile>): void {
    const place = Object.entries(this.files.get()).find(([, files]) => files.some((file) => file.key === key))?.[0];
    if (place !== undefined) this.#set(place, this.of(place).map((file) => (file.key === key ? { ...file, ...fields } : file)));
  }

  #set(place: string, files: Files): void {
    this.files.patch({ [place]: files });
    const uploaded = files.filter(({ id }) => id);
    this.#kept.write(place, uploaded.length ? JSON.stringify(uploaded) : "");
  }
}

export type Hindrance = "under-way" | "failed";

/** Why what is there cannot go along now; undefined: all of it can. */
export function hindranceOf(files: Files): Hindrance | undefined {
  if (files.some(({ problem }) => problem !== undefined)) return "failed";
  return files.every(({ id }) => id !== undefined) ? undefined : "under-way";
}

function filesOf(text: string): Files {
  try {
    const found: unknown = JSON.parse(text || "[]");
    return Array.isArray(found) ? (found as AttachedFile[]).filter(({ id, key }) => id && key) : NONE;
  } catch {
    return NONE; // not ours
  }
}
