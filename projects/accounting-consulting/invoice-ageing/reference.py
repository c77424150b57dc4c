"""The accepted debtors list, and the same list with a slip in it."""

import datetime
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "ages-from-the-invoice-date": (
        "buckets-run-from-the-due-date",
        "edge-days-fall-in-the-earlier-bucket",
        "call-list-is-the-right-ten",
    ),
    "due-column-of-the-export": ("agreed-terms-beat-the-default",),
    "new-terms-backdated": ("agreed-terms-beat-the-default",),
    "month-first-dates": ("counter-dates-are-read-day-first",),
    "edge-days-in-the-later-bucket": ("edge-days-fall-in-the-earlier-bucket",),
    "part-payments-ignored": ("part-and-returned-payments-are-right", "grand-total-is-what-was-owed"),
    "returned-payment-overlooked": ("part-and-returned-payments-are-right", "grand-total-is-what-was-owed"),
    "later-payments-counted": ("only-what-happened-by-the-cut-off-counts", "grand-total-is-what-was-owed"),
    "later-invoice-kept": ("only-what-happened-by-the-cut-off-counts", "grand-total-is-what-was-owed"),
    "credit-notes-added": ("credit-notes-reduce-the-debt", "grand-total-is-what-was-owed"),
    "credit-notes-given-terms": ("credit-notes-reduce-the-debt",),
    "numbers-without-zeros-not-matched": ("settled-and-own-are-left-out", "grand-total-is-what-was-owed"),
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
        if invoice["issued"] > facts.cutoff and "later-invoice-kept" not in flaws:
            continue
        if invoice["customer_no"] == facts.own_no and "own-outlet-kept" not in flaws:
            continue
        is_credit = invoice["kind"] == "CN"
        issued = _issued(invoice, flaws)
        item = {"number": invoice["number"], "customer_no": invoice["customer_no"], "issued": issued}
        item["due"] = issued + datetime.timedelta(days=_terms(facts, flaws, invoice))
        start = issued if "ages-from-the-invoice-date" in flaws else item["due"]
        item["late"] = max(0, (facts.cutoff - start).days)
        item["cents"] = -invoice["cents"] if is_credit and "credit-notes-added" not in flaws else invoice["cents"]
        item["paid"] = _paid(facts, flaws, invoice)
        item["open"] = item["cents"] - item["paid"]
        item["kind"] = invoice["kind"]
        first = names.setdefault(invoice["customer_no"], invoice["customer"])
        item["customer"] = invoice["typed"] if "customers-grouped-by-name" in flaws else first
        item["bucket"] = facts.buckets[sum(item["late"] > edge for edge in _edges(flaws))]
        times = 2 if invoice["is_twice"] and "line-printed-twice-kept" in flaws else 1
        items += [item] * times if item["open"] else []
    return items


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
    for day, reference, _, cents, _ in facts.payments:
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
    is_live = "values-pasted" not in flaws
    sheet.append(
        [
            "Invoice",
            "Customer no",
            "Customer",
            "Issued",
            "Due",
            "Amount",
            "Paid",
            "Open",
            "Days late",
            "Bucket",
        ]
    )
    for line, item in enumerate(items, 2):
        start = "D" if "ages-from-the-invoice-date" in flaws else "E"
        late = f"=MAX(0,DATE({facts.cutoff:%Y,%-m,%-d})-{start}{line})"
        bucket = '"' + facts.buckets[-1] + '"'
        for edge, name in zip(reversed(_edges(flaws)), reversed(facts.buckets[:-1]), strict=True):
            bucket = f'IF(I{line}<={edge},"{name}",{bucket})'
        row = [_number(item["number"], flaws), _number(item["customer_no"], flaws), item["customer"]]
        row += [item["issued"], item["due"], item["cents"] / 100, item["paid"] / 100]
        values = [item["open"] / 100, item["late"], item["bucket"]]
        sheet.append(row + ([f"=F{line}-G{line}", late, f"={bucket}"] if is_live else values))
    _summarise(ageing, facts, flaws, items)
    return office_bytes(book)


def _summarise(sheet: Any, facts: Facts, flaws: frozenset[str], items: list[Item]) -> None:
    """Write the sheet by customer, as formulas on the open items or as pasted values."""
    sheet.append(["Customer no", "Customer", *facts.buckets, "Total"])
    groups: dict[tuple[str, str], list[int]] = {}
    for item in items:
        sums = groups.setdefault((item["customer_no"], item["customer"]), [0] * len(facts.buckets))
        sums[facts.buckets.index(item["bucket"])] += item["open"]
    key = sum if "sorted-by-total" in flaws else (lambda sums: sums[-1])
    ranked = sorted(groups.items(), key=lambda group: -key(group[1]))
    last = len(items) + 1
    spans = {c: f"'Open items'!${c}$2:${c}${last}" for c in "BCHJ"}
    for line, ((customer_no, name), sums) in enumerate(ranked, 2):
        live: list[Any] = [
            f"=SUMIFS({spans['H']},{spans['B']},$A{line},{spans['C']},$B{line},{spans['J']},{column}$1)"
            for column in "CDEFG"
        ]
        live.append(f"=SUM(C{line}:G{line})")
        pasted = [cents / 100 for cents in [*sums, sum(sums)]]
        is_live = "values-pasted" not in flaws
        sheet.append([_number(customer_no, flaws), name, *(live if is_live else pasted)])
    end = len(ranked) + 1
    bottom = [[sum(sums[i] for _, sums in ranked) / 100 for i in range(len(facts.buckets))]]
    totals = [*bottom[0], sum(sum(sums) for _, sums in ranked) / 100]
    if "values-pasted" not in flaws:
        totals = [f"=SUM({column}2:{column}{end})" for column in "CDEFGH"]
    sheet.append(["TOTAL", "", *totals])


def _call_list(facts: Facts, flaws: frozenset[str], items: list[Item]) -> str:
    late = [item for item in items if item["kind"] == "INV" and item["late"] > 0]
    if "disputed-invoice-on-the-call-list" not in flaws:
        late = [item for item in late if item["number"] != facts.disputed]
    key = "late" if "call-list-by-days" in flaws else "open"
    late.sort(key=lambda item: -item[key])
    rows = [
        [
            _number(item["number"], flaws),
            _number(item["customer_no"], flaws),
            item["customer"],
            item["due"],
            item["late"],
            f"{item['open'] / 100:.2f}",
        ]
        for item in late[:10]
    ]
    return csv_text(["invoice", "customer_no", "customer", "due", "days_late", "open"], rows)
