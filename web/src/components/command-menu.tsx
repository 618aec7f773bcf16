import type { AgentCommand } from "../protocol";
import { say } from "../words";
import { usePromptMenu, type PromptMenu } from "./prompt-menu";

/** The commands that fit what is typed: those that begin so first. Nothing once a space follows the word. */
export function fitting(commands: AgentCommand[], text: string): AgentCommand[] {
  const typed = /^\/(\S*)$/.exec(text)?.[1]?.toLowerCase();
  if (typed === undefined) return [];
  const begins = commands.filter(({ name }) => name.toLowerCase().startsWith(typed));
  const holds = commands.filter((command) => !begins.includes(command) && command.name.toLowerCase().includes(typed));
  return [...begins, ...holds];
}

/** The agent's slash commands over the composer, while one is being typed. */
export function useCommandMenu(place: string, commands: AgentCommand[], text: string, pick: (text: string) => void): PromptMenu {
  const options = fitting(commands, text).map(({ name, description }) => ({
    id: name,
    shown: (
      <>
        <code className="shrink-0 font-mono text-[0.8125rem]">/{name}</code>
        <span className="min-w-0 truncate text-xs text-dim">{description}</span>
      </>
    ),
  }));
  return usePromptMenu({
    place,
    label: say("composer.commands"),
    testid: "commands",
    optionTestid: "command",
    options,
    typed: text,
    // Enter sends what is whole already; the beginning of a name becomes the name.
    whole: ({ id }) => text === `/${id}`,
    onPick: ({ id }) => { pick(`/${id} `); },
  });
}
