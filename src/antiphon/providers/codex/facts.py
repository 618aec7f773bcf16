"""Facts of the session and the account in Codex's answers: pure."""

from antiphon.model.events import SessionUpdated
from antiphon.providers.codex.modes import BY_NAME
from antiphon.providers.loose import Json, table, tables, text

PLANS = {"unknown": ""}


def begun(answer: Json, listed: Json) -> SessionUpdated:
    """What the answers to `thread/start` and `model/list` say of the session."""
    model = text(answer.get("model"))
    return SessionUpdated(
        model=model or None,
        effort=text(answer.get("reasoningEffort")) or None,
        efforts=efforts(listed, model),
        models=models(listed) or None,
        mode=mode(answer),
    )


def models(listed: Json) -> list[str]:
    """The models that Codex offers, its default first."""
    offered = [each for each in tables(listed.get("data")) if each.get("hidden") is not True]
    offered.sort(key=lambda each: each.get("isDefault") is not True)
    return [name for each in offered if (name := text(each.get("model")))]


def efforts(listed: Json, model: str) -> list[str] | None:
    """How much the model can be told to think; None where Codex does not list it."""
    found = next((each for each in tables(listed.get("data")) if each.get("model") == model), None)
    offered = tables(found.get("supportedReasoningEfforts")) if found else []
    return [name for each in offered if (name := text(each.get("reasoningEffort")))] if found else None


def mode(answer: Json) -> str | None:
    """Our name of how far the thread may go; None when it is none of ours."""
    sandbox = text(table(answer, "sandbox").get("type")).lower()
    found = (answer.get("approvalPolicy"), sandbox)
    return next(
        (name for name, each in BY_NAME.items() if found == (each.policy, each.sandbox.replace("-", ""))),
        None,
    )


def account(answer: Json) -> str:
    """Who pays, out of `account/read`."""
    found = table(answer, "account")
    kind, plan = text(found.get("type")), text(found.get("planType"))
    if kind == "apiKey":
        return "API key kept by Codex"
    if kind == "chatgpt":
        name = f"ChatGPT {PLANS.get(plan, plan).capitalize()}".strip()
        return " of ".join(filter(None, (name, text(found.get("email")))))
    return {"amazonBedrock": "Amazon Bedrock", "gcp": "Google Cloud"}.get(kind, "")


def signed_in(answer: Json) -> bool:
    """Whether there is an account, or none is needed: another model provider is set."""
    return bool(table(answer, "account")) or answer.get("requiresOpenaiAuth") is False
