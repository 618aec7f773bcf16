import { useState } from "react";
import { fetchBrings, trustProject, type Problem } from "../api";
import type { Brings, Project } from "../protocol";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { Notice, ProblemNotice } from "./notice";
import { useRequest } from "./use-request";

/** The folder is not trusted yet: no agent starts there. */
export function TrustNotice({ project }: { project: Project }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Notice
        tone="warn"
        icon="shield"
        testid="trust-notice"
        title="This folder is not trusted yet"
        actions={<Button look="primary" testid="trust-review" onClick={() => { setOpen(true); }}>Review and trust</Button>}
      >
        No agent starts here before you have seen what the folder brings.
      </Notice>
      {open && <TrustDialog project={project} onClose={() => { setOpen(false); }} />}
    </>
  );
}

const KINDS: Record<Brings["kind"], string> = {
  hook: "Hooks: commands that agents run by themselves",
  "mcp-server": "MCP servers: programs that agents start",
  permission: "Permission rules: what agents may do without asking",
  command: "Commands",
  instructions: "Instructions to agents",
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
      title={`Do you trust ${project.name}?`}
      testid="trust-dialog"
      onClose={onClose}
      wide
      footer={
        <>
          <Button testid="trust-later" onClick={onClose}>Not now</Button>
          <Button look="primary" testid="trust-accept" disabled={!brings} onClick={() => void trust()}>
            Trust this folder
          </Button>
        </>
      }
    >
      <p className="font-mono text-xs wrap-anywhere text-dim">{project.path}</p>
      <p className="mt-2">
        Agents work in this folder with your rights, and obey what it brings. Trust it only when you know where it comes from.
      </p>
      <div className="mt-3 empty:hidden">
        {problem && <ProblemNotice what="What the folder brings could not be read" problem={problem} onRetry={reload} />}
        {refused && <ProblemNotice what="The folder is not trusted" problem={refused} />}
      </div>
      {brings && <BringsList brings={brings} />}
    </Dialog>
  );
}

function BringsList({ brings }: { brings: Brings[] }) {
  if (!brings.length) return <p className="mt-4 text-dim">It brings no hooks, no MCP servers and no permission rules.</p>;
  const kinds = (Object.keys(KINDS) as Brings["kind"][]).filter((kind) => brings.some((one) => one.kind === kind));
  return kinds.map((kind) => (
    <section key={kind} className="mt-4" data-testid="brings" data-kind={kind}>
      <h3 className="text-[0.8125rem] font-medium">{KINDS[kind]}</h3>
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
