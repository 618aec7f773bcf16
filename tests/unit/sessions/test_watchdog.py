"""The clocks of a turn, second by second (promise 6)."""

from antiphon.sessions.watchdog import Silence


def test_silence_is_told_once_then_it_is_over() -> None:
    """Stalled at ten seconds, once; over at the limit."""
    silence = Silence(0, 10, 60)
    assert silence.look(9.9) is None and silence.deadline == 10
    assert silence.look(10) == "stalled" and silence.look(11) is None and silence.deadline == 60
    assert silence.look(60) == "over"


def test_a_sign_of_life_starts_the_clocks_anew() -> None:
    """After a stall a sign of life is worth telling; before it is not."""
    silence = Silence(0, 10, 60)
    assert silence.alive(5) is False
    assert silence.look(15) == "stalled" and silence.alive(20) is True
    assert silence.look(29) is None and silence.look(30) == "stalled"


def test_the_clocks_stand_still_while_something_is_open() -> None:
    """Two tools and a question: only when the last closes does the time count again."""
    silence = Silence(0, 10, 60)
    silence.opened("tool")
    silence.opened("question")
    assert silence.look(1000) is None and silence.deadline is None
    silence.closed("tool", 1000)
    assert silence.look(2000) is None
    silence.closed("question", 2000)
    assert silence.look(2009) is None and silence.look(2010) == "stalled"
