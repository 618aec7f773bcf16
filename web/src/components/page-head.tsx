import { goBack } from "../route";
import { say } from "../words";
import { IconButton } from "./button";
import { ConnectionDot } from "./connection";
import { Link } from "./link";
import { Wordmark } from "./wordmark";

/** Over a view that one came to from somewhere: the way back there, and home. */
export function PageHead() {
  return (
    <div className="flex items-center gap-1">
      <IconButton icon="back" label={say("page.back")} size={20} testid="page-back" className="-ml-2" onClick={goBack} />
      <Link to="" className="target mr-auto flex items-center rounded-lg"><Wordmark /></Link>
      <ConnectionDot />
    </div>
  );
}
