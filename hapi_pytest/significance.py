"""Tests of paired differences, and how small a difference a run can tell; the project is the cluster, always."""

import itertools
import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

from hapi_pytest.intervals import FEWEST, variance, wilson
from hapi_pytest.model import Outcome, Status

ALPHA = 0.05
"""How often a one-sided bound of a difference may be wrong."""
POWER = 0.80
"""How often a difference of the size in question is to be told."""


def differences(pairs: Iterable[tuple[Outcome, Outcome]]) -> list[list[int]]:
    """Return the second's completion less the first's, 1, 0 or -1 for each pair of scored outcomes, by project."""
    projects: dict[str, list[int]] = {}
    for pair in pairs:
        first, second = (outcome.status is Status.COMPLETED for outcome in pair)
        projects.setdefault(pair[0].project, []).append(second - first)
    return list(projects.values())


def sign_flip(projects: Sequence[Sequence[int]]) -> float:
    """Return the two-sided p of the sign-flip permutation test of the mean difference over all engagements.

    p = share of the 2^G ways to give the sums s of G projects their signs in which |Σ ± s| ≥ |Σ s|: were both sides
    alike, each project's sum could as well have come out the other way. All ways are counted, none drawn. With one
    pair of each project it is the exact test of McNemar (doi:10.1007/BF02295996): 2 P(X ≤ min(b, c)) for X binomial
    with b + c tries of 1/2, at most 1. A large p does not say that both sides are equal.

    >>> sign_flip([[1]] * 7 + [[-1]] + [[0]] * 13)
    0.0703125
    >>> sign_flip([[1, 1, 1]] * 5 + [[-1, 0, 0]] + [[0, 0, 0]] * 14)
    0.0625
    """
    sums = [sum(project) for project in projects]
    ways = [1]  # to choose projects whose sums, without signs, come to 0, 1, 2 and so on
    for size in filter(None, map(abs, sums)):
        gap = [0] * size
        ways = [without + with_it for without, with_it in zip(ways + gap, gap + ways, strict=True)]
    whole, seen = len(ways) - 1, abs(sum(sums))
    return sum(count for chosen, count in enumerate(ways) if abs(2 * chosen - whole) >= seen) / sum(ways)


def detectable_effect(discordant: int, pairs: int, *, design_effect: float = 1.0) -> float:
    """Return the smallest true difference that a comparison with so many pairs tells with probability POWER.

    (z[1 - ALPHA] + z[POWER]) √(ψ D / n), with ψ the share of pairs that differ and D the design effect. Of no or one
    such pair no share is taken at its word: ψ is then the upper end of Wilson's interval for n / D pairs. Above 1 no
    difference whatever is told.

    >>> detectable_effect(60, 322)
    0.05981...
    >>> detectable_effect(0, 8)
    0.50070...
    """
    share = discordant / pairs if discordant > 1 else _at_most(discordant, pairs, design_effect)
    return _reach() * math.sqrt(share * design_effect / pairs)


def design_effect(projects: Sequence[Sequence[int]]) -> float:
    """Return how many pairs in projects like these are worth one independent pair: D = v / v(pairs), at least 1.

    v is the variance of the mean between projects, v(pairs) that between single pairs. Where all differences are
    alike, D = n / G.

    >>> design_effect([[1, 1, 1]] * 5 + [[0, 0, 0]] * 15)
    3.10526...
    """
    counted = [project for project in projects if project]
    every = list(itertools.chain.from_iterable(counted))
    if len(set(every)) < 2 or len(counted) < 2:
        return len(every) / max(1, len(counted))
    return variance(counted) / variance([[difference] for difference in every])


def projects_needed(projects: Sequence[Sequence[int]], margin: float | None = None) -> int | None:
    """Return about how many projects of the same make would decide, with probability POWER; None if no number would.

    Were the difference d that was seen the true one, a bound of it would pass a limit l at a distance of |d - l| with
    G' = G v ((z[1 - ALPHA] + z[POWER]) / |d - l|)² projects. The limits are 0 (better or worse) and, where d is above
    it, -margin (not worse); whichever needs fewer counts. v is the variance of the mean; where no or one pair differs,
    it is ψ D / n with ψ as for the detectable effect.

    >>> projects_needed([[1]] * 30 + [[-1]] * 20 + [[0]] * 272)
    993
    >>> projects_needed([[1]] * 30 + [[-1]] * 30 + [[0]] * 262, margin=0.02)
    2890
    """
    counted = [project for project in projects if project]
    every = list(itertools.chain.from_iterable(counted))
    if len(counted) < 2:
        return None
    mean, discordant = sum(every) / len(every), sum(map(abs, every))
    effect = design_effect(counted)
    spread = variance(counted) if discordant > 1 else _at_most(discordant, len(every), effect) * effect / len(every)
    limits = [0.0] if margin is None or mean <= -margin else [0.0, -margin]
    distance = max(abs(mean - limit) for limit in limits)
    if not distance:
        return None
    needed = math.ceil(len(counted) * spread * (_reach() / distance) ** 2)
    return max(needed, len(counted) + 1, FEWEST)


def _at_most(discordant: int, pairs: int, effect: float) -> float:
    return wilson(discordant / effect, pairs / effect).high


def _reach() -> float:
    return NormalDist().inv_cdf(1 - ALPHA) + NormalDist().inv_cdf(POWER)
