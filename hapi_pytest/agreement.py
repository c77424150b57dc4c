"""How far reviewers agree, with each other and with the checks; pure functions."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hapi_pytest.reviews import Finding, Review

Reviews = Mapping[str, Sequence[Review]]
"""Reviews by the id of their project."""
Submission = tuple[str, int, str]
"""Project, variant and digest of what was handed in."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far two reviewers agree on the submissions that both have judged."""

    reviewers: tuple[str, str]
    project: str = ""
    """Empty over all projects and criteria."""
    criterion: str = ""
    pairs: int
    """Findings that both have made, on the same criterion of the same submission."""
    agreed: int
    kappa: float | None


class Disagreement(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A criterion that an expert and its check decide differently: a rubric bug to look at."""

    project: str
    variant: int
    handed_in: str
    criterion: str
    reviewer: str
    finding: Finding
    """What the expert says: pass or fail."""
    passed: bool
    """What the check says."""
    note: str = ""
    """Why the expert says so."""

    def __str__(self) -> str:
        return (
            f"{self.project} v{self.variant} {self.handed_in[:12]}: {self.criterion}: {self.reviewer} says"
            f" {self.finding}, the check says {Finding.PASS if self.passed else Finding.FAIL};"
            f" a rubric bug to look at{f': {self.note}' if self.note else ''}"
        )


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of two reviewers' findings on the same things, given pair by pair.

    κ = (observed − expected) / (1 − expected): the observed share of equal findings, beyond the share that is expected
    of two who give each finding as often as these do, but without looking. Whatever findings there are count as
    categories, `cannot tell` as one of its own. Jacob Cohen, A coefficient of agreement for nominal scales, Educational
    and Psychological Measurement 20 (1960), pages 37 to 46.

    None where it is undefined: for fewer than two pairs, and where both give one and the same finding throughout, so
    that the expected share is 1.

    >>> kappa([("pass", "pass"), ("pass", "fail"), ("fail", "fail"), ("fail", "fail")])
    0.5
    >>> kappa([("pass", "pass"), ("pass", "pass")]) is None
    True
    """
    of = len(pairs)
    agreed = sum(one == other for one, other in pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(count * others[finding] for finding, count in ones.items())
    if of < 2 or expected == of * of:
        return None
    # Both shares times the square of the count, so that only the last step can round.
    return (of * agreed - expected) / (of * of - expected)


def agreements(reviews: Reviews) -> list[Agreement]:
    """Return how far every two reviewers agree who judged the same submission: over all criteria, and on each."""
    found: dict[tuple[str, str], dict[tuple[str, str], list[tuple[str, str]]]] = {}
    for (project, _, _), of_one in sorted(_by_submission(reviews).items()):
        for first, second in itertools.combinations(sorted(of_one), 2):
            by_criterion = found.setdefault((first, second), {})
            one, other = of_one[first].marks, of_one[second].marks
            for criterion in one.keys() & other.keys():
                pair = (one[criterion].finding, other[criterion].finding)
                by_criterion.setdefault((project, criterion), []).append(pair)
    return [
        agreement for names, by_criterion in sorted(found.items()) for agreement in _agreements(names, by_criterion)
    ]


def disagreements(reviews: Reviews, marks: Mapping[Submission, Mapping[str, bool]]) -> list[Disagreement]:
    """Return the criteria that an expert passes and the check fails, or the other way, on a very submission.

    `marks` says by submission and criterion whether the check passed. Who cannot tell disagrees with nothing.
    """
    found = []
    for (project, variant, handed_in), of_one in _by_submission(reviews).items():
        checked = marks.get((project, variant, handed_in), {})
        for review in of_one.values():
            for criterion in review.marks.keys() & checked.keys():
                mark, passed = review.marks[criterion], checked[criterion]
                if mark.finding is (Finding.FAIL if passed else Finding.PASS):
                    found.append(
                        Disagreement(
                            project=project,
                            variant=variant,
                            handed_in=handed_in,
                            criterion=criterion,
                            reviewer=review.reviewer,
                            finding=mark.finding,
                            passed=passed,
                            note=mark.note,
                        )
                    )
    return sorted(found)


def _by_submission(reviews: Reviews) -> dict[Submission, dict[str, Review]]:
    """Return the reviews of each submission by reviewer; of several by one reviewer the last counts."""
    found: dict[Submission, dict[str, Review]] = {}
    for project, of_project in reviews.items():
        for review in sorted(of_project, key=lambda review: (review.recorded, msgspec.json.encode(review))):
            found.setdefault((project, review.variant, review.handed_in), {})[review.reviewer] = review
    return found


def _agreements(
    reviewers: tuple[str, str], by_criterion: Mapping[tuple[str, str], Sequence[tuple[str, str]]]
) -> Iterator[Agreement]:
    yield _agreement(reviewers, "", "", [pair for pairs in by_criterion.values() for pair in pairs])
    for (project, criterion), pairs in sorted(by_criterion.items()):
        yield _agreement(reviewers, project, criterion, pairs)


def _agreement(reviewers: tuple[str, str], project: str, criterion: str, pairs: Sequence[tuple[str, str]]) -> Agreement:
    return Agreement(
        reviewers=reviewers,
        project=project,
        criterion=criterion,
        pairs=len(pairs),
        agreed=sum(one == other for one, other in pairs),
        kappa=kappa(pairs),
    )
