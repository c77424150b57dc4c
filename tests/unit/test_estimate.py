"""What a live run may cost and has cost, in words; and the line that keeps up to date."""

from hapi_pytest.estimate import spending_lines
from hapi_pytest.live.ledger import Spending
from hapi_pytest.progress import line


def spending(**rest: float) -> Spending:
    nothing = dict.fromkeys(Spending.__struct_fields__, 0)
    return Spending(**{**nothing, **rest})


def test_nothing_is_said_of_what_is_free():
    assert spending_lines(spending(calls=12), 10) == []


def test_what_was_spent_is_told_with_what_is_not_known_of_it():
    told = spending_lines(spending(spent_usd=3.214, lost_usd=0.5, overshoot_usd=0.01, calls=12), 10)
    assert told[0] == "spent: 3.21 $ of --max-cost 10.00 $, 12 priced calls"
    assert "0.50 $" in told[1] and "nobody saw" in told[1]
    assert "0.01 $" in told[2] and "above" in told[2]


def test_the_line_tells_what_is_settled_and_what_is_left():
    counts = {"settled": 4, "scored_alone": 3, "completed_alone": 1, "in_flight": 7}
    assert line(counts, 24, 1.5, 10, 60) == "4/24 settled, alone 1/3, 1.50 of 10.00 $, 7 in flight"


def test_the_time_left_is_told_from_five_on():
    assert "left" not in line({"settled": 4}, 24, 0, 10, 600)
    assert line({"settled": 6}, 24, 0, 10, 600).endswith("about 30 min left")
    assert line({"settled": 6}, 600, 0, 10, 600).endswith("about 16.5 h left")
    assert line({"settled": 20}, 24, 0, 10, 60).endswith("about 12 s left")
    assert "left" not in line({"settled": 24}, 24, 0, 10, 60)


def test_who_waits_for_a_rate_limit_is_told():
    counts = {"settled": 1, "in_flight": 7, "waiting": 5, "scored_reviewed": 2, "completed_reviewed": 2}
    assert line(counts, 24, 0, 10, 60) == "1/24 settled, reviewed 2/2, 0.00 of 10.00 $, 7 in flight, 5 rate-limited"
