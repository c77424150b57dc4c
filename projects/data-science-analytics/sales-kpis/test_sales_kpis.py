"""Rubric: monthly figures of two shops."""
# hapi-pytest canary f2ec06a6-6805-4ca0-96c0-245324dc0cd9

import functools
import re
from collections import Counter

from hapi_pytest import Rubric

rubric = Rubric()

HALF_CENT = 0.0051
RULES = ("subtotal", "repeated", "unclear", "test", "cancelled", "giftcard", "kept", "total")


@functools.lru_cache(maxsize=8)
def lines_of(ledger):
    """Return date and cents by line id."""
    rows = (line.split(",") for line in ledger.splitlines()[1:])
    return {id_: (date, int(cents)) for id_, _, _, date, _, cents in rows}


@functools.lru_cache(maxsize=8)
def origins_of(ledger):
    """Return shop, order number and type by line id."""
    rows = (line.split(",") for line in ledger.splitlines()[1:])
    return {id_: (shop, order.lstrip("0"), type_) for id_, shop, order, _, type_, _ in rows}


@functools.lru_cache(maxsize=8)
def orders_of(ledger):
    """Return how many orders each shop had by month and shop."""
    rows = (line.split(",") for line in ledger.splitlines()[1:])
    orders = {(date[:7], shop, order) for _, shop, order, date, type_, _ in rows if type_ == "S"}
    return Counter((month, shop) for month, shop, _ in orders)


@functools.lru_cache(maxsize=2)
def rows_of(table):
    """Return the first row of each line id; lost zeros are another criterion's business."""
    rows = {}
    for row in table:
        rows.setdefault(row["line_id"].zfill(7), row)
    assert rows, "clean.csv holds no lines"
    return rows


@functools.lru_cache(maxsize=2)
def counted_of(table, ledger):
    """Return the handed-in rows of lines that count, which must be half of them for anything to be said."""
    rows, lines = rows_of(table), lines_of(ledger)
    found = [(rows[id_], *wanted) for id_, wanted in lines.items() if id_ in rows]
    assert 2 * len(found) > len(lines), "clean.csv lacks most lines that count"
    return found


def counted(deliverable, facts):
    return counted_of(deliverable.csv("clean.csv"), facts.ledger)


def assert_out(deliverable, facts, ids, what):
    rows = rows_of(deliverable.csv("clean.csv"))
    counted(deliverable, facts)
    found = [id_ for id_ in ids if id_ in rows]
    assert not found, f"clean.csv holds {len(found)} {what}, such as {found[0]}"


def figures(deliverable):
    """Return the rows of kpis.csv by month and shop."""
    rows = {}
    for row in deliverable.csv("kpis.csv"):
        place = row["month"], row["shop"].upper()
        assert place not in rows, f"{row.place}: {place} stands there twice"
        rows[place] = row
    return rows


def open_months(deliverable, facts):
    """Yield row and true amounts for each month and shop that sold something."""
    rows = figures(deliverable)
    for month, shops in facts.figures.items():
        for shop, wanted in shops.items():
            if wanted["sales"]:
                assert (month, shop) in rows, f"kpis.csv: there is no row for {month} {shop}"
                yield rows[month, shop], (month, shop), wanted


@rubric.critical(
    "Dates in clean.csv are local days, read the way each shop writes them",
    brief="`date` is the local day (YYYY-MM-DD)",
    attachments={
        "dictionary.xlsx": "{web} writes day/month/year and UTC. {till} writes month/day/year and local time."
    },
)
def dates_are_local(deliverable, facts):
    wrong = [row.place for row, date, _ in counted(deliverable, facts) if row["date"][:10] != date]
    assert not wrong, f"{len(wrong)} dates are wrong, the first in {wrong[0]}"


@rubric.critical(
    "Amounts in clean.csv are euros, refunds negative",
    brief="`amount` in euros with a point, refunds negative",
    attachments={"dictionary.xlsx": "{till} writes amounts in whole cents, without a point"},
)
def amounts_are_signed_euros(deliverable, facts):
    rows = counted(deliverable, facts)
    for row, cents in [(row, cents) for row, _, cents in rows if row["amount"] != f"{cents / 100:.2f}"]:
        amount = row.number("amount")
        assert abs(amount - cents / 100) < HALF_CENT, f"{row.place}: the amount is {amount:g}"


@rubric.pitfall(
    "No line that counts is lost, whatever its remark says",
    brief="One row for every line that counts",
    attachments={"dictionary.xlsx": "It never decides whether or how a line counts."},
)
def no_line_is_lost(deliverable, facts):
    rows = rows_of(deliverable.csv("clean.csv"))
    lost = [id_ for id_ in lines_of(facts.ledger) if id_ not in rows and id_ not in facts.leaver_counts]
    assert not lost, f"clean.csv lacks {len(lost)} lines that count, such as {lost[0]}"


@rubric.critical(
    "Lines of the test accounts are not in clean.csv",
    brief="none for the others",
    attachments={"dictionary.xlsx": "Those on the sheet Test accounts are ours, and their lines are tests"},
)
def own_tests_stay_out(deliverable, facts):
    tests = [id_ for id_ in facts.left_out["test"] if id_ not in facts.leaver_tests]
    assert_out(deliverable, facts, tests, "tests")


@rubric.important(
    "The account that was given to a customer counts from its day on, and not before",
    brief="Where it differs from the dictionary, {keeper} is right.",
    attachments={"handover.txt": "What was booked on it from that day on counts like anybody's"},
)
def given_account_counts_from_its_day(deliverable, facts):
    assert_out(deliverable, facts, facts.leaver_tests, f"lines of {facts.leaver} from before that day")
    rows = rows_of(deliverable.csv("clean.csv"))
    lost = [id_ for id_ in facts.leaver_counts if id_ not in rows]
    assert not lost, f"clean.csv lacks {len(lost)} lines of {facts.leaver} that count"


@rubric.important(
    "Gift card lines are not in clean.csv",
    brief="Where it differs from the dictionary, {keeper} is right.",
    attachments={"handover.txt": "So gift card lines"},
)
def gift_cards_stay_out(deliverable, facts):
    assert_out(deliverable, facts, facts.left_out["giftcard"], "gift card lines")


@rubric.important(
    "Each line stands in clean.csv once with id, shop, order and type, without cancelled, unclear and subtotal rows",
    brief=["The id exactly as exported", "`type` is S or R"],
    attachments={"dictionary.xlsx": "a line id that stood further up already is a repeat"},
)
def each_line_once(deliverable, facts):
    assert_out(deliverable, facts, facts.left_out["cancelled"], "cancelled lines")
    assert_out(deliverable, facts, facts.left_out["unclear"], "unclear lines")
    ids = [row["line_id"] for row in deliverable.csv("clean.csv")]
    known = set(lines_of(facts.ledger)).union(*facts.left_out.values())
    strangers = [id_ for id_ in ids if id_ not in known]
    assert not strangers, f"clean.csv holds {strangers[0]!r}, which is no line id of orders.csv"
    assert len(set(ids)) == len(ids), "clean.csv holds a line twice"
    rows = rows_of(deliverable.csv("clean.csv"))
    for id_, origin in origins_of(facts.ledger).items():
        if id_ in rows:
            told = rows[id_]["shop"].upper(), rows[id_]["order_no"].lstrip("0"), rows[id_]["type"].upper()
            assert told == origin, f"{rows[id_].place}: shop, order and type are {told}"


@rubric.critical(
    "Orders are different order numbers with a sale that counts, by month and shop",
    brief="`orders` is how many different order numbers have a sale that counts in that month",
)
def orders_are_counted(deliverable, facts):
    orders = orders_of(facts.ledger)
    for row, place, _ in open_months(deliverable, facts):
        assert row.number("orders") == orders[place], f"{row.place}: orders are {row['orders']}"


@rubric.critical(
    "Sales and refunds lie in the months in which they were booked",
    brief="belongs to the month of the refund, not of the sale",
)
def sales_and_refunds_by_month(deliverable, facts):
    for row, _, wanted in open_months(deliverable, facts):
        for column, cents in wanted.items():
            assert abs(row.number(column) - cents / 100) < HALF_CENT, f"{row.place}: {column} is {row[column]}"


@rubric.important(
    "Revenue, average order and the ALL rows follow from the file's own figures",
    brief=["one with `ALL`, the two added up", "`average_order` is sales divided by orders, two decimals"],
)
def figures_add_up(deliverable, facts):
    rows = figures(deliverable)
    for month, shops in facts.figures.items():
        assert (month, "ALL") in rows, f"kpis.csv: there is no row for {month} ALL"
        own = [rows[month, shop] for shop in shops if (month, shop) in rows]
        assert own, f"kpis.csv: no shop has a row for {month}"
        for column in ("orders", "sales", "refunds", "revenue"):
            total = rows[month, "ALL"].number(column)
            assert abs(total - sum(row.number(column) for row in own)) < 0.011, f"{column} of {month} ALL is {total:g}"
        for row in (*own, rows[month, "ALL"]):
            orders, sales = row.number("orders"), row.number("sales")
            assert abs(row.number("revenue") - sales - row.number("refunds")) < 0.011, f"{row.place}: revenue"
            if orders:
                assert abs(row.number("average_order") - sales / orders) < HALF_CENT, f"{row.place}: average_order"


@rubric.important(
    "The month in which a shop sold nothing has its row, with zeros and no average",
    brief=["a month in which a shop sold nothing keeps its row with zeros", "stays empty where there are no orders"],
)
def closed_month_has_its_row(deliverable, facts):
    rows, place = figures(deliverable), (facts.closed, facts.till)
    assert place in rows, f"kpis.csv: there is no row for {place}"
    values = [rows[place].number(column) for column in ("orders", "sales", "refunds", "revenue")]
    assert values == [0, 0, 0, 0], f"{rows[place].place}: {values}"
    assert rows[place]["average_order"] == "", f"{rows[place].place}: average_order is not empty"


@rubric.critical(
    "The counts of rows left out and kept tie to orders.csv, each row under the first word that fits",
    brief="A row is counted once, under the first of these words that fits, in this order",
)
def counts_tie(deliverable, facts):
    told = {}
    for line in deliverable.text("notes.md").splitlines():
        found = re.match(r"(\w+)\W{0,9}(\d[\d,]*)\b", re.sub(r"[|*_`#>\s-]+", " ", line[:300]).strip().casefold())
        if found:
            told.setdefault(found[1], found[2].replace(",", ""))
    wrong = [rule for rule in RULES if told.get(rule) != str(facts.counts[rule])]
    assert not wrong, f"notes.md: missing or wrong are {wrong}"


@rubric.important(
    "The notes name the line ids of the unclear lines and no others",
    brief="Then name the line ids of the unclear ones, and no other line ids.",
)
def unclear_lines_are_named(deliverable, facts):
    named = set(re.findall(r"(?<!\d)00\d{5}(?!\d)", deliverable.text("notes.md")))
    assert named == set(facts.left_out["unclear"]), f"notes.md names {sorted(named)[:20]}"


@rubric.important(
    "The month that does not tie to the control list is told with its difference, and no other",
    brief="one line starting with `Differs:` with the month (YYYY-MM) and the difference in euros",
    attachments={"handover.txt": "These should tie to the cent with our revenue."},
)
def difference_is_told(deliverable, facts):
    lines = [re.sub(r"^[\W_]+", "", line)[:300] for line in deliverable.text("notes.md").splitlines()]
    lines = [line for line in lines if line.casefold().startswith("differs")]
    months = sorted({month for line in lines for month in re.findall(r"20\d\d-\d\d", line)})
    assert months == [facts.difference["month"]], f"notes.md tells a difference for {months}"
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", " ".join(re.sub(r"20\d\d-\d\d", " ", line) for line in lines))
    amounts = [float(re.sub(r",(\d\d)$", r".\1", number).replace(",", "")) for number in numbers]
    assert any(abs(amount - facts.difference["euros"]) < HALF_CENT for amount in amounts), f"it tells {amounts[:9]}"


def test_sales_kpis(engagement):
    engagement.assert_complete()
