"""The accepted table, figures and notes, worked out from the export, and slips that people make."""
# hapi-pytest canary f2ec06a6-6805-4ca0-96c0-245324dc0cd9

import csv
import datetime
from collections import Counter
from typing import NamedTuple

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "month-first-in-both-shops": (
        "dates-are-local", "orders-are-counted", "sales-and-refunds-by-month", "difference-is-told",
    ),
    "whole-cents-read-as-euros": ("amounts-are-signed-euros", "sales-and-refunds-by-month"),
    "impossible-days-turned-round": (
        "each-line-once", "orders-are-counted", "sales-and-refunds-by-month", "counts-tie", "unclear-lines-are-named",
    ),
    "tests-counted": (
        "own-tests-stay-out", "given-account-counts-from-its-day", "orders-are-counted", "sales-and-refunds-by-month",
        "counts-tie", "difference-is-told",
    ),
    "utc-days-in-the-table": ("dates-are-local",),
    "refunds-of-the-web-shop-positive": ("amounts-are-signed-euros",),
    "remark-test-taken-for-a-test": ("no-line-is-lost",),
    "tests-left-in-the-table": ("own-tests-stay-out",),
    "given-account-always-a-test": ("given-account-counts-from-its-day",),
    "given-account-never-a-test": ("given-account-counts-from-its-day",),
    "gift-cards-left-in-the-table": ("gift-cards-stay-out",),
    "repeats-left-in-the-table": ("each-line-once",),
    "zeros-of-ids-lost": ("each-line-once",),
    "cancelled-left-in-the-table": ("each-line-once",),
    "types-in-words": ("each-line-once",),
    "orders-counted-by-line": ("orders-are-counted",),
    "refunds-in-the-month-of-the-sale": ("sales-and-refunds-by-month",),
    "average-of-revenue": ("figures-add-up",),
    "same-number-in-both-shops-is-one-order": ("figures-add-up",),
    "closed-month-missing": ("closed-month-has-its-row",),
    "last-rule-that-fits": ("counts-tie",),
    "unclear-lines-not-named": ("unclear-lines-are-named",),
    "control-list-not-held-against": ("difference-is-told",),
    "no-notes": ("counts-tie", "unclear-lines-are-named", "difference-is-told"),
}  # fmt: skip
EQUIVALENTS: dict[str, str] = {
    "sorted-by-day": "the brief gives the rows of clean.csv no order",
    "columns-turned-round": "the brief names columns and no order",
    "shop-after-shop": "the brief says which rows kpis.csv has and not in which order",
    "article-kept-too": "the brief does not forbid a further column",
    "notes-with-headings-and-bullets": "the brief says what the lines say, and a heading or bullet is no word",
    "difference-in-a-sentence": "the brief wants month and difference in a line that starts with the word",
}
EVERYWHERE = frozenset(
    ("month-first-in-both-shops", "whole-cents-read-as-euros", "impossible-days-turned-round", "tests-counted")
)
"""Flaws of the reading, which show in all files; other ones show in one file alone."""
HOUR = datetime.timedelta(hours=1)


class Line(NamedTuple):
    """One row of the export as understood."""

    id: str
    shop: str
    order: str
    date: str
    type: str
    article: str
    cents: int
    rule: str


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Clean the export, count it, and tell what was left out."""
    lines = _lines(facts, flaws & EVERYWHERE)
    figures = _figures(facts, [line for line in lines if line.rule == "kept"])
    table = _lines(facts, flaws) if flaws - EVERYWHERE else lines
    files: dict[str, str | bytes] = {
        "clean.csv": _table([line for line in table if line.rule == "kept"], flaws),
        "kpis.csv": _kpis(facts, lines, figures, flaws),
    }
    return files if "no-notes" in flaws else files | {"notes.md": _notes(facts, lines, figures, flaws)}


def _lines(facts: Facts, flaws: frozenset[str]) -> list[Line]:
    """Read the export and say of each row under which word it falls."""
    lines, seen = [], set()
    for id_, shop, order, booked, type_, customer, article, amount, status, remark in csv.reader(
        facts.export.splitlines()[1:], delimiter=";"
    ):
        date = _day(booked, facts, shop == facts.web, flaws) if id_ else ""
        cents = _cents(amount, facts, shop == facts.web, date, flaws)
        if type_ == "R":
            cents = cents if "refunds-of-the-web-shop-positive" in flaws and shop == facts.web else -abs(cents)
        if not id_:
            rule = "subtotal"
        elif id_ in seen and "repeats-left-in-the-table" not in flaws:
            rule = "repeated"
        elif not date or not amount:
            rule = "unclear"
        else:
            rule = _rule(facts, customer, date, article, status, remark, flaws)
        seen.add(id_)
        lines.append(Line(id_, shop, order, date, type_, article, cents, rule))
    return lines


def _day(booked: str, facts: Facts, is_web: bool, flaws: frozenset[str]) -> str:
    """Return the local day, or nothing for a day that does not exist."""
    first, second, rest = booked.split("/")
    year, clock = rest.split(" ")
    day, month = (first, second) if is_web else (second, first)
    if is_web and "month-first-in-both-shops" in flaws and int(day) < 13:
        day, month = month, day
    if "impossible-days-turned-round" in flaws and int(month) > 12:
        day, month = month, day
    try:
        at = datetime.datetime(int(year), int(month), int(day), int(clock[:2]), int(clock[3:]))
    except ValueError:
        return ""
    if is_web and "utc-days-in-the-table" not in flaws:
        at += facts.offset * HOUR
    return at.date().isoformat()


def _cents(amount: str, facts: Facts, is_web: bool, date: str, flaws: frozenset[str]) -> int:
    if not amount:
        return 0
    if is_web:
        return int(amount.replace(".", "").replace(",", ""))
    is_whole = "." not in amount
    if is_whole and date >= facts.cents_day and "whole-cents-read-as-euros" in flaws:
        return int(amount) * 100
    return int(amount.replace(".", "").replace(",", ""))


def _rule(facts: Facts, customer: str, date: str, article: str, status: str, remark: str, flaws: frozenset[str]) -> str:
    """Return the word for a line that is neither subtotal nor repeat and can be read."""
    is_test = customer in facts.tests and "tests-counted" not in flaws
    if is_test and customer == facts.leaver:
        is_test = date < facts.leave_day or "given-account-always-a-test" in flaws
        is_test = is_test and "given-account-never-a-test" not in flaws
    elif "tests-left-in-the-table" in flaws:
        is_test = False
    if is_test or ("remark-test-taken-for-a-test" in flaws and remark.startswith("test") and customer != facts.leaver):
        return "test"
    if status.strip().upper() == "C" and "cancelled-left-in-the-table" not in flaws:
        return "cancelled"
    return "giftcard" if article.startswith("GC") and "gift-cards-left-in-the-table" not in flaws else "kept"


def _table(kept: list[Line], flaws: frozenset[str]) -> str:
    rows: list[tuple[str, ...]] = [("line_id", "shop", "order_no", "date", "type", "amount", "article")]
    for line in sorted(kept, key=lambda line: line.date) if "sorted-by-day" in flaws else kept:
        id_ = line.id.lstrip("0") if "zeros-of-ids-lost" in flaws else line.id
        type_ = {"S": "sale", "R": "refund"}[line.type] if "types-in-words" in flaws else line.type
        rows.append((id_, line.shop, line.order, line.date, type_, f"{line.cents / 100:.2f}", line.article))
    if "article-kept-too" not in flaws:
        rows = [row[:-1] for row in rows]
    if "columns-turned-round" in flaws:
        rows = [row[::-1] for row in rows]
    return csv_text(rows[0], rows[1:])


def _figures(facts: Facts, kept: list[Line]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Return orders, and sales and refunds in cents, by month and shop."""
    orders = Counter((month, shop) for month, shop, _ in {(x.date[:7], x.shop, x.order) for x in kept if x.type == "S"})
    cents: Counter[tuple[str, str, str]] = Counter()
    for line in kept:
        cents[line.date[:7], line.shop, line.type] += line.cents
    places = [(month, shop) for month in facts.months for shop in (facts.web, facts.till)]
    return {place: (orders[place], cents[(*place, "S")], cents[(*place, "R")]) for place in places}


def _kpis(
    facts: Facts, lines: list[Line], figures: dict[tuple[str, str], tuple[int, int, int]], flaws: frozenset[str]
) -> str:
    """Write one row for each month and shop, and the sums."""
    kept = [line for line in lines if line.rule == "kept"]
    if "refunds-in-the-month-of-the-sale" in flaws:
        sold = {(line.shop, line.order): line.date for line in kept if line.type == "S"}
        figures = _figures(facts, [line._replace(date=sold.get((line.shop, line.order), line.date)) for line in kept])
    if "orders-counted-by-line" in flaws:
        sales = Counter((line.date[:7], line.shop) for line in kept if line.type == "S")
        figures = {place: (sales[place], *cents) for place, (_, *cents) in figures.items()}
    rows = []
    for month in facts.months:
        shops = [(shop, figures[month, shop]) for shop in (facts.web, facts.till)]
        orders, sales, refunds = (sum(values) for values in zip(*(numbers for _, numbers in shops), strict=True))
        if "same-number-in-both-shops-is-one-order" in flaws:
            orders = min(orders - 1, len({line.order for line in kept if line.date[:7] == month and line.type == "S"}))
        for shop, numbers in (*shops, ("ALL", (orders, sales, refunds))):
            if not ("closed-month-missing" in flaws and shop == facts.till and month == facts.closed):
                rows.append((month, shop, *_row(*numbers, flaws)))
    if "shop-after-shop" in flaws:
        rows.sort(key=lambda row: row[1])
    return csv_text(("month", "shop", "orders", "sales", "refunds", "revenue", "average_order"), rows)


def _row(orders: int, sales: int, refunds: int, flaws: frozenset[str]) -> tuple[str, ...]:
    base = sales + refunds if "average-of-revenue" in flaws else sales
    average = f"{base / orders / 100:.2f}" if orders else ""
    return str(orders), f"{sales / 100:.2f}", f"{refunds / 100:.2f}", f"{(sales + refunds) / 100:.2f}", average


def _notes(
    facts: Facts, lines: list[Line], figures: dict[tuple[str, str], tuple[int, int, int]], flaws: frozenset[str]
) -> str:
    """Write the counts, the unclear lines and the month that does not tie."""
    counts = Counter(line.rule for line in lines)
    if "last-rule-that-fits" in flaws:  # repeats of tests counted as tests
        tests = {line.id for line in lines if line.rule == "test"}
        both = sum(line.rule == "repeated" and line.id in tests for line in lines)
        counts.update({"repeated": -both, "test": both})
    is_listed = "notes-with-headings-and-bullets" in flaws
    rules = ("subtotal", "repeated", "unclear", "test", "cancelled", "giftcard", "kept")
    told = [("- **{}**: {:,}" if is_listed else "{}: {}").format(rule, counts[rule]) for rule in rules]
    told.append(("- **{}**: {:,}" if is_listed else "{}: {}").format("total", len(lines)))
    unclear = ", ".join(line.id for line in lines if line.rule == "unclear")
    told += ["", "Unclear are a few lines." if "unclear-lines-not-named" in flaws else f"Unclear lines: {unclear}", ""]
    for listed in [] if "control-list-not-held-against" in flaws else facts.control.splitlines():
        month, euros = listed.split()
        _, sales, refunds = figures[month, facts.web]
        off = sales + refunds - round(float(euros.replace(",", "")) * 100)
        words = (
            "Differs: in {} we have {:+,.2f} euros against the control list"
            if "difference-in-a-sentence" in flaws
            else "Differs: {} {:.2f}"
        )
        told += [words.format(month, off / 100)] if off else []
    return "\n".join(["# Clean-up", "", *told] if is_listed else told) + "\n"
