import { useState } from "react";
import { revokeToken, signOutOthers } from "../api";
import { ago, dayOf, useNow } from "../clock";
import type { Token } from "../protocol";
import { toast } from "../toasts";
import { say, sayParts } from "../words";
import { Button } from "./button";
import { once } from "./once";
import { Rows, Section } from "./settings-parts";

/** Every browser that is signed in; one of them, or all but this, can be signed out from here. */
export function Devices({ browsers, onChange }: { browsers: Token[]; onChange: () => void }) {
  const [asking, setAsking] = useState(false);
  const others = browsers.filter(({ current }) => !current);
  const end = async (request: ReturnType<typeof signOutOthers>) => {
    const answer = await request;
    if (!answer.ok) toast(answer.problem.message);
    setAsking(false);
    onChange();
  };
  return (
    <Section title={say("settings.devices")} lead={sayParts("settings.devices.long").map((part) => (part === "{command}" ? <code key={part} className="font-mono text-xs">{"antiphon link"}</code> : part))} testid="settings-devices">
      <Rows>
        {browsers.map((browser) => (
          <li key={browser.id} data-testid="device" data-current={browser.current} className="flex min-h-12 items-center gap-3 py-1.5 pr-2 pl-4">
            <TokenWords token={browser} />
            {browser.current ? (
              <span className="mr-2 text-xs text-faint">{say("settings.devices.here")}</span>
            ) : (
              <Button
                look="quiet"
                testid="device-out"
                aria-label={say("settings.devices.out-of", { name: browser.name, day: dayOf(browser.createdAt) })}
                onClick={once(() => void end(revokeToken(browser.id)))}
              >
                {say("settings.devices.out")}
              </Button>
            )}
          </li>
        ))}
      </Rows>
      {others.length > 1 && !asking && (
        <Button testid="devices-out" onClick={() => { setAsking(true); }}>{say("settings.devices.others", { n: others.length })}</Button>
      )}
      {asking && (
        <div role="group" aria-label={say("settings.devices.others.sure")} className="flex flex-wrap items-center gap-2 text-[0.8125rem]">
          <p className="mr-2">{say("settings.devices.others.sure")}</p>
          <Button look="danger" testid="devices-out-sure" onClick={once(() => void end(signOutOthers()))}>{say("settings.devices.others.now")}</Button>
          <Button autoFocus look="quiet" onClick={() => { setAsking(false); }}>{say("settings.cancel")}</Button>
        </div>
      )}
    </Section>
  );
}

/** Its name, since when it may come in, and when it last did. */
export function TokenWords({ token }: { token: Token }) {
  const now = useNow();
  return (
    <span className="min-w-0 flex-1">
      <span className="block truncate font-medium">{token.name}</span>
      <span className="block text-xs text-faint">
        {say("settings.devices.made", { day: dayOf(token.createdAt) })} · {used(token, now)}
      </span>
    </span>
  );
}

/** The server notes a use once an hour. */
const EXACT_MS = 60 * 60 * 1000;

function used({ lastUsedAt, createdAt, kind }: Token, now: number): string {
  const last = lastUsedAt ?? (kind === "cookie" ? createdAt : undefined); // a cookie is used as it is made
  if (last === undefined) return say("settings.devices.never");
  return now - last < EXACT_MS ? say("settings.devices.just-now") : say("settings.devices.used", { ago: ago(last, now) });
}
