/** One file on its way to the server: with progress, which `fetch` does not tell, and to be broken off. */

import { address } from "./address";
import { problemOf, unreachable, type Result } from "./api";
import type { Attachment } from "./protocol";

/** What a file is where the browser does not know. */
const UNKNOWN = "application/octet-stream";

/** Starts the upload; `onProgress` is told the part that has gone, 0 … 1. Breaking it off calls nobody. */
export function upload(
  file: File,
  onProgress: (part: number) => void,
  onDone: (answer: Result<Attachment>) => void,
): { abort: () => void } {
  const request = new XMLHttpRequest();
  request.open("POST", address(`api/attachments?${new URLSearchParams({ name: file.name.slice(-255) || "file" }).toString()}`));
  request.setRequestHeader("Content-Type", /^\w[\w.+-]*\/\w[\w.+-]*$/.test(file.type) ? file.type : UNKNOWN);
  request.responseType = "json";
  request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
    if (lengthComputable && total) onProgress(loaded / total);
  };
  request.onload = () => {
    const answer: unknown = request.response;
    onDone(
      request.status === 201
        ? { ok: true, value: answer as Attachment }
        : { ok: false, problem: problemOf(request.status, answer) },
    );
  };
  request.onerror = () => {
    onDone({ ok: false, problem: unreachable() });
  };
  request.send(file);
  return {
    abort: () => {
      request.abort();
    },
  };
}
