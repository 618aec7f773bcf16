/** What is done with a session now and then: behind one button, whatever the width. */

import { address } from "../address";
import { say } from "../words";
import type { Action } from "./actions";
import { finding } from "./finding";

export function moreActions(session: string): Action[] {
  const save = (format: "markdown" | "json") => () => { download(`api/sessions/${session}/export?format=${format}`); };
  return [
    { icon: "search", label: say("find.menu"), testid: "find", run: () => { finding.set(true); } },
    { icon: "download", label: say("export.markdown"), testid: "export-markdown", run: save("markdown") },
    { icon: "download", label: say("export.json"), testid: "export-json", run: save("json") },
  ];
}

/** Has the browser save what is at a path below the base; the server names it. */
function download(path: string): void {
  const link = document.createElement("a");
  link.href = address(path);
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
