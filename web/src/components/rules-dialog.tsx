import { useState } from "react";
import { fetchRules, takeBackRule, type Problem } from "../api";
import { dayOf } from "../clock";
import type { Rule } from "../protocol";
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

/** What a person allowed for always in a project, to be taken back. */
function RulesDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const client = useClient();
  const name = useStore(client.lists.view, ({ projects }) => projects?.find(({ id }) => id === project)?.name ?? "this project");
  const { value, problem, reload } = useRequest(project, () => fetchRules(project));
  const [refused, setRefused] = useState<Problem>();
  const takeBack = async (rule: Rule) => {
    const answer = await takeBackRule(rule.id);
    setRefused(answer.ok ? undefined : answer.problem);
    reload();
  };
  return (
    <Dialog title={`Allowed without asking in ${name}`} testid="rules-dialog" onClose={onClose} wide>
      <div className="mb-3 space-y-2 empty:hidden">
        {problem && <ProblemNotice what="The rules did not load" problem={problem} onRetry={reload} />}
        {refused && <ProblemNotice what="The rule was not taken back" problem={refused} />}
      </div>
      {value?.rules.length === 0 && (
        <p className="text-dim">
          Nothing yet. When an agent asks and you answer <span className="text-text">Always allow</span>, the rule stands here,
          and you can take it back at any time. Agents’ own settings are not changed.
        </p>
      )}
      <ul className="divide-y divide-line">
        {value?.rules.map((rule) => <RuleRow key={rule.id} rule={rule} onTakeBack={() => takeBack(rule)} />)}
      </ul>
    </Dialog>
  );
}

function RuleRow({ rule, onTakeBack }: { rule: Rule; onTakeBack: () => Promise<void> }) {
  const client = useClient();
  const agent = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === rule.provider)?.name ?? rule.provider);
  const [asked, setAsked] = useState(false);
  const takeBack = () => {
    setAsked(true);
    void onTakeBack().then(() => { setAsked(false); });
  };
  return (
    <li data-testid="rule" data-rule={rule.id} className="flex items-center gap-3 py-2.5 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <code className="block font-mono text-[0.8125rem] whitespace-pre-wrap wrap-anywhere">{rule.rule}</code>
        <p className="mt-0.5 text-xs text-faint">{agent} · since {dayOf(rule.createdAt)}</p>
      </div>
      <Button look="danger" testid="rule-take-back" disabled={asked} aria-label={`Take back ${rule.rule}`} onClick={takeBack}>
        Take back
      </Button>
    </li>
  );
}
