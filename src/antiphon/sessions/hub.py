"""The hub carries wake-ups, never events: whoever is woken reads the log after its own cursor.

So catching up and being live are one path, and a slow reader delays nobody.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from antiphon.model.replies import Imports, Notice

Wake = Callable[[], None]
Changed = Callable[[str, bool], None]
Told = Callable[[Notice | Imports], None]
K = TypeVar("K")
V = TypeVar("V")


class Hub:
    """Who wants to be woken by what. Callbacks run in the event loop and must not block or raise."""

    def __init__(self) -> None:
        self._readers: dict[str, set[Wake]] = defaultdict(set)
        self._watchers: dict[int, set[Changed]] = defaultdict(set)
        self._listeners: dict[int, set[Told]] = defaultdict(set)
        self.revision = 0
        """Counts the changes of the lists."""

    def follow(self, session: str, wake: Wake) -> Callable[[], None]:
        """Be woken when the session's log grows. Returns how to stop."""
        return _join(self._readers, session, wake)

    def watch(self, user: int, changed: Changed) -> Callable[[], None]:
        """Be told the ids of the user's sessions whose row in the lists changed, and whether by the end of a turn."""
        return _join(self._watchers, user, changed)

    def listen(self, user: int, told: Told) -> Callable[[], None]:
        """Be told the user's notices."""
        return _join(self._listeners, user, told)

    def wake(self, session: str) -> None:
        """The session's log has grown."""
        for wake in tuple(self._readers.get(session, ())):
            wake()

    def changed(self, user: int, session: str, *, ended: bool = False) -> None:
        """The session's row in the lists has changed; `ended`: among others, a turn has run to its end."""
        self.revision += 1
        for changed in tuple(self._watchers.get(user, ())):
            changed(session, ended)

    def tell(self, user: int, notice: Notice | Imports) -> None:
        """Tell all of the user's connections something that is not in the log."""
        for told in tuple(self._listeners.get(user, ())):
            told(notice)

    def watched(self, user: int) -> bool:
        """Whether the user is connected."""
        return user in self._watchers

    def followed(self, session: str) -> bool:
        """Whether anybody reads along."""
        return session in self._readers


def _join(table: dict[K, set[V]], key: K, value: V) -> Callable[[], None]:
    table[key].add(value)

    def leave() -> None:
        table[key].discard(value)
        if not table[key]:
            table.pop(key, None)

    return leave
