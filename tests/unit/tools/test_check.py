"""`./dev check` runs everything, and hides nothing."""

import pytest

from tools import check
from tools.steps import Stop


def test_all_run_and_each_failure_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check that fails and one that breaks do not keep the others from running."""
    ran: list[str] = []

    def broken() -> str:
        raise OSError("no such tool")

    def good() -> str:
        ran.append("good")
        return ""

    checks = {"bad": lambda: "line 3 is wrong", "broken": broken, "good": good}
    monkeypatch.setattr(check, "all_checks", lambda: checks)
    assert sorted(check.run()) == ["bad", "broken"]
    assert ran == ["good"]
    printed = capsys.readouterr().out
    assert "line 3 is wrong" in printed
    assert "OSError: no such tool" in printed


def test_a_check_that_does_not_exist_is_named() -> None:
    """So a misspelt name does not pass for a passed check."""
    with pytest.raises(Stop, match="no such check: tpyes"):
        check.run(["tpyes"])
