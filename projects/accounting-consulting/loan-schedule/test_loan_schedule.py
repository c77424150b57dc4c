"""Rubric: loan schedule."""
# hapi-pytest canary 81250381-0c10-43c3-8832-27cf036c57e4

from hapi_pytest import Rubric

rubric = Rubric()
FIXED = 24
NEAR = 2
"""Cents by which interest may be off where only its rate is asked for."""
COLUMNS = ["opening", "interest", "principal", "instalment", "extra", "closing"]
KEYS = ["total_interest", "total_extra", "instalments", "payoff_date", "last_instalment", "interest_without_extra"]
KEYS += ["instalments_without_extra", "refused"]


def rows(deliverable):
    found = list(deliverable.csv("schedule.csv"))
    assert found, "schedule.csv has no rows"
    assert len(found) < 500, "schedule.csv has more rows than any loan"
    return found


def cents(row, column):
    """An amount in cents, which it must be exact to."""
    found = row.number(column) * 100
    assert abs(found - round(found)) < 0.01, f"{row.place}: {column} is not in whole cents"
    return round(found)


def half_up(opening, monthly):
    """A month's interest in cents, of a rate in hundredths of a percent a month."""
    return (2 * opening * monthly + 10_000) // 20_000


@rubric.critical(
    "The instalments are numbered from 1 and due on the last day of each month, from the first one on",
    attachments={"terms.txt": "Instalments are due on the last day of each month."},
)
def instalments_are_due_at_month_ends(deliverable, facts):
    for step, row in enumerate(rows(deliverable)):
        assert row.number("number") == step + 1, f"{row.place}: the number is not right"
        assert step < len(facts.dues) and row.date("due") == facts.dues[step], f"{row.place}: due on another day"


@rubric.critical(
    "Interest is a twelfth of the yearly rate on the opening balance, rounded every month, half a cent up",
    attachments={"terms.txt": "Interest is rounded to the cent every month, half a cent up"},
)
def interest_is_rounded_each_month(deliverable, facts):
    for row in rows(deliverable):
        # Which of the two rates belongs to which month is another criterion's.
        wanted = [half_up(cents(row, "opening"), monthly) for monthly in facts.rates]
        assert cents(row, "interest") in wanted, f"{row.place}: the interest is not right to the cent"


@rubric.critical(
    "The first rate holds for the instalments that the contract says, the second one after them",
    attachments={"terms.txt": "% a year for instalments 1 to {fixed}"},
)
def each_rate_has_its_instalments(deliverable, facts):
    found = rows(deliverable)
    assert len(found) > FIXED, "the schedule ends before the second rate"
    for step, row in enumerate(found):
        wanted = half_up(cents(row, "opening"), facts.rates[step >= FIXED])
        assert abs(cents(row, "interest") - wanted) <= NEAR, (
            f"{row.place}: this is not the rate of instalment {step + 1}"
        )


def assert_credited(deliverable, expected):
    found = {row.date("due").isoformat()[:7]: row for row in rows(deliverable)}
    for month, amount in expected:
        assert month in found, f"there is no row for {month}"
        assert cents(found[month], "extra") == amount, f"{month}: the extra payment is not right"


@rubric.critical(
    "Extra payments are credited in the month in which they arrived, its last day included, two in a month together",
    attachments={
        "terms.txt": "One that arrives in a month, its last day included, is credited on the last day of that month"
    },
)
def extra_payments_count_in_their_month(deliverable, facts):
    assert_credited(deliverable, facts.accepted)


@rubric.important(
    "Extra payments are credited up to the limit of the calendar year and no further",
    attachments={"terms.txt": "of the one that goes over the limit the part up to the limit is taken"},
)
def the_yearly_limit_holds(deliverable, facts):
    assert_credited(deliverable, facts.limited)


@rubric.important(
    "Bounced payments and those below the minimum are not credited, and a line printed twice is credited once",
    brief="A reference that is listed twice is one payment",
    attachments={"terms.txt": "A and B hold from the start."},
)
def what_never_counted_is_left_out(deliverable, facts):
    assert_credited(deliverable, facts.void)


@rubric.critical(
    "The schedule starts with the loan, and each balance follows to the cent from the row's amounts and the row before",
    brief="closing is opening less principal less extra",
)
def balances_run_on(deliverable, facts):
    balance = facts.loan_cents
    for row in rows(deliverable):
        opening, interest, principal, instalment, extra, closing = (cents(row, column) for column in COLUMNS)
        assert opening == balance, f"{row.place}: does not open with what was owed"
        assert principal == instalment - interest, f"{row.place}: principal is not instalment less interest"
        assert closing == opening - principal - extra, f"{row.place}: closing does not follow"
        balance = closing


@rubric.important(
    "Every instalment but the last is the one of the contract, and the last is no bigger",
    attachments={"terms.txt": "It stays the same for the whole term"},
)
def the_instalment_stays_the_same(deliverable, facts):
    *most, last = rows(deliverable)
    # A row of noughts at the end is another criterion's.
    most, last = (most[:-1], most[-1]) if most and not cents(last, "opening") else (most, last)
    assert most, "there is one instalment only"
    for row in most:
        assert cents(row, "instalment") == facts.instalment_cents, f"{row.place}: this is not the instalment"
    assert 0 < cents(last, "instalment") <= facts.instalment_cents, f"{last.place}: this is not the last instalment"


@rubric.pitfall(
    "The balance reaches 0.00 in the last row and not before, and never goes below",
    brief="The table stops with the row where closing is 0.00.",
)
def the_schedule_ends_at_zero(deliverable, facts):
    *most, last = [cents(row, "closing") for row in rows(deliverable)]
    assert all(closing > 0 for closing in most), "nothing is owed any more before the last row"
    assert last == 0, "the last row does not close with 0.00"


@rubric.important(
    "The summary has the keys asked for, and its sums, count, date and last instalment are those of the schedule",
    brief="one object with exactly these keys",
)
def summary_agrees_with_the_schedule(deliverable, facts):
    summary, found = deliverable.json("summary.json"), rows(deliverable)
    assert sorted(summary.keys()) == sorted(KEYS), f"the keys are {sorted(summary.keys())[:12]}"
    wanted = {"total_interest": sum(cents(row, "interest") for row in found) / 100}
    wanted["total_extra"] = sum(cents(row, "extra") for row in found) / 100
    wanted |= {"instalments": len(found), "last_instalment": cents(found[-1], "instalment") / 100}
    for key, amount in wanted.items():
        assert abs(summary[key].number() - amount) < 0.001, f"{key} is not that of schedule.csv"
    assert summary["payoff_date"].text().strip() == found[-1].date("due").isoformat(), "payoff_date is another day"


@rubric.critical(
    "Interest and number of instalments without extra payments are those of the same loan left alone",
    brief="the same two figures had we never paid anything extra",
)
def the_loan_without_extras_is_right(deliverable, facts):
    summary = deliverable.json("summary.json")
    found = summary["interest_without_extra"].number()
    assert abs(found - facts.interest_without) < 0.001, f"interest_without_extra is {found:.2f}"
    found = summary["instalments_without_extra"].number()
    assert found == facts.instalments_without, f"instalments_without_extra is {found:g}"


@rubric.important(
    "Refused are all payments that go back, each under its reference with what goes back of it",
    brief="for each extra payment that the contract does not take, wholly or in part, with what goes back to us",
    attachments={"terms.txt": "the rest goes back"},
)
def refused_payments_are_listed(deliverable, facts):
    listed = deliverable.json("summary.json")["refused"].list()
    assert len(listed) == len(facts.refused), f"refused has {len(listed)} payments"
    found = {entry["ref"].text().strip(): entry["amount"].number() for entry in listed}
    for ref, amount in facts.refused:
        assert ref in found, "a payment is missing in refused, or its reference is not as in extra.csv"
        assert abs(found[ref] - amount) < 0.001, f"what goes back of {ref} is not right"


@rubric.important(
    "Amounts in schedule.csv have two decimals, a point, no thousands separator and no currency",
    brief="Write amounts like 1234.50: two decimals, a point, no thousands separator, no currency",
)
def amounts_are_written_plainly(deliverable, facts):
    for row in rows(deliverable):
        for column in COLUMNS:
            whole, _, places = row[column].removeprefix("-").partition(".")
            is_plain = whole.isdecimal() and places.isdecimal() and len(places) == 2
            assert is_plain, f"{row.place}: {column} is written {row[column][:20]!r}"


def test_loan_schedule(engagement):
    engagement.assert_complete()
