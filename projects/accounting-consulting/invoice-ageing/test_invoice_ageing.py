"""Rubric: invoice ageing."""
# hapi-pytest canary 40816fa8-93ac-4d33-81aa-d10cd24d0e8f

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
CENT = 0.006
STEP = 1000


def digits(text):
    """A number without the zeros before it, so that only one criterion minds them."""
    return text.lstrip("0")


def open_items(deliverable):
    """Rows of the sheet Open items that carry an invoice number."""
    table = deliverable.xlsx("ageing.xlsx").sheet("Open items").table("Invoice", "Amount", "Open")
    rows = [row for row in table if row["Invoice"].isdecimal()]
    assert rows, "Open items has no invoices"
    return rows


def one(rows, number):
    """The row of an invoice; it may stand there twice, which another criterion minds."""
    found = [row for row in rows if digits(row["Invoice"]) == digits(number)]
    assert found, f"invoice {number} is not in Open items"
    return found[0]


def ageing(book):
    """Customer rows and the row with TOTAL of the sheet Ageing; whatever is below TOTAL is left alone."""
    customers = []
    for row in book.sheet("Ageing").table("Customer no", "Total"):
        if scalars.folded(row["Customer no"]).rstrip(" :").endswith("total"):
            assert customers, "Ageing has no customers above TOTAL"
            return customers, row
        if row["Customer no"].isdecimal():
            customers.append(row)
    raise AssertionError("Ageing has no row with TOTAL under Customer no")


def sums(book, customer, columns):
    """What a customer owes by column; a customer on two rows is added up, which another criterion minds."""
    rows = [row for row in ageing(book)[0] if digits(row["Customer no"]) == digits(customer)]
    assert rows, f"customer {customer} is not in Ageing"
    return [sum(row.number(column) for row in rows) for column in columns]


def assert_buckets(deliverable, facts, expected):
    book = deliverable.xlsx("ageing.xlsx")
    for customer, amounts in expected.items():
        for bucket, found, wanted in zip(facts.buckets, sums(book, customer, facts.buckets), amounts, strict=True):
            assert abs(found - wanted) < CENT, f"customer {customer}, {bucket}: {found:.2f}"


@rubric.critical(
    "For customers on usual terms every bucket holds what was that late, counted from the due date",
    brief="The age is counted from the day payment was due, not from the date of the invoice.",
    attachments={"terms.docx": "Our terms are 30 days from the date of the invoice."},
)
def buckets_run_from_the_due_date(deliverable, facts):
    assert_buckets(deliverable, facts, facts.plain_rows)


@rubric.critical(
    "The bottom line is what all customers together owed on the cut-off day",
    brief=["who owed us what on {cutoff_text}", "there is a last row with TOTAL under Customer no"],
)
def grand_total_is_what_was_owed(deliverable, facts):
    total = ageing(deliverable.xlsx("ageing.xlsx"))[1].number("Total")
    assert abs(total - facts.grand_total) < CENT, f"TOTAL shows {total:.2f}"


@rubric.critical(
    "Customers with agreed terms have due dates by those terms",
    attachments={"terms.docx": "Three customers have other terms, see the table."},
)
def agreed_terms_beat_the_default(deliverable, facts):
    rows = open_items(deliverable)
    for number, due in facts.special_due.items():
        assert one(rows, number).date("Due") == due, f"invoice {number} has another due date"


def amount_cell(sheet, number):
    """Address of the Amount of an invoice in Open items."""
    from openpyxl.utils import get_column_letter

    column = None
    for line, cells in enumerate(sheet.values, 1):
        texts = [scalars.folded(scalars.text(cell)) for cell in cells]
        if column is None and {"invoice", "amount", "open"} <= set(texts):
            column, key = texts.index("amount"), texts.index("invoice")
        elif column is not None and digits(texts[key]) == digits(number):
            return f"{get_column_letter(column + 1)}{line}"
    raise AssertionError(f"invoice {number} is not in Open items")


@rubric.critical(
    "Another Amount in Open items moves the customer's bucket, his total and the bottom line",
    brief="The figures in Ageing must be formulas that look at Open items.",
)
def ageing_follows_open_items(deliverable, facts):
    number, customer = facts.probe
    book = deliverable.xlsx("ageing.xlsx")
    sheet = book.sheet("Open items")
    address = amount_cell(sheet, number)
    changed = book.changed({("Open items", address): sheet.number(address) + STEP})
    columns = [*facts.buckets, "Total"]
    moves = [b - a for a, b in zip(sums(book, customer, columns), sums(changed, customer, columns), strict=True)]
    assert abs(moves[-1] - STEP) < CENT, "the customer's Total does not move with the Amount"
    assert abs(max(moves[:-1]) - STEP) < CENT, "no bucket of the customer moves with the Amount"
    assert abs(sum(moves[:-1]) - STEP) < CENT, "more than one bucket moves"
    bottom = ageing(changed)[1].number("Total") - ageing(book)[1].number("Total")
    assert abs(bottom - STEP) < CENT, "the bottom line does not move with the Amount"


@rubric.important(
    "Part payments are taken off, and money that the bank took back is owed again",
    attachments={"terms.docx": "some customers pay in parts."},
)
def part_and_returned_payments_are_right(deliverable, facts):
    assert_open(deliverable, facts.part_open)


def assert_open(deliverable, expected):
    rows = open_items(deliverable)
    for number, amount in expected.items():
        found = one(rows, number).number("Open")
        assert abs(found - amount) < CENT, f"invoice {number} is open with {found:.2f}"


@rubric.important(
    "Money that came after the cut-off is still owed, and later invoices are not there",
    attachments={"terms.docx": "only what had happened by the end of that day counts"},
)
def only_what_happened_by_the_cut_off_counts(deliverable, facts):
    assert_open(deliverable, facts.paid_after)
    numbers = {digits(row["Invoice"]) for row in open_items(deliverable)}
    late = [number for number in facts.written_later if digits(number) in numbers]
    assert not late, f"written after the cut-off: {late}"


@rubric.important(
    "Credit notes are negative and age from their own date",
    attachments={"terms.docx": "A credit note has no terms: it counts as due on its own date"},
)
def credit_notes_reduce_the_debt(deliverable, facts):
    assert_open(deliverable, facts.credits)
    rows = open_items(deliverable)
    for number, days in facts.credit_ages.items():
        found = one(rows, number).number("Days late")
        assert abs(found - days) < 0.5, f"credit note {number} is {found:g} days old"


@rubric.important(
    "Counter sales are due thirty days after the day that the till printed day first",
    attachments={"terms.docx": "The counter till prints day first"},
)
def counter_dates_are_read_day_first(deliverable, facts):
    rows = open_items(deliverable)
    for number, due in facts.counter_due.items():
        assert one(rows, number).date("Due") == due, f"invoice {number} has another due date"


@rubric.important(
    "Day 30, 60 and 90 belong to the earlier bucket, and what is due on the cut-off day is not due yet",
    brief="Day 30 still belongs to 1-30, day 60 to 31-60 and day 90 to 61-90",
)
def edge_days_fall_in_the_earlier_bucket(deliverable, facts):
    assert_buckets(deliverable, facts, facts.edge_rows)


@rubric.critical(
    "The call list has the ten biggest overdue invoices that may be called about, in order",
    brief="the ten overdue invoices with the most money still open, biggest first",
    attachments={"terms.docx": "but nobody is to call about it."},
)
def call_list_is_the_right_ten(deliverable, facts):
    rows = list(deliverable.csv("top10.csv"))
    assert len(rows) == len(facts.top), f"top10.csv has {len(rows)} rows"
    for place, (row, (number, customer, amount, days)) in enumerate(zip(rows, facts.top, strict=True), 1):
        assert digits(row["invoice"]) == digits(number), f"place {place} is invoice {row['invoice']}"
        assert digits(row["customer_no"]) == digits(customer), f"place {place} has another customer"
        assert abs(row.number("open") - amount) < CENT, f"place {place} is open with {row['open']}"
        assert abs(row.number("days_late") - days) < 0.5, f"place {place} is {row['days_late']} days late"


@rubric.important(
    "Invoice and customer numbers keep their leading zeros in both files",
    brief="Invoice and customer numbers stay text with their leading zeros in both files.",
)
def numbers_keep_their_zeros(deliverable, facts):
    known = {digits(number): number for number in [*facts.open_invoices, *facts.customers]}
    calls, customers = list(deliverable.csv("top10.csv")), ageing(deliverable.xlsx("ageing.xlsx"))[0]
    items = open_items(deliverable)
    found = [row["invoice"] for row in calls] + [row["customer_no"] for row in calls]
    found += [row["Invoice"] for row in items] + [row["Customer no"] for row in [*items, *customers]]
    assert calls, "top10.csv has no rows"
    cut = sorted({text for text in found if digits(text) in known and known[digits(text)] != text})
    assert not cut, f"without their zeros: {cut[:5]}"


@rubric.optional(
    "Customers stand in the order of what they owe in Over 90 days",
    brief="Whoever owes us most in Over 90 days comes first",
)
def oldest_debt_comes_first(deliverable):
    oldest = [row.number("Over 90 days") for row in ageing(deliverable.xlsx("ageing.xlsx"))[0]]
    assert all(a >= b - CENT for a, b in zip(oldest, oldest[1:], strict=False)), "not sorted by Over 90 days"


@rubric.pitfall(
    "Settled invoices and the firm's own outlet are left out",
    brief="Whatever was settled by {cutoff_text} has no place in either of them.",
    attachments={"terms.docx": "It never goes on a debtors list."},
)
def settled_and_own_are_left_out(deliverable, facts):
    items, customers = open_items(deliverable), ageing(deliverable.xlsx("ageing.xlsx"))[0]
    settled = {digits(number) for number in facts.settled}
    kept = [row["Invoice"] for row in items if digits(row["Invoice"]) in settled]
    assert not kept, f"settled, yet in Open items: {kept[:5]}"
    unwanted = {digits(number) for number in [facts.own_no, *facts.settled_customers]}
    kept = [row["Customer no"] for row in customers if digits(row["Customer no"]) in unwanted]
    assert not kept, f"does not belong in Ageing: {kept}"


@rubric.pitfall(
    "No invoice stands in Open items twice and no customer in Ageing",
    brief="one row per customer with anything open",
    attachments={"terms.docx": "An invoice number is used only once, ever."},
)
def nothing_stands_there_twice(deliverable):
    items, customers = open_items(deliverable), ageing(deliverable.xlsx("ageing.xlsx"))[0]
    for name, rows in (("Invoice", items), ("Customer no", customers)):
        seen = [digits(row[name]) for row in rows]
        twice = sorted({number for number in seen if seen.count(number) > 1})
        assert not twice, f"{name} twice: {twice}"


def test_invoice_ageing(engagement):
    engagement.assert_complete()
