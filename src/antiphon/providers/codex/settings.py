"""The keys that the user's own Codex settings name: they say which of the user's variables Codex is to have."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from antiphon.providers.environment import OWN
from antiphon.providers.loose import table, text


def named_keys(around: Mapping[str, str], users: Mapping[str, str]) -> dict[str, str]:
    """Those of the user's variables that `config.toml` names as a model provider's `env_key`.

    Only the file in the user's own CODEX_HOME is asked: one in a project could name any secret. `around`: Codex's
    environment, `users`: all of the server's. A file that is missing or wrong names nothing; Codex itself tells of it.
    """
    home = around.get("CODEX_HOME") or (str(Path(around["HOME"], ".codex")) if around.get("HOME") else "")
    try:
        told = tomllib.loads(Path(home, "config.toml").read_text()) if home else {}
    except (OSError, ValueError):
        return {}
    providers = table(told, "model_providers").values()
    wanted = {text(table(provider).get("env_key")) for provider in providers}
    return {name: users[name] for name in wanted if name in users and not name.startswith(OWN)}
