"""Confidence intervals for means of completion, at 95 %; the project is the cluster, always."""

import functools
import math
from collections.abc import Sequence
from statistics import NormalDist

import msgspec

from hapi_pytest.measures import Rate

LEVEL = 0.95
FEWEST = 12
"""Projects below which they say too little of other projects for an interval."""


class Interval(msgspec.Struct, frozen=True):
    """From where to where a share may lie."""

    low: float
    high: float


def interval(projects: Sequence[Sequence[Rate]]) -> Interval | None:
    """Return the interval of the mean over all engagements, given project by project; None for too few projects.

    One observation of each project: Wilson's. Several: Korn's and Graubard's.
    """
    counted = [project for project in projects if project]
    if len(counted) < FEWEST:
        return None
    observations = sum(rate.of for project in counted for rate in project)
    if observations == len(counted):
        return wilson(sum(rate.count for project in counted for rate in project), observations)
    return clustered(counted)


def wilson(count: float, of: int) -> Interval:
    """Return Wilson's score interval, doi:10.1080/01621459.1927.10502953."""
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share, shrink = count / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / shrink
    reach = z * math.sqrt(share * (1 - share) / of + (z / (2 * of)) ** 2) / shrink
    # At both ends the formula gives the share itself, but for the rounding.
    return Interval(max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach)))


def clustered(projects: Sequence[Sequence[Rate]]) -> Interval:
    """Return Clopper's and Pearson's interval for the number of independent observations that these are worth.

    Korn and Graubard, Survey Methodology 24 (1998), 193-201: n* = p (1 - p) / v · (t[n - 1] / t[G - 1])², at most n;
    low = B[α/2](n* p, n* (1 - p) + 1) and high = B[1 - α/2](n* p + 1, n* (1 - p)), B[q] being the beta quantile. Here
    v is the variance of the mean between G projects, or between engagements where that is larger: copies of a sample
    are worth nothing then. Where all completed or none did, v is 0 and n* = G, as if each project were but one sample.
    """
    shares = [[rate.count / rate.of for rate in project] for project in projects]
    every = [share for project in shares for share in project]
    observations = sum(rate.of for project in projects for rate in project)
    mean = math.fsum(every) / len(every)
    worth = float(len(projects))
    if 0 < mean < 1:
        spread = max(_variance(shares, mean), _variance([[share] for share in every], mean))
        scale = (student_quantile(observations - 1) / student_quantile(len(projects) - 1)) ** 2
        worth = min(observations, mean * (1 - mean) / spread * scale) if spread else observations
    tail, count = (1 - LEVEL) / 2, mean * worth
    low = beta_quantile(tail, count, worth - count + 1) if count > 0 else 0.0
    high = beta_quantile(1 - tail, count + 1, worth - count) if count < worth else 1.0
    return Interval(low, high)


@functools.cache
def student_quantile(freedom: int) -> float:
    """Return what the absolute value of Student's t with so many degrees of freedom stays below in 95 of 100 cases."""
    share = beta_quantile(1 - LEVEL, freedom / 2, 0.5)
    return math.sqrt(freedom * (1 - share) / share)


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the point below which so much of the beta distribution lies."""
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        if incomplete_beta(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return middle


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function by its continued fraction, https://dlmf.nist.gov/8.17.E22."""
    if x > (a + 1) / (a + b + 2):  # there it converges slowly
        return 1 - incomplete_beta(1 - x, b, a)
    fraction = 1.0
    for m in range(30 + math.isqrt(math.ceil(a + b)), 0, -1):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1))
        fraction = 1 + odd / (1 + even / fraction)
    logarithm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(logarithm) / (a * fraction)


def _variance(clusters: Sequence[Sequence[float]], mean: float) -> float:
    """Return the variance of a mean of single values that are drawn cluster by cluster."""
    count = sum(map(len, clusters))
    gaps = [math.fsum(cluster) - mean * len(cluster) for cluster in clusters]
    return len(clusters) / (len(clusters) - 1) * math.fsum(gap * gap for gap in gaps) / count**2
