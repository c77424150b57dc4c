"""The accepted import file, and the slips of somebody who enters sheet after sheet."""
# hapi-pytest canary 05c06565-18f3-4fce-b56d-054de6241588

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "supplier-added": ("header-is-the-template",),
    "zeros-lost": ("every-product-has-its-lines",),
    "colour-forgotten": ("every-product-has-its-lines",),
    "discontinued-entered": ("nothing-is-there-that-should-not",),
    "example-kept": ("nothing-is-there-that-should-not",),
    "parent-with-everything": ("colours-hang-below-their-parent",),
    "tax-on-top-of-gross": ("prices-are-gross",),
    "one-tax-for-all": ("prices-are-gross",),
    "price-of-the-pack": ("packs-are-priced-per-piece",),
    "piece-rounded-before-tax": ("packs-are-priced-per-piece",),
    "sizes-in-millimetres": ("weights-and-sizes-are-converted",),
    "pounds-taken-for-kilograms": ("pounds-and-inches-are-converted",),
    "zero-of-the-ean-lost": ("eans-are-valid-or-empty",),
    "wrong-eans-kept": ("eans-are-valid-or-empty",),
    "closed-category-used": ("categories-are-whole-paths",),
    "titles-cut": ("titles-fit",),
    "signs-not-escaped": ("descriptions-are-clean",),
    "dealer-lines-kept": ("dealer-lines-stay-out",),
    "old-edition-entered": ("the-latest-word-counts",),
    "mail-overlooked": ("the-latest-word-counts", "nothing-is-there-that-should-not"),
}
EQUIVALENTS: dict[str, str] = {
    "columns-from-the-back": "the brief says that the order of the columns does not matter",
    "semicolons": "the brief takes commas or semicolons",
    "parents-at-the-end": "the brief says that the order of the lines does not matter",
    "one-paragraph": "the rules want running text in <p> and do not say how many",
    "tags-on-lines-of-their-own": "white space between tags changes nothing on the page, and the rules do not mind it",
}
HEADER = ["SKU", "ParentSKU", "Title", "CategoryPath", "PriceGross", "TaxRate", "WeightKg", "LengthCm", "WidthCm"]
HEADER += ["HeightCm", "EAN", "Colour", "DescriptionHTML"]
SIZES = HEADER[7:10]

Line = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the import file."""
    lines = [line for sheet in _sheets(facts, flaws) for line in _lines(facts, flaws, sheet)]
    if "colour-forgotten" in flaws:
        lines.remove(next(line for line in lines[::-1] if line["Colour"]))
    if "example-kept" in flaws:
        lines.insert(0, dict.fromkeys(HEADER, "") | {"SKU": "EXAMPLE-1", "Title": "Example product"})
    if "zeros-lost" in flaws:
        lines = [line | {"SKU": line["SKU"].lstrip("0")} for line in lines]
    if "parents-at-the-end" in flaws:
        lines.sort(key=lambda line: bool(line["DescriptionHTML"]))
    header = [*HEADER, *(["Supplier"] if "supplier-added" in flaws else [])]
    if "columns-from-the-back" in flaws:
        header.reverse()
    rows = [[line.get(column, "see sheet") for column in header] for line in lines]
    return {"products.csv": csv_text(header, rows, delimiter=";" if "semicolons" in flaws else ",")}


def _sheets(facts: Facts, flaws: frozenset[str]) -> Iterator[Line]:
    """Yield the sheets that are entered, as they hold after edition and mail."""
    changes = facts.changes
    for sheet in facts.sheets:
        if sheet["status"] != "available" and "discontinued-entered" not in flaws:
            continue
        if sheet["sku"] == facts.old["sku"] and "old-edition-entered" in flaws:
            sheet = facts.old
        if "mail-overlooked" not in flaws:
            if sheet["sku"] in changes["withdrawn"]:
                continue
            if sheet["sku"] == changes["price"][0]:
                sheet = sheet | {"price": changes["price"][1]}
            if sheet["sku"] == changes["weight"][0]:
                sheet = sheet | {"kilograms": changes["weight"][1]}
        yield sheet


def _lines(facts: Facts, flaws: frozenset[str], sheet: Line) -> Iterator[Line]:
    """Yield the line of a product, or its parent line and its colours."""
    path = sheet["closed"] if sheet["closed"] and "closed-category-used" in flaws else sheet["path"]
    both = {"CategoryPath": " > ".join(path)}
    above = {"SKU": sheet["sku"], "Title": _title(sheet, "", flaws), "DescriptionHTML": _description(sheet, flaws)}
    figures = _figures(sheet, flaws)
    if not sheet["colours"]:
        ean = sheet["ean"] or (sheet["printed"] if "wrong-eans-kept" in flaws else "")
        ean = ean.lstrip("0") if "zero-of-the-ean-lost" in flaws else ean
        yield dict.fromkeys(HEADER, "") | both | above | figures | {"EAN": ean}
        return
    yield dict.fromkeys(HEADER, "") | both | above | (figures if "parent-with-everything" in flaws else {})
    for colour, ean in sheet["colours"].items():
        line = {"SKU": f"{sheet['sku']}-{facts.codes[colour]}", "ParentSKU": sheet["sku"], "EAN": ean, "Colour": colour}
        line["Title"] = _title(sheet, f", {colour}", flaws)
        yield dict.fromkeys(HEADER, "") | both | figures | line


def _title(sheet: Line, behind: str, flaws: frozenset[str]) -> str:
    title: str = sheet["name"] + behind
    if len(title) <= 70:
        return title
    return title[:70] if "titles-cut" in flaws else sheet["short"] + behind


def _figures(sheet: Line, flaws: frozenset[str]) -> Line:
    """Return price, tax, weight and sizes of one piece."""
    tax = 21 if "one-tax-for-all" in flaws else sheet["tax"]
    price = Decimal(sheet["price"])
    if "price-of-the-pack" not in flaws:
        price /= sheet["per"]
    if "piece-rounded-before-tax" in flaws:
        price = price.quantize(Decimal("0.01"), ROUND_HALF_UP)
    is_gross = sheet["supplier"] == "B" and not (sheet["tax"] == 21 and "tax-on-top-of-gross" in flaws)
    price = price if is_gross else price * (100 + tax) / 100
    is_metric = sheet["units"] == "m"
    weight, sizes = Decimal(sheet["weight"]), [Decimal(size) for size in sheet["sizes"]]
    if sheet["supplier"] != "B" and is_metric:
        weight, sizes = weight / 1000, [size if "sizes-in-millimetres" in flaws else size / 10 for size in sizes]
    elif not is_metric and "pounds-taken-for-kilograms" not in flaws:
        weight, sizes = weight * Decimal("0.45359237"), [size * Decimal("2.54") for size in sizes]
    figures = {"PriceGross": price.quantize(Decimal("0.01"), ROUND_HALF_UP), "TaxRate": tax}
    figures["WeightKg"] = f"{Decimal(sheet.get('kilograms', weight)):.3f}"
    return figures | {name: f"{size:.1f}" for name, size in zip(SIZES, sizes, strict=True)}


def _description(sheet: Line, flaws: frozenset[str]) -> str:
    """Return the text with tags that the shop takes."""
    is_raw = "signs-not-escaped" in flaws
    first, second, *bullets = (
        text if is_raw else escape(text, quote=False) for text in [*sheet["paragraphs"], *sheet["bullets"]]
    )
    if sheet["supplier"] == "B":
        start, _, end = first.rpartition(" ")
        first = f"{start} <strong>{end}</strong>"
    between = " " if "one-paragraph" in flaws else "</p><p>"
    parts = [f"<p>{first}{between}{second}</p>", "<ul>", *(f"<li>{bullet}</li>" for bullet in bullets), "</ul>"]
    if "dealer-lines-kept" in flaws:
        parts.append(f"<p>{sheet['dealer']}</p>")
    return ("\n" if "tags-on-lines-of-their-own" in flaws else "").join(parts)
