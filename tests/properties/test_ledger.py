"""The ledger against a model of it in plain integers, and with threads that race."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hapi_pytest.errors import BudgetError
from hapi_pytest.live.ledger import NANO, Ledger

AMOUNTS = st.integers(0, 3 * NANO)
STEPS = st.lists(st.tuples(st.booleans(), AMOUNTS, st.integers(0, 10)), max_size=40)


@contextmanager
def ledger(cap: int) -> Iterator[Ledger]:
    with tempfile.TemporaryDirectory() as folder, closing(Ledger(Path(folder) / "ledger.sqlite", cap / NANO)) as opened:
        yield opened


@given(st.integers(0, 10 * NANO), STEPS)
def test_it_decides_as_plain_integers_do(cap, steps):
    with ledger(cap) as real:
        spent = over = calls = 0
        held: dict[int, int] = {}
        for is_reservation, amount, which in steps:
            if is_reservation and spent + amount > cap:
                try:
                    real.reserve(amount / NANO)
                except BudgetError:
                    continue
                raise AssertionError("it lent what is not there")
            if is_reservation:
                reservation = real.reserve(amount / NANO)
                assert (reservation is None) == (spent + sum(held.values()) + amount > cap)
                held |= {} if reservation is None else {reservation: amount}
            elif held:
                reservation = sorted(held)[which % len(held)]
                real.settle(reservation, amount / NANO)
                over += max(0, amount - held.pop(reservation))
                spent, calls = spent + amount, calls + 1
        found = real.spending()
        told = (found.spent_usd, found.reserved_usd, found.overshoot_usd, found.lost_usd, found.calls)
        assert told == (spent / NANO, sum(held.values()) / NANO, over / NANO, 0, calls)


CALLS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 3)), max_size=6)


@settings(max_examples=30)
@given(st.floats(0.1, 3), st.lists(CALLS, min_size=8, max_size=8))
def test_threads_that_race_never_spend_more_than_the_cap_and_never_wait_for_ever(cap, plans):
    """Where no bill is above its reservation."""
    bills: list[float] = []
    seen: list[float] = []

    def works(plan: list[tuple[float, float, int]]) -> None:
        for most, part, milliseconds in plan:
            try:
                while (reservation := shared.reserve(most)) is None:
                    time.sleep(0.001)
            except BudgetError:
                continue
            time.sleep(milliseconds / 1000)
            now = shared.spending()
            seen.append(now.spent_usd + now.reserved_usd)
            shared.settle(reservation, most * part)
            bills.append(most * part)

    with ledger(int(cap * NANO)) as shared:
        threads = [threading.Thread(target=works, args=(plan,), daemon=True) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert not any(thread.is_alive() for thread in threads)
        found = shared.spending()
    assert found.spent_usd <= cap and found.reserved_usd == found.overshoot_usd == found.lost_usd == 0
    assert found.calls == len(bills) and sum(bills) <= found.spent_usd + 1e-12 <= sum(bills) + 1e-6
    assert all(value <= cap + 1e-12 for value in seen)
