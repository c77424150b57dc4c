"""The accepted workbook and memo, and the same with a slip in them."""
# hapi-pytest canary 829ae431-920a-42bc-beb8-2f080094fe2a

import math
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import office_bytes

UNITS, PRICE, COST = "planned-jars-follow-the-plan", "net-prices-are-right", "variable-costs-are-right"
SHARES, FIXED, PLACE = (
    "products-weigh-with-their-jars",
    "fixed-costs-are-those-of-a-year",
    "the-place-costs-what-the-contract-says",
)
BREAK, PROFIT, ROWS = "break-even-is-rounded-up", "profit-and-safety-follow", "every-product-stands-in-every-scenario"
SAME, TAKE, OPEN, FORM = (
    "memo-repeats-the-workbook",
    "the-right-scenario-is-recommended",
    "the-contradiction-is-named",
    "memo-is-short-with-three-headings",
)
FLAWS: dict[str, tuple[str, ...]] = {
    "same-cut-for-presents": (UNITS,),
    "jars-of-the-plan": (UNITS, OPEN),
    "vat-left-in": (PRICE,),
    "prices-not-rounded-up": (PRICE,),
    "spoilt-jars-sold": (COST,),
    "packing-of-the-first-offer": (COST,),
    "commission-on-the-list-price": (COST,),
    "plain-average": (SHARES,),
    "drawings-as-a-cost": (FIXED,),
    "sum-line-added": (FIXED,),
    "place-of-the-telephone": (PLACE,),
    "rounded-down": (BREAK,),
    "safety-over-break-even": (PROFIT,),
    "given-up-product-kept": (ROWS,),
    "memo-of-an-older-run": (SAME,),
    "highest-profit-recommended": (TAKE,),
    "others-named-in-the-recommendation": (TAKE,),
    "contradiction-hushed-up": (OPEN,),
    "memo-too-long": (FORM,),
    "headings-only-bold": (FORM, TAKE, OPEN),
}
EQUIVALENTS: dict[str, str] = {
    "live-formulas": "the brief takes figures or formulas",
    "columns-turned-round": "the brief names columns and no order",
    "titles-above": "titles above the tables are not forbidden",
    "scenario-in-full": "Scenario A says the same as A",
    "figures-spelled-otherwise": "12,345 and 12345 are one number, and cents do no harm where whole euros are enough",
}
TIMES = {"month": 12, "quarter": 4, "year": 1}
LONG = " ".join(["We have both looked at these figures more than once and slept on them."] * 20)

Row = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    products, scenarios = [], []
    for letter, story in facts.stories.items():
        rows = _products(facts, flaws, letter, story)
        products += rows
        scenarios.append(_scenario(facts, flaws, letter, story, rows))
    return {
        "breakeven.xlsx": _workbook(facts, flaws, products, scenarios),
        "memo.docx": _memo(facts, flaws, scenarios),
    }


def _products(facts: Facts, flaws: frozenset[str], letter: str, story: str) -> list[Row]:
    """Return a scenario's products, right or as a hasty reader has them."""
    rows = []
    listed = list(zip(facts.products, facts.results[story]["rows"], strict=True))
    if "given-up-product-kept" in flaws:
        listed.append((facts.old_product, [facts.old_product["units"], 6.9, 3.1]))
    for place, (product, (units, net, cost)) in enumerate(listed):
        if "same-cut-for-presents" in flaws and story == "dearer" and place < 2:
            units = product["units"] * (100 - facts.fewer) // 100
        if "jars-of-the-plan" in flaws and product["name"] == facts.claimed_name:
            units = units * facts.claimed // product["units"]
        row = {"Scenario": letter, "Product": product["name"], "Units": units, "packing": product["packing"]}
        row["Variable cost"] = cost + _cost_slip(facts, flaws, story, product, net)
        row["Net price"] = _price_slip(facts, flaws, story, product, net)
        row["Contribution"] = row["Net price"] - row["Variable cost"]
        rows.append(row)
    return rows


def _price_slip(facts: Facts, flaws: frozenset[str], story: str, product: Row, net: float) -> float:
    gross = 1 + facts.vat / 100
    if "vat-left-in" in flaws:
        return net * gross
    if "prices-not-rounded-up" in flaws and story == "dearer":
        return product["list"] * (1 + facts.rise / 100) / gross
    return net


def _cost_slip(facts: Facts, flaws: frozenset[str], story: str, product: Row, net: float) -> float:
    """Return by how much a slip puts the variable cost of a jar wrong."""
    slip = 0.0
    if "spoilt-jars-sold" in flaws:
        full = product["batch"] / product["jars"]
        slip += full - full / (1 - product["spoilt"] / 100)
    if "packing-of-the-first-offer" in flaws and story == "shop":
        slip -= (facts.old_cut - facts.cut) / 100
    if "commission-on-the-list-price" in flaws:
        slip += net * facts.vat / 100 * facts.commission / 100
    return slip


def _scenario(facts: Facts, flaws: frozenset[str], letter: str, story: str, rows: list[Row]) -> Row:
    """Return a scenario's figures, which follow from its products."""
    fixed = facts.results[story]["fixed"] + (12 * facts.drawings if "drawings-as-a-cost" in flaws else 0)
    if "sum-line-added" in flaws:
        fixed += sum(TIMES[per] * amount for (_, per), amount in facts.fixed[:3])
    if story == "shop" and "place-of-the-telephone" in flaws:
        fixed -= 4 * (facts.place - facts.old_place)
    units = sum(row["Units"] for row in rows)
    average = sum(row["Units"] * row["Contribution"] for row in rows) / units
    if "plain-average" in flaws:
        average = sum(row["Contribution"] for row in rows) / len(rows)
    exact = fixed / average
    whole = math.floor(exact) if "rounded-down" in flaws else math.ceil(exact)
    profit = average * units - fixed
    safety = (units - whole) / (whole if "safety-over-break-even" in flaws else units)
    return {
        "Scenario": letter,
        "Fixed costs": fixed,
        "Average contribution": average,
        "Break-even units": whole,
        "Planned units": units,
        "Profit": profit,
        "Margin of safety": safety,
    }


def _workbook(facts: Facts, flaws: frozenset[str], products: list[Row], scenarios: list[Row]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheets = [book.worksheets[0], book.create_sheet("Scenarios")]
    sheets[0].title = "Products"
    first = 2
    if "titles-above" in flaws:
        first = 4
        for sheet in sheets:
            sheet.append([f"{facts.firm}, prices for {facts.year}"])
            sheet.append([])
    columns = ["Scenario", "Product", "Units", "Net price", "Variable cost", "Contribution"]
    if "live-formulas" in flaws:
        turned = "columns-turned-round" in flaws
        for line, row in enumerate(products, first):
            row["Contribution"] = f"=C{line}-B{line}" if turned else f"=D{line}-E{line}"
        for line, row in enumerate(scenarios, first):
            row["Margin of safety"] = _safety_formula(line, turned, flaws)
    _append(sheets[0], flaws, columns, products)
    _append(sheets[1], flaws, list(scenarios[0]), scenarios)
    return office_bytes(book)


def _safety_formula(line: int, turned: bool, flaws: frozenset[str]) -> str:
    """Return the margin of safety as a formula on the planned and break-even units of its line."""
    units, whole = ("C", "D") if turned else ("E", "D")
    base = whole if "safety-over-break-even" in flaws else units
    return f"=({units}{line}-{whole}{line})/{base}{line}"


def _append(sheet: Any, flaws: frozenset[str], columns: list[str], rows: list[Row]) -> None:
    columns = columns[::-1] if "columns-turned-round" in flaws else columns
    sheet.append(columns)
    for row in rows:
        row = row | {"Scenario": f"Scenario {row['Scenario']}"} if "scenario-in-full" in flaws else row
        sheet.append([row[column] for column in columns])


def _memo(facts: Facts, flaws: frozenset[str], scenarios: list[Row]) -> bytes:
    """Write the memo from the figures of the workbook."""
    import docx

    document = docx.Document()
    take = "shop" if "highest-profit-recommended" in flaws else "dearer"
    letters = {story: letter for letter, story in facts.stories.items()}
    csv_units = next(p["units"] for p in facts.products if p["name"] == facts.claimed_name)
    texts = {
        "Result": f"This is what {facts.firm} would earn in {facts.year}.",
        "Recommendation": f"I would take Scenario {letters[take]}: it earns most of what keeps us safe enough.",
        "Open points": f"{facts.claimed_name}: the plan says {facts.claimed:,} jars, products.csv says {csv_units:,}.",
    }
    if "others-named-in-the-recommendation" in flaws:
        texts["Recommendation"] += f" Scenario {letters['stay']} earns less."
    if flaws & {"contradiction-hushed-up", "jars-of-the-plan"}:
        texts["Open points"] = "There are none."
    for title, text in texts.items():
        if "headings-only-bold" in flaws:
            document.add_paragraph().add_run(title).bold = True
        else:
            document.add_heading(title, level=1)
        document.add_paragraph(f"{text} {LONG}" if title == "Result" and "memo-too-long" in flaws else text)
        if title == "Result":
            _table(document, facts, flaws, scenarios)
    return office_bytes(document)


def _table(document: Any, facts: Facts, flaws: frozenset[str], scenarios: list[Row]) -> None:
    table = document.add_table(rows=0, cols=4)
    spelled = "figures-spelled-otherwise" in flaws
    lines = [["Scenario", "Break-even units", "Profit", "Margin of safety"]]
    for row in scenarios:
        whole, units = row["Break-even units"], row["Planned units"]
        safety = (units - whole) / (whole if "safety-over-break-even" in flaws else units)
        if "memo-of-an-older-run" in flaws and facts.stories[row["Scenario"]] == "shop":
            whole -= 412
        profit = f"{row['Profit']:.2f}" if spelled else f"{row['Profit']:,.0f} €"
        lines.append([row["Scenario"], str(whole) if spelled else f"{whole:,}", profit, f"{100 * safety:.1f} %"])
    for line in lines:
        line = line[::-1] if "columns-turned-round" in flaws else line
        for cell, text in zip(table.add_row().cells, line, strict=True):
            cell.text = text
