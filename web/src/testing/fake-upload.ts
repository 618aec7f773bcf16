/** Uploads that the test moves on. */

import { vi } from "vitest";

export class FakeUpload {
  static made: FakeUpload[] = [];
  readonly upload: { onprogress?: (event: object) => void } = {};
  status = 0;
  response: unknown = null;
  aborted = false;
  address = "";
  onload?: () => void;
  onerror?: () => void;
  static get last(): FakeUpload {
    const last = FakeUpload.made.at(-1);
    if (!last) throw new Error("nothing is uploaded");
    return last;
  }

  constructor() {
    FakeUpload.made.push(this);
  }
  open(_method: string, address: string): void {
    this.address = address;
  }
  setRequestHeader(): void {
    // not looked at
  }
  send(): void {
    // the test answers
  }
  abort(): void {
    this.aborted = true;
  }
  answers(status: number, response: unknown): void {
    Object.assign(this, { status, response });
    this.onload?.();
  }
}

/** Puts fake uploads in place of the browser's, until the test ends. */
export function fakeUploads(): void {
  FakeUpload.made = [];
  vi.stubGlobal("XMLHttpRequest", FakeUpload);
}
