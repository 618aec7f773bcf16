import { say } from "../words";
import { Icon } from "./icons";
import { Link } from "./link";

/** To the settings. */
export function SettingsLink() {
  return (
    <Link
      to="settings"
      data-testid="settings"
      aria-label={say("settings.title")}
      title={say("settings.title")}
      className="target inline-flex size-8 items-center justify-center rounded-lg text-dim hover:bg-bubble hover:text-text"
    >
      <Icon name="gear" size={17} />
    </Link>
  );
}
