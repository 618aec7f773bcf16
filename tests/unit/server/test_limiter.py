"""How often an address may fail to sign in."""

from antiphon.server.limiter import ADDRESSES, REFILL_SECONDS, TRIES, Limiter
from antiphon.testing.clock import ManualClock


async def test_after_ten_failures_an_address_waits_and_is_forgiven_one_by_one() -> None:
    """Ten tries are free; then one more each six seconds."""
    clock = ManualClock()
    limiter = Limiter(clock)
    for _ in range(TRIES):
        assert limiter.wait("a") == 0
        limiter.failed("a")
    assert limiter.wait("a") == REFILL_SECONDS
    await clock.advance(REFILL_SECONDS)
    assert limiter.wait("a") == 0
    limiter.failed("a")
    assert limiter.wait("a") == REFILL_SECONDS


def test_nobody_is_locked_out_by_another_address() -> None:
    """Whoever guesses elsewhere does not keep the owner out."""
    limiter = Limiter(ManualClock())
    for _ in range(TRIES * 2):
        limiter.failed("theirs")
    assert limiter.wait("theirs") > 0
    assert limiter.wait("mine") == 0


def test_it_remembers_a_bounded_number_of_addresses() -> None:
    """An attacker with many addresses does not fill the memory."""
    limiter = Limiter(ManualClock())
    for number in range(ADDRESSES + 10):
        limiter.failed(str(number))
    assert limiter.addresses == ADDRESSES
