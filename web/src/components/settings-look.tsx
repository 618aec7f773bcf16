import { singleKeys } from "../keys";
import { useStore } from "../store";
import { look, setLook, SIZES, THEMES } from "../theme";
import { toast } from "../toasts";
import { choose, language, LANGUAGES, say, type Language } from "../words";
import { SingleKeys } from "./single-keys";
import { Choice, Section } from "./settings-parts";

/** Theme, size of text and language: shown at once, and kept in this browser. */
export function LookSettings() {
  const { theme, size } = useStore(look, (value) => value);
  const single = useStore(singleKeys, (value) => value);
  const spoken = useStore(language, (value) => value);
  const speak = (next: Language) => {
    choose(next).catch(() => { toast(say("settings.language.problem")); });
  };
  return (
    <Section title={say("settings.look")} lead={say("settings.look.here")} testid="settings-look">
      <Choice
        name={say("settings.theme")}
        testid="theme"
        options={THEMES.map((value) => ({ value, words: say(`settings.theme.${value}`) }))}
        value={theme}
        onChange={(value) => { setLook({ theme: value }); }}
      />
      <Choice
        name={say("settings.size")}
        testid="text-size"
        options={SIZES.map((value) => ({ value, words: say(`settings.size.${value}`) }))}
        value={size}
        onChange={(value) => { setLook({ size: value }); }}
      />
      <Choice
        name={say("settings.language")}
        testid="language"
        options={Object.entries(LANGUAGES).map(([value, words]) => ({ value: value as Language, words, lang: value }))}
        value={spoken}
        onChange={speak}
      />
      <SingleKeys on={single} />
    </Section>
  );
}
