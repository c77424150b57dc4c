"""Rubric: cash flow forecast."""
# hapi-pytest canary 1fd5acfb-bbb0-4eee-9d94-dcc4c8f273fa

import functools

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
FILE = "forecast.xlsx"
CENTS = 0.06
"""Cents may be rounded in every month, and a quarter adds three of them up."""
FACTORS = dict.fromkeys(["vat_rate", "opening_cash", "loan_rate", "loan_balance", "drawings_month", "rent_month"], 1.1)
FACTORS |= dict.fromkeys(["rent_month_new", "wages_month", "hire_wages_month", "materials_share", "other_month"], 1.1)
FACTORS |= dict.fromkeys(["insurance_year", "trade_paid_after_1", "trade_paid_after_2"], 1.1) | {"loan_repayment": 0.9}
"""What the owner plays with: keys of Assumptions, and by what they are multiplied."""
SALES_MORE, MINIMUM = 1000, 10_000_000
RECEIPTS = ["Shop receipts", "Trade receipts"]
PAYMENTS = ["Materials", "Wages", "Rent", "Other costs", "Insurance", "Equipment", "VAT paid", "Drawings"]
PAYMENTS += ["Loan repayment", "Interest"]
AMOUNTS = ["Opening cash", *RECEIPTS, *PAYMENTS, "Closing cash"]


@functools.lru_cache(maxsize=64)
def located(sheet, *names):
    """Addresses by column name of each row below the first that holds these names."""
    from openpyxl.utils import get_column_letter

    wanted = [scalars.folded(name) for name in names]
    for index, row in enumerate(sheet.values):
        texts = [scalars.folded(scalars.text(cell)) for cell in row]
        if set(wanted) <= set(texts):
            letters = {name: get_column_letter(texts.index(scalars.folded(name)) + 1) for name in names}
            lines = range(index + 2, len(sheet.values) + 1)
            return [{name: f"{letter}{line}" for name, letter in letters.items()} for line in lines]
    raise AssertionError(f"{sheet.place}: no row holds the column names {list(names)}")


def month(value):
    """2027-05 of a text or date; nothing of any other cell."""
    text = scalars.text(value).strip()[:7]
    return text if text[4:5] == "-" and (text[:4] + text[5:]).isdecimal() else ""


def monthly(book, facts, *columns):
    """Addresses of the twelve months' cells, in the order of the months."""
    sheet, found = book.sheet("Monthly"), {}
    for row in located(sheet, "Month", *columns):
        if name := month(sheet.cell(row["Month"])):
            assert name not in found, f"{name} stands in Monthly twice"
            found[name] = row
    assert sorted(found) == facts.months, f"Monthly has the months {sorted(found)[:15]}"
    return [found[name] for name in facts.months]


@functools.lru_cache(maxsize=64)
def amounts(book, facts, column):
    sheet = book.sheet("Monthly")
    return [sheet.number(row[column]) for row in monthly(book, facts, column)]


def assert_column(deliverable, facts, *columns):
    book = deliverable.xlsx(FILE)
    for column in columns:
        rows = zip(facts.months, amounts(book, facts, column), facts.columns[column.replace(" ", "_")], strict=True)
        for name, found, wanted in rows:
            assert abs(found - wanted) < CENTS, f"{column} in {name} shows {found:.2f}"


def place(book, title, names, key):
    """Address in a sheet of the second named column, in the row whose first is the key."""
    sheet = book.sheet(title)
    for row in located(sheet, *names):
        value = sheet.cell(row[names[0]])
        if key in (month(value), scalars.folded(scalars.text(value)).rstrip(" :")):
            return row[names[1]]
    raise AssertionError(f"{title} has no row for {key}")


def value_cell(book, key):
    return place(book, "Assumptions", ("Key", "Value"), key)


def result(book, name):
    """Address of a result in Checks."""
    return place(book, "Checks", ("Check", "Result"), scalars.folded(name))


@functools.lru_cache(maxsize=1)
def played_with(book, *months):
    """The workbook with other values for most keys, more shop sales and the machine moved; three criteria use it."""
    sheet = book.sheet("Assumptions")
    factors = {value_cell(book, key): factor for key, factor in FACTORS.items()}
    inputs = {cell: sheet.number(cell) * factor for cell, factor in factors.items()}
    shop = place(book, "Assumptions", ("Month", "Shop", "Trade"), months[0])
    machine, target = value_cell(book, "equipment_month"), moved_to(book, months)
    is_text = isinstance(sheet.cell(machine), str)
    inputs |= {shop: sheet.number(shop) + SALES_MORE, machine: target if is_text else f"{target}-01"}
    inputs[value_cell(book, "minimum_cash")] = MINIMUM
    return book.changed({("Assumptions", cell): value for cell, value in inputs.items()})


def moved_to(book, months):
    """A month in which the machine is not paid yet."""
    current = month(book.sheet("Assumptions").cell(value_cell(book, "equipment_month")))
    return months[10] if current != months[10] else months[11]


def assert_ties(book, facts):
    columns = {column: amounts(book, facts, column) for column in AMOUNTS}
    cash = columns["Opening cash"][0]
    for step, name in enumerate(facts.months):
        assert abs(columns["Opening cash"][step] - cash) < CENTS, f"{name} opens with other cash"
        cash = columns["Opening cash"][step] + sum(columns[column][step] for column in RECEIPTS)
        cash -= sum(columns[column][step] for column in PAYMENTS)
        assert abs(columns["Closing cash"][step] - cash) < CENTS, f"{name} does not add up to its Closing cash"
        cash = columns["Closing cash"][step]


@rubric.critical(
    "The year opens with the cash noted last, and each month closes with what its lines add up to and hands that on",
    brief="Payments are positive figures that Closing cash takes off.",
    attachments={"notes.md": "on the first day of the forecast we will have"},
)
def cash_runs_through_the_year(deliverable, facts):
    book = deliverable.xlsx(FILE)
    first = amounts(book, facts, "Opening cash")[0]
    assert abs(first - facts.agreed["opening_cash"]) < CENTS, f"the first month opens with {first:.2f}"
    assert_ties(book, facts)


@rubric.critical(
    "Trade receipts come one and two months after the invoice, with VAT, those of earlier invoices too",
    attachments={"rules.docx": "The first months therefore still collect invoices from before the forecast."},
)
def trade_receipts_come_later(deliverable, facts):
    assert_column(deliverable, facts, "Trade receipts")


@rubric.critical(
    "Materials are paid a month ahead of the sales that they are for",
    attachments={"rules.docx": "A month's payment is materials_share of the next month's net sales"},
)
def materials_are_paid_a_month_ahead(deliverable, facts):
    assert_column(deliverable, facts, "Materials")


@rubric.critical(
    "VAT is figured on invoices by quarter and paid in the second month after it, and Checks names what is still owed",
    brief="VAT owed at the end (for the last quarter, which is only paid after the twelve months)",
    attachments={"rules.docx": "It leaves the bank in the second month after the quarter ends."},
)
def vat_is_paid_by_quarter(deliverable, facts):
    assert_column(deliverable, facts, "VAT paid")
    book = deliverable.xlsx(FILE)
    found = book.sheet("Checks").number(result(book, "VAT owed at the end"))
    assert abs(found - facts.owed) < CENTS, f"Checks shows {found:.2f} owed at the end"


@rubric.critical(
    "Rent is by month, and the new lease begins when the last note says, with its amount",
    brief="Where two of my notes disagree, the later date wins",
    attachments={"notes.md": "Landlord has signed!"},
)
def rent_follows_the_last_note(deliverable, facts):
    assert_column(deliverable, facts, "Rent")


@rubric.important(
    "Wages, other costs and drawings are those of each month: as decided, per month, with contributions or VAT",
    brief="what I have not decided stays as it was",
    attachments={"rules.docx": "plus the employer's contributions on both"},
)
def running_costs_are_by_month(deliverable, facts):
    assert_column(deliverable, facts, "Wages", "Other costs", "Drawings")


@rubric.important(
    "The loan goes down by its repayment, and interest is the rate of rules.docx on what is outstanding",
    attachments={"rules.docx": "a twelfth of loan_rate on what is outstanding when the month begins"},
)
def interest_falls_with_the_loan(deliverable, facts):
    assert_column(deliverable, facts, "Loan repayment", "Interest")


@rubric.important(
    "Insurance and equipment are paid once, in their months, in full, and are 0 elsewhere",
    brief="where nothing is paid the formula gives 0",
    attachments={"rules.docx": "Equipment: paid once in full in its month, plus VAT."},
)
def single_payments_stand_in_their_months(deliverable, facts):
    assert_column(deliverable, facts, "Insurance", "Equipment")


@rubric.critical(
    "Other rates, amounts, sales or months in Assumptions move what they should in Monthly, and the cash still ties",
    brief="because I will play with Assumptions, move the {machine} to other months and watch the cash",
)
def monthly_follows_assumptions(deliverable, facts):
    book = deliverable.xlsx(FILE)
    other = played_with(book, *facts.months)
    rate = book.sheet("Assumptions").number(value_cell(book, "vat_rate"))
    assert 0 < rate < 1, "vat_rate is no percentage"
    gross = (1 + rate * 1.1) / (1 + rate)
    ratios = dict.fromkeys(["Trade receipts", "Materials", "Other costs"], 1.1 * gross) | {"Shop receipts": gross}
    ratios |= {"Wages": 1.1, "Rent": 1.1, "Drawings": 1.1, "Loan repayment": 0.9}
    for column, ratio in ratios.items():
        pairs = zip(facts.months, amounts(book, facts, column), amounts(other, facts, column), strict=True)
        for name, old, new in list(pairs)[1:]:
            assert abs(new - old * ratio) < CENTS, f"{column} of {name} does not follow Assumptions"
    assert_single_figures_follow(book, other, facts, gross)
    assert_ties(other, facts)


def assert_single_figures_follow(book, other, facts, gross):
    before, after = ({column: amounts(one, facts, column) for column in AMOUNTS} for one in (book, other))
    assert abs(after["Opening cash"][0] - before["Opening cash"][0] * 1.1) < CENTS, "the opening cash stands still"
    more = after["Shop receipts"][0] - before["Shop receipts"][0] * gross
    assert more > 0.9 * SALES_MORE, "Shop receipts do not follow the sales in Assumptions"
    assert abs(sum(after["Insurance"]) - sum(before["Insurance"]) * 1.1) < 1, "Insurance stands still"
    step = facts.months.index(moved_to(book, facts.months))
    assert after["Equipment"][step] > sum(before["Equipment"]) - CENTS, "Equipment does not move with its month"
    assert abs(sum(after["Equipment"]) - after["Equipment"][step]) < CENTS, "Equipment does not leave its old month"
    assert abs(sum(after["VAT paid"]) - sum(before["VAT paid"])) > 1, "VAT paid stands still"
    assert all(new > old for old, new in zip(before["Interest"], after["Interest"], strict=True)), (
        "Interest stands still"
    )


@rubric.important(
    "Every amount in Monthly is a formula, those that give 0 too",
    brief="Each amount is a formula, and where nothing is paid the formula gives 0; no typed numbers here",
)
def nothing_is_typed_in_monthly(deliverable, facts):
    book = deliverable.xlsx(FILE)
    rows = monthly(book, facts, *AMOUNTS)
    formulas = book.sheet("Monthly").formulas
    typed = [row[column] for row in rows for column in AMOUNTS if row[column] not in formulas]
    assert not typed, f"no formula in {typed[:8]}"


@rubric.important(
    "Checks shows the lowest closing cash and its month, and both move with Assumptions",
    brief="four live lines called Lowest closing cash, Month of lowest closing cash",
)
def lowest_cash_is_named(deliverable, facts):
    book = deliverable.xlsx(FILE)
    for one in (book, played_with(book, *facts.months)):
        closing = amounts(one, facts, "Closing cash")
        sheet = one.sheet("Checks")
        found = sheet.number(result(one, "Lowest closing cash"))
        assert abs(found - min(closing)) < CENTS, f"Lowest closing cash shows {found:.2f}"
        name = month(sheet.cell(result(one, "Month of lowest closing cash")))
        assert name in facts.months, "Month of lowest closing cash is no month of the forecast"
        low = closing[facts.months.index(name)]
        assert abs(low - min(closing)) < CENTS, f"{name} is not the month of the lowest closing cash"


@rubric.important(
    "Checks counts the months that close below minimum_cash, for another minimum too",
    brief="Months below minimum cash (how many months close below the key minimum_cash)",
)
def months_below_the_minimum_are_counted(deliverable, facts):
    book = deliverable.xlsx(FILE)
    closing = amounts(book, facts, "Closing cash")
    cell = value_cell(book, "minimum_cash")
    least = book.sheet("Assumptions").number(cell)
    assert abs(least - facts.agreed["minimum_cash"]) < CENTS, "minimum_cash is not that of assumptions.csv"
    counts = [(book, sum(cash < least for cash in closing)), (played_with(book, *facts.months), len(closing))]
    for one, below in counts:
        found = one.sheet("Checks").number(result(one, "Months below minimum cash"))
        assert found == below, f"Months below minimum cash shows {found:g}"


@rubric.important(
    "Source names for each key the file whose value holds",
    brief="Source is the name of the file that it comes from.",
)
def sources_name_the_right_file(deliverable, facts):
    book = deliverable.xlsx(FILE)
    sheet = book.sheet("Assumptions")
    for key, source in facts.sources.items():
        found = scalars.folded(scalars.text(sheet.cell(place(book, "Assumptions", ("Key", "Source"), key))))
        named = [document for document in facts.documents if document in found]
        assert named == [facts.documents[source]], f"the source of {key} is given as {named}"


@rubric.pitfall(
    "Shop receipts are the planned sales of each month with VAT: no growth from the bank's mail, no sums as months",
    brief="My own decisions in notes.md beat rules.docx",
    attachments={"notes.md": "we show the sales as they are planned"},
)
def planned_sales_are_left_alone(deliverable, facts):
    assert_column(deliverable, facts, "Shop receipts")


def test_cash_flow_forecast(engagement):
    engagement.assert_complete()
