import { useState } from "react";
import { fetchBrings, trustProject, type Problem } from "../api";
import type { Brings, Project } from "../protocol";
import { say, type Key } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { Notice, ProblemNotice } from "./notice";
import { once } from "./once";
import { useRequest } from "./use-request";

/**
 * The folder is not trusted yet: no agent starts there. One that brings nothing to look at is trusted here and now.
 * No button stands before it is known what it will do: a click, or a focus, on *Review* must never become one on *Trust*.
 */
export function TrustNotice({ project }: { project: Project }) {
  const client = useClient();
  const [open, setOpen] = useState(false);
  const [refused, setRefused] = useState<Problem>();
  const { value, problem } = useRequest(project.id, () => fetchBrings(project.id));
  const harmless = value?.brings.length === 0;
  const known = value !== undefined || problem !== undefined;
  const trust = async () => {
    const answer = await trustProject(project.id);
    if (answer.ok) client.lists.putProject(answer.value);
    else setRefused(answer.problem);
  };
  const review = () => { setOpen(true); };
  return (
    <>
      <Notice
        tone="warn"
        icon="shield"
        testid="trust-notice"
        title={say("trust.title")}
        actions={<>
          {!known && <span role="status" className="target inline-flex h-8 items-center text-dim">{say("trust.looking")}</span>}
          {harmless && <Button key="now" look="primary" testid="trust-now" onClick={() => void trust()}>{say("trust.accept")}</Button>}
          {known && (
            <Button key="review" look={harmless ? "plain" : "primary"} testid="trust-review" onClick={review}>
              {say(harmless ? "trust.look" : "trust.review")}
            </Button>
          )}
        </>}
      >
        {harmless ? say("trust.harmless") : say("trust.none-starts")}
      </Notice>
      {refused && <ProblemNotice what={say("trust.refused")} problem={refused} />}
      {open && <TrustDialog project={project} onClose={() => { setOpen(false); }} />}
    </>
  );
}

const KINDS: Record<Brings["kind"], Key> = {
  hook: "trust.hooks",
  "mcp-server": "trust.servers",
  permission: "trust.rules",
  command: "trust.commands",
  instructions: "trust.instructions",
};

/** What the folder brings that agents obey, before any of them starts there. */
export function TrustDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useClient();
  const { value, problem, reload } = useRequest(project.id, () => fetchBrings(project.id));
  const [refused, setRefused] = useState<Problem>();
  const brings = value?.brings;
  const trust = async () => {
    const answer = await trustProject(project.id);
    if (!answer.ok) {
      setRefused(answer.problem);
      return;
    }
    client.lists.putProject(answer.value);
    onClose();
  };
  return (
    <Dialog
      title={say("trust.ask", { name: project.name })}
      testid="trust-dialog"
      onClose={onClose}
      wide
      footer={
        <>
          <Button testid="trust-later" onClick={onClose}>{say("trust.later")}</Button>
          <Button look="primary" testid="trust-accept" disabled={!brings} onClick={once(() => void trust())}>
            {say("trust.accept")}
          </Button>
        </>
      }
    >
      <p className="font-mono text-xs wrap-anywhere text-dim">{project.path}</p>
      <p className="mt-2">
        {say("trust.what")}
      </p>
      <div className="mt-3 empty:hidden">
        {problem && <ProblemNotice what={say("trust.not-read")} problem={problem} onRetry={reload} />}
        {refused && <ProblemNotice what={say("trust.refused")} problem={refused} />}
      </div>
      {brings && <BringsList brings={brings} />}
    </Dialog>
  );
}

function BringsList({ brings }: { brings: Brings[] }) {
  if (!brings.length) return <p className="mt-4 text-dim">{say("trust.nothing")}</p>;
  const kinds = (Object.keys(KINDS) as Brings["kind"][]).filter((kind) => brings.some((one) => one.kind === kind));
  return kinds.map((kind) => (
    <section key={kind} className="mt-4" data-testid="brings" data-kind={kind}>
      <h3 className="text-[0.8125rem] font-medium">{say(KINDS[kind])}</h3>
      <ul className="mt-1 space-y-1.5">
        {brings
          .filter((one) => one.kind === kind)
          .map((one, at) => (
            <li key={at} className="rounded-lg border border-line px-3 py-2">
              <div className="flex justify-between gap-3 text-xs">
                <span className="font-medium wrap-anywhere">{one.name}</span>
                <span className="shrink-0 font-mono text-faint">{one.file}</span>
              </div>
              {one.text && <pre className="mt-1 max-h-32 overflow-auto font-mono text-xs whitespace-pre-wrap text-dim">{one.text}</pre>}
            </li>
          ))}
      </ul>
    </section>
  ));
}
