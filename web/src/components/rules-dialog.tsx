import { useState, type ReactNode } from "react";
import { fetchConsents, fetchRules, takeBackConsent, takeBackRule, type Problem } from "../api";
import { dayOf } from "../clock";
import type { Consent, Rule } from "../protocol";
import { useStore } from "../store";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { ProblemNotice } from "./notice";
import { useRequest } from "./use-request";

/** Opens the list of what is allowed without asking in a project. */
export function RulesButton({ project }: { project: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" icon="shield" testid="rules" onClick={() => { setOpen(true); }}>Rules</Button>
      {open && <RulesDialog project={project} onClose={() => { setOpen(false); }} />}
    </>
  );
}

/** What a person agreed to and allowed for always in a project, to be taken back. */
function RulesDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const client = useClient();
  const name = useStore(client.lists.view, ({ projects }) => projects?.find(({ id }) => id === project)?.name ?? "this project");
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
    <Dialog title={`Allowed without asking in ${name}`} testid="rules-dialog" onClose={onClose} wide>
      <div className="mb-3 space-y-2 empty:hidden">
        {problem && <ProblemNotice what="The rules did not load" problem={problem} onRetry={reload} />}
        {agreed.problem && <ProblemNotice what="What you agreed to did not load" problem={agreed.problem} onRetry={agreed.reload} />}
        {refused && <ProblemNotice what="It was not taken back" problem={refused} />}
      </div>
      {value?.rules.length === 0 && agreed.value?.consents.length === 0 && (
        <p className="text-dim">
          Nothing yet. When an agent asks and you answer <span className="text-text">Always allow</span>, the rule stands here,
          and you can take it back at any time. Agents’ own settings are not changed.
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
      <code className="block font-mono text-[0.8125rem] whitespace-pre-wrap wrap-anywhere">{rule.rule}</code>
    </Row>
  );
}

function ConsentRow({ consent, onTakeBack }: { consent: Consent; onTakeBack: () => Promise<void> }) {
  const agent = useAgentName(consent.provider);
  const what = `${agent} works without asking`;
  return (
    <Row testid="consent" id={consent.provider} agent={agent} since={consent.createdAt} what={what} onTakeBack={onTakeBack}>
      <p className="text-[0.8125rem]">Everything: it writes files and runs commands without asking.</p>
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
        <p className="mt-0.5 text-xs text-faint">{agent} · since {dayOf(since)}</p>
      </div>
      <Button look="danger" testid={`${testid}-take-back`} disabled={asked} aria-label={`Take back ${what}`} onClick={takeBack}>
        Take back
      </Button>
    </li>
  );
}
