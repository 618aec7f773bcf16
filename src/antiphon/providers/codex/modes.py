"""Codex's modes: how far it may go by itself, as a policy of questions and a sandbox. Pure.

The sandbox holds what a command may touch, whoever allowed it; the policy says who is asked, and when.
Beyond the sandbox Codex goes only when a person says so.
"""

from msgspec import Struct


class Mode(Struct, frozen=True, kw_only=True):
    """What a thread is begun with."""

    policy: str
    """`approvalPolicy`: "untrusted" asks before all that changes anything, "on-request" before what the sandbox forbids."""
    sandbox: str


ASK = "ask"
BY_NAME = {
    ASK: Mode(policy="untrusted", sandbox="workspace-write"),
    "read-only": Mode(policy="on-request", sandbox="read-only"),
    "auto": Mode(policy="on-request", sandbox="workspace-write"),
    "full-access": Mode(policy="never", sandbox="danger-full-access"),
}
MODES = tuple(BY_NAME)
"""The first is the default."""
BYPASS = ("full-access",)
