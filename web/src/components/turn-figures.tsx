import { duration } from "../clock";
import { answerOf, linkTo } from "../copy";
import type { Usage } from "../protocol";
import type { Turn } from "../session";
import { locale, say } from "../words";
import { numberIn } from "../words/formats";
import { CopyButton } from "./copy-button";
import { useSession } from "./session-context";

/** The turn's last line, while it works and when it has ended. */
export const LINE = "flex min-h-8 items-center gap-2 pointer-coarse:min-h-11";

/** How it ended, how long it took, what it used; and the answer to take along. What is not known is not said. */
export function TurnFigures({ turn, how }: { turn: Turn; how: string }) {
  const { feed } = useSession();
  const words = [how, ...usageWords(turn.usage)].filter(Boolean);
  const hasAnswer = turn.entries.some(({ content }) => content.kind === "message" && content.role !== "user");
  if (!words.length && !hasAnswer && turn.origin !== "agent") return null; // the prompt's own line has the link, too
  return (
    <div className={`${LINE} text-xs text-faint`}>
      {words.length > 0 && <p data-testid="turn-figures" title={usageTitle(turn.usage)}>{words.join(" · ")}</p>}
      <span className="-my-1 flex opacity-60 focus-within:opacity-100 hover:opacity-100">
        {hasAnswer && <CopyButton text={() => answerOf(turn)} label={say("copy.answer")} testid="copy-answer" />}
        <CopyButton text={() => linkTo(feed.session, { turn: turn.id })} label={say("copy.link.turn")} icon="link" testid="link-turn" />
      </span>
    </div>
  );
}

/** "12 s"; empty for what is too short to be said. */
export function tookTime({ startedAt, endedAt }: Turn): string {
  const ms = (endedAt ?? 0) - (startedAt ?? 0);
  return startedAt !== undefined && ms >= 1000 ? duration(ms) : "";
}

function usageWords(usage: Usage | undefined): string[] {
  if (!usage) return [];
  const { inputTokens, outputTokens, costUsd, contextTokens, contextLimit } = usage;
  return [
    inputTokens ? say("end.tokens.in", { tokens: short(inputTokens) }) : "",
    outputTokens ? say("end.tokens.out", { tokens: short(outputTokens) }) : "",
    costUsd ? say("end.cost", { cost: costUsd.toFixed(costUsd < 0.1 ? 3 : 2) }) : "",
    contextTokens && contextLimit ? say("end.context", { percent: Math.round((100 * contextTokens) / contextLimit) }) : "",
  ].filter(Boolean);
}

/** The same in full. */
function usageTitle(usage: Usage | undefined): string | undefined {
  if (!usage) return undefined;
  const { inputTokens, cachedTokens, outputTokens, contextTokens, contextLimit } = usage;
  const words = [
    inputTokens ? say("end.usage.in", { n: inputTokens }) : "",
    inputTokens && cachedTokens ? say("end.usage.cached", { n: cachedTokens }) : "",
    outputTokens ? say("end.usage.out", { n: outputTokens }) : "",
    contextTokens && contextLimit ? say("end.usage.context", { n: contextTokens, limit: contextLimit }) : "",
  ];
  return words.filter(Boolean).join(", ") || undefined;
}

/** "812", "1.2k", "3.4M". */
function short(count: number): string {
  if (count < 1000) return `${count}`;
  const [unit, by] = count < 1_000_000 ? ["k", 1000] : ["M", 1_000_000];
  return `${numberIn(locale(), count / by, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}${unit}`;
}
