import { notifying, turnOn } from "../notifications";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";

/** Offers the browser's notifications, where they can be had and are not on. */
export function NotifyOffer() {
  const client = useClient();
  const { possible, permission, on } = useStore(notifying, (value) => value);
  const live = useStore(client.link, ({ phase }) => phase === "live");
  if (!possible || on || !live) return null;
  if (permission === "denied") return <p data-testid="notify-denied" className="text-xs text-dim">{say("notify.denied")}</p>;
  return (
    <div data-testid="notify-offer" className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <p className="min-w-0 flex-1 basis-48 text-[0.8125rem] text-dim">{say("notify.offer")}</p>
      <Button testid="notify-on" icon="bell" onClick={() => void turnOn()}>{say("notify.on")}</Button>
    </div>
  );
}
