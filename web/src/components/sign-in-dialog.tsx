import { useEffect, useRef, useState } from "react";
import type { LoginEnd } from "../login";
import type { LoginWords } from "../login-words";
import type { ProviderInfo } from "../protocol";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { CommandLine } from "./failure-card";
import { LoginFound } from "./login-found";
import { LoginKeys } from "./login-keys";
import { LoginTerminal, type TerminalHandle } from "./login-terminal";
import { Notice } from "./notice";
import { ServerWords } from "./server-words";

/** An agent's own login, run on the server: what it wants of the person, and its terminal. */
export function SignInDialog({ agent, onClose }: { agent: ProviderInfo; onClose: () => void }) {
  const client = useClient();
  const terminal = useRef<TerminalHandle>(null);
  const [attempt, setAttempt] = useState(1);
  const [hint, setHint] = useState("");
  const [words, setWords] = useState<LoginWords>({});
  const [ended, setEnded] = useState<LoginEnd>();
  const [leaving, setLeaving] = useState(false);
  const again = () => {
    setEnded(undefined);
    setWords({});
    setAttempt(attempt + 1);
  };
  const end = (how: LoginEnd) => {
    setEnded(how);
    setLeaving(false);
    void client.lists.lookAtAgents();
  };
  const stay = () => {
    if (!ended) setLeaving(true);
    return !ended;
  };
  // Whoever leaves while it runs may have signed in all the same.
  useEffect(() => () => void client.lists.lookAtAgents(), [client]);
  return (
    <Dialog title={say("login.title", { agent: agent.name })} testid="sign-in-dialog" onClose={onClose} stay={stay} broad footer={<Footer ended={ended} onClose={onClose} onAgain={again} onStop={() => { setLeaving(true); }} />}>
      <div className="space-y-3">
        {leaving && <Leaving agent={agent} onStay={() => { setLeaving(false); }} onLeave={onClose} />}
        {ended ? <Ended agent={agent} ended={ended} /> : <p className="text-dim">{hint ? <ServerWords text={hint} /> : say("login.follow")}</p>}
        {!ended && <LoginFound words={words} />}
        {!ended && <LoginKeys onEnter={(text) => terminal.current?.enter(text)} onKey={(keys) => terminal.current?.type(keys)} />}
        <LoginTerminal
          key={attempt}
          ref={terminal}
          provider={agent.id}
          onStart={(started) => { setHint(started.hint ?? ""); }}
          onWords={setWords}
          onEnd={end}
        />
      </div>
    </Dialog>
  );
}

function Footer({ ended, onClose, onAgain, onStop }: { ended?: LoginEnd; onClose: () => void; onAgain: () => void; onStop: () => void }) {
  if (!ended) return <Button testid="login-stop" onClick={onStop}>{say("login.stop")}</Button>;
  return (
    <>
      {ended.reason !== "done" && <Button testid="login-again" onClick={onAgain}>{say("login.again")}</Button>}
      <Button look="primary" testid="login-close" onClick={onClose}>{say("login.close")}</Button>
    </>
  );
}

/** Closing would end it: said before it happens. */
function Leaving({ agent, onStay, onLeave }: { agent: ProviderInfo; onStay: () => void; onLeave: () => void }) {
  return (
    <Notice
      tone="warn"
      icon="alert"
      role="alert"
      testid="login-leaving"
      title={say("login.runs", { agent: agent.name })}
      actions={
        <>
          <Button testid="login-stay" onClick={onStay}>{say("login.go-on")}</Button>
          <Button look="danger" testid="login-leave" onClick={onLeave}>{say("login.leave")}</Button>
        </>
      }
    >
      {say("login.runs.long")}
    </Notice>
  );
}

function Ended({ agent, ended }: { agent: ProviderInfo; ended: LoginEnd }) {
  const done = ended.reason === "done";
  const message = ended.reason === "lost" ? ended.message : <ServerWords text={ended.message} />;
  return (
    <Notice
      tone={done ? "plain" : "bad"}
      icon={done ? "check" : "alert"}
      role={done ? "status" : "alert"}
      testid="login-ended"
      title={done ? say("login.done", { agent: agent.name }) : message}
    >
      {done ? message : <WhatToDo ended={ended} />}
    </Notice>
  );
}

function WhatToDo({ ended }: { ended: LoginEnd }) {
  const { action } = ended;
  return (
    <>
      <p>{say(action?.command ? "login.try-or-type" : "login.try")}</p>
      {action?.command && <CommandLine command={action.command} />}
    </>
  );
}
