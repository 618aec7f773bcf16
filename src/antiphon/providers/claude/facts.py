"""Facts of the session in Claude Code's messages: pure."""

import re

from antiphon.model.events import AgentCommand, BackgroundTask, SessionUpdated
from antiphon.providers.loose import Json, count, table, tables, text, texts

DESCRIPTION_LENGTH = 200
TASK_KINDS = {"local_bash": "command", "local_agent": "agent", "local_workflow": "agent"}
CUT_OFF = "Your response above was cut off"
LOCAL = re.compile(r"<local-command-stdout>(.*?)</local-command-stdout>", re.DOTALL)
COMPACTED = "Compacted"
MARKDOWN = re.compile(r"^(#|\||[-*] |```)", re.MULTILINE)
TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


USUAL = "default"
"""What the model is called that is taken where none was chosen."""


def hello(answer: Json, model: str | None = None) -> SessionUpdated:
    """What the answer to `initialize` says of the session. `model`: the one that it was started with."""
    models = tables(answer.get("models"))
    chosen = next((each for each in models if each.get("value") == (model or USUAL)), None)
    return SessionUpdated(
        commands=commands(answer),
        models=[value for each in models if (value := text(each.get("value")))] or None,
        efforts=texts(chosen.get("supportedEffortLevels")) if chosen else None,
        mode=text(answer.get("current_permission_mode")) or None,
    )


def commands(message: Json) -> list[AgentCommand]:
    """The slash commands, their descriptions short."""
    return [
        AgentCommand(name=name, description=_short(text(command.get("description"))))
        for command in tables(message.get("commands"))
        if (name := text(command.get("name")))
    ]


def _short(words: str) -> str:
    first = words.strip().partition("\n")[0]
    return first if len(first) <= DESCRIPTION_LENGTH else first[: DESCRIPTION_LENGTH - 1] + "…"


def tasks(message: Json, now: int) -> list[BackgroundTask]:
    """All that runs in the background. `now`: ms since the Unix epoch, when it is first heard of."""
    return [
        BackgroundTask(
            id=id,
            title=text(task.get("description")) or id,
            kind=TASK_KINDS.get(text(task.get("task_type")), "other"),  # type: ignore[arg-type]
            started_at=now,
        )
        for task in tables(message.get("tasks"))
        if (id := text(task.get("task_id")))
    ]


def compacted(message: Json) -> str:
    """A compaction in words."""
    about = table(message, "compact_metadata")
    before, after = count(about.get("pre_tokens")), count(about.get("post_tokens"))
    size = f" from {before:,} tokens" if before else ""
    size += f" to {after:,}" if before and after else ""
    by = "by itself, the context was full" if about.get("trigger") == "auto" else "as asked"
    return f"The conversation was compacted{size} ({by})."


def local_output(words: str) -> str:
    """What a slash command printed, in markdown; "" for anything else."""
    return printed("\n".join(LOCAL.findall(words)))


def printed(words: str) -> str:
    """Words for a terminal, in markdown; "" for what a note tells already."""
    said = TERMINAL.sub("", words).strip()
    if said.startswith(COMPACTED):
        return ""
    # Lines and columns would run into each other.
    return f"```\n{said}\n```" if "\n" in said and not MARKDOWN.search(said) else said


def continues(content: object) -> bool:
    """Whether the CLI tells the model to go on where its answer was cut off."""
    return any(text(block.get("text")).startswith(CUT_OFF) for block in tables(content))


def account(answer: Json) -> str:
    """Who pays, out of an `account` or of `claude auth status`."""
    plan, email = text(answer.get("subscriptionType")), text(answer.get("email"))
    source = text(answer.get("apiKeySource"))
    if source and source != "none":
        return f"API key from {source}"
    if plan or email:
        return " of ".join(
            filter(None, (f"Claude {plan.capitalize()}".strip() if plan else "Claude account", email))
        )
    source = text(answer.get("tokenSource"))
    return f"Token from {source}" if source and source != "none" else ""
