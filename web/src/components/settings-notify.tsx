import { notifying, turnOff, turnOn } from "../notifications";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { Section } from "./settings-parts";

/** The browser's notifications: what waits for the person, and turns that ended, while nobody looks. */
export function NotifySettings() {
  const { possible, permission, on } = useStore(notifying, (value) => value);
  const denied = possible && permission === "denied";
  const lead = !possible ? "settings.notify.impossible" : denied ? "notify.denied" : on ? "settings.notify.on" : "notify.offer";
  return (
    <Section title={say("settings.notify")} lead={say(lead)} testid="settings-notify">
      {possible && !denied && (
        <Button icon="bell" testid="notify-switch" aria-pressed={on} onClick={() => { if (on) turnOff(); else void turnOn(); }}>
          {say(on ? "settings.notify.turn-off" : "notify.on")}
        </Button>
      )}
    </Section>
  );
}
