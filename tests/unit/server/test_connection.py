"""One client's state without I/O: frames read, frames made, turns taken."""

import json

import pytest

from antiphon.model.commands import Ping, Prompt
from antiphon.model.replies import Rejected
from antiphon.server.connection import LIMITS, Connection, Following


def following(session: str, cursor: int = 0, **more: object) -> Following:
    return Following(id=f"sub-{session}", session=session, cursor=cursor, **more)  # type: ignore[arg-type]


def test_a_command_is_read() -> None:
    """A good frame is a command."""
    command = Connection().decode('{"type":"prompt","id":"1","session":"s","text":"hi","ifBusy":"queue"}')
    assert isinstance(command, Prompt) and command.if_busy == "queue"
    assert isinstance(Connection().decode('{"type":"ping","id":"p"}'), Ping)


@pytest.mark.parametrize(
    ("frame", "code", "id"),
    [
        (b"\x00", "bad-frame", None),
        (None, "bad-frame", None),
        ("", "bad-frame", None),
        ("[", "bad-frame", None),
        ("[]", "bad-frame", None),
        ('{"type":"prompt"}', "invalid", None),
        ('{"type":"prompt","id":"7","session":"s"}', "invalid", "7"),
        ('{"type":"prompt","id":"7","session":"../etc","text":"x"}', "invalid", "7"),
        ('{"type":"dance","id":"7"}', "unknown-type", "7"),
        ('{"type":"ping","id":"not an id"}', "invalid", None),
        ('{"type":"ping","id":7}', "invalid", None),
        ('{"type":"ping","id":"7","extra":1}', "invalid", "7"),
        (" " * (LIMITS.frame_bytes + 1), "too-large", None),
        ("é" * (LIMITS.frame_bytes // 2 + 1), "too-large", None),
    ],
)
def test_a_bad_frame_is_answered(frame: object, code: str, id: str | None) -> None:
    """Whatever cannot be read is rejected, with its id where one can be read."""
    reply = Connection().decode(frame)  # type: ignore[arg-type]
    assert isinstance(reply, Rejected) and (reply.code, reply.id) == (code, id)


def test_frames_chain() -> None:
    """Each frame continues where the one before it ended, holes and all."""
    connection, one = Connection(), following("s", 4)
    connection.follow(one)
    assert connection.next() is one
    first = json.loads(connection.frame(one, [(5, b'{"seq":5}'), (9, b'{"seq":9}')]))
    assert (first["after"], [x["seq"] for x in first["events"]], "to" in first) == (4, [5, 9], False)
    assert connection.next() is one
    second = json.loads(connection.frame(one, [(10, b'{"seq":10}')]))
    assert second["after"] == 9 and second["subscription"] == "sub-s"
    assert connection.cursors() == {"s": 10}


def test_an_opening_says_where_it_goes_on() -> None:
    """A tail that leaves deltas out says the cursor behind it."""
    connection = Connection()
    one = following("s", 20, opening=[(7, b'{"seq":7}'), (10, b'{"seq":10}')], after=6)
    connection.follow(one)
    frame = json.loads(connection.opening(one) or b"")
    assert (frame["after"], frame["to"]) == (6, 20)
    assert connection.opening(one) is None


def test_subscriptions_take_turns() -> None:
    """A session that always has more does not keep another waiting."""
    connection, busy, quiet = Connection(), following("busy"), following("quiet")
    connection.follow(busy)
    connection.follow(quiet)
    order = list[str]()
    for _ in range(3):
        one = connection.next()
        assert one
        order.append(one.session)
        if one is busy:
            connection.frame(busy, [(busy.cursor + 1, b"{}")])
    assert order == ["busy", "quiet", "busy"]


def test_a_newer_subscription_takes_the_place_of_the_older() -> None:
    """One session is followed once; what was read for the older is not sent."""
    connection, old = Connection(), following("s", 1)
    connection.follow(old)
    new = Following(id="newer", session="s", cursor=0)
    connection.follow(new)
    assert not connection.is_current(old) and connection.next() is new and connection.next() is None
    connection.unfollow("s")
    connection.woken("s")
    assert connection.next() is None
