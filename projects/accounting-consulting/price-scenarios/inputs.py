"""Products, fixed costs and a plan with three scenarios, and where each of them breaks even."""
# hapi-pytest canary 829ae431-920a-42bc-beb8-2f080094fe2a

import math
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = [
    "Two Ladles",
    "Hedge & Pot",
    "The Quince Sisters",
    "Stir and Seal",
    "Copper Pan Kitchen",
    "Late Harvest Pantry",
]
GOODS = ["jams and chutneys", "chutneys, curds and pickles", "preserves and relishes", "jams, pickles and mustards"]
PEOPLE = ["Signe Aaltonen", "Margot Lévy", "Ilse Kuyper", "Beata Nowak", "Fiona Garrick", "Dalia Ortega", "Renée Blum"]
FRUIT = ["Damson", "Quince", "Rhubarb", "Medlar", "Crème Fig", "Gooseberry", "Blood Orange", "Mirabelle", "Tomato"]
FRUIT += ["Beetroot", "Pear", "Plum", "Sour Cherry", "Açaí", "Jalapeño", "Elderberry", "Carrot", "Yuzu", "Apricot"]
SPICE = ["& Ginger", "& Thyme", "with Rum", "& Cardamom", "& Chilli", "with Tea", "& Vanilla", "& Clove", "with Malt"]
SPICE += ["& Fennel", "& Star Anise", "with Cider"]
KINDS = ["Jam", "Chutney", "Relish", "Pickle", "Curd", "Marmalade", "Butter", "Mustard"]
COUNT, FAIR = 5, 2
"""Products that stay, and how many of them are bought as presents."""
EXTRAS = {
    ("Kitchen rent", "month"): (1050, 1990),
    ("Power, standing charge", "quarter"): (210, 590),
    ("Insurances", "year"): (780, 1890),
    ("Bookkeeper", "quarter"): (540, 1290),
    ("Website and telephone", "month"): (110, 290),
    ("Van lease", "month"): (310, 690),
    ("Food licence and laboratory", "year"): (460, 1380),
    ("Interest on the loan", "quarter"): (420, 1460),
}
"""Fixed costs with the period that each is paid for, and between what they are drawn."""
TIMES = {"month": 12, "quarter": 4, "year": 1}
RECKON = [
    "List prices in products.csv include {vat} % VAT. What counts for us is the net price, without VAT.",
    "Variable cost of a jar: ingredients, packing, and the market's commission. Ingredients are the batch cost shared"
    " by the jars that can be sold: of every batch the share under Spoilt is thrown away. Packing in products.csv is in"
    " cents. The commission is {commission} % of the net price.",
    "Fixed costs are per year. fixed.xlsx gives each item per month, quarter or year; lines that begin with Sum only"
    " add up what is above them. Our own drawings are no cost, we live on the profit. Neither is what we buy once.",
    "We take the scenario with the highest profit among those with a margin of safety of at least {margin} %.",
]
SCENARIOS = {
    "stay": "everything stays as it was in {last}: list prices, jars sold, costs.",
    "dearer": "list prices go up by {rise} %, and each new list price is rounded up to the next full 10 cents. We then"
    " expect to sell {fewer} % fewer jars than in {last}, and {fewest} % fewer of {fair_a} and {fair_b}, which"
    " people buy as presents.",
    "shop": "list prices stay, but we rent a place in a shop-in-shop in the city. We expect {more} % more jars of"
    " everything. The place costs {old_place:,} euros a quarter. Because of the quantity the packing gets cheaper:"
    " {old_cut} cents less a jar.",
}
CHANGES = [
    "The packer has withdrawn the first offer. The new one: {cut} cents less a jar.",
    "The shop has sent the contract: {place:,} euros a quarter, and not what we were told on the telephone.",
    "{gone} is given up. We make none in {year}, in no scenario.",
]

Facts = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Draw until the scenarios lie as the story needs them, then build attachments and facts."""
    while True:
        facts = _numbers(draw)
        results = {story: _result(facts, story) for story in SCENARIOS}
        facts["place"] = _place(draw, facts, results)
        results["shop"] = _result(facts, "shop")
        if _is_story(facts, results):
            break
    facts["margin"] = round(50 * (results["dearer"]["margin"] + results["shop"]["margin"]))
    facts["stories"] = dict(zip("ABC", draw.shuffled(list(SCENARIOS)), strict=True))
    given = facts | _words(draw, facts)
    files = {"products.csv": _products(given), "fixed.xlsx": _fixed(given), "plan.docx": _plan(given)}
    return Inputs(files=files, given=given, gold={"results": results})


def _numbers(draw: Draw) -> Facts:
    """Draw the figures of last year and of the scenarios."""
    fruit, spice = draw.sample(FRUIT, COUNT + 1), draw.sample(SPICE, COUNT + 1)
    names = [" ".join([*parts, draw.choice(KINDS)]) for parts in zip(fruit, spice, strict=True)]
    products = [
        {
            "name": name,
            "list": draw.integer(62, 119) / 10,
            "units": draw.integer(31, 86) * 100,
            "batch": draw.cents(3_900, 9_400) / 100,
            "jars": draw.integer(40, 72),
            "spoilt": draw.integer(2, 7),
            "packing": draw.integer(58, 119),
        }
        for name in names
    ]
    extras = [draw.integer(low, high) for low, high in EXTRAS.values()]
    return {
        "products": products[:COUNT],
        "old_product": products[COUNT],
        "vat": draw.integer(5, 12),
        "commission": draw.integer(9, 16),
        "rise": draw.integer(7, 10),
        "fewer": draw.integer(3, 6),
        "fewest": draw.integer(9, 14),
        "more": draw.integer(24, 32),
        "cut": draw.integer(6, 13),
        "place": 0,
        "fixed": [*zip(EXTRAS, extras, strict=True)],
        "wages": draw.integer(3450, 5900),
    }


def _result(facts: Facts, story: str) -> Facts:
    """Work out a scenario."""
    rows = []
    for place, product in enumerate(facts["products"]):
        less = facts["fewest"] if place < FAIR else facts["fewer"]
        percent = {"stay": 0, "dearer": -less, "shop": facts["more"]}[story]
        units = product["units"] * (100 + percent) // 100
        tenths = round(product["list"] * 10)
        tenths = -(-tenths * (100 + facts["rise"]) // 100) if story == "dearer" else tenths
        net = tenths / 10 / (1 + facts["vat"] / 100)
        packing = (product["packing"] - facts["cut"] * (story == "shop")) / 100
        made = product["batch"] / (product["jars"] * (1 - product["spoilt"] / 100))
        rows.append([units, net, made + packing + net * facts["commission"] / 100])
    fixed = sum(TIMES[per] * amount for (_, per), amount in facts["fixed"]) + 12 * facts["wages"]
    fixed += 4 * facts["place"] * (story == "shop")
    units, earned = sum(row[0] for row in rows), sum(row[0] * (row[1] - row[2]) for row in rows)
    exact = fixed * units / earned
    result = {"rows": rows, "fixed": fixed, "average": earned / units, "exact": exact, "break_even": math.ceil(exact)}
    return result | {"units": units, "profit": earned - fixed, "margin": (units - math.ceil(exact)) / units}


def _place(draw: Draw, facts: Facts, results: dict[str, Facts]) -> int:
    """Return the rent a quarter that leaves the shop a little more profit than dearer jars."""
    return int((results["shop"]["profit"] - results["dearer"]["profit"] - draw.integer(900, 2400)) // 4)


def _plain_average(result: Facts) -> float:
    """Return the average contribution of those who forget that products sell differently."""
    return float(sum(net - cost for _, net, cost in result["rows"]) / COUNT)


def _is_story(facts: Facts, results: dict[str, Facts]) -> bool:
    """Tell whether the shop earns most with too little safety, jars weigh, and no figure lies on an edge."""
    stay, dearer, shop = (results[story] for story in SCENARIOS)
    raised = [round(product["list"] * 10) * (100 + facts["rise"]) for product in facts["products"]]
    is_clear = all(0.1 < result["exact"] % 1 < 0.9 for result in results.values())
    is_clear = is_clear and all(price % 100 for price in raised)
    is_clear = is_clear and all(abs(result["average"] - _plain_average(result)) > 0.03 for result in results.values())
    is_ranked = shop["profit"] > dearer["profit"] > stay["profit"] + 800 and facts["place"] > 900
    return is_clear and is_ranked and 0.12 < dearer["margin"] < 0.4 and dearer["margin"] - shop["margin"] > 0.025


def _words(draw: Draw, facts: Facts) -> Facts:
    """Draw names, the withdrawn offers, and the figure in the plan that contradicts the list."""
    owner, adviser = draw.sample(PEOPLE, 2)
    names = [product["name"] for product in facts["products"]]
    claimed = facts["products"][-1]["units"] + draw.choice([-1, 1]) * draw.integer(3, 12) * 100 + draw.integer(11, 89)
    return {
        "firm": draw.choice(FIRMS),
        "goods": draw.choice(GOODS),
        "owner": owner,
        "adviser": adviser,
        "year": 2027,
        "last": "the twelve months to September 2026",
        "fair_a": names[0],
        "fair_b": names[1],
        "claimed_name": names[-1],
        "claimed": claimed,
        "gone": facts["old_product"]["name"],
        "old_cut": facts["cut"] + draw.integer(3, 8),
        "old_place": facts["place"] - draw.integer(210, 690),
        "drawings": draw.integer(1800, 2900),
        "bought": draw.integer(2200, 6900),
        "order": draw.shuffled(range(COUNT + 1)),
    }


def _products(given: Facts) -> str:
    rows = []
    for place in given["order"]:
        product = [*given["products"], given["old_product"]][place]
        figures = [f"{product['list']:.2f}", f"{product['units']:,}", f"{product['batch']:.2f}", product["jars"]]
        rows.append([product["name"], *figures, f"{product['spoilt']} %", product["packing"]])
    header = ["Product", "List price", "Jars sold", "Batch cost", "Jars per batch", "Spoilt", "Packing"]
    return csv_text(header, rows)


def _fixed(given: Facts) -> bytes:
    """The list of fixed costs: sums between the lines, drawings and a purchase among them."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ([f"{given['firm']}: what we pay whether we cook or not"], [], ["Item", "Amount", "Per", "Remark"]):
        sheet.append(row)
    lines = [(item, amount, per, "") for (item, per), amount in given["fixed"]]
    lines.insert(3, ("Wages of our helper, all in", given["wages"], "month", "sounds low"))
    rooms = sum(TIMES[per] * amount for _, amount, per, _ in lines[:3])
    lines.insert(3, ("Sum rooms and insurances", rooms, "year", ""))
    lines.insert(7, ("Our drawings", given["drawings"], "month", "must go into your break-even like a salary!"))
    lines.append(("Second-hand oven, April", given["bought"], "once", "spread it over five years"))
    for line in lines:
        sheet.append(line)
    return office_bytes(book)


def _plan(given: Facts) -> bytes:
    """How the sisters reckon, the scenarios, and the later changes."""
    import docx

    document = docx.Document()
    document.add_heading(f"Prices for {given['year']}", level=1)
    claim = "In {last} our best surprise was {claimed_name} with {claimed:,} jars."
    scenarios = [f"Scenario {letter}: {SCENARIOS[story]}" for letter, story in given["stories"].items()]
    parts = {"How we reckon": RECKON, "The three scenarios": [claim, *scenarios], "What has changed since": CHANGES}
    for title, texts in parts.items():
        document.add_heading(title, level=2)
        for text in texts:
            document.add_paragraph(text.format(**given))
    return office_bytes(document)
