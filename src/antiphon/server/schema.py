"""The wire's JSON Schema: `python -m antiphon.server.schema` prints `{"$defs": …}`.

The page's TypeScript is made of it (`./dev gen`), and the tests of docs/protocol.md read it.
"""

import json
from typing import Any

import msgspec

from antiphon.model.commands import AnyCommand
from antiphon.model.events import AnyEvent
from antiphon.model.items import ItemContent
from antiphon.model.login import LoginCommand, LoginFrame
from antiphon.model.replies import AnyFrame, Reply
from antiphon.model.state import EntryContent, State
from antiphon.server import rest, rest_changes
from antiphon.server.api.commands import EffectCommand
from antiphon.server.health import Health
from antiphon.server.refused import Refused

UNIONS = {
    "AnyEvent": AnyEvent,
    "AnyCommand": AnyCommand,
    "AnyFrame": AnyFrame,
    "Reply": Reply,
    "ItemContent": ItemContent,
    "EntryContent": EntryContent,
    "EffectCommand": EffectCommand,
    "LoginCommand": LoginCommand,
    "LoginFrame": LoginFrame,
}
"""Types that have no name of their own in Python."""

RESOURCES = (
    rest.SignIn,
    rest.Me,
    rest.Projects,
    rest.NewProject,
    rest.ProjectChanges,
    rest.BringsList,
    rest.Folders,
    rest.NewFolder,
    rest.MadeFolder,
    rest.SessionList,
    rest.NewSession,
    rest.SessionChanges,
    rest.Seen,
    rest.SearchResults,
    rest.EventsPage,
    rest.ImportsPage,
    rest_changes.Changes,
    rest_changes.Patch,
    rest_changes.FilesPage,
    rest_changes.FilePart,
    rest.Attachment,
    rest.Attachments,
    rest.NewFork,
    rest.Restorable,
    rest.FileNames,
    rest.PromptList,
    rest.Providers,
    rest.ProviderKey,
    rest.NewKey,
    rest.Approvals,
    rest.ApprovalOutcome,
    rest.Rules,
    rest.Consent,
    rest.Consents,
    rest.Tokens,
    rest.NewToken,
    rest.MadeToken,
    rest.Storage,
    rest.Ways,
    rest.PasswordSignIn,
    rest.NewPassword,
    Health,
    Refused,
)

RAW_EVENTS = ("Events", "EventsPage")
"""Their `events` are passed on encoded (msgspec.Raw); on the wire they are AnyEvents."""


def schema() -> dict[str, Any]:
    """`{"$defs": {name: schema}}` of every type on the wire."""
    roots = [*UNIONS.values(), State, *RESOURCES]
    _, found = msgspec.json.schema_components(roots, ref_template="#/$defs/{name}")
    unions, _ = msgspec.json.schema_components(list(UNIONS.values()), ref_template="#/$defs/{name}")
    definitions: dict[str, Any] = dict(zip(UNIONS, unions, strict=True)) | found
    for name in RAW_EVENTS:
        field = definitions[name]["properties"]["events"]
        definitions[name]["properties"]["events"] = field | {"items": {"$ref": "#/$defs/AnyEvent"}}
    return {"$defs": definitions}


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
