"""Confidence intervals for means of completion and for their paired differences; the project is the cluster, always."""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import msgspec

from hapi_pytest.measures import Rate

LEVEL = 0.95
ONE_SIDED = 0.90
"""Level of an interval of which each end is a one-sided bound of 95 %."""
FEWEST = 12
"""Projects below which they say too little of other projects for an interval."""
TINY = 1e-15
"""What rounding leaves of a variance that is 0."""
HALVINGS = 36
"""Steps of a bisection; an end of an interval is then known to 10 digits."""


class Interval(msgspec.Struct, frozen=True):
    """From where to where a share, or a difference of shares, may lie."""

    low: float
    high: float


def interval(projects: Sequence[Sequence[Rate]], level: float = LEVEL) -> Interval | None:
    """Return the interval of the mean over all engagements, given project by project; None for too few projects.

    One observation of each project: Wilson's. Several: Korn's and Graubard's.
    """
    counted = [project for project in projects if project]
    if len(counted) < FEWEST:
        return None
    observations = sum(rate.of for project in counted for rate in project)
    if observations == len(counted):
        return wilson(sum(rate.count for project in counted for rate in project), observations, level)
    return clustered(counted, level)


def wilson(count: float, of: float, level: float = LEVEL) -> Interval:
    """Return Wilson's score interval, doi:10.1080/01621459.1927.10502953.

    With p = count / n: (p + z² / 2n ± z √(p (1 - p) / n + z² / 4n²)) / (1 + z² / n).

    >>> wilson(15, 148)
    Interval(low=0.06238..., high=0.16048...)
    """
    z = quantile(level)
    share, shrink = count / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / shrink
    reach = z * math.sqrt(share * (1 - share) / of + (z / (2 * of)) ** 2) / shrink
    # At both ends the formula gives the share itself, but for the rounding.
    return Interval(max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach)))


def clopper_pearson(count: float, of: float, level: float = LEVEL) -> Interval:
    """Return the exact interval of Clopper and Pearson, doi:10.1093/biomet/26.4.404.

    low = B[α/2](k, n - k + 1) and high = B[1 - α/2](k + 1, n - k), B[q] being the beta quantile; 0 for k = 0, 1 for
    k = n. It covers at least as often as it says whatever the share, and is wider for that.

    >>> clopper_pearson(0, 20)
    Interval(low=0.0, high=0.16843...)
    """
    from scipy import special  # type: ignore[import-untyped]  # without stubs; 0.3 s, not to be paid by every replay

    tail = (1 - level) / 2
    low = float(special.betaincinv(count, of - count + 1, tail)) if count > 0 else 0.0
    high = float(special.betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return Interval(low, high)


def clustered(projects: Sequence[Sequence[Rate]], level: float = LEVEL) -> Interval:
    """Return Clopper's and Pearson's interval for the number of independent observations that these are worth.

    Korn and Graubard, Survey Methodology 24 (1998), 193-201: n* = p (1 - p) / v · (t[n - 1] / t[G - 1])², at most n, is
    the number of observations and n* p that of completed ones. Here v is the variance of the mean between G projects,
    or between engagements where that is larger: copies of a sample are worth nothing then. Where all completed or none
    did, v is 0 and n* = G, as if each project were but one sample.

    >>> clustered([[Rate(n < 16, 1)] * 2 for n in range(20)])
    Interval(low=0.54584..., high=0.94854...)
    """
    shares = [[rate.count / rate.of for rate in project] for project in projects]
    observations = sum(rate.of for project in projects for rate in project)
    every = [share for project in shares for share in project]
    mean = math.fsum(every) / len(every)
    worth = effective(shares, mean * (1 - mean), observations, level)
    return clopper_pearson(mean * worth, worth, level)


def difference_interval(projects: Sequence[Sequence[int]], level: float = LEVEL) -> Interval | None:
    """Return the interval of a mean paired difference, given project by project as -1, 0 and 1; None for too few.

    One pair of each project: Tango's. Several: Tango's for the number n* of independent pairs that these are worth,
    n* = (ψ - d²) / v · (t[n - 1] / t[G - 1])², at most n, with d the mean difference, ψ the share of pairs that differ,
    and v as for Korn's and Graubard's interval. Where all differences are alike, n* = G.

    >>> difference_interval([[1]] * 7 + [[-1]] * 1 + [[0]] * 13)
    Interval(low=0.02600..., high=0.51723...)
    """
    counted = [project for project in projects if project]
    if len(counted) < FEWEST:
        return None
    every = [difference for project in counted for difference in project]
    gains, losses, worth = every.count(1), every.count(-1), float(len(every))
    if len(every) > len(counted):
        spread = (gains + losses) / worth - ((gains - losses) / worth) ** 2
        worth = effective(counted, spread, len(every), level)
    scale = worth / len(every)
    return tango(gains * scale, losses * scale, worth, level)


def difference_bounds(projects: Sequence[Sequence[int]]) -> Interval | None:
    """Return a lower and an upper bound of a mean paired difference, one-sided and of 95 % each; None for too few.

    A lower bound above -margin is Tango's test of non-inferiority at 5 %.

    >>> difference_bounds([[1]] * 7 + [[-1]] * 1 + [[0]] * 13)
    Interval(low=0.07463..., high=0.48162...)
    """
    return difference_interval(projects, ONE_SIDED)


def tango(gains: float, losses: float, of: float, level: float = LEVEL) -> Interval:
    """Return Tango's score interval for the difference of paired shares, (b - c) / n.

    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B. It holds every δ for which
    (b - c - n δ)² ≤ z² n (2 q + δ (1 - δ)), where q is the likeliest share of losses given δ:
    q = (√(B² - 8 n C) - B) / 4n with B = (2n - b + c) δ - b - c and C = -c δ (1 - δ). With b = c = 0: ± z² / (n + z²).

    >>> tango(28, 25, 618, 0.90)
    Interval(low=-0.01483..., high=0.02471...)
    """
    z = quantile(level)

    def holds(delta: float) -> bool:
        slope = (2 * of - gains + losses) * delta - gains - losses
        root = math.sqrt(max(0.0, slope * slope + 8 * of * losses * delta * (1 - delta)))
        variance = of * ((root - slope) / (2 * of) + delta * (1 - delta))
        return (gains - losses - of * delta) ** 2 <= z * z * variance

    seen = (gains - losses) / of
    return Interval(_farthest(holds, seen, -1.0), _farthest(holds, seen, 1.0))


def effective(clusters: Sequence[Sequence[float]], spread: float, observations: int, level: float = LEVEL) -> float:
    """Return the number of independent observations of that variance which these clusters are worth for a mean.

    n* = spread / v · (t[n - 1] / t[G - 1])², at most n; G where nothing varies.
    """
    from scipy import special  # without stubs, as above

    if spread < TINY:
        return float(len(clusters))
    between = variance(clusters)
    if between < TINY:
        return float(observations)
    tail = (1 + level) / 2
    scale = float(special.stdtrit(observations - 1, tail) / special.stdtrit(len(clusters) - 1, tail)) ** 2
    return min(float(observations), spread / between * scale)


def variance(clusters: Sequence[Sequence[float]]) -> float:
    """Return the variance of the mean of all values: that between clusters, or that between values if it is larger.

    v = G / (G - 1) · Σ (sum of a cluster - its size · mean)² / n², for single values with G = n.
    """
    every = [value for cluster in clusters for value in cluster]
    mean = math.fsum(every) / len(every)
    by_cluster = [math.fsum(cluster) - mean * len(cluster) for cluster in clusters]
    by_value = [value - mean for value in every]
    squares = (len(gaps) / (len(gaps) - 1) * math.fsum(gap * gap for gap in gaps) for gaps in (by_cluster, by_value))
    return max(squares) / len(every) ** 2


def quantile(level: float) -> float:
    """Return z, what the absolute value of a standard normal variable stays below with that probability.

    >>> quantile(0.95)
    1.95996...
    """
    return NormalDist().inv_cdf((1 + level) / 2)


def _farthest(holds: Callable[[float], bool], inner: float, outer: float) -> float:
    """Return the last point on the way out at which it holds, given that it holds up to there and no farther."""
    if holds(outer):
        return outer
    for _ in range(HALVINGS):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if holds(middle) else (inner, middle)
    return inner
