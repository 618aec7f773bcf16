import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { address } from "../address";
import type { AttachedFile } from "../attached";
import type { ProviderInfo } from "../protocol";
import { say } from "../words";
import { isPicture, reaching, sizeOf, type Attaching } from "./attach";
import { IconButton } from "./button";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { once } from "./once";
import { ServerWords } from "./server-words";

/** The files that go along, over the text: how far each is, and what is wrong with it. */
export function AttachedFiles({ place, attaching, agent }: { place: string; attaching: Attaching; agent?: ProviderInfo }) {
  if (!attaching.files.length) return null;
  return (
    <ul data-testid="attached" aria-label={say("attach.files")} className="flex flex-wrap gap-2 px-3 pt-3">
      {attaching.files.map((file) => <OneFile key={file.key} place={place} file={file} agent={agent} />)}
    </ul>
  );
}

function OneFile({ place, file, agent }: { place: string; file: AttachedFile; agent?: ProviderInfo }) {
  const { attached } = useClient();
  const { key, id, name, size, progress, problem, served } = file;
  const told = problem ?? (progress === undefined ? (reaching(agent, file.mediaType) ?? sizeOf(size)) : say("attach.uploading", { percent: Math.round(progress * 100) }));
  return (
    <li
      data-testid="attached-file"
      data-state={problem ? "failed" : id ? "ready" : "uploading"}
      className={`relative flex max-w-full items-center gap-2.5 overflow-hidden rounded-xl border py-1 pr-1 pl-1.5 ${problem ? "border-bad/40 bg-bad-soft" : "border-line bg-panel"}`}
    >
      <Thumbnail file={file} />
      <span className="min-w-0 max-w-64 text-xs">
        <span className="block truncate" title={name}>{name || say("attach.file")}</span>
        <span role={problem ? "alert" : undefined} className={`block ${problem ? "text-bad" : "text-faint"}`}>{served ? <ServerWords text={told} /> : told}</span>
      </span>
      {file.again && (
        <IconButton icon="retry" label={say("attach.again", { name })} size={14} testid="attached-again" onClick={() => { attached.retry(key); }} />
      )}
      <IconButton
        icon="close"
        label={progress === undefined ? say("attach.remove", { name }) : say("attach.cancel", { name })}
        size={14}
        testid="attached-remove"
        onClick={once(() => { attached.remove(place, key); })}
      />
      {progress !== undefined && (
        <span role="progressbar" aria-label={name} aria-valuenow={Math.round(progress * 100)} className="absolute inset-x-0 bottom-0 h-0.5 bg-line">
          <span className="block h-full origin-left bg-accent transition-transform" style={{ transform: `scaleX(${progress})` }} />
        </span>
      )}
    </li>
  );
}

function Thumbnail({ file: { id, mediaType } }: { file: AttachedFile }) {
  const box = "flex size-9 shrink-0 items-center justify-center rounded-lg bg-bubble text-dim";
  if (!id || !isPicture(mediaType)) return <span className={box}><Icon name={isPicture(mediaType) ? "image" : "file"} /></span>;
  return <img src={address(`api/attachments/${id}`)} alt="" decoding="async" className={`${box} object-cover`} />;
}

/** Choose files of this device. */
export function AttachButton({ onFiles, disabled }: { onFiles: (files: Iterable<File>) => void; disabled?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton icon="attach" label={say("attach.choose")} size={17} testid="attach" disabled={disabled} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="attach-input"
        aria-hidden="true"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = ""; // the same file again is a choice, too
        }}
      />
    </>
  );
}

/** Files dropped anywhere in the page go to what is written here, which is said while some are held over it. */
export function DropPlace({ onFiles, className, children }: { onFiles: (files: Iterable<File>) => void; className: string; children: ReactNode }) {
  const [over, setOver] = useState(false);
  const onDrag = useEffectEvent((event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files") || document.querySelector("dialog[open]")) return;
    event.preventDefault(); // else the browser leaves the page for the file
    setOver(event.type === "dragover");
    if (event.type === "drop") onFiles([...event.dataTransfer.files]);
  });
  const onLeave = useEffectEvent((event: DragEvent) => {
    if (event.relatedTarget === null) setOver(false);
  });
  useEffect(() => {
    const dragged = (event: DragEvent) => { onDrag(event); };
    const left = (event: DragEvent) => { onLeave(event); };
    window.addEventListener("dragover", dragged);
    window.addEventListener("drop", dragged);
    window.addEventListener("dragleave", left);
    return () => {
      window.removeEventListener("dragover", dragged);
      window.removeEventListener("drop", dragged);
      window.removeEventListener("dragleave", left);
    };
  }, []);
  return (
    <div className={`relative ${className}`} data-testid="drop-place">
      {children}
      {over && (
        <div className="pointer-events-none absolute inset-0 z-10 flex items-center justify-center gap-2 rounded-2xl border-2 border-dashed border-accent bg-raised/90 font-medium text-accent">
          <Icon name="attach" /> {say("attach.drop")}
        </div>
      )}
    </div>
  );
}
