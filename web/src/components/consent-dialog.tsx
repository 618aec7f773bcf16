import { useState } from "react";
import { giveConsent, type Problem } from "../api";
import type { Prompt, Rejected } from "../protocol";
import { useStore } from "../store";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { Notice, ProblemNotice } from "./notice";
import { agentName, useSession } from "./session-context";

/** The agent works without asking, and the person has not agreed to that in this project: they are asked, once. */
export function ConsentAsked() {
  const { feed } = useSession();
  const rejected = useStore(feed.view, (view) => view.rejected);
  const command = useStore(feed.view, (view) => view.rejectedPrompt);
  const [left, setLeft] = useState<string>();
  if (rejected?.code !== "consent-needed" || !command || left === command.id) return null;
  return <ConsentDialog rejected={rejected} command={command} onClose={() => { setLeft(command.id); }} />;
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
      client.attached.take(session); // they came back with the text, and go with it
    }
    client.prompt(session, text, { attachments, ifBusy, retryOf, carry, fork });
    onClose();
  };
  return (
    <Dialog
      title={`${agentName(shown)} works without asking`}
      testid="consent-dialog"
      onClose={onClose}
      footer={
        <>
          <Button testid="consent-refuse" onClick={onClose}>Not here</Button>
          <Button look="primary" testid="consent-agree" disabled={asked || !row} onClick={() => void agree()}>
            Agree
          </Button>
        </>
      }
    >
      <Notice tone="warn" icon="shield" title={`Do you agree to this in ${project?.name ?? "this project"}?`}>
        {rejected.message}
      </Notice>
      <p className="mt-3 text-dim">
        It holds for this project alone, and for all sessions in it. You can take it back at any time, under{" "}
        <span className="text-text">Rules</span>.
      </p>
      <div className="mt-3 empty:hidden">
        {problem && <ProblemNotice what="Your consent was not kept" problem={problem} />}
      </div>
    </Dialog>
  );
}
