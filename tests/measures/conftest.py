"""Draws of projects whose engagements are alike, and the settings of properties."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "measures", deadline=None, derandomize=True, database=None, max_examples=40, suppress_health_check=list(HealthCheck)
)
settings.load_profile("measures")

Draw = Callable[..., np.ndarray]
Share = Callable[[Callable[[np.ndarray], bool], np.ndarray], float]


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Draw runs × projects × variants of 0, 1, 2 …, whose shares are given and differ from project to project.

    Shares of a project come from a Dirichlet distribution; `alike` is the correlation between two of its variants.
    """

    def drawn(runs: int, projects: int, variants: int, shares: tuple[float, ...], alike: float) -> np.ndarray:
        chance = np.random.default_rng(20251113)
        own = np.broadcast_to(np.array(shares), (runs, projects, len(shares)))
        if alike:
            own = chance.dirichlet(np.array(shares) * (1 / alike - 1), size=(runs, projects))
        ends = own.cumsum(axis=2)[:, :, None, :-1]
        return (chance.random((runs, projects, variants, 1)) >= ends).sum(axis=3)

    return drawn


@pytest.fixture(scope="session")
def share() -> Share:
    """Return in what share of runs something holds, of values that are 0 (won), 1 (lost) or more.

    With as many variants of each project, intervals and bounds depend on two counts and the squares of the projects'
    sums alone, so runs that agree in these are looked at once.
    """

    def held(holds: Callable[[np.ndarray], bool], runs: np.ndarray) -> float:
        won, lost = (runs == 0).sum(axis=2), (runs == 1).sum(axis=2)
        keys = np.stack([won.sum(axis=1), lost.sum(axis=1), ((won - lost) ** 2).sum(axis=1)], axis=1)
        _, which, counts = np.unique(keys, axis=0, return_index=True, return_counts=True)
        return float(np.average([holds(runs[index]) for index in which], weights=counts))

    return held
