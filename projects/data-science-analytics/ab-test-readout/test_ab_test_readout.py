"""Rubric: read-out of an A/B test."""
# hapi-pytest canary 468ffccd-c648-4925-b995-6f5b8bd7c3ed

import math
import re
from statistics import NormalDist

from hapi_pytest import Rubric

rubric = Rubric()

GROUPS = {
    "users": {"A", "B"},
    "excluded": {"staff", "both_arms", "outage_day"},
    "converted": {"A", "B"},
    "rate": {"A", "B"},
    "lift": {"absolute", "ci_low", "ci_high"},
    "test": {"p_value", "is_significant"},
    "sample_ratio": {"p_value", "is_ok"},
    "guardrail": {"users_with_ticket", "is_breached"},
}
ROUNDING = 0.00006  # four decimals, and a hair


def counts(result):
    """Users and converted users as handed in: what follows from them is judged by them."""
    users = {arm: result["users"][arm].number() for arm in "AB"}
    converted = {arm: result["converted"][arm].number() for arm in "AB"}
    for arm in "AB":
        assert 1 <= users[arm] < 1e7 and 0 < converted[arm] < users[arm], "the counts cannot be"
    return users, converted


def rates(result):
    users, converted = counts(result)
    return converted["A"] / users["A"], converted["B"] / users["B"]


def near(node, expected, tolerance=ROUNDING):
    value = node.number()
    assert abs(value - expected) <= tolerance, f"{node.place} is {value}, not what follows from the counts"


@rubric.critical(
    "Counted users per arm follow the plan and what was agreed later",
    brief="What {owner} (that is me) agreed to there overrides the plan",
    attachments={"plan.docx": "The unit is the user."},
)
def counted_users_are_right(deliverable, facts):
    users = deliverable.json("result.json")["users"]
    assert (users["A"].number(), users["B"].number()) == (facts.users_A, facts.users_B)


@rubric.critical(
    "Users left out are counted once, under the first rule that applies",
    attachments={"plan.docx": "Every user left out is counted once, under the first rule that applies"},
)
def exclusions_are_counted(deliverable, facts):
    out = deliverable.json("result.json")["excluded"]
    for key in ("staff", "both_arms", "outage_day"):
        assert out[key].number() == getattr(facts, key), f"{key}: {out[key].number():g}"


@rubric.critical(
    "Converted users are users with an order inside their window",
    attachments={"plan.docx": "A user has converted when there is at least one order in the {conversion_days} days"},
)
def converted_users_are_right(deliverable, facts):
    converted = deliverable.json("result.json")["converted"]
    assert (converted["A"].number(), converted["B"].number()) == (facts.converted_A, facts.converted_B)


@rubric.critical(
    "Rates and the absolute lift follow from the file's counts, as fractions",
    brief="rates, lift and interval ends are fractions (not percent)",
    attachments={"plan.docx": "The lift is absolute: rate B minus rate A."},
)
def rates_and_lift_follow(deliverable):
    result = deliverable.json("result.json")
    a, b = rates(result)
    near(result["rate"]["A"], a)
    near(result["rate"]["B"], b)
    near(result["lift"]["absolute"], b - a, 0.00011)


@rubric.important(
    "The interval is the planned one: 95 %, normal, unpooled",
    attachments={"plan.docx": "a 95 % normal interval with the unpooled standard error, whatever alpha is"},
)
def interval_is_the_planned_one(deliverable):
    result = deliverable.json("result.json")
    users, _ = counts(result)
    a, b = rates(result)
    half = NormalDist().inv_cdf(0.975) * math.sqrt(a * (1 - a) / users["A"] + b * (1 - b) / users["B"])
    near(result["lift"]["ci_low"], b - a - half, 0.00011)
    near(result["lift"]["ci_high"], b - a + half, 0.00011)


@rubric.critical(
    "The p value is that of the planned test on the file's counts",
    attachments={"plan.docx": "Two-sided z test for two proportions with the pooled standard error"},
)
def p_value_is_the_planned_test(deliverable):
    result = deliverable.json("result.json")
    users, converted = counts(result)
    a, b = rates(result)
    both = (converted["A"] + converted["B"]) / (users["A"] + users["B"])
    error = math.sqrt(both * (1 - both) * (1 / users["A"] + 1 / users["B"]))
    near(result["test"]["p_value"], 2 * NormalDist().cdf(-abs(b - a) / error), 0.00011)


@rubric.important(
    "The sample ratio is tested against the planned split",
    attachments={"plan.docx": "of the counted users against the planned split"},
)
def sample_ratio_against_the_planned_split(deliverable, facts):
    result = deliverable.json("result.json")
    users, _ = counts(result)
    total, share = users["A"] + users["B"], facts.share_a / 100
    distance = users["A"] - total * share
    chi = distance**2 / (total * share) + distance**2 / (total * (1 - share))
    p_value = 2 * NormalDist().cdf(-math.sqrt(chi))
    near(result["sample_ratio"]["p_value"], p_value)
    assert result["sample_ratio"]["is_ok"].flag() is (p_value >= 0.01)


@rubric.critical(
    "The guardrail counts users with a ticket inside the window and is judged by its limit",
    attachments={"plan.docx": "The guardrail is breached when the share in B is more than {limit} percentage points"},
)
def guardrail_by_its_window(deliverable, facts):
    guardrail = deliverable.json("result.json")["guardrail"]
    users = guardrail["users_with_ticket"]
    assert (users["A"].number(), users["B"].number()) == (facts.tickets_A, facts.tickets_B)
    assert guardrail["is_breached"].flag() is facts.is_breached


@rubric.critical(
    "Significance is judged at the level that was agreed last",
    brief="What {owner} (that is me) agreed to there overrides the plan",
    attachments={"changes.txt": "Agreed, please take that instead of what the plan says."},
)
def agreed_alpha_is_used(deliverable, facts):
    result = deliverable.json("result.json")
    near(result["alpha"], facts.alpha, 1e-9)
    is_significant = result["test"]["is_significant"].flag()
    assert is_significant is (result["test"]["p_value"].number() < facts.alpha)


@rubric.critical(
    "The decision is the table's for the file's own p value and guardrail at the agreed level",
    brief="`decision` is the one word from the plan's decision table",
    attachments={"plan.docx": "Nothing but the table below decides."},
)
def decision_follows_the_table(deliverable, facts):
    result = deliverable.json("result.json")
    a, b = rates(result)
    is_ahead = result["test"]["p_value"].number() < facts.alpha and b > a
    is_breached = result["guardrail"]["is_breached"].flag()
    words = {(True, False): "ship", (True, True): "hold", (False, False): "extend", (False, True): "stop"}
    assert result["decision"].text().strip().casefold() == words[is_ahead, is_breached]


def figures(text):
    """Every number in a text, without sign; 1,234 is one number."""
    return [
        float(found.replace(",", ""))
        for found in re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?|\d{1,12}(?:\.\d{1,9})?", text)
    ]


@rubric.important(
    "The report opens with the decision and tells the figures of result.json",
    brief=[
        "The first line says `Decision:` followed by the word.",
        "The figures must be those of result.json.",
    ],
)
def report_tells_the_result(deliverable):
    result, text = deliverable.json("result.json"), deliverable.text("report.md")
    first = next((line for line in text.splitlines() if line.strip()), "")
    words = re.findall(r"\w+", first.casefold())
    assert words[:2] == ["decision", result["decision"].text().strip().casefold()], f"the first line is {first[:80]!r}"
    a, b = rates(result)
    told = figures(text)
    wanted = {
        "users of A": (result["users"]["A"].number(), 0),
        "users of B": (result["users"]["B"].number(), 0),
        "rate of A in percent": (a * 100, 0.06),
        "rate of B in percent": (b * 100, 0.06),
        "difference in points": (abs(b - a) * 100, 0.11),
        "p value": (result["test"]["p_value"].number(), 0.0006),
    }
    missing = [
        name for name, (value, tolerance) in wanted.items() if not any(abs(t - value) <= tolerance for t in told)
    ]
    assert not missing, f"the report does not tell {missing}"


@rubric.optional("The report keeps to the word limit", brief="{words} words at the very most, table and all")
def report_is_short(deliverable, facts):
    words = [word for word in deliverable.text("report.md").split() if any(char.isalnum() for char in word)]
    assert 0 < len(words) <= facts.words, f"{len(words)} words"


@rubric.pitfall(
    "result.json has the template's keys, all filled, and no others",
    brief="exactly those keys, no more and no fewer",
)
def only_the_agreed_keys(deliverable):
    result = deliverable.json("result.json")
    nodes = [
        (result, {"alpha", "decision", *GROUPS}),
        *((result[name], keys) for name, keys in GROUPS.items()),
    ]
    for node, keys in nodes:
        assert set(node.keys()) == keys, f"{node.place} has the keys {sorted(node.keys())}"
        assert all(inner.value is not None for inner in node.mapping().values()), f"{node.place} holds a null"
    assert set(result["guardrail"]["users_with_ticket"].keys()) == {"A", "B"}


@rubric.pitfall(
    "The report gives no figure by club",
    brief="I only want what the plan asks for.",
    attachments={"changes.txt": "I want no figure by club, neither in the result nor in the report."},
)
def no_figure_by_club(deliverable, facts):
    text = deliverable.text("report.md")
    assert re.search(r"\bdecision\b", text, re.IGNORECASE), "this is no report"
    clubs = re.compile(rf"\b({re.escape(facts.club_one)}|{re.escape(facts.club_two)})\b", re.IGNORECASE)
    share = re.compile(r"\d\s{0,2}(%|per ?cent|pp\b|(percentage )?points?\b)", re.IGNORECASE)
    for sentence in re.split(r"\n|(?<=[.!?])\s", text):
        assert not (clubs.search(sentence) and share.search(sentence)), sentence[:120]


def test_ab_test_readout(engagement):
    engagement.assert_complete()
