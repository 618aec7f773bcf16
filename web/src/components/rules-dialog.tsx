import { useState, type ReactNode } from "react";
import { fetchConsents, fetchRules, takeBackConsent, takeBackRule, type Problem } from "../api";
import { dayOf } from "../clock";
import type { Consent, Rule } from "../protocol";
import { useStore } from "../store";
import { say, sayParts } from "../words";
import { OptionLabel } from "./approval-options";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { ProblemNotice } from "./notice";
import { once } from "./once";
import { useCommands } from "./use-commands";
import { useRequest } from "./use-request";

/** Opens the list of what is allowed without asking in a project. */
export function RulesButton({ project }: { project: string }) {
  const [open, setOpen] = useState(false);
  useCommands(() => [{ id: "rules", words: say("command.rules"), icon: "shield", also: "rules always allowed permissions", run: () => { setOpen(true); } }]);
  return (
    <>
      <Button look="quiet" icon="shield" testid="rules" onClick={() => { setOpen(true); }}>{say("rules.open")}</Button>
      {open && <RulesDialog project={project} onClose={() => { setOpen(false); }} />}
    </>
  );
}

/** What a person agreed to and allowed for always in a project, to be taken back. */
export function RulesDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const client = useClient();
  const name = useStore(client.lists.view, ({ projects }) => projects?.find(({ id }) => id === project)?.name ?? say("rules.this-project"));
  const { value, problem, reload } = useRequest(project, () => fetchRules(project));
  const agreed = useRequest(project, () => fetchConsents(project));
  const [refused, setRefused] = useState<Problem>();
  const takeBack = async (rule: Rule) => {
    const answer = await takeBackRule(rule.id);
    setRefused(answer.ok ? undefined : answer.problem);
    reload();
  };
  const takeConsentBack = async ({ provider }: Consent) => {
    const answer = await takeBackConsent(project, provider);
    setRefused(answer.ok ? undefined : answer.problem);
    agreed.reload();
  };
  return (
    <Dialog title={say("rules.title", { project: name })} testid="rules-dialog" onClose={onClose} wide>
      <div className="mb-3 space-y-2 empty:hidden">
        {problem && <ProblemNotice what={say("rules.problem")} problem={problem} onRetry={reload} />}
        {agreed.problem && <ProblemNotice what={say("rules.consents-problem")} problem={agreed.problem} onRetry={agreed.reload} />}
        {refused && <ProblemNotice what={say("rules.not-taken-back")} problem={refused} />}
      </div>
      {value?.rules.length === 0 && agreed.value?.consents.length === 0 && (
        <p className="text-dim">
          {sayParts("rules.none").map((part) => (part === "{answer}" ? <span key={part} className="text-text">{say("rules.none.answer")}</span> : part))}
        </p>
      )}
      <ul className="divide-y divide-line">
        {agreed.value?.consents.map((consent) => (
          <ConsentRow key={consent.provider} consent={consent} onTakeBack={() => takeConsentBack(consent)} />
        ))}
        {value?.rules.map((rule) => <RuleRow key={rule.id} rule={rule} onTakeBack={() => takeBack(rule)} />)}
      </ul>
    </Dialog>
  );
}

interface RowProps {
  testid: string;
  id: string;
  agent: string;
  since: number;
  /** What is taken back, for who does not see the row. */
  what: string;
  children: ReactNode;
  onTakeBack: () => Promise<void>;
}

function RuleRow({ rule, onTakeBack }: { rule: Rule; onTakeBack: () => Promise<void> }) {
  const agent = useAgentName(rule.provider);
  return (
    <Row testid="rule" id={rule.id} agent={agent} since={rule.createdAt} what={rule.rule} onTakeBack={onTakeBack}>
      <p className="text-[0.8125rem] wrap-anywhere"><OptionLabel option={rule} /></p>
    </Row>
  );
}

function ConsentRow({ consent, onTakeBack }: { consent: Consent; onTakeBack: () => Promise<void> }) {
  const agent = useAgentName(consent.provider);
  const what = say("consent.title", { agent });
  return (
    <Row testid="consent" id={consent.provider} agent={agent} since={consent.createdAt} what={what} onTakeBack={onTakeBack}>
      <p className="text-[0.8125rem]">{say("rules.everything")}</p>
    </Row>
  );
}

function useAgentName(provider: string): string {
  const client = useClient();
  return useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === provider)?.name ?? provider);
}

function Row({ testid, id, agent, since, what, children, onTakeBack }: RowProps) {
  const [asked, setAsked] = useState(false);
  const takeBack = () => {
    setAsked(true);
    void onTakeBack().then(() => { setAsked(false); });
  };
  return (
    <li data-testid={testid} data-rule={id} className="flex items-center gap-3 py-2.5 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1">
        {children}
        <p className="mt-0.5 text-xs text-faint">{say("rules.since", { agent, day: dayOf(since) })}</p>
      </div>
      <Button look="danger" testid={`${testid}-take-back`} disabled={asked} aria-label={say("rules.take-back.what", { what })} onClick={once(takeBack)}>
        {say("rules.take-back")}
      </Button>
    </li>
  );
}
