import { keyName, singleKeys } from "../keys";
import { useStore } from "../store";
import { say, type Key } from "../words";
import { Dialog } from "./dialog";
import { SingleKeys } from "./single-keys";

const SEND = "Enter";
const KEYS: { title: Key; keys: { keys: string[]; words: Key }[] }[] = [
  {
    title: "keys.everywhere",
    keys: [
      { keys: ["mod+k"], words: "command.palette" },
      { keys: ["?"], words: "command.keys" },
      { keys: ["mod+f"], words: "keys.find" },
      { keys: ["Alt+↑", "Alt+↓"], words: "keys.switch" },
      { keys: ["Esc"], words: "keys.close" },
      { keys: ["Tab"], words: "keys.next" },
    ],
  },
  {
    title: "keys.writing",
    keys: [
      { keys: [SEND], words: "keys.send" },
      { keys: [`Shift+${SEND}`], words: "keys.line" },
      { keys: ["↑"], words: "keys.earlier" },
      { keys: ["@"], words: "keys.files" },
      { keys: ["/"], words: "keys.commands" },
      { keys: ["Esc", "Esc"], words: "keys.stop" },
    ],
  },
  {
    title: "keys.reading",
    keys: [
      { keys: ["J", "K"], words: "keys.file" },
      { keys: ["↑", "↓"], words: "keys.lines" },
      { keys: ["Shift+↑", "Shift+↓"], words: "keys.lines.more" },
      { keys: ["C"], words: "keys.comment" },
      { keys: [`mod+${SEND}`], words: "keys.comment.add" },
      { keys: ["←", "↑", "↓", "→"], words: "keys.tree" },
    ],
  },
  { title: "keys.deciding", keys: [{ keys: ["1", "…", "9"], words: "keys.answer" }] },
];

/** Which keys do what. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const single = useStore(singleKeys, (value) => value);
  return (
    <Dialog title={say("command.keys")} testid="keys-dialog" onClose={onClose}>
      {KEYS.map(({ title, keys }) => (
        <section key={title} className="mb-4">
          <h3 className="mb-1 text-xs font-medium text-faint">{say(title)}</h3>
          <dl className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4">
            {keys.map((each) => <KeyRow key={each.words} {...each} />)}
          </dl>
        </section>
      ))}
      <SingleKeys on={single} />
    </Dialog>
  );
}

function KeyRow({ keys, words }: { keys: string[]; words: Key }) {
  return (
    <>
      <dt className="py-1 text-[0.8125rem]">{say(words)}</dt>
      <dd className="flex justify-end gap-1">
        {keys.map((key, index) => (
          <kbd key={index} className="min-w-6 rounded-md border border-line bg-panel px-1.5 py-0.5 text-center font-sans text-xs text-dim">{keyName(key)}</kbd>
        ))}
      </dd>
    </>
  );
}
