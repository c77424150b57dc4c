"""What was collected: the denominator of every rate, whatever becomes of the processes that do the work."""

from collections.abc import Iterable
from pathlib import Path

from hapi_pytest.model import Outcome
from hapi_pytest.options import Settings
from hapi_pytest.params import EngagementParam, every
from hapi_pytest.projects import PROJECT, load, project_id

NEVER_RAN = "it never ran"


class Denominator:
    """The ids of all tests that were collected, and what is known of each."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._agent = settings.agent
        # pytest writes other letters than ASCII as escapes.
        self._params = {param.id.encode("unicode_escape").decode(): param for param in every(settings)}
        self._collected: dict[str, None] = {}
        self._seen: dict[str, str] = {}

    @property
    def has_begun(self) -> bool:
        """Whether any test has reported anything."""
        return bool(self._seen)

    def collect(self, tests: Iterable[str]) -> None:
        """Count tests in by their ids; those that are no engagements are left out later."""
        self._collected |= dict.fromkeys(tests)

    def see(self, test: str, trouble: str = "") -> None:
        """Keep that a test has reported something, and what went wrong with it if anything did."""
        self._seen[test] = trouble or self._seen.get(test, "")

    def lost(self, outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
        """Return an unscored outcome, by test id, for each engagement that was collected and is not in these."""
        known = {(o.model, o.project, o.variant, o.sample, o.arm) for o in outcomes}
        found = {}
        for test in self._collected:
            folder = (self._root / test.partition("::")[0]).resolve().parent
            param = self._param(test)
            if param is None or not (folder / PROJECT).exists():
                continue
            key = (param.model, project_id(folder), param.variant, param.sample, param.arm)
            if key not in known:
                known.add(key)
                found[test] = param.unscored(self._agent, load(folder), self._reason(test))
        return found

    def _param(self, test: str) -> EngagementParam | None:
        """Find what a test is about by its id; with xdist there is nothing else, and it may add a group's name."""
        name = test.partition("::")[2]
        return self._params.get(name.partition("[")[2].rpartition("]")[0])

    def _reason(self, test: str) -> str:
        return (self._seen[test] or "it did not finish") if test in self._seen else NEVER_RAN
