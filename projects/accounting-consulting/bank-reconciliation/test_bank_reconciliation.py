"""Rubric: bank reconciliation."""
# hapi-pytest canary be1c91a5-30d8-413c-b873-a1632d12e4ed

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
FILE = "reconciliation.xlsx"
CENT = 0.006
LABELS = ["Deposits in transit", "Uncleared cheques", "Entries to make", "Book errors", "Bank errors"]


def digits(text):
    """A number without the zeros before it, so that only one criterion minds them."""
    return text.lstrip("0")


def matched(deliverable):
    """Line, entry and row of each pair; sums below the table have neither number."""
    table = deliverable.xlsx(FILE).sheet("Matched").table("Bank line", "Book entry", "Amount")
    rows = [(digits(row["Bank line"]), digits(row["Book entry"]), row) for row in table]
    rows = [row for row in rows if row[0].isdecimal() or row[1].isdecimal()]
    assert rows, "Matched has no rows"
    return rows


def outstanding(deliverable):
    """Kind, line, entry and row of each open item; sums below the table are left out."""
    table = deliverable.xlsx(FILE).sheet("Outstanding").table("Kind", "Bank line", "Book entry", "Amount")
    rows = [(scalars.folded(row["Kind"]), digits(row["Bank line"]), digits(row["Book entry"]), row) for row in table]
    rows = [row for row in rows if row[1] or row[2] or (row[0] and not row[0].startswith(("total", "sum")))]
    assert rows, "Outstanding has no rows"
    return rows


def assert_pairs(deliverable, pairs, *, with_amounts):
    """Each line is paired with its entries and no others, each once."""
    rows, wanted = {}, {}
    for line, entry, row in matched(deliverable):
        rows.setdefault(line, []).append((entry, row))
    for line, entry, amount in pairs:
        wanted.setdefault(digits(line), {})[digits(entry)] = amount
    for line, entries in wanted.items():
        found = rows.get(line, [])
        paired = sorted(entry for entry, _ in found)
        assert paired == sorted(entries), f"bank line {line} is paired with {paired}"
        for entry, row in found:
            if with_amounts:
                assert abs(row.number("Amount") - entries[entry]) < CENT, f"{row.place}: the amount is not right"


def assert_rows(deliverable, facts, kind):
    """The items of a kind are the right ones, each with its amount."""
    wanted = {(digits(line), digits(entry)): amount for line, entry, amount in facts.rows[kind]}
    elsewhere = {line for line, _, _ in matched(deliverable) if line} | {digits(line) for line in facts.later}
    found = {}
    for name, line, entry, row in outstanding(deliverable):
        if name == kind and (line or entry):
            assert (line, entry) not in found, f"{row.place}: stands there twice"
            found[line, entry] = row
    # A line that is matched too, one of the next month and a row without a number are other criteria's.
    strange = [row.place for key, row in found.items() if key not in wanted and key[0] not in elsewhere]
    assert not strange, f"not to be listed as {kind}: {strange[:5]}"
    for key, amount in wanted.items():
        assert key in found, f"an item is missing among {kind}"
        assert abs(found[key].number("Amount") - amount) < CENT, f"{found[key].place}: the amount is not right"


@rubric.critical(
    "Each ordinary line is paired with the entry of its number, with what the bank moved",
    brief="Amount is what the bank moved for this entry, payments out with a minus.",
)
def ordinary_lines_are_paired(deliverable, facts):
    assert_pairs(deliverable, facts.pairs["plain"], with_amounts=True)


@rubric.critical(
    "Lines of equal amounts are paired by their numbers",
    attachments={"note.txt": "equal amounts say nothing"},
)
def equal_amounts_are_paired_by_number(deliverable, facts):
    assert_pairs(deliverable, facts.pairs["twin"], with_amounts=False)


@rubric.important(
    "A pay-out stands beside every entry of its card batch, with that entry's share",
    brief="A bank line that covers several entries stands there once for each of them.",
    attachments={"note.txt": "pays out a batch in one sum"},
)
def batches_are_paired_entry_by_entry(deliverable, facts):
    assert_pairs(deliverable, facts.pairs["batch"], with_amounts=True)


@rubric.important(
    "Lines for items of the month before are paired with their old entries",
    attachments={"note.txt": "these were in the book already, but not at the bank"},
)
def items_of_before_are_paired(deliverable, facts):
    assert_pairs(deliverable, facts.pairs["old"], with_amounts=False)


@rubric.critical(
    "Every bank line of the month stands on exactly one of the two sheets",
    brief="must be on exactly one of the first two sheets",
)
def each_line_stands_on_one_sheet(deliverable, facts):
    paired = {line for line, _, _ in matched(deliverable)}
    still_open = {line for _, line, _, _ in outstanding(deliverable)}
    for line in facts.lines:
        places = (digits(line) in paired) + (digits(line) in still_open)
        assert places == 1, f"bank line {line} stands on {places} of the two sheets"


@rubric.critical(
    "Deposits in transit are what came into the book and not to the bank by the month's end",
    brief="deposit in transit: money in that is in the book, but not at the bank by {end_name}",
)
def deposits_in_transit_are_right(deliverable, facts):
    assert_rows(deliverable, facts, facts.kinds[0])


@rubric.critical(
    "Uncleared cheques are those of this month and of before that the bank still has to pay",
    brief="uncleared cheque: the same for cheques that we wrote",
    attachments={"note.txt": "It will not be cashed any more"},
)
def uncleared_cheques_are_right(deliverable, facts):
    assert_rows(deliverable, facts, facts.kinds[1])


@rubric.important(
    "Entries to make are the lines that are rightly at the bank and missing in the book, with their signs",
    brief="entry to make: at the bank, rightly, but not in the book",
)
def entries_to_make_are_right(deliverable, facts):
    assert_rows(deliverable, facts, facts.kinds[2])


@rubric.important(
    "Book errors are the wrong amount, the second booking and the stopped cheque, each with its correction",
    attachments={"note.txt": "the later entry is a book error"},
)
def book_errors_are_put_right(deliverable, facts):
    assert_rows(deliverable, facts, facts.kinds[3])
    assert_pairs(deliverable, facts.pairs["slip"][:1], with_amounts=True)


@rubric.important(
    "The bank's mistake is a bank error, with the sign of its correction",
    brief="for a mistake it is the correction, not the mistake",
    attachments={"note.txt": "is not ours"},
)
def bank_errors_are_put_right(deliverable, facts):
    assert_rows(deliverable, facts, facts.kinds[4])


def summary(deliverable):
    """Amounts of Summary by item."""
    table = deliverable.xlsx(FILE).sheet("Summary").table("Item", "Amount")
    rows = {scalars.folded(row["Item"]).rstrip(" :"): row for row in table}

    def amount(item):
        row = rows.get(scalars.folded(item))
        assert row, f"Summary has no item {item}"
        return row.number("Amount")

    return amount


@rubric.critical(
    "Both balances are those at the end of the month, and nothing of the next month is listed",
    brief="and nothing of {next_name} on any",
    attachments={"ledger.xlsx": "Carried over"},
)
def the_month_ends_where_it_ends(deliverable, facts):
    amount = summary(deliverable)
    for item, balance in (("Balance per bank", facts.bank_balance), ("Balance per book", facts.book_balance)):
        assert abs(amount(item) - balance) < CENT, f"{item} shows {amount(item):.2f}"
    later = {digits(line) for line in facts.later}
    listed = [line for line, _, _ in matched(deliverable)] + [line for _, line, _, _ in outstanding(deliverable)]
    kept = sorted(later.intersection(listed))
    assert not kept, f"booked after the month: {kept}"


@rubric.critical(
    "Summary adds up what Outstanding lists, kind by kind, to both adjusted balances and their difference",
    brief="The first adjusted balance is the bank's with the three lines below it added",
)
def summary_adds_up_outstanding(deliverable, facts):
    amount, rows = summary(deliverable), outstanding(deliverable)
    for item, kind in zip(LABELS, facts.kinds, strict=True):
        wanted = sum(row.number("Amount") for name, _, _, row in rows if name == kind)
        assert abs(amount(item) - wanted) < CENT, f"{item} is not what Outstanding adds up to"
    bank = amount("Balance per bank") + sum(amount(LABELS[place]) for place in (0, 1, 4))
    book = amount("Balance per book") + sum(amount(LABELS[place]) for place in (2, 3))
    results = {"Adjusted bank balance": bank, "Adjusted book balance": book, "Difference": bank - book}
    for item, wanted in results.items():
        assert abs(amount(item) - wanted) < CENT, f"{item} is not what the lines above it come to"


@rubric.important(
    "Numbers of lines and entries keep their leading zeros",
    brief="Numbers of lines and entries are text with their leading zeros.",
)
def numbers_keep_their_zeros(deliverable, facts):
    rows = [row for _, _, row in matched(deliverable)] + [row for _, _, _, row in outstanding(deliverable)]
    for column, numbers in (("Bank line", facts.lines + facts.later), ("Book entry", facts.entries + facts.old)):
        known = {digits(number): number for number in numbers}
        texts = {row[column] for row in rows if digits(row[column]) in known}
        assert texts, f"{column} names nothing that exists"
        cut = sorted(text for text in texts if known[digits(text)] != text)
        assert not cut, f"{column} without its zeros: {cut[:5]}"


@rubric.pitfall(
    "Each row of Outstanding is a line or an entry that exists, of one of the five kinds; none only makes it fit",
    brief="each row on Outstanding is a line or an entry that exists",
)
def every_open_row_exists(deliverable, facts):
    lines = {digits(line) for line in facts.lines + facts.later}
    entries = {digits(entry) for entry in facts.entries + facts.old}
    for kind, line, entry, row in outstanding(deliverable):
        assert kind in facts.kinds, f"{row.place}: {kind!r} is none of the kinds"
        assert line in lines or entry in entries, f"{row.place}: names no line and no entry that exists"


def test_bank_reconciliation(engagement):
    engagement.assert_complete()
