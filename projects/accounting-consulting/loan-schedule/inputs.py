"""The clauses of a loan and the extra payments made on it, with the schedule that follows."""
# hapi-pytest canary 81250381-0c10-43c3-8832-27cf036c57e4

import calendar
import datetime
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

FIRMS = ["Oakbench Joinery", "The Loaf Round", "Pedal & Post", "Green Hose Gardens", "Tile and Grout Sisters"]
FIRMS += ["Nightjar Catering", "Halyard Rigging", "Flue & Hearth", "Moss Lane Nursery", "Upright Pianos"]
VANS = ["delivery van", "box van", "refrigerated van", "tipper", "pick-up", "minibus", "flatbed truck"]
LENDERS = ["Merrow Credit", "Halden Leasing Bank", "First Tannery Savings", "Castle Row Finance", "Brook & Sons Credit"]
OWNERS = ["Alva Nyström", "Bastien Roy", "Carmen Ibáñez", "Dorian Keel", "Ewa Zając", "Filip Hájek", "Gwen Ashby"]
TEXTS = ["from the summer trade", "tax refund", "old van sold", "please lower the instalment instead", "grant", "bonus"]
TEXTS += ["please book on the 1st of the month", "insurance paid out", "leftover of the year", "rent deposit back"]
FIXED = 24
"""Instalments at the first rate."""
SHARE = 10
"""Percent of the loan that may be paid extra in a calendar year."""
LOWERED = 25_000
"""Cents by which the addendum lowers the minimum."""
TERMS = """LOAN CONTRACT No. {contract} (extract)
{lender} / {firm}

 1  Loan amount: {loan} EUR, paid out on {paid_out}.
 2  Instalments are due on the last day of each month. The first one is due on {first_due}.
 3  The instalment is {instalment} EUR. It stays the same for the whole term; only the last one is smaller: it is
    what is still owed plus the interest of that month.
 4  Interest is {first_rate} % a year for instalments 1 to {fixed}, and {second_rate} % a year from instalment
    {fixed_next} on. Each month counts as one twelfth of a year, whatever its length. Interest is taken on what is owed
    before the instalment (the opening balance).
 5  Interest is calculated without rounding; the total is rounded at the end of the term.
 6  Extra payments are welcome. One that arrives in a month, its last day included, is credited on the last day of that
    month, after the instalment. It does not change the instalment, the loan only ends sooner.
 7  Extra payments below {old_minimum} EUR are not taken and go back.
 8  In a calendar year at most {share} % of the loan amount may be paid extra. Payments are taken in the order in which
    they arrive; of the one that goes over the limit the part up to the limit is taken and the rest goes back. What
    goes back for any reason does not count towards the limit.

ADDENDUM of {addendum}

 A  Clause 5 is replaced: Interest is rounded to the cent every month, half a cent up, and the rounded amount is what
    is owed.
 B  Clause 7 is replaced: Extra payments below {minimum} EUR are not taken and go back.
 C  A and B hold from the start.
"""

Payment = dict[str, Any]
Row = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    first = datetime.date(2022, draw.integer(2, 6), 1)
    monthly = [draw.integer(18, 29) * 2 + 1, draw.integer(63, 84)]
    loan = draw.integer(145, 239) * 10_000 + 5_000
    loan += 10_000 * (loan * monthly[0] // 10_000 % 2)  # so that the first half cent stands behind an even one
    terms = {"loan": loan, "monthly": monthly, "first": first, "minimum": draw.integer(21, 28) * 1000}
    terms["instalment"] = loan // draw.integer(41, 43) + draw.cents(1_000, 4_900)
    terms["limit"] = loan * SHARE // 100
    payments = _payments(draw, terms)
    credited, refused = _credited(terms, payments)
    rows, plain = _schedule(terms, credited), _schedule(terms, {})
    for late in (payment for payment in payments if payment["role"] == "late"):
        refused.append([late["ref"], late["cents"]])
    given = _given(draw, terms) | {"payments": payments, "rates": monthly}
    gold = {
        "rows": [[row[key] for key in ("opening", "interest", "instalment", "extra", "closing")] for row in rows],
        "accepted": _by_role(payments, credited, ["plain", "pair", "due"]),
        "limited": _by_role(payments, credited, ["limit", "over"]),
        "void": _by_role(payments, credited, ["small", "bounced", "twice"]),
        "refused": sorted([ref, cents / 100] for ref, cents in refused),
        "interest_without": sum(row["interest"] for row in plain) / 100,
        "instalments_without": len(plain),
    }
    files = {"terms.txt": TERMS.format(**given), "extra.csv": _listed(draw, payments)}
    return Inputs(files=files, given=given, gold=gold)


def due(first: datetime.date, step: int) -> datetime.date:
    """Return the last day of the month that lies some months after the first."""
    year, month = divmod(first.year * 12 + first.month - 1 + step, 12)
    return datetime.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _payments(draw: Draw, terms: dict[str, Any]) -> list[Payment]:
    """Draw the extra payments in the order in which they arrived; each has its part in the story."""
    loan, minimum = terms["loan"], terms["minimum"]
    new_year = 13 - terms["first"].month  # the step of January 2023
    pair = [draw.cents(minimum, loan // 40) for _ in range(2)]
    story = [
        ("plain", 3, draw.cents(minimum + 5_000, loan // 22)),
        ("small", 5, draw.cents(11_000, minimum - 500)),
        ("pair", new_year, pair[0]),
        ("pair", new_year, pair[1]),
        ("bounced", new_year + 3, draw.cents(60_000, 140_000)),
        ("limit", new_year + 5, terms["limit"] - sum(pair) + draw.cents(9_000, 49_000)),
        ("over", new_year + 8, draw.cents(minimum + 1_000, 90_000)),
        ("plain", new_year + 12 + draw.integer(0, 1), draw.cents(minimum + 5_000, loan // 25)),
        ("twice", new_year + 14, draw.cents(minimum, loan // 36)),
        ("due", new_year + 17, draw.cents(minimum, minimum + LOWERED - 500)),
        ("late", 45, draw.cents(minimum, 60_000)),
    ]
    refs = sorted(draw.sample(range(101, 9900), len(story)))
    payments, texts = [], draw.shuffled(TEXTS * 2)
    for place, (role, step, cents) in enumerate(story):
        end = due(terms["first"], step)
        day = end if role == "due" else end.replace(day=draw.integer(3, 12) + 11 * (place % 2))
        payment = {"ref": f"{refs[place]:05d}", "role": role, "step": step, "day": day}
        payments.append(payment | {"cents": cents, "text": texts[place]})
    return payments


def _credited(terms: dict[str, Any], payments: list[Payment]) -> tuple[dict[int, int], list[list[Any]]]:
    """Return what is credited by step, and what goes back by reference while the loan runs."""
    credited: dict[int, int] = {}
    years: dict[int, int] = {}
    refused = []
    for payment in payments:
        if payment["role"] in ("bounced", "late"):
            continue
        year, cents = payment["day"].year, payment["cents"]
        taken = 0 if cents < terms["minimum"] else min(cents, terms["limit"] - years.get(year, 0))
        years[year] = years.get(year, 0) + taken
        credited[payment["step"]] = credited.get(payment["step"], 0) + taken
        if taken < cents:
            refused.append([payment["ref"], cents - taken])
    return credited, refused


def _schedule(terms: dict[str, Any], credited: dict[int, int]) -> list[Row]:
    """Run the loan down to nothing, in cents."""
    rows: list[Row] = []
    opening = terms["loan"]
    while opening:
        step = len(rows)
        monthly = terms["monthly"][step >= FIXED]
        interest = (2 * opening * monthly + 10_000) // 20_000
        instalment = min(terms["instalment"], opening + interest)
        closing = opening - (instalment - interest) - credited.get(step, 0)
        extra = credited.get(step, 0)
        rows.append({"opening": opening, "interest": interest, "instalment": instalment, "extra": extra})
        rows[-1]["closing"] = opening = closing
    return rows


def _by_role(payments: list[Payment], credited: dict[int, int], roles: list[str]) -> list[list[Any]]:
    """Return month and credited cents of the payments with these parts."""
    steps = sorted(
        {(payment["step"], payment["day"].isoformat()[:7]) for payment in payments if payment["role"] in roles}
    )
    return [[month, credited.get(step, 0)] for step, month in steps]


def _money(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def _given(draw: Draw, terms: dict[str, Any]) -> dict[str, Any]:
    first = due(terms["first"], 0)
    return {
        "firm": draw.choice(FIRMS),
        "owner": draw.choice(OWNERS),
        "lender": draw.choice(LENDERS),
        "van": draw.choice(VANS),
        "contract": f"{draw.integer(1200, 98000):06d}",
        "start_year": first.year,
        "first_due": first,
        "paid_out": due(terms["first"], -1),
        "addendum": datetime.date(2022, draw.integer(7, 9), draw.integer(1, 28)),
        "loan": _money(terms["loan"]),
        "loan_cents": terms["loan"],
        "instalment": _money(terms["instalment"]),
        "instalment_cents": terms["instalment"],
        "first_rate": f"{terms['monthly'][0] * 0.12:.2f}",
        "second_rate": f"{terms['monthly'][1] * 0.12:.2f}",
        "fixed": FIXED,
        "fixed_next": FIXED + 1,
        "share": SHARE,
        "minimum": _money(terms["minimum"]),
        "old_minimum": _money(terms["minimum"] + LOWERED),
        "dues": [due(terms["first"], step) for step in range(70)],
    }


def _listed(draw: Draw, payments: list[Payment]) -> str:
    """The bank's list: two styles of dates, one line printed twice, one bounced with a line of its own."""
    rows = []
    for place, payment in enumerate(payments):
        day = f"{payment['day']:%Y-%m-%d}" if place % 3 else f"{payment['day']:%d.%m.%Y}"
        row = [payment["ref"], day, _money(payment["cents"]), payment["text"]]
        rows += [row] * (2 if payment["role"] == "twice" else 1)
        if payment["role"] == "bounced":
            back = payment["day"] + datetime.timedelta(days=draw.integer(2, 4))
            rows.append([payment["ref"], f"{back:%Y-%m-%d}", "-" + _money(payment["cents"]), "not honoured"])
    return csv_text(["Ref", "Received", "Amount", "Text"], rows)
