"""The accepted schedule and summary, and the same with a slip in them."""
# hapi-pytest canary 81250381-0c10-43c3-8832-27cf036c57e4

import json
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

DATES, ROUNDED, RATE = (
    "instalments-are-due-at-month-ends",
    "interest-is-rounded-each-month",
    "each-rate-has-its-instalments",
)
ACCEPTED, LIMITED, VOID = (
    "extra-payments-count-in-their-month",
    "the-yearly-limit-holds",
    "what-never-counted-is-left-out",
)
CHAIN, SAME, END = "balances-run-on", "the-instalment-stays-the-same", "the-schedule-ends-at-zero"
SUMMARY, WITHOUT, REFUSED = (
    "summary-agrees-with-the-schedule",
    "the-loan-without-extras-is-right",
    "refused-payments-are-listed",
)
FORM = "amounts-are-written-plainly"
FLAWS: dict[str, tuple[str, ...]] = {
    "due-on-the-thirtieth": (DATES,),
    "half-cents-to-even": (ROUNDED,),
    "first-rate-kept": (RATE,),
    "extras-a-month-later": (ACCEPTED, LIMITED, VOID),
    "payment-on-the-due-day-next-month": (ACCEPTED,),
    "limit-ignored": (LIMITED, REFUSED),
    "limit-only-in-the-summary": (LIMITED,),
    "minimum-before-the-addendum": (ACCEPTED, REFUSED),
    "small-payment-taken": (VOID, REFUSED),
    "bounced-payment-counted": (VOID,),
    "line-printed-twice-counted": (VOID,),
    "extra-not-taken-off": (CHAIN,),
    "instalment-lowered": (SAME,),
    "last-instalment-in-full": (END,),
    "row-of-noughts-added": (END,),
    "sum-of-interest-stale": (SUMMARY,),
    "one-rate-without-extras": (WITHOUT,),
    "late-payment-forgotten": (REFUSED,),
    "references-without-zeros": (REFUSED,),
    "thousands-separated": (FORM,),
}
EQUIVALENTS: dict[str, str] = {
    "columns-turned-round": "the brief names columns and keys, and no order",
    "semicolons": "the brief asks for csv and names no separator; amounts have a point either way",
    "json-in-one-line": "the brief does not say how the json is laid out",
    "refused-newest-first": "the list of refused payments has no asked order",
}
COLUMNS = ["number", "due", "opening", "interest", "principal", "instalment", "extra", "closing"]
FIXED = 24

Row = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    rows = _schedule(facts, flaws, _extras(facts, flaws))
    text = "{:,.2f}" if "thousands-separated" in flaws else "{:.2f}"
    table = []
    for row in rows:
        shown = [row["number"], row["due"], *(text.format(row[name] / 100) for name in COLUMNS[2:])]
        table.append(shown[::-1] if "columns-turned-round" in flaws else shown)
    header = COLUMNS[::-1] if "columns-turned-round" in flaws else COLUMNS
    summary = _summary(facts, flaws, rows)
    if "columns-turned-round" in flaws:
        summary = dict(reversed(summary.items()))
    return {
        "schedule.csv": csv_text(header, table, delimiter=";" if "semicolons" in flaws else ","),
        "summary.json": json.dumps(summary, indent=None if "json-in-one-line" in flaws else 2),
    }


def _extras(facts: Facts, flaws: frozenset[str]) -> dict[int, int]:
    """Return what is credited by step, as the contract says or as a hasty reader takes it."""
    extras = {step: row[3] for step, row in enumerate(facts.rows) if row[3]}
    parts = {payment["role"]: payment for payment in facts.payments}
    is_open = "limit-ignored" in flaws or "limit-only-in-the-summary" in flaws
    wanted = [("small-payment-taken", "small"), ("bounced-payment-counted", "bounced")]
    wanted += [("line-printed-twice-counted", "twice")]
    for flaw, role in wanted:
        if flaw in flaws:
            step = parts[role]["step"]
            extras[step] = extras.get(step, 0) + parts[role]["cents"]
    if is_open:
        extras |= {parts[role]["step"]: parts[role]["cents"] for role in ("limit", "over")}
    if "payment-on-the-due-day-next-month" in flaws:
        extras[parts["due"]["step"] + 1] = extras.pop(parts["due"]["step"])
    if "minimum-before-the-addendum" in flaws:
        extras[parts["due"]["step"]] = 0
    return {step + ("extras-a-month-later" in flaws): cents for step, cents in extras.items()}


def _interest(facts: Facts, flaws: frozenset[str], step: int, opening: int) -> int:
    """Return a month's interest in cents."""
    monthly = facts.rates[step >= FIXED and "first-rate-kept" not in flaws]
    exact = opening * monthly
    is_even = exact % 10_000 == 5_000 and exact // 10_000 % 2 == 0
    return exact // 10_000 if "half-cents-to-even" in flaws and is_even else (exact + 5_000) // 10_000


def _schedule(facts: Facts, flaws: frozenset[str], extras: dict[int, int]) -> list[Row]:
    """Run the loan down to nothing, in cents."""
    rows: list[Row] = []
    opening, agreed = facts.loan_cents, facts.instalment_cents
    while opening > 0:
        step = len(rows)
        interest = _interest(facts, flaws, step, opening)
        if "instalment-lowered" in flaws and step == 12:
            agreed -= 1_000
        is_last = opening + interest <= agreed
        instalment = opening + interest if is_last and "last-instalment-in-full" not in flaws else agreed
        principal, extra = (
            instalment - interest,
            0 if is_last else min(extras.get(step, 0), opening + interest - agreed),
        )
        closing = opening - principal - extra
        if "extra-not-taken-off" in flaws and extra:
            closing += extra
        day = facts.dues[step]
        if "due-on-the-thirtieth" in flaws and day.day == 31:
            day = day.replace(day=30)
        amounts = (step + 1, day, opening, interest, principal, instalment, extra, closing)
        rows.append(dict(zip(COLUMNS, amounts, strict=True)))
        opening = closing
    if "row-of-noughts-added" in flaws:
        rows.append(dict.fromkeys(COLUMNS, 0) | {"number": len(rows) + 1, "due": facts.dues[len(rows)]})
    return rows


def _summary(facts: Facts, flaws: frozenset[str], rows: list[Row]) -> dict[str, Any]:
    interest = sum(row["interest"] for row in rows) + (137 if "sum-of-interest-stale" in flaws else 0)
    plain = facts.interest_without
    if "one-rate-without-extras" in flaws:
        plain = sum(row["interest"] for row in _schedule(facts, frozenset(["first-rate-kept"]), {})) / 100
    parts = {payment["ref"]: payment["role"] for payment in facts.payments}
    left_out = {
        "late-payment-forgotten": ("late",),
        "small-payment-taken": ("small",),
        "limit-ignored": ("limit", "over"),
    }
    gone = [role for flaw in sorted(flaws & set(left_out)) for role in left_out[flaw]]
    refused = [{"ref": ref, "amount": amount} for ref, amount in facts.refused if parts[ref] not in gone]
    for entry in refused if "references-without-zeros" in flaws else []:
        entry["ref"] = entry["ref"].lstrip("0")
    if "minimum-before-the-addendum" in flaws:
        refused += [{"ref": p["ref"], "amount": p["cents"] / 100} for p in facts.payments if p["role"] == "due"]
    return {
        "total_interest": interest / 100,
        "total_extra": sum(row["extra"] for row in rows) / 100,
        "instalments": len(rows),
        "payoff_date": rows[-1]["due"].isoformat(),
        "last_instalment": rows[-1]["instalment"] / 100,
        "interest_without_extra": plain,
        "instalments_without_extra": facts.instalments_without,
        "refused": refused[::-1] if "refused-newest-first" in flaws else refused,
    }
