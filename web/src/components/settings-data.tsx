import { address } from "../address";
import { fetchStorage } from "../api";
import { useStore } from "../store";
import { locale, say } from "../words";
import { numberIn } from "../words/formats";
import { useClient } from "./client-context";
import { CopyButton } from "./copy-button";
import { ProblemNotice } from "./notice";
import { Section } from "./settings-parts";
import { useRequest } from "./use-request";

/** Where the data lies, and what it takes. */
export function DataSettings() {
  const { value, problem, reload } = useRequest("storage", fetchStorage);
  return (
    <Section title={say("settings.data")} testid="settings-data">
      {problem && <ProblemNotice what={say("settings.data.problem")} problem={problem} onRetry={reload} />}
      {value && (
        <>
          <div className="text-[0.8125rem] text-dim">
            {say("settings.data.place")}
            <div className="mt-1 flex w-fit max-w-full items-center gap-1 rounded-lg border border-line bg-raised py-0.5 pr-1 pl-3">
              <code data-testid="data-path" tabIndex={0} className="min-w-0 overflow-x-auto font-mono text-xs whitespace-pre text-text">{value.path}</code>
              <CopyButton text={value.path} label={say("settings.data.copy")} />
            </div>
          </div>
          <dl className="grid w-fit grid-cols-[auto_auto] gap-x-6 gap-y-1 text-[0.8125rem] tabular-nums">
            {value.kinds.map(({ kind, bytes }) => <Fact key={kind} testid={`data-${kind}`} name={say(`settings.data.${kind}`)} value={size(bytes)} />)}
            <Fact name={say("settings.data.free")} testid="data-free" value={say("settings.data.of", { free: size(value.free), total: size(value.total) })} />
          </dl>
        </>
      )}
    </Section>
  );
}

function Fact({ name, value, testid }: { name: string; value: string; testid: string }) {
  return (
    <>
      <dt className="text-dim">{name}</dt>
      <dd data-testid={testid} className="text-right">{value}</dd>
    </>
  );
}

const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "39.6 MB": of 1000, as disks are sold. */
export function size(bytes: number): string {
  const step = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const format = { style: "unit", unit: UNITS[step - 1], maximumFractionDigits: 1 } as const;
  return numberIn(locale(), bytes / 1000 ** step, format);
}

/** What this is. */
export function AboutSettings() {
  const client = useClient();
  const version = useStore(client.account, (account) => (account.phase === "ready" ? account.me.version : ""));
  return (
    <Section title={say("settings.about")} testid="settings-about">
      <p className="font-medium">{say("settings.about.version", { version })}</p>
      <p className="text-[0.8125rem] text-dim">{say("settings.about.license")}</p>
      <ul className="flex flex-wrap gap-x-5 text-[0.8125rem]">
        <Elsewhere to="licenses.txt" words={say("settings.about.licenses")} />
        <Elsewhere to="docs" words={say("settings.about.docs")} />
        <Elsewhere to="health" words={say("settings.about.health")} />
      </ul>
    </Section>
  );
}

function Elsewhere({ to, words }: { to: string; words: string }) {
  return <li><a href={address(to)} target="_blank" rel="noreferrer" className="target inline-flex items-center font-medium text-accent hover:underline">{words}</a></li>;
}
