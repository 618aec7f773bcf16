import { say } from "../words";
import { Icon } from "./icons";

/** Beside the list of all sessions, before one is chosen. */
export function SessionsView() {
  return (
    <div className="m-auto flex max-w-sm flex-col items-center gap-3 p-6 text-center text-dim">
      <span className="text-faint"><Icon name="layers" size={28} /></span>
      <h1 className="text-base font-semibold text-text">{say("list.everywhere")}</h1>
      <p className="text-balance">{say("list.everywhere.choose")}</p>
    </div>
  );
}
