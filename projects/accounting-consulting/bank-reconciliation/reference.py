"""The accepted reconciliation, and the same with a slip in it."""
# hapi-pytest canary be1c91a5-30d8-413c-b873-a1632d12e4ed

from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import office_bytes

PLAIN, TWINS, BATCH = (
    "ordinary-lines-are-paired",
    "equal-amounts-are-paired-by-number",
    "batches-are-paired-entry-by-entry",
)
OLD, ONCE, CUT = "items-of-before-are-paired", "each-line-stands-on-one-sheet", "the-month-ends-where-it-ends"
TRANSIT, CHEQUES, MAKE = "deposits-in-transit-are-right", "uncleared-cheques-are-right", "entries-to-make-are-right"
BOOK, BANK, SUMS = "book-errors-are-put-right", "bank-errors-are-put-right", "summary-adds-up-outstanding"
ZEROS, NOTHING = "numbers-keep-their-zeros", "every-open-row-exists"
FLAWS: dict[str, tuple[str, ...]] = {
    "payments-without-a-minus": (PLAIN,),
    "line-lost": (PLAIN, ONCE),
    "twins-paired-by-amount": (TWINS,),
    "third-twin-paired-from-the-top": (TWINS, TRANSIT),
    "batch-entry-forgotten": (BATCH,),
    "last-card-sales-overlooked": (TRANSIT,),
    "entries-of-before-left-blank": (OLD,),
    "lines-of-before-to-be-booked": (OLD, MAKE),
    "insurance-also-matched": (ONCE,),
    "later-lines-matched": (TRANSIT, CUT),
    "balance-of-the-newest-line": (CUT,),
    "cheque-of-before-forgotten": (CHEQUES,),
    "stopped-cheque-still-out": (CHEQUES, BOOK),
    "return-taken-for-paid": (MAKE,),
    "second-booking-in-transit": (TRANSIT, BOOK),
    "wrong-amount-overlooked": (BOOK,),
    "strangers-money-as-it-stands": (BANK,),
    "cheques-added": (SUMS,),
    "sundries-row": (NOTHING,),
    "zeros-lost": (ZEROS,),
}
EQUIVALENTS: dict[str, str] = {
    "columns-turned-round": "the brief names columns and no order",
    "titles-and-sums": "a title above a table and a sum below it are not forbidden",
    "live-summary": "Summary may be formulas; the brief asks for figures",
    "kinds-in-capitals": "capitals and amounts as text say the same",
    "dates-and-texts-added": "further columns and sheets are not forbidden",
}
LABELS = ["Deposits in transit", "Uncleared cheques", "Entries to make", "Book errors", "Bank errors"]

Rows = list[list[Any]]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the workbook from the pairs and the open rows."""
    import openpyxl

    pairs = {role: [list(pair) for pair in found] for role, found in facts.pairs.items()}
    rows = {kind: [list(row) for row in found] for kind, found in facts.rows.items()}
    _mispair(facts, flaws, pairs, rows)
    _misplace(facts, flaws, pairs, rows)
    matched = [pair for found in pairs.values() for pair in found]
    if "payments-without-a-minus" in flaws:
        matched = [[line, entry, abs(amount)] for line, entry, amount in matched]
    matched.sort(key=lambda pair: (pair[0], pair[1]))
    listed = [[kind, *row] for kind in facts.kinds for row in rows[kind]]
    if "sundries-row" in flaws:
        listed.append([facts.kinds[3], "", "", 0.09])
    book = openpyxl.Workbook()
    sheets = [book.worksheets[0], book.create_sheet("Outstanding"), book.create_sheet("Summary")]
    sheets[0].title = "Matched"
    _write(sheets[0], flaws, ["Bank line", "Book entry", "Amount"], matched)
    first = _write(sheets[1], flaws, ["Kind", "Bank line", "Book entry", "Amount"], listed)
    _write(sheets[2], flaws, ["Item", "Amount"], _summary(facts, flaws, listed, first))
    if "dates-and-texts-added" in flaws:
        book.create_sheet("About").append([f"As at {facts.end_name}"])
    return {"reconciliation.xlsx": office_bytes(book)}


def _mispair(facts: Facts, flaws: frozenset[str], pairs: dict[str, Rows], rows: dict[str, Rows]) -> None:
    """Pair as somebody does who looks at amounts, at the first entry or at the export's last lines."""
    transit, _, make, _, _ = facts.kinds
    plain, twins, batch, old = (pairs[role] for role in ("plain", "twin", "batch", "old"))
    if "line-lost" in flaws:
        plain.pop()
    if "twins-paired-by-amount" in flaws:
        twins[0][1], twins[1][1] = twins[1][1], twins[0][1]
    if "third-twin-paired-from-the-top" in flaws:
        waiting = next(row for row in rows[transit] if row[1] == facts.waiting)
        waiting[1], twins[-1][1] = twins[-1][1], waiting[1]
    if "last-card-sales-overlooked" in flaws:
        rows[transit] = [row for row in rows[transit] if row[1] not in facts.last_sales]
    if "batch-entry-forgotten" in flaws:
        batch.pop()
    if "lines-of-before-to-be-booked" in flaws:
        rows[make] += [[line, "", amount] for line, _, amount in old]
        old.clear()
    if "entries-of-before-left-blank" in flaws:
        pairs["old"] = [[line, "", amount] for line, _, amount in old]
    if "later-lines-matched" in flaws:
        late = rows[transit][-1]
        rows[transit].remove(late)
        plain.append([facts.later[-1], *late[1:]])


def _misplace(facts: Facts, flaws: frozenset[str], pairs: dict[str, Rows], rows: dict[str, Rows]) -> None:
    """Put open items under another kind, with another sign, or nowhere."""
    transit, cheque, make, book, bank = facts.kinds
    debits = sorted(rows[make], key=lambda row: row[2])
    if "insurance-also-matched" in flaws:
        pairs["plain"].append([facts.insurance, facts.old[-1], debits[0][2]])
    if "cheque-of-before-forgotten" in flaws:
        rows[cheque] = [row for row in rows[cheque] if row[1] not in facts.old]
    if "stopped-cheque-still-out" in flaws:
        stopped = next(row for row in rows[book] if row[1] == facts.stopped)
        rows[book].remove(stopped)
        rows[cheque].append([*stopped[:2], -stopped[2]])
    if "return-taken-for-paid" in flaws:
        row = next(row for row in rows[make] if row[0] == facts.returned)
        rows[make].remove(row)
        pairs["slip"].append([row[0], facts.returned_entry, row[2]])
    if "second-booking-in-transit" in flaws:
        row = next(row for row in rows[book] if row[2] < 0 and row[1] == facts.copied)
        rows[book].remove(row)
        rows[transit].append([*row[:2], -row[2]])
    if "wrong-amount-overlooked" in flaws:
        rows[book] = [row for row in rows[book] if row[1] in (facts.stopped, facts.copied)]
    if "strangers-money-as-it-stands" in flaws:
        rows[bank] = [[line, entry, -amount] for line, entry, amount in rows[bank]]


def _summary(facts: Facts, flaws: frozenset[str], listed: Rows, first: int) -> Rows:
    """Add the open rows up by kind, as figures or as formulas."""
    balances = [facts.bank_balance, facts.book_balance]
    balances[0] = facts.last_balance if "balance-of-the-newest-line" in flaws else balances[0]
    sums = [round(sum(row[3] for row in listed if row[0] == kind), 2) for kind in facts.kinds]
    signs = [1, -1 if "cheques-added" in flaws else 1, 1]
    bank = [balances[0], sums[0], sums[1], sums[4]]
    adjusted = [
        bank[0] + sum(s * amount for s, amount in zip(signs, bank[1:], strict=True)),
        balances[1] + sum(sums[2:4]),
    ]
    if "live-summary" in flaws:
        last, is_turned = first + len(listed) - 1, "columns-turned-round" in flaws
        columns = ("D", "A") if is_turned else ("A", "D")
        spans = [f"Outstanding!${letter}${first}:${letter}${last}" for letter in columns]
        sums = [f'=SUMIF({spans[0]},"{kind}",{spans[1]})' for kind in facts.kinds]
    order = [("Balance per bank", balances[0]), *zip(LABELS[:2], sums[:2], strict=True), (LABELS[4], sums[4])]
    order += [("Adjusted bank balance", adjusted[0]), ("Balance per book", balances[1])]
    order += [*zip(LABELS[2:4], sums[2:4], strict=True), ("Adjusted book balance", adjusted[1])]
    order.append(("Difference", adjusted[0] - adjusted[1]))
    return [[item, round(amount, 2) if isinstance(amount, float) else amount] for item, amount in order]


def _write(sheet: Any, flaws: frozenset[str], header: list[str], rows: Rows) -> int:
    """Write a table; return the line of its first row."""
    is_list, turned = header[0] != "Item", "columns-turned-round" in flaws
    if "titles-and-sums" in flaws:
        sheet.append(["Bank reconciliation"])
        sheet.append([])
    first = 4 if "titles-and-sums" in flaws else 2
    table = [list(header), *(list(row) for row in rows)]
    for row in table[1:]:
        if "zeros-lost" in flaws and is_list:
            row[-3:-1] = [int(text) if text else text for text in row[-3:-1]]
        if "kinds-in-capitals" in flaws and header[0] == "Kind":
            row[0] = row[0].capitalize()
        elif "kinds-in-capitals" in flaws and is_list:
            row[-1] = f"{row[-1]:,.2f}"
    if "titles-and-sums" in flaws and is_list:
        total = sum(row[-1] for row in rows)
        table.append(["Total", *[None] * (len(header) - 2), round(total, 2)])
    for row in table:
        row = [cell if cell != "" else None for cell in row]
        row = row[::-1] if turned else row
        sheet.append(
            [*row, "checked" if row is not table[0] else "Remark"] if "dates-and-texts-added" in flaws else row
        )
    return first
