"""Many conversations at once: none is lost, none is made twice, and each has the recording that it has by itself."""

from hapi_pytest.recordings import FILES
from tests.live.conftest import order
from tests.plugin.conftest import BARE

COUNT = 24
ALONE = (*BARE, "--arm", "alone")


def test_conversations_side_by_side_are_recorded_like_one_after_the_other(live) -> None:
    single, many = live(COUNT), live(COUNT)
    single.run(*ALONE, "--concurrency", "1")
    many.service.latency_seconds = 0.2
    many.run(*ALONE, "--concurrency", str(COUNT))
    for each in (single, many):
        assert each.done.returncode == 1, each.text
        assert sorted(each.attempts) == [order(number) for number in range(COUNT)]
        assert {attempt.ended for attempt in each.attempts.values()} == {"submitted"}
        turns = sum(attempt.turns for attempt in each.attempts.values())
        assert each.counts.requests == each.counts.answered == turns
        assert each.counts.repeated == 0
    names = {name.rpartition("/")[2] for name in many.suite.files("cassettes") if f"/{FILES}/" not in name}
    assert names == {"v0-alone.json", "v0-alone.http.json"}
    assert all(len(many.suite.recorded(order(number))) > 2 for number in range(COUNT))
    assert many.suite.verdicts() == single.suite.verdicts()
    for number in range(COUNT):
        assert many.suite.recorded(order(number)) == single.suite.recorded(order(number))
