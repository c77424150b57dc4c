"""The accepted debtors list, and the same list with a slip in it."""
# hapi-pytest canary 40816fa8-93ac-4d33-81aa-d10cd24d0e8f

import datetime
from collections.abc import Sequence
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "ages-from-the-invoice-date": (
        "buckets-run-from-the-due-date",
        "edge-days-fall-in-the-earlier-bucket",
        "call-list-is-the-right-ten",
    ),
    "disputed-invoice-aged-from-its-date": ("buckets-run-from-the-due-date",),
    "debts-alone-in-the-bottom-line": ("grand-total-is-what-was-owed",),
    "due-column-of-the-export": ("agreed-terms-beat-the-default",),
    "new-terms-backdated": ("agreed-terms-beat-the-default",),
    "month-first-dates": ("counter-dates-are-read-day-first",),
    "edge-days-in-the-later-bucket": ("edge-days-fall-in-the-earlier-bucket",),
    "part-payments-ignored": ("part-and-returned-payments-are-right", "grand-total-is-what-was-owed"),
    "returned-payment-overlooked": ("part-and-returned-payments-are-right", "grand-total-is-what-was-owed"),
    "second-part-booked-to-another-invoice": ("part-and-returned-payments-are-right",),
    "later-payments-counted": ("only-what-happened-by-the-cut-off-counts", "grand-total-is-what-was-owed"),
    "later-invoice-kept": ("only-what-happened-by-the-cut-off-counts", "grand-total-is-what-was-owed"),
    "later-invoice-kept-at-zero": ("only-what-happened-by-the-cut-off-counts",),
    "credit-notes-added": ("credit-notes-reduce-the-debt", "grand-total-is-what-was-owed"),
    "credit-notes-given-terms": ("credit-notes-reduce-the-debt",),
    "numbers-without-zeros-not-matched": ("settled-and-own-are-left-out", "grand-total-is-what-was-owed"),
    "settled-invoices-kept-at-zero": ("settled-and-own-are-left-out",),
    "own-outlet-kept": ("settled-and-own-are-left-out", "grand-total-is-what-was-owed"),
    "line-printed-twice-kept": ("nothing-stands-there-twice", "grand-total-is-what-was-owed"),
    "customers-grouped-by-name": ("nothing-stands-there-twice",),
    "values-pasted": ("ageing-follows-open-items",),
    "sorted-by-total": ("oldest-debt-comes-first",),
    "disputed-invoice-on-the-call-list": ("call-list-is-the-right-ten",),
    "call-list-by-days": ("call-list-is-the-right-ten",),
    "zeros-lost": ("numbers-keep-their-zeros",),
    "no-call-list": ("call-list-is-the-right-ten", "numbers-keep-their-zeros"),
}
EQUIVALENTS: dict[str, str] = {
    "columns-in-another-order": "the brief names the columns of both sheets and of the csv, and no order",
    "buckets-by-days-late": "the brief wants formulas that look at Open items with everyday functions, and leaves open "
    "which; a column for the bucket is an extra of the reference",
    "titles-and-a-sheet-of-notes": "the brief asks for two sheets with columns, and forbids neither a title above them "
    "nor a further sheet",
    "open-items-by-customer": "the brief sorts Ageing and the call list, not Open items",
    "call-list-for-a-spreadsheet": "the brief asks for csv and fixes neither the separator nor how amounts are written",
}
COLUMNS = ("Invoice", "Customer no", "Customer", "Issued", "Due", "Amount", "Paid", "Open", "Days late", "Bucket")
EDGES = (0, 30, 60, 90)

Item = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files from the attachments' content."""
    items = _open_items(facts, flaws)
    files: dict[str, str | bytes] = {"ageing.xlsx": _workbook(facts, flaws, items)}
    if "no-call-list" not in flaws:
        files["top10.csv"] = _call_list(facts, flaws, items)
    return files


def _open_items(facts: Facts, flaws: frozenset[str]) -> list[Item]:
    """List what was open at the cut-off, one item per invoice."""
    names: dict[str, str] = {}
    items = []
    for invoice in facts.invoices:
        is_later = invoice["issued"] > facts.cutoff and "later-invoice-kept" not in flaws
        if is_later and "later-invoice-kept-at-zero" not in flaws:
            continue
        if invoice["customer_no"] == facts.own_no and "own-outlet-kept" not in flaws:
            continue
        item = _item(facts, flaws, invoice)
        if is_later:
            item |= {"cents": 0, "paid": 0, "open": 0}
        first = names.setdefault(invoice["customer_no"], invoice["customer"])
        item["customer"] = invoice["typed"] if "customers-grouped-by-name" in flaws else first
        times = 2 if invoice["is_twice"] and "line-printed-twice-kept" in flaws else 1
        is_kept = item["open"] or is_later or "settled-invoices-kept-at-zero" in flaws
        items += [item] * times if is_kept else []
    return sorted(items, key=lambda item: item["customer_no"]) if "open-items-by-customer" in flaws else items


def _item(facts: Facts, flaws: frozenset[str], invoice: Item) -> Item:
    """Work out one line of Open items."""
    issued = _issued(invoice, flaws)
    item = {"number": invoice["number"], "customer_no": invoice["customer_no"], "issued": issued}
    item["kind"] = invoice["kind"]
    item["due"] = issued + datetime.timedelta(days=_terms(facts, flaws, invoice))
    is_disputed = invoice["number"] == facts.disputed and "disputed-invoice-aged-from-its-date" in flaws
    item["from"] = "Issued" if "ages-from-the-invoice-date" in flaws or is_disputed else "Due"
    item["late"] = max(0, (facts.cutoff - item[item["from"].lower()]).days)
    is_credit = invoice["kind"] == "CN" and "credit-notes-added" not in flaws
    item["cents"] = -invoice["cents"] if is_credit else invoice["cents"]
    item["paid"] = _paid(facts, flaws, invoice)
    item["open"] = item["cents"] - item["paid"]
    item["bucket"] = facts.buckets[sum(item["late"] > edge for edge in _edges(flaws))]
    return item


def _issued(invoice: Item, flaws: frozenset[str]) -> datetime.date:
    issued: datetime.date = invoice["issued"]
    if "month-first-dates" in flaws and invoice["channel"] == "counter" and issued.day <= 12:
        return issued.replace(month=issued.day, day=issued.month)
    return issued


def _terms(facts: Facts, flaws: frozenset[str], invoice: Item) -> int:
    """Return the days that a customer has for an invoice."""
    if invoice["kind"] == "CN" and "credit-notes-given-terms" not in flaws:
        return 0
    short, long, newer = (no for no, _, _ in facts.agreed)
    agreed = {short: 14, long: 45}
    if invoice["issued"] >= facts.newer_from or "new-terms-backdated" in flaws:
        agreed[newer] = 60
    return 30 if "due-column-of-the-export" in flaws else agreed.get(invoice["customer_no"], 30)


def _paid(facts: Facts, flaws: frozenset[str], invoice: Item) -> int:
    """Add up the bank lines of an invoice, in cents."""
    paid = 0
    other = next(reference for _, reference, _, _, remark in facts.payments if remark == "on account")
    for day, reference, _, cents, remark in facts.payments:
        if remark == "2nd part" and "second-part-booked-to-another-invoice" in flaws:
            reference = other  # of the same customer
        if reference is None or int(reference) != int(invoice["number"]):
            continue
        is_missed = isinstance(reference, int) and "numbers-without-zeros-not-matched" in flaws
        is_late = day > facts.cutoff and "later-payments-counted" not in flaws
        is_part = abs(cents) < invoice["cents"] and "part-payments-ignored" in flaws
        is_return = cents < 0 and "returned-payment-overlooked" in flaws
        if not (is_missed or is_late or is_part or is_return):
            paid += cents
    return paid


def _edges(flaws: frozenset[str]) -> tuple[int, ...]:
    return (0, 29, 59, 89) if "edge-days-in-the-later-bucket" in flaws else EDGES


def _number(text: str, flaws: frozenset[str]) -> str | int:
    return int(text) if "zeros-lost" in flaws else text


def _workbook(facts: Facts, flaws: frozenset[str], items: list[Item]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    ageing, sheet = book.worksheets[0], book.create_sheet("Open items")
    ageing.title = "Ageing"
    if "titles-and-a-sheet-of-notes" in flaws:
        book.create_sheet("Notes", 0).append([f"Everything as at {facts.cutoff_text}, amounts in euro."])
        for table in (sheet, ageing):
            table.append([f"{facts.firm}, debtors on {facts.cutoff_text}"])
            table.append([])
    spans = _list(sheet, facts, flaws, items)
    _summarise(ageing, facts, flaws, items, spans)
    return office_bytes(book)


def _letters(columns: Sequence[str]) -> dict[str, str]:
    return dict(zip(columns, "ABCDEFGHIJ", strict=False))


def _first_line(flaws: frozenset[str]) -> int:
    """Return the line below the header."""
    return 4 if "titles-and-a-sheet-of-notes" in flaws else 2


def _list(sheet: Any, facts: Facts, flaws: frozenset[str], items: list[Item]) -> dict[str, str]:
    """Write Open items; return where each column stands, as formulas name it."""
    columns = COLUMNS[:-1] if "buckets-by-days-late" in flaws else COLUMNS
    columns = columns[::-1] if "columns-in-another-order" in flaws else columns
    at = _letters(columns)
    sheet.append(list(columns))
    first = _first_line(flaws)
    for line, item in enumerate(items, first):
        bucket = '"' + facts.buckets[-1] + '"'
        for edge, name in zip(reversed(_edges(flaws)), reversed(facts.buckets[:-1]), strict=True):
            bucket = f'IF({at["Days late"]}{line}<={edge},"{name}",{bucket})'
        row = {
            "Invoice": _number(item["number"], flaws),
            "Customer no": _number(item["customer_no"], flaws),
            "Customer": item["customer"],
            "Issued": item["issued"],
            "Due": item["due"],
            "Amount": item["cents"] / 100,
            "Paid": item["paid"] / 100,
            "Open": f"={at['Amount']}{line}-{at['Paid']}{line}",
            "Days late": f"=MAX(0,DATE({facts.cutoff:%Y,%-m,%-d})-{at[item['from']]}{line})",
            "Bucket": f"={bucket}",
        }
        if "values-pasted" in flaws:
            row |= {"Open": item["open"] / 100, "Days late": item["late"], "Bucket": item["bucket"]}
        sheet.append([row[column] for column in columns])
    last = first + len(items) - 1
    return {column: f"'Open items'!${letter}${first}:${letter}${last}" for column, letter in at.items()}


def _summarise(sheet: Any, facts: Facts, flaws: frozenset[str], items: list[Item], spans: dict[str, str]) -> None:
    """Write the sheet by customer, as formulas on the open items or as pasted values."""
    columns = ["Customer no", "Customer", *facts.buckets, "Total"]
    columns = [*columns[-1:], *columns[1::-1], *columns[2:-1]] if "columns-in-another-order" in flaws else columns
    sheet.append(columns)
    groups: dict[tuple[str, str], list[int]] = {}
    for item in items:
        sums = groups.setdefault((item["customer_no"], item["customer"]), [0] * len(facts.buckets))
        sums[facts.buckets.index(item["bucket"])] += item["open"]
    key = sum if "sorted-by-total" in flaws else (lambda sums: sums[-1])
    ranked = sorted(groups.items(), key=lambda group: -key(group[1]))
    is_live, first = "values-pasted" not in flaws, _first_line(flaws)
    figures = [*facts.buckets, "Total"]
    for line, ((customer_no, name), sums) in enumerate(ranked, first):
        row: dict[str, Any] = dict(zip(figures, (cents / 100 for cents in [*sums, sum(sums)]), strict=True))
        row |= _formulas(facts, flaws, spans, _letters(columns), line) if is_live else {}
        row |= {"Customer no": _number(customer_no, flaws), "Customer": name}
        sheet.append([row[column] for column in columns])
    adds, condition = ("SUMIF", ',">0"') if "debts-alone-in-the-bottom-line" in flaws else ("SUM", "")
    end = first + len(ranked) - 1
    total: dict[str, Any] = {"Customer no": "TOTAL", "Customer": ""}
    for index, column in enumerate(figures):
        cents = [[*sums, sum(sums)][index] for _, sums in ranked]
        cents = [c for c in cents if c > 0 or not condition]
        letter = _letters(columns)[column]
        total[column] = f"={adds}({letter}{first}:{letter}{end}{condition})" if is_live else sum(cents) / 100
    sheet.append([total[column] for column in columns])


def _formulas(
    facts: Facts, flaws: frozenset[str], spans: dict[str, str], at: dict[str, str], line: int
) -> dict[str, str]:
    """Return a customer's figures as formulas on Open items."""
    who = f"{spans['Customer no']},${at['Customer no']}{line},{spans['Customer']},${at['Customer']}{line}"
    total = f"=SUM({at[facts.buckets[0]]}{line}:{at[facts.buckets[-1]]}{line})"
    if "buckets-by-days-late" not in flaws:
        header = _first_line(flaws) - 1
        wanted = {bucket: f"{spans['Bucket']},{at[bucket]}${header}" for bucket in facts.buckets}
    else:
        edges = _edges(flaws)
        bounds = zip(("-1", *map(str, edges)), (*map(str, edges), "99999"), strict=True)
        wanted = {
            bucket: f'{spans["Days late"]},">{low}",{spans["Days late"]},"<={high}"'
            for bucket, (low, high) in zip(facts.buckets, bounds, strict=True)
        }
        total = f"=SUMIFS({spans['Open']},{who})"
    return {bucket: f"=SUMIFS({spans['Open']},{who},{test})" for bucket, test in wanted.items()} | {"Total": total}


def _call_list(facts: Facts, flaws: frozenset[str], items: list[Item]) -> str:
    late = [item for item in items if item["kind"] == "INV" and item["late"] > 0]
    if "disputed-invoice-on-the-call-list" not in flaws:
        late = [item for item in late if item["number"] != facts.disputed]
    key = "late" if "call-list-by-days" in flaws else "open"
    late.sort(key=lambda item: -item[key])
    is_local = "call-list-for-a-spreadsheet" in flaws
    header = ["invoice", "customer_no", "customer", "due", "days_late", "open"]
    rows = [
        [
            _number(item["number"], flaws),
            _number(item["customer_no"], flaws),
            item["customer"],
            item["due"],
            item["late"],
            f"{item['open'] / 100:,.2f}" if is_local else f"{item['open'] / 100:.2f}",
        ]
        for item in late[:10]
    ]
    if "columns-in-another-order" in flaws:
        header, *rows = (row[::-1] for row in (header, *rows))
    text = csv_text(header, rows, delimiter=";" if is_local else ",")
    return "\ufeff" + text.replace("\n", "\r\n") if is_local else text
