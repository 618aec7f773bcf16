import type { LoginWords } from "../login-words";
import { say } from "../words";
import { CopyButton } from "./copy-button";
import { Icon } from "./icons";

/** What matters of a login's output: where to go, and what to enter there. Told to screen readers as it comes. */
export function LoginFound({ words: { address, code } }: { words: LoginWords }) {
  return (
    <div role="status" aria-live="polite" className="space-y-2 empty:hidden">
      {address && <Address address={address} />}
      {code && <Code code={code} />}
    </div>
  );
}

function Address({ address }: { address: string }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <a
        data-testid="login-address"
        href={address}
        target="_blank"
        rel="noopener noreferrer"
        className="target inline-flex h-8 items-center gap-1.5 rounded-lg bg-accent px-3 text-[0.8125rem] font-medium text-on-accent hover:brightness-110"
      >
        <Icon name="out" size={15} />
        {say("login.open", { host: new URL(address).host })}
      </a>
      <div className="flex min-w-0 flex-1 basis-48 items-center gap-1 rounded-lg border border-line bg-panel py-0.5 pr-1 pl-3">
        <code className="min-w-0 flex-1 truncate font-mono text-xs text-dim">{address}</code>
        <CopyButton text={address} label={say("login.copy-address")} />
      </div>
    </div>
  );
}

function Code({ code }: { code: string }) {
  return (
    <div className="flex w-fit items-center gap-2 rounded-lg border border-line bg-panel py-1 pr-1.5 pl-3">
      <span className="text-dim">{say("login.code")}</span>
      <code data-testid="login-code" className="font-mono text-lg font-semibold tracking-wide">{code}</code>
      <CopyButton text={code} label={say("login.copy-code")} />
    </div>
  );
}
