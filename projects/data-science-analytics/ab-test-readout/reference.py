"""The accepted read-out, and flawed ones."""
# hapi-pytest canary 468ffccd-c648-4925-b995-6f5b8bd7c3ed

import json
import math
from statistics import NormalDist
from typing import Any

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "counts_order_events": ("converted-users-are-right",),
    "ignores_order_window": ("converted-users-are-right",),
    "keeps_staff_without_zeros": (
        "counted-users-are-right",
        "exclusions-are-counted",
        "converted-users-are-right",
    ),
    "keeps_outage_day": ("counted-users-are-right", "exclusions-are-counted"),
    "outage_day_left_in_the_arms": ("counted-users-are-right",),
    "overlaps_counted_twice": ("exclusions-are-counted",),
    "relative_lift": ("rates-and-lift-follow",),
    "pooled_interval": ("interval-is-the-planned-one",),
    "one_sided_test": ("p-value-is-the-planned-test",),
    "even_split": ("sample-ratio-against-the-planned-split",),
    "counts_late_tickets": ("guardrail-by-its-window",),
    "alpha_of_the_plan": ("agreed-alpha-is-used", "decision-follows-the-table"),
    "alpha_of_the_plan_printed": ("agreed-alpha-is-used",),
    "guardrail_column_read_backwards": ("decision-follows-the-table",),
    "report_of_an_earlier_run": ("report-tells-the-result",),
    "leads_with_a_club": ("no-figure-by-club",),
    "adds_a_key": ("only-the-agreed-keys",),
    "long_report": ("report-is-short",),
    "no_report": ("report-tells-the-result", "no-figure-by-club", "report-is-short"),
}
EQUIVALENTS: dict[str, str] = {
    "keys_sorted_on_one_line": "the brief fixes the keys of result.json; their order and the line breaks mean nothing "
    "to an import of JSON",
    "figures_in_a_table": "the brief counts a table's words, so the report may have one",
    "other_words": "the brief says what the report tells below its first line, and neither in which words nor in which "
    "order",
}
SLIPS = {
    "counts_order_events": "orders",
    "ignores_order_window": "any_order",
    "keeps_staff_without_zeros": "staff",
    "keeps_outage_day": "outage",
    "counts_late_tickets": "any_ticket",
}
COUNTS = (
    "users_A",
    "users_B",
    "converted_A",
    "converted_B",
    "tickets_A",
    "tickets_B",
    "staff",
    "both_arms",
    "outage_day",
)


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build result.json and report.md."""
    counts = {key: getattr(facts, key) for key in COUNTS}
    for flaw in sorted(flaws & SLIPS.keys()):
        counts = {key: counts[key] + facts.miscounts[SLIPS[flaw]][key] for key in COUNTS}
    if "outage_day_left_in_the_arms" in flaws:  # listed as left out, and counted all the same
        counts |= {key: counts[key] + facts.miscounts["outage"][key] for key in ("users_A", "users_B")}
    if "overlaps_counted_twice" in flaws:
        counts |= {key: counts[key] + 2 for key in ("both_arms", "outage_day")}
    result = _result(counts, facts, flaws)
    is_plain = "keys_sorted_on_one_line" not in flaws
    text = json.dumps(result, indent=2 if is_plain else None, sort_keys=not is_plain) + "\n"
    files: dict[str, str | bytes] = {"result.json": text}
    if "no_report" not in flaws:
        files["report.md"] = _report(result, facts, flaws)
    return files


def _result(counts: dict[str, int], facts: Facts, flaws: frozenset[str]) -> dict[str, Any]:
    users = {arm: counts[f"users_{arm}"] for arm in "AB"}
    converted = {arm: counts[f"converted_{arm}"] for arm in "AB"}
    rate = {arm: converted[arm] / users[arm] for arm in "AB"}
    tickets = {arm: counts[f"tickets_{arm}"] for arm in "AB"}
    lift = rate["B"] - rate["A"]
    both = sum(converted.values()) / sum(users.values())
    pooled = math.sqrt(both * (1 - both) * (1 / users["A"] + 1 / users["B"]))
    unpooled = math.sqrt(sum(rate[arm] * (1 - rate[arm]) / users[arm] for arm in "AB"))
    half = NormalDist().inv_cdf(0.975) * (pooled if "pooled_interval" in flaws else unpooled)
    p_value = (1 if "one_sided_test" in flaws else 2) * NormalDist().cdf(-abs(lift) / pooled)
    alpha = 0.05 if "alpha_of_the_plan" in flaws else facts.alpha
    ratio = _sample_ratio(users, 50 if "even_split" in flaws else facts.share_a)
    is_breached = tickets["B"] / users["B"] - tickets["A"] / users["A"] > facts.limit / 100
    is_significant = p_value < alpha
    result = {
        "alpha": 0.05 if "alpha_of_the_plan_printed" in flaws else alpha,
        "users": users,
        "excluded": {key: counts[key] for key in ("staff", "both_arms", "outage_day")},
        "converted": converted,
        "rate": {arm: round(rate[arm], 4) for arm in "AB"},
        "lift": {
            "absolute": round(lift / rate["A"] if "relative_lift" in flaws else lift, 4),
            "ci_low": round(lift - half, 4),
            "ci_high": round(lift + half, 4),
        },
        "test": {"p_value": round(p_value, 4), "is_significant": is_significant},
        "sample_ratio": {"p_value": round(ratio, 4), "is_ok": ratio >= 0.01},
        "guardrail": {"users_with_ticket": tickets, "is_breached": is_breached},
        "decision": _decision(
            is_significant and lift > 0, is_breached is not ("guardrail_column_read_backwards" in flaws)
        ),
    }
    return result | {"analyst_note": "see report.md"} if "adds_a_key" in flaws else result


def _sample_ratio(users: dict[str, int], share_a: int) -> float:
    total = users["A"] + users["B"]
    expected = {"A": total * share_a / 100, "B": total * (100 - share_a) / 100}
    chi = sum((users[arm] - expected[arm]) ** 2 / expected[arm] for arm in "AB")
    return 2 * NormalDist().cdf(-math.sqrt(chi))


def _decision(is_ahead: bool, is_breached: bool) -> str:
    if is_ahead:
        return "hold" if is_breached else "ship"
    return "stop" if is_breached else "extend"


def _report(result: dict[str, Any], facts: Facts, flaws: frozenset[str]) -> str:
    users, rate = dict(result["users"]), result["rate"]
    if "report_of_an_earlier_run" in flaws:  # written before the exclusions were done
        users = {"A": users["A"] + result["excluded"]["outage_day"] + 29, "B": users["B"] + 37}
    word = f"**{result['decision']}**" if "other_words" in flaws else result["decision"]
    lines = [f"Decision: {word}", ""]
    if "leads_with_a_club" in flaws:
        lines += [
            f"{facts.club_one} members took to arm B at once: {rate['B'] * 100 + 4.3:.1f} % of them bought.",
            "",
        ]
    a, b = (f"{rate[arm] * 100:.1f}" for arm in "AB")
    if "figures_in_a_table" in flaws:
        lines += ["| arm | users | bought |", "|---|--:|--:|", f"| A | {users['A']} | {a}% |"]
        lines += [f"| B | {users['B']} | {b}% |", ""]
        counted = bought = ""
    else:
        counted = f"We counted {users['A']} users in arm A and {users['B']} in arm B. "
        bought = f"In A {a} % of the users bought, in B {b} %. "
    lines += (_retold if "other_words" in flaws else _told)(result, facts, counted, bought)
    if "long_report" in flaws:
        aside = "An interval is a range of values that all are in keeping with what the shop has seen. "
        lines += ["", aside * 17]
    return "\n".join(lines) + "\n"


def _told(result: dict[str, Any], facts: Facts, counted: str, bought: str) -> list[str]:
    out, test, ratio = result["excluded"], result["test"], result["sample_ratio"]
    gap, low, high = _points(result)
    tickets, guardrail = result["guardrail"]["users_with_ticket"], result["guardrail"]["is_breached"]
    return [
        f"{counted}Left out were",
        f"{out['staff']} accounts of our own, {out['both_arms']} users who saw both arms and",
        f"{out['outage_day']} who came in on the day of the outage.",
        "",
        f"{bought}That is a difference of {gap} percentage points",
        f"(95 % interval {low} to {high}). The p value is {test['p_value']:.4f}; we had agreed on",
        f"{result['alpha']}, so this {'is' if test['is_significant'] else 'is not'} significant.",
        "",
        f"The sample ratio is {'fine' if ratio['is_ok'] else 'off'} (p {ratio['p_value']:.4f}). The",
        f"guardrail was {'breached' if guardrail else 'kept'}: {tickets['A']} users of A, {tickets['B']} of B wrote to "
        "us in time.",
    ]


def _retold(result: dict[str, Any], facts: Facts, counted: str, bought: str) -> list[str]:
    """Say the same in other words and another order."""
    out, test, ratio = result["excluded"], result["test"], result["sample_ratio"]
    gap, low, high = _points(result)
    tickets, guardrail = result["guardrail"]["users_with_ticket"], result["guardrail"]["is_breached"]
    return [
        f"B is {gap} points ahead of A; with 95 per cent confidence it is somewhere from {low} to {high}. {bought}",
        f"p = {test['p_value']:.4f} is {'below' if test['is_significant'] else 'not below'} the agreed "
        f"{result['alpha']}. Nothing is split between {facts.club_one} and {facts.club_two}, as you asked.",
        "",
        f"- Tickets in the window: {tickets['A']} people in A, {tickets['B']} in B; the guardrail has "
        f"{'tripped' if guardrail else 'held'}.",
        f"- The sizes of the arms are {'as planned' if ratio['is_ok'] else 'not as planned'} (sample ratio test, "
        f"p = {ratio['p_value']:.4f}).",
        f"- {counted}Not counted: {out['staff']} of the staff, {out['both_arms']} with both arms, {out['outage_day']} "
        "from the outage.",
    ]


def _points(result: dict[str, Any]) -> tuple[str, str, str]:
    """Return the difference and the ends of its interval in percentage points."""
    lift, rate = result["lift"], result["rate"]
    gap, low, high = (value * 100 for value in (rate["B"] - rate["A"], lift["ci_low"], lift["ci_high"]))
    return f"{gap:.1f}", f"{low:.1f}", f"{high:.1f}"
