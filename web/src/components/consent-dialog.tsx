import { useState } from "react";
import { giveConsent, type Problem } from "../api";
import type { Prompt, Rejected } from "../protocol";
import { useStore } from "../store";
import { say, sayParts } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { Notice, ProblemNotice } from "./notice";
import { ServerWords } from "./server-words";
import { agentName, useSession } from "./session-context";

/** The agent works without asking, and the person has not agreed to that in this project: they are asked, once. */
export function ConsentAsked() {
  const { feed } = useSession();
  const rejected = useStore(feed.view, (view) => view.rejected);
  const command = useStore(feed.view, (view) => view.rejectedPrompt);
  const [left, setLeft] = useState<string>();
  if (rejected?.code !== "consent-needed" || !command || left === command.id) return null;
  return <ConsentDialog key={command.id} rejected={rejected} command={command} onClose={() => { setLeft(command.id); }} />;
}

function ConsentDialog({ rejected, command, onClose }: { rejected: Rejected; command: Prompt; onClose: () => void }) {
  const client = useClient();
  const shown = useSession();
  const { session, text, attachments, ifBusy, retryOf, carry, fork } = command;
  const row = useStore(client.lists.view, ({ rows }) => rows.get(session));
  const project = useStore(client.lists.view, ({ projects }) => projects?.find(({ id }) => id === row?.project));
  const [problem, setProblem] = useState<Problem>();
  const [asked, setAsked] = useState(false);
  const agree = async () => {
    setAsked(true);
    const answer = await giveConsent(row?.project ?? "", shown.provider);
    setAsked(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    if (client.drafts.get(session) === text) {
      client.drafts.set(session, "");
      for (const { key, id } of client.attached.of(session)) {
        if (id && attachments?.includes(id)) client.attached.remove(session, key); // it came back with the text, and goes with it
      }
    }
    client.prompt(session, text, { attachments, ifBusy, retryOf, carry, fork });
    onClose();
  };
  return (
    <Dialog
      title={say("consent.title", { agent: agentName(shown) })}
      testid="consent-dialog"
      onClose={onClose}
      footer={
        <>
          <Button testid="consent-refuse" onClick={onClose}>{say("consent.refuse")}</Button>
          <Button look="primary" testid="consent-agree" disabled={asked || !row} onClick={() => void agree()}>
            {say("consent.agree")}
          </Button>
        </>
      }
    >
      <Notice tone="warn" icon="shield" title={say("consent.question", { project: project?.name ?? say("rules.this-project") })}>
        <ServerWords text={rejected.message} />
      </Notice>
      <p className="mt-3 text-dim">
        {sayParts("consent.scope").map((part) => (part === "{rules}" ? <span key={part} className="text-text">{say("rules.open")}</span> : part))}
      </p>
      <div className="mt-3 empty:hidden">
        {problem && <ProblemNotice what={say("consent.problem")} problem={problem} />}
      </div>
    </Dialog>
  );
}
