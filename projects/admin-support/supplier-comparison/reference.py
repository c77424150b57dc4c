"""The accepted comparison, and the slips of somebody who fills in a table."""
# hapi-pytest canary d49826d2-7a4b-4c76-ac71-84c8d817ea96

from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "both-letters-entered": ("nine-suppliers-have-a-row",),
    "typed-in-euro": ("nine-suppliers-have-a-row",),
    "first-step-taken": ("unit-prices-are-per-piece",),
    "rate-upside-down": ("currency-and-tax-are-out",),
    "tax-left-in": ("currency-and-tax-are-out",),
    "carriage-forgotten": ("carriage-and-plates-are-in",),
    "plate-in-pounds": ("carriage-and-plates-are-in",),
    "first-letter-taken": ("the-later-letter-counts",),
    "expired-kept": ("those-who-are-out-are-out",),
    "minimum-overlooked": ("those-who-are-out-are-out",),
    "working-days-as-days": ("days-are-calendar-days",),
    "day-of-the-discount": ("days-are-calendar-days",),
    "lead-time-made-up": ("what-is-not-said-stays-open",),
    "better-figure-taken": ("what-is-not-said-stays-open",),
    "compared-with-all-nine": ("scores-follow-the-rules",),
    "missing-mark-as-zero": ("scores-follow-the-rules",),
    "weights-swapped": ("totals-and-ranks-tie",),
    "unit-prices-pasted": ("a-new-price-moves-everything",),
    "weights-typed-into-totals": ("new-weights-move-the-totals",),
    "runner-up-recommended": ("the-text-names-the-winner",),
    "excluded-not-told": ("the-text-is-short-and-complete",),
}
EQUIVALENTS: dict[str, str] = {
    "columns-from-the-back": "the brief names the columns and no order",
    "titles-and-notes": "the brief allows more sheets and does not forbid a title above a table",
    "weights-as-shares": "weights of 38 % and so on say the same as 38 of 100",
    "in-order-of-ranks": "the brief does not sort the sheets",
    "ranks-by-counting": "the brief names formulas as examples",
    "heading-and-list": "the brief asks for a first sentence and forbids neither a heading nor a list behind it",
}
QUOTES = ["Supplier", "Currency", "Price", "Pieces", "VAT", "Rate", "On top", "Unit price", "Lead days", "Payment days"]
QUOTES += ["Excluded", "Open question"]
SCORES = [
    "Supplier",
    "Unit price",
    "Lead days",
    "Payment days",
    "Price",
    "Lead time",
    "Payment",
    "Samples",
    "Total",
    "Rank",
]
REVISED, TIERS, CARTON, POUNDS, DOLLARS, TAXED, EXPIRED, MINIMUM, PENDING = range(9)
REASONS = {EXPIRED: "expired", MINIMUM: "minimum order too large", PENDING: "no certificate yet"}

Quote = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the workbook and the text."""
    quotes = [_read(facts, flaws, role, quote) for role, quote in enumerate(facts.quotes)]
    totals = _totals(facts, flaws, quotes)
    files: dict[str, str | bytes] = {"comparison.xlsx": _workbook(facts, flaws, quotes, totals)}
    files["recommendation.md"] = _text(flaws, quotes, totals)
    return files


def _read(facts: Facts, flaws: frozenset[str], role: int, quote: Quote) -> Quote:
    """Read one quote."""
    read = {**quote, "role": role, "price": float(quote["price"]), "reason": REASONS.get(role, ""), "question": ""}
    read["tax"] = 1 if "tax-left-in" in flaws else 1 + quote["vat"] / 100
    if role == REVISED and "first-letter-taken" in flaws:
        read["price"] = float(facts.old)
    if role == TIERS and "first-step-taken" in flaws:
        read["price"] = float(facts.first_step)
    if role == DOLLARS and "rate-upside-down" in flaws:
        read["rate"] = 1 / read["rate"]
    read["on_top"] *= read["rate"]
    if (role == CARTON and "carriage-forgotten" in flaws) or (role == POUNDS and "plate-in-pounds" in flaws):
        read["on_top"] = 0 if role == CARTON else quote["on_top"]
    if role in (POUNDS, DOLLARS) and "typed-in-euro" in flaws:
        read |= {"price": read["price"] * read["rate"], "rate": 1, "currency": "EUR"}
    if (role == EXPIRED and "expired-kept" in flaws) or (role == MINIMUM and "minimum-overlooked" in flaws):
        read["reason"] = ""
    if role == TIERS and "working-days-as-days" in flaws:
        read["lead"] = 5 * read["weeks"]
    if role == CARTON and "day-of-the-discount" in flaws:
        read["payment"] = 14
    if role == TAXED:
        read |= {"question": "4 weeks or less?", "lead": 14 if "better-figure-taken" in flaws else read["lead"]}
    if role == POUNDS:
        read |= {"question": "lead time?", "lead": 21 if "lead-time-made-up" in flaws else None}
    marks = [
        0 if mark is None else mark for mark in quote["marks"] if mark is not None or "missing-mark-as-zero" in flaws
    ]
    return read | {"sample": sum(marks) / len(marks), "unit": read["price"] / read["for"] / read["tax"] * read["rate"]}


def _weights(facts: Facts, flaws: frozenset[str]) -> list[int]:
    price, lead, payment, samples = facts.weights
    return [price, payment, lead, samples] if "weights-swapped" in flaws else [price, lead, payment, samples]


def _totals(facts: Facts, flaws: frozenset[str], quotes: list[Quote]) -> dict[str, float]:
    """Work the totals out, for the text and the order of rows."""
    race = [quote for quote in quotes if not quote["reason"]]
    against = quotes if "compared-with-all-nine" in flaws else race
    lowest = min(quote["unit"] + quote["on_top"] for quote in against)
    shortest = min(quote["lead"] for quote in against if quote["lead"])
    longest = max(quote["payment"] for quote in against)
    totals = {}
    for quote in race:
        lead = 10 * shortest / quote["lead"] if quote["lead"] else 0
        price, payment = 10 * lowest / (quote["unit"] + quote["on_top"]), 10 * quote["payment"] / longest
        scores = (price, lead, payment, quote["sample"])
        totals[quote["name"]] = sum(w * s for w, s in zip(_weights(facts, flaws), scores, strict=True)) / 100
    return totals


def _workbook(facts: Facts, flaws: frozenset[str], quotes: list[Quote], totals: dict[str, float]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheets = {
        "Quotes": book.worksheets[0],
        "Weights": book.create_sheet("Weights"),
        "Scores": book.create_sheet("Scores"),
    }
    book.worksheets[0].title = "Quotes"
    first = 2
    if "titles-and-notes" in flaws:
        book.create_sheet("Notes", 0).append(["Unit prices in euro, delivered, without VAT."])
        first = 4
        for title, sheet in sheets.items():
            sheet.append([f"{facts.buyer}: {title}"])
            sheet.append([])
    order = sorted(quotes, key=lambda quote: -totals.get(quote["name"], 0)) if "in-order-of-ranks" in flaws else quotes
    rows = [*order, *([quotes[REVISED]] if "both-letters-entered" in flaws else [])]
    lines = _fill_quotes(sheets["Quotes"], flaws, rows, first)
    _fill_weights(sheets["Weights"], facts, flaws)
    race = [quote for quote in order if not quote["reason"]]
    _fill_scores(sheets["Scores"], facts, flaws, race, lines, first)
    return office_bytes(book)


def _columns(columns: list[str], flaws: frozenset[str]) -> dict[str, str]:
    ordered = columns[::-1] if "columns-from-the-back" in flaws else columns
    return dict(zip(ordered, "ABCDEFGHIJKL", strict=False))


def _append(sheet: Any, at: dict[str, str], row: dict[str, Any]) -> None:
    sheet.append([row[column] for column in at])


def _fill_quotes(sheet: Any, flaws: frozenset[str], rows: list[Quote], first: int) -> dict[str, int]:
    """Write Quotes; return the line of each supplier."""
    at = _columns(QUOTES, flaws)
    _append(sheet, at, {column: column for column in QUOTES})
    lines: dict[str, int] = {}
    for line, quote in enumerate(rows, first):
        cell = {column: f"{letter}{line}" for column, letter in at.items()}
        unit: Any = f"={cell['Price']}/{cell['Pieces']}/{cell['VAT']}*{cell['Rate']}+{cell['On top']}"
        if "unit-prices-pasted" in flaws:
            unit = quote["unit"] + quote["on_top"]
        row = {
            "Supplier": quote["name"],
            "Currency": quote["currency"],
            "Price": quote["price"],
            "Pieces": quote["for"],
        }
        row |= {"VAT": quote["tax"], "Rate": quote["rate"], "On top": quote["on_top"], "Unit price": unit}
        row |= {"Lead days": quote["lead"], "Payment days": quote["payment"], "Excluded": quote["reason"] or None}
        _append(sheet, at, row | {"Open question": quote["question"] or None})
        lines.setdefault(quote["name"], line)
    return lines


def _fill_weights(sheet: Any, facts: Facts, flaws: frozenset[str]) -> None:
    sheet.append(["Criterion", "Weight"])
    for name, weight in zip(facts.criteria, _weights(facts, flaws), strict=True):
        sheet.append([name, weight / 100 if "weights-as-shares" in flaws else weight])


def _fill_scores(
    sheet: Any, facts: Facts, flaws: frozenset[str], race: list[Quote], lines: dict[str, int], first: int
) -> None:
    """Write Scores as formulas on Quotes and Weights."""
    quotes, at = _columns(QUOTES, flaws), _columns(SCORES, flaws)
    _append(sheet, at, {column: column for column in SCORES})
    last = first + len(race) - 1
    nine = min(lines.values()), max(lines.values())
    span = {column: f"{letter}${first}:{letter}${last}" for column, letter in at.items()}
    if "compared-with-all-nine" in flaws:
        for column in ("Unit price", "Lead days", "Payment days"):
            span[column] = f"Quotes!{quotes[column]}${nine[0]}:{quotes[column]}${nine[1]}"
    share = 1 if "weights-as-shares" in flaws else 100
    for line, quote in enumerate(race, first):
        cell = {column: f"{letter}{line}" for column, letter in at.items()}
        source = {column: f"Quotes!{letter}{lines[quote['name']]}" for column, letter in quotes.items()}
        weights: list[Any] = [f"Weights!$B${first + place}" for place in range(4)]
        weights = [w / 100 * share for w in facts.weights] if "weights-typed-into-totals" in flaws else weights
        parts = "+".join(f"{w}*{cell[name]}" for w, name in zip(weights, facts.criteria, strict=True))
        rank = f'=COUNTIF({span["Total"]},">"&{cell["Total"]})+1'
        row = {
            "Supplier": quote["name"],
            "Unit price": f"={source['Unit price']}",
            "Lead days": f'=IF({source["Lead days"]}="","",{source["Lead days"]})',
            "Payment days": f"={source['Payment days']}",
            "Price": f"=10*MIN({span['Unit price']})/{cell['Unit price']}",
            "Lead time": f"=IF(ISNUMBER({cell['Lead days']}),10*MIN({span['Lead days']})/{cell['Lead days']},0)",
            "Payment": f"=10*{cell['Payment days']}/MAX({span['Payment days']})",
            "Samples": quote["sample"],
            "Total": f"=({parts})/{share}",
            "Rank": rank if "ranks-by-counting" in flaws else f"=RANK({cell['Total']},{span['Total']})",
        }
        _append(sheet, at, row)


def _text(flaws: frozenset[str], quotes: list[Quote], totals: dict[str, float]) -> str:
    """Write the recommendation."""
    first, second, *_ = sorted(totals, key=lambda name: -totals[name])
    if "runner-up-recommended" in flaws:
        first, second = second, first
    out = [f"{quote['name']} ({REASONS[quote['role']]})" for quote in quotes if quote["role"] in REASONS]
    asked = [quotes[POUNDS]["name"] + " (lead time)", quotes[TAXED]["name"] + " (which lead time holds)"]
    parts = [
        f"We should take {first}.",
        f"Its total is {totals[first]:.2f}; {second} is second with {totals[second]:.2f}.",
    ]
    if "excluded-not-told" not in flaws:
        parts.append(f"Out of the race: {', '.join(out)}.")
    parts.append(f"To be asked: {', '.join(asked)}.")
    if "heading-and-list" in flaws:
        return "# Recommendation\n\n" + "\n- ".join(parts) + "\n"
    return "\n\n".join(parts) + "\n"
