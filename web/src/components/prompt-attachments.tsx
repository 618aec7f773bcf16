import { useEffect } from "react";
import { address } from "../address";
import type { Attachment } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { isPicture, sizeOf } from "./attach";
import { useClient } from "./client-context";
import { Icon } from "./icons";

/** The files that went with a prompt: pictures small, the others by their names; a click opens or saves one. */
export function PromptAttachments({ ids }: { ids: readonly string[] }) {
  const { known } = useClient();
  useEffect(() => {
    known.need(ids);
  }, [known, ids]);
  if (!ids.length) return null;
  return (
    <ul aria-label={say("attach.files")} className="mt-1.5 flex flex-wrap gap-1.5">
      {ids.map((id) => <OneAttachment key={id} id={id} />)}
    </ul>
  );
}

function OneAttachment({ id }: { id: string }) {
  const { known } = useClient();
  const file = useStore(known.files, (files) => files[id]);
  const name = file?.name || say("attach.file");
  return (
    <li>
      <a
        href={address(`api/attachments/${id}`)}
        target="_blank"
        rel="noopener"
        data-testid="prompt-attachment"
        title={name}
        className="target flex items-center gap-2 overflow-hidden rounded-lg border border-line bg-raised text-xs hover:bg-panel"
      >
        <Face file={file} name={name} />
      </a>
    </li>
  );
}

/** A fixed height, whatever it turns out to be: nothing jumps. */
function Face({ file, name }: { file?: Attachment; name: string }) {
  if (file && isPicture(file.mediaType)) {
    return <img src={address(`api/attachments/${file.id}`)} alt={name} loading="lazy" decoding="async" className="h-16 w-24 object-cover" />;
  }
  return (
    <span className="flex h-16 items-center gap-2 px-3">
      <Icon name="file" />
      <span className="min-w-0 max-w-44">
        <span className="block truncate">{name}</span>
        {file && file.size > 0 && <span className="block text-faint">{sizeOf(file.size)}</span>}
      </span>
    </span>
  );
}
