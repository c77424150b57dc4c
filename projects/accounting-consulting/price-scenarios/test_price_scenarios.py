"""Rubric: price scenarios."""
# hapi-pytest canary 829ae431-920a-42bc-beb8-2f080094fe2a

import math
import re

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars
from hapi_pytest.readers.tables import Table

rubric = Rubric()
WORKBOOK, MEMO = "breakeven.xlsx", "memo.docx"
HEADINGS = ["result", "recommendation", "open points"]
WORDS = 250
CENT, EURO = 0.0051, 0.6
_UNIT = re.compile(r"(?<=\d)\s?(jars|units|euros?)$", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?<=\d)[,.'’ \u00a0\u202f](?=\d{3}(?!\d))")


def letter(text):
    """A of A, of Scenario A, and of A - as it is."""
    words = [word for word in re.findall(r"\w+", scalars.folded(text)) if word != "scenario"]
    return words[0].upper() if words else ""


def products(deliverable, facts):
    """Rows of Products by scenario and product."""
    found = {}
    for row in deliverable.xlsx(WORKBOOK).sheet("Products").table("Scenario", "Product", "Units"):
        key = letter(row["Scenario"]), scalars.folded(row["Product"])
        if key[0] in facts.stories and key[1]:
            found.setdefault(key, row)
    assert found, "Products has no rows for A, B and C"
    return found


def scenarios(deliverable, facts):
    """Rows of Scenarios by letter."""
    found = {}
    for row in deliverable.xlsx(WORKBOOK).sheet("Scenarios").table("Scenario", "Break-even units"):
        if letter(row["Scenario"]) in facts.stories:
            found.setdefault(letter(row["Scenario"]), row)
    missing = [name for name in facts.stories if name not in found]
    assert not missing, f"Scenarios has no row for {missing}"
    return found


def expected(deliverable, facts):
    """Each row of Products that there must be, with units, net price and variable cost."""
    found = products(deliverable, facts)
    for name, story in facts.stories.items():
        for product, figures in zip(facts.products, facts.results[story]["rows"], strict=True):
            key = name, scalars.folded(product["name"])
            assert key in found, f"Products has no row for {product['name']} in scenario {name}"
            yield found[key], figures


@rubric.critical(
    "Planned jars of each product follow from products.csv and the plan, less of the presents where it says so",
    brief="reckon with products.csv",
    attachments={"plan.docx": "% fewer of {fair_a} and {fair_b}"},
)
def planned_jars_follow_the_plan(deliverable, facts):
    for row, (units, _, _) in expected(deliverable, facts):
        assert abs(row.number("Units") - units) < 0.5, f"{row.place}: {row['Units']} jars are not planned"


@rubric.critical(
    "Net prices are without VAT, and raised list prices were rounded up before",
    attachments={"plan.docx": "each new list price is rounded up to the next full 10 cents"},
)
def net_prices_are_right(deliverable, facts):
    for row, (_, net, _) in expected(deliverable, facts):
        assert abs(row.number("Net price") - net) < CENT, f"{row.place}: the net price is not right"


@rubric.critical(
    "Variable cost is ingredients by jars that can be sold, packing as last offered, and commission on the net price",
    attachments={"plan.docx": "The new one: {cut} cents less a jar."},
)
def variable_costs_are_right(deliverable, facts):
    for row, (_, _, cost) in expected(deliverable, facts):
        assert abs(row.number("Variable cost") - cost) < CENT, f"{row.place}: the variable cost is not right"


@rubric.important(
    "Contribution is net price less variable cost, and the average weighs each product with its jars",
    brief="so each product weighs with its Units",
)
def products_weigh_with_their_jars(deliverable, facts):
    rows = products(deliverable, facts)
    for row in rows.values():
        wanted = row.number("Net price") - row.number("Variable cost")
        assert abs(row.number("Contribution") - wanted) < CENT, f"{row.place}: not net price less variable cost"
    for name, row in scenarios(deliverable, facts).items():
        own = [other for key, other in rows.items() if key[0] == name]
        units = sum(other.number("Units") for other in own)
        assert units > 0, f"scenario {name} has no jars"
        average = sum(other.number("Units") * other.number("Contribution") for other in own) / units
        assert abs(row.number("Average contribution") - average) < CENT, f"{row.place}: this is not the average"
        assert abs(row.number("Planned units") - units) < 0.5, f"{row.place}: planned units are not the sum"


def shop(facts):
    """The scenario with the rented place."""
    return next(name for name, story in facts.stories.items() if story == "shop")


@rubric.critical(
    "Fixed costs are a whole year of what fixed.xlsx lists, without sums, drawings and what is bought once",
    brief="Fixed costs (of the whole year)",
    attachments={"plan.docx": "Our own drawings are no cost, we live on the profit."},
)
def fixed_costs_are_those_of_a_year(deliverable, facts):
    for name, row in scenarios(deliverable, facts).items():
        if name != shop(facts):
            wanted = facts.results[facts.stories[name]]["fixed"]
            assert abs(row.number("Fixed costs") - wanted) < EURO, f"{row.place}: fixed costs are not right"


@rubric.important(
    "The place in the city adds a year of the rent in the contract to the fixed costs of its scenario",
    brief="A later change replaces what stands above it.",
    attachments={"plan.docx": "The shop has sent the contract"},
)
def the_place_costs_what_the_contract_says(deliverable, facts):
    rows = scenarios(deliverable, facts)
    with_place, *without = [rows[name].number("Fixed costs") for name in sorted(rows, key=lambda n: n != shop(facts))]
    for other in without:
        assert abs(with_place - other - 4 * facts.place) < EURO, f"the place adds {with_place - other:.0f} euros"


@rubric.critical(
    "Break-even units are fixed costs by average contribution, rounded up to whole jars",
    brief="Break-even units is Fixed costs by Average contribution, rounded up to whole jars.",
)
def break_even_is_rounded_up(deliverable, facts):
    for name, row in scenarios(deliverable, facts).items():
        found, average = row.number("Break-even units"), row.number("Average contribution")
        assert average > 0, f"{row.place}: there is no contribution"
        wanted = [math.ceil(row.number("Fixed costs") / average - 1e-6)]
        # An average that was only written down rounded still leads to the right jars.
        wanted.append(facts.results[facts.stories[name]]["break_even"])
        assert found in wanted, f"{row.place}: {found:g} is not the break-even"


@rubric.important(
    "Profit and margin of safety follow from the other figures of their scenario",
    brief="Margin of safety is the share of Planned units that lies above Break-even units",
    attachments={"plan.docx": "we live on the profit"},
)
def profit_and_safety_follow(deliverable, facts):
    for row in scenarios(deliverable, facts).values():
        units = row.number("Planned units")
        assert units > 0, f"{row.place}: no jars are planned"
        wanted = units * row.number("Average contribution") - row.number("Fixed costs")
        assert abs(row.number("Profit") - wanted) < EURO, f"{row.place}: profit does not follow"
        wanted = 1 - row.number("Break-even units") / units
        assert abs(row.number("Margin of safety") - wanted) < 0.0006, f"{row.place}: margin of safety does not follow"


@rubric.pitfall(
    "Products has every product that is still made in each scenario once, and not the one that was given up",
    brief="one row for each scenario and each product that we will still make in {year}",
    attachments={"plan.docx": "{gone} is given up."},
)
def every_product_stands_in_every_scenario(deliverable, facts):
    wanted = [(name, scalars.folded(product["name"])) for name in facts.stories for product in facts.products]
    table = deliverable.xlsx(WORKBOOK).sheet("Products").table("Scenario", "Product", "Units")
    found = [(letter(row["Scenario"]), scalars.folded(row["Product"])) for row in table]
    found = [key for key in found if key[0] in facts.stories and key[1]]
    assert sorted(found) == sorted(wanted), "Products has not exactly the rows asked for"


def memo_table(deliverable):
    """The table of the memo that has break-even units."""
    document = deliverable.docx(MEMO)
    for cells in document.tables:
        header = [text.partition("(")[0] for text in cells[0]] if cells else []
        if "break-even units" in map(scalars.folded, header):
            rows = [[_UNIT.sub("", text.strip()) for text in row] for row in cells[1:]]
            return Table(f"{MEMO}, table", header, rows)
    raise AssertionError("memo.docx has no table with Break-even units")


@rubric.critical(
    "The memo's table shows the workbook's figures for all three scenarios",
    brief="the same figures as in the workbook",
)
def memo_repeats_the_workbook(deliverable, facts):
    told = {letter(row["Scenario"]): row for row in memo_table(deliverable)}
    for name, row in scenarios(deliverable, facts).items():
        assert name in told, f"the memo's table has no scenario {name}"
        for column, near in (("Break-even units", 0.001), ("Profit", EURO), ("Margin of safety", 0.0006)):
            is_same = abs(told[name].number(column) - row.number(column)) < near
            assert is_same, f"{column} of scenario {name} is not that of the workbook"


def section(deliverable, title):
    """The text below a heading of the memo, up to the next heading."""
    inside, texts = False, []
    for paragraph in deliverable.docx(MEMO).paragraphs:
        if paragraph.is_heading:
            inside = scalars.folded(paragraph.text).rstrip(" :") == title
        elif inside:
            texts.append(paragraph.text)
    assert "".join(texts).strip(), f"memo.docx has nothing under a heading {title}"
    return "\n".join(texts)


@rubric.critical(
    "The recommendation names the scenario that the plan's rule leads to, and no other",
    brief="name the scenario that plan.docx tells us to take",
    attachments={"plan.docx": "the highest profit among those with a margin of safety of at least {margin} %"},
)
def the_right_scenario_is_recommended(deliverable, facts):
    named = set(re.findall(r"\b(?i:scenario)\s+([ABC])\b", section(deliverable, "recommendation")))
    assert len(named) == 1, f"the recommendation names {len(named)} scenarios"
    (name,) = named
    assert facts.stories[name] == "dearer", f"scenario {name} is not the one to take"


@rubric.important(
    "Open points names the product on which plan and list contradict each other, with both figures",
    brief="say there which product it is and what both files say",
)
def the_contradiction_is_named(deliverable, facts):
    text = _SEPARATOR.sub("", scalars.folded(section(deliverable, "open points")))
    listed = next(product["units"] for product in facts.products if product["name"] == facts.claimed_name)
    assert scalars.folded(facts.claimed_name) in text, "the product is not named"
    for source, figure in (("plan.docx", facts.claimed), ("products.csv", listed)):
        assert re.search(rf"(?<!\d){figure}(?!\d)", text), f"what {source} says is not named"


@rubric.important(
    "The memo has at most 250 words and the three headings as headings",
    brief="at most 250 words with everything",
)
def memo_is_short_with_three_headings(deliverable):
    document = deliverable.docx(MEMO)
    headings = [scalars.folded(heading).rstrip(" :") for heading in document.headings]
    missing = [heading for heading in HEADINGS if heading not in headings]
    assert not missing, f"there is no heading {missing}"
    words = len(document.text.split())
    assert words <= WORDS, f"the memo has {words} words"


def test_price_scenarios(engagement):
    engagement.assert_complete()
