import { useState } from "react";
import { address } from "../address";
import { say } from "../words";
import { Icon } from "./icons";

/** What was sent along: pictures as pictures, all else by its name's link. Each keeps its room while it loads. */
export function Attachments({ ids }: { ids: readonly string[] }) {
  if (!ids.length) return null;
  return (
    <ul className="mt-1.5 flex flex-wrap justify-end gap-2">
      {ids.map((id) => (
        <li key={id}>
          <Attachment id={id} />
        </li>
      ))}
    </ul>
  );
}

function Attachment({ id }: { id: string }) {
  const [isImage, setIsImage] = useState(true);
  const url = address(`api/attachments/${id}`);
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener"
      aria-label={say("prompt.attachment.open")}
      className="flex size-24 items-center justify-center overflow-hidden rounded-xl border border-line bg-panel text-xs text-dim"
    >
      {isImage ? (
        <img src={url} alt={say("prompt.attachment")} loading="lazy" className="size-full object-cover" onError={() => { setIsImage(false); }} />
      ) : (
        <span className="flex flex-col items-center gap-1"><Icon name="file" size={20} />{say("prompt.attachment")}</span>
      )}
    </a>
  );
}
