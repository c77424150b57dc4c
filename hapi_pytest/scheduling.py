"""How xdist hands out the tests of a live run: an engagement at a time, and again when its worker dies."""

from collections import Counter

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

MOST_CRASHES = 2
"""How often a test may be lost with its worker; then it is reported as xdist does."""


class EngagementScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """All arms of an engagement go to one worker, which therefore makes the `alone` attempt once."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._crashes: Counter[str] = Counter()

    def remove_node(self, node: WorkerController) -> str | None:
        """Give a dead worker's engagement to another one, the test that it died in included."""
        workload = self.assigned_work.pop(node)
        lost = [(unit, test) for unit in workload.values() for test, is_done in unit.items() if not is_done]
        if not lost:
            return None
        unit, test = lost[0]
        self._crashes[test] += 1
        unit[test] = is_given_up = self._crashes[test] > MOST_CRASHES
        self.workqueue.update({scope: unit for scope, unit in workload.items() if not all(unit.values())})
        for other in self.nodes:
            self._reschedule(other)
        return test if is_given_up else None

    def _split_scope(self, nodeid: str) -> str:
        """Return what the arms of one engagement have in common: the test's id without its arm."""
        test, bracket, name = nodeid.rpartition("[")
        return f"{test}[{name.rpartition('-')[0]}" if bracket else nodeid

    def _reschedule(self, node: WorkerController) -> None:
        """Hand out the next engagement when the last arm of this one begins; xdist does so two tests before."""
        if self.workqueue and self._pending_of(self.assigned_work[node]) > 1:
            return
        super()._reschedule(node)
