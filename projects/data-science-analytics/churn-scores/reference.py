"""The accepted scores from a small logistic regression, and slips that people make."""
# hapi-pytest canary 99b143d1-4fd1-4aae-a282-bf5e455f3cb5

import bisect
import csv
import functools
import json
import math
import operator
from typing import Any, NamedTuple

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "column-that-knows-too-much": (
        "ranking-reaches-the-bar", "scores-are-probabilities", "estimate-is-honest",
        "features-are-told",
    ),
    "two-weak-columns": ("ranking-reaches-the-bar",),
    "thinning-not-undone": ("scores-are-probabilities",),
    "scores-squeezed": ("scores-are-probabilities",),
    "sorted-by-score": ("one-row-for-each-member",),
    "zeros-of-ids-lost": ("one-row-for-each-member",),
    "staff-scored": ("scores-are-fractions",),
    "number-of-the-post": ("highest-scores-are-called",),
    "called-from-the-top-of-the-file": ("highest-scores-are-called",),
    "forbidden-calls": ("none-called-who-must-not",),
    "repeats-trained-twice": ("training-rows-are-counted",),
    "staff-trained": ("training-rows-are-counted",),
    "rate-of-the-thinned-file": ("rates-follow",),
    "estimate-in-percent": ("estimate-is-honest",),
    "column-used-in-secret": ("features-are-told",),
    "reasons-missing": ("features-are-told",),
    "sum-of-the-first-run": ("figures-agree",),
    "key-added": ("figures-agree",),
    "left-out-columns-not-named": ("model-is-explained",),
    "long-text": ("model-is-explained",),
}  # fmt: skip
EQUIVALENTS: dict[str, str] = {
    "plain-numbers": "the brief names no kind of model and no way to prepare the columns",
    "fewer-columns": "the brief leaves it open which honest columns are used",
    "capital-yes": "the case of yes and no is not said",
    "columns-turned-round": "the brief names columns and no order",
    "other-words": "the text for the board is free",
    "json-on-one-line": "line breaks mean nothing in JSON",
}
FEATURES = (
    "joined_via",
    "plan",
    "tenure",
    "visits_before",
    "visits_recent",
    "late_payments",
    "complaints",
    "price_rise",
)
DESIGNS = {
    "two-weak-columns": ("late_payments", "price_rise"),
    "fewer-columns": ("joined_via", "tenure", "visits_before", "visits_recent", "late_payments", "complaints"),
    "column-that-knows-too-much": (*FEATURES, "last_offer"),
}
WHY = {
    "last_offer": "filled in after the cut for those who call to cancel",
    "closing_survey": "comes with the letter of cancellation",
    "do_not_call": "says whom to call, not who leaves",
}


class Fit(NamedTuple):
    """What a model makes of the test file, and what it expects."""

    rows: int
    leavers: int
    auc: float
    scores: tuple[float, ...]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Train, score, choose whom to call, and tell."""
    design = next((name for name in DESIGNS if name in flaws), "plain-numbers" if "plain-numbers" in flaws else "")
    fit = _fit(facts.train, facts.test, facts.step, design)
    members = _members(facts.test)
    scores = [None if _is_staff(member) else score for member, score in zip(members, fit.scores, strict=True)]
    scores = _slipped(facts, scores, flaws)
    called = _called(facts, members, scores, flaws)
    rows = [
        (member["member_id"], None if score is None else f"{score:.4f}", "yes" if place in called else "no")
        for place, (member, score) in enumerate(zip(members, scores, strict=True))
    ]
    if "staff-scored" in flaws:
        rows = [(id_, score or "0.0500", call) for id_, score, call in rows]
    metrics = _metrics(facts, fit, scores, DESIGNS.get(design, FEATURES), flaws)
    indent = None if "json-on-one-line" in flaws else 2
    return {
        "predictions.csv": _predictions(rows, flaws),
        "metrics.json": json.dumps(metrics, indent=indent) + "\n",
        "model.md": _model(metrics, flaws),
    }


def _members(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def _is_staff(member: dict[str, str]) -> bool:
    return member["plan"].strip().lower() == "staff"


@functools.lru_cache(maxsize=8)
def _fit(train: str, test: str, step: int, design: str) -> Fit:
    """Fit on half of the members to see what to expect, then on all of them."""
    members = {member["member_id"]: member for member in _members(train) if not _is_staff(member)}
    rows, left = [_numbers(member, design) for member in members.values()], [int(m["left"]) for m in members.values()]
    half = _weights(rows[::2], left[::2])
    auc = _auc([_score(half, row) for row in rows[1::2]], left[1::2])
    weights = _weights(rows, left)
    if design == "two-weak-columns":  # next to nothing to learn by heart, and too little to measure on half
        auc = _auc([_score(weights, row) for row in rows], left)
    weights[0] -= math.log(step)  # each of those who stayed stands for so many
    scores = tuple(_score(weights, _numbers(member, design)) for member in _members(test))
    return Fit(len(rows), sum(left), auc, scores)


def _numbers(member: dict[str, str], design: str) -> list[float]:
    """Prepare the columns of a member."""
    months = max(1.0, float(member["tenure"]) / (30.4 if member["joined_via"] == "app" else 1))
    before, recent = float(member["visits_before"]), float(member["visits_recent"])
    is_known, plan = before >= 0, member["plan"].strip().lower()
    late, complaints, rise = (float(member[name]) for name in ("late_payments", "complaints", "price_rise"))
    if design == "two-weak-columns":
        return [1.0, late, rise]
    if design == "plain-numbers":
        visits = [before / 10, recent / 10] if is_known else [1.2, 1.1]
        return [1.0, months / 30, *visits, late, complaints, rise, float(plan == "basic"), float(plan == "family")]
    drop = math.log((recent + 1) / (before + 1)) if is_known else -0.1
    numbers = [1.0, math.log(months), drop, late, complaints]
    if design == "fewer-columns":
        return numbers
    numbers += [rise, float(plan == "basic"), float(plan == "family")]
    return [*numbers, float(member["last_offer"] != "")] if design == "column-that-knows-too-much" else numbers


def _score(weights: list[float], row: list[float]) -> float:
    return 1 / (1 + math.exp(-sum(map(operator.mul, weights, row))))


def _weights(rows: list[list[float]], left: list[int]) -> list[float]:
    """Fit a logistic regression by Newton's method, shrunk a little."""
    size = len(rows[0])
    weights = [0.0] * size
    for _ in range(6):
        slope = [-0.5 * weight for weight in weights]
        bend = [[0.5 * (i == j) for j in range(size)] for i in range(size)]
        for row, one in zip(rows, left, strict=True):
            chance = _score(weights, row)
            gap, width = one - chance, chance * (1 - chance)
            for i, value in enumerate(row):
                slope[i] += gap * value
                line, part = bend[i], width * value
                for j in range(i, size):
                    line[j] += part * row[j]
        for i in range(size):
            for j in range(i):
                bend[i][j] = bend[j][i]
        weights = [weight + step for weight, step in zip(weights, _solved(bend, slope), strict=True)]
    return weights


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a system whose matrix is positive definite."""
    lines = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i, line in enumerate(lines):
        for other in (other for other in lines if other is not line):
            factor = other[i] / line[i]
            other[i:] = [mine - factor * theirs for mine, theirs in zip(other[i:], line[i:], strict=True)]
    return [line[-1] / line[i] for i, line in enumerate(lines)]


def _auc(scores: list[float], left: list[int]) -> float:
    stayed = sorted(score for score, one in zip(scores, left, strict=True) if not one)
    gone = [score for score, one in zip(scores, left, strict=True) if one]
    below = sum(bisect.bisect_left(stayed, score) + bisect.bisect_right(stayed, score) for score in gone)
    return below / 2 / len(gone) / len(stayed)


def _slipped(facts: Facts, scores: list[float | None], flaws: frozenset[str]) -> list[float | None]:
    """Return the scores with what a flaw does to them."""
    mean = sum(score or 0 for score in scores) / len(scores)
    result = []
    for score in scores:
        if score is not None and "thinning-not-undone" in flaws:
            score = score * facts.step / (1 + score * (facts.step - 1))
        if score is not None and "scores-squeezed" in flaws:
            score = mean + 0.15 * (score - mean)
        result.append(score)
    return result


def _called(facts: Facts, members: list[dict[str, str]], scores: list[float | None], flaws: frozenset[str]) -> set[int]:
    """Return the places of the members to call."""
    allowed = [
        place
        for place, member in enumerate(members)
        if scores[place] is not None and (member["do_not_call"] != "yes" or "forbidden-calls" in flaws)
    ]
    if "called-from-the-top-of-the-file" not in flaws:
        allowed.sort(key=lambda place: -round(scores[place] or 0, 4))
    return set(allowed[: facts.calls if "number-of-the-post" in flaws else facts.calls_now])


def _metrics(
    facts: Facts, fit: Fit, scores: list[float | None], features: tuple[str, ...], flaws: frozenset[str]
) -> dict[str, Any]:
    """Return the numbers for metrics.json."""
    rows, leavers = fit.rows, fit.leavers
    if "repeats-trained-twice" in flaws:
        rows, leavers = rows + 27, leavers + 9
    if "staff-trained" in flaws:
        rows, leavers = rows + 31, leavers + 4
    thinned = rows if "rate-of-the-thinned-file" in flaws else leavers + facts.step * (rows - leavers)
    columns = [name for name in _members(facts.test)[0] if name != "member_id"]
    left_out = {name: WHY.get(name, "did not help") for name in columns if name not in features}
    if "reasons-missing" in flaws:
        left_out = dict.fromkeys(left_out, "")
    used = [*features, "last_offer"] if "column-used-in-secret" in flaws else list(features)
    total = sum(round(score, 4) for score in scores if score is not None)
    metrics = {
        "rows_train": rows, "leavers_train": leavers, "rate_train": round(leavers / rows, 4),
        "rate_expected": round(leavers / thinned, 4),
        "auc_estimate": round(fit.auc * (100 if "estimate-in-percent" in flaws else 1), 4),
        "features": used, "left_out": left_out, "rows_scored": sum(score is not None for score in scores),
        "expected_leavers": round(total + (17 if "sum-of-the-first-run" in flaws else 0), 1),
    }  # fmt: skip
    return metrics | {"model": "logistic regression"} if "key-added" in flaws else metrics


def _predictions(rows: list[tuple[str, str | None, str]], flaws: frozenset[str]) -> str:
    table: list[tuple[str | None, ...]] = [("member_id", "score", "call"), *rows]
    if "sorted-by-score" in flaws:
        table[1:] = sorted(table[1:], key=lambda row: row[1] or "", reverse=True)
    if "zeros-of-ids-lost" in flaws:
        table = [((row[0] or "").lstrip("0"), *row[1:]) for row in table]
    if "capital-yes" in flaws:
        table = [table[0], *((*row[:2], (row[2] or "").upper()) for row in table[1:])]
    if "columns-turned-round" in flaws:
        table = [row[::-1] for row in table]
    return csv_text([name or "" for name in table[0]], table[1:])


def _model(metrics: dict[str, Any], flaws: frozenset[str]) -> str:
    """Write the text for the board."""
    auc, leavers = metrics["auc_estimate"], metrics["expected_leavers"]
    known = "two columns" if "left-out-columns-not-named" in flaws else "last_offer and closing_survey"
    if "other-words" in flaws:
        text = f"# Model\n\n* expected AUC: **{auc:.2f}**\n* expected leavers: **{leavers:.0f}**\n* not used: {known}\n"
    else:
        text = (
            "The scores come from a logistic regression on what was known on the day of the cut. On members it had "
            f"not seen it reached an AUC of {auc:.4f}. We expect {leavers} members to leave.\n\nLeft out because "
            f"they know what happened afterwards: {known}.\n"
        )
    return text + ("\nThe method is well known and widely used by clubs." * 40 if "long-text" in flaws else "")
