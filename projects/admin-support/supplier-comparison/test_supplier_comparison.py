"""Rubric: supplier comparison."""
# hapi-pytest canary d49826d2-7a4b-4c76-ac71-84c8d817ea96

import functools
import re

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
COMPARISON, RECOMMENDATION, RULES = "comparison.xlsx", "recommendation.md", "rules.md"
REVISED, TIERS, CARTON, POUNDS, DOLLARS, TAXED, EXPIRED, MINIMUM, PENDING = range(9)
NOTHING = ("", "no", "-", "–", "—", "none", "n/a", "false")
UNIT, SCORE = 0.00006, 0.006
CURRENCIES = {"EUR": ("eur", "euro", "euros", "€"), "GBP": ("gbp", "£", "pound", "pounds"), "USD": ("usd", "$", "us$")}
MOST_WORDS = 180


def by_supplier(book, facts, sheet, *columns):
    """The first row of each supplier in a sheet, by name; which ones are there is another criterion's matter."""
    names = {scalars.folded(quote["name"]): quote["name"] for quote in facts.quotes}
    rows = {}
    for row in book.sheet(sheet).table("Supplier", *columns):
        name = names.get(scalars.folded(row["Supplier"]))
        if name:
            rows.setdefault(name, row)
    assert len(rows) > 3, f"{sheet} has {len(rows)} of the suppliers"
    return rows


def quoted(book, facts):
    return by_supplier(book, facts, "Quotes", "Price", "Unit price")


def scored(book, facts):
    return by_supplier(book, facts, "Scores", "Total", "Rank")


def days(row, column):
    """A number of days, or None where there is none."""
    return row.number(column) if re.search(r"\d", row[column]) else None


def address(sheet, key_column, key, column):
    """Address of the cell below a column's name in the row with a key; the key's column has a name, too."""
    from openpyxl.utils import get_column_letter

    at = None
    for line, cells in enumerate(sheet.values, 1):
        texts = [scalars.folded(scalars.text(cell)) for cell in cells]
        if at is None and {scalars.folded(key_column), scalars.folded(column)} <= set(texts):
            at, keys = texts.index(scalars.folded(column)), texts.index(scalars.folded(key_column))
        elif at is not None and texts[keys] == scalars.folded(key):
            return f"{get_column_letter(at + 1)}{line}"
    raise AssertionError(f"{sheet.place}: there is no {column} for {key}")


def assert_units(deliverable, facts, *roles):
    rows = quoted(deliverable.xlsx(COMPARISON), facts)
    names = [facts.quotes[role]["name"] for role in roles]
    assert any(name in rows for name in names), f"Quotes has none of {names}"
    for role, name in zip(roles, names, strict=True):
        if name in rows:
            shown = rows[name].number("Unit price")
            assert abs(shown - facts.quotes[role]["unit"]) < UNIT, f"{name}: Unit price is {shown:g}"


@rubric.critical(
    "Each of the nine suppliers has one row in Quotes, with currency, figure and pieces as quoted",
    brief=["one row for each of the nine suppliers, also for those who are out", "the figure as quoted"],
)
def nine_suppliers_have_a_row(deliverable, facts):
    book = deliverable.xlsx(COMPARISON)
    rows, table = quoted(book, facts), book.sheet("Quotes").table("Supplier", "Price", "Unit price")
    found = [scalars.folded(name) for name in table.column("Supplier")]
    for role, quote in enumerate(facts.quotes):
        name, times = quote["name"], found.count(scalars.folded(quote["name"]))
        assert times == 1, f"{name} has {times} rows"
        currency = scalars.folded(rows[name]["Currency"])
        assert currency in CURRENCIES[quote["currency"]], f"{name}: Currency is {currency!r}"
        assert rows[name].number("Pieces") == quote["for"], f"{name}: Price is for {rows[name]['Pieces']} pieces"
        if role not in (REVISED, TIERS):  # other criteria mind which figure of these counts
            gap = rows[name].number("Price") - float(quote["price"])
            assert abs(gap) < 0.00001, f"{name}: Price is {rows[name]['Price']}"


@rubric.critical(
    "Packs, thousands and price steps come down to one piece",
    attachments={RULES: "What one piece costs us, delivered, in euro, without VAT."},
)
def unit_prices_are_per_piece(deliverable, facts):
    assert_units(deliverable, facts, TIERS, EXPIRED, MINIMUM, PENDING)


@rubric.critical(
    "Dollars are euro by the given rate, and VAT is out of the price that includes it",
    attachments={RULES: "Rates are those of `request.md`."},
)
def currency_and_tax_are_out(deliverable, facts):
    assert_units(deliverable, facts, DOLLARS, TAXED)


@rubric.important(
    "Carriage per carton and the plate, in their currency, are spread over the pieces",
    attachments={RULES: "spread evenly over the pieces"},
)
def carriage_and_plates_are_in(deliverable, facts):
    assert_units(deliverable, facts, CARTON, POUNDS)


@rubric.important(
    "The supplier who wrote twice stands there with the later price",
    attachments={RULES: "If a supplier writes twice, the later letter counts."},
)
def the_later_letter_counts(deliverable, facts):
    assert_units(deliverable, facts, REVISED)


@rubric.critical(
    "Expired, too large a minimum and no certificate are out with a reason, everybody else is scored",
    attachments={RULES: "It stays in the table, with the reason."},
)
def those_who_are_out_are_out(deliverable, facts):
    book = deliverable.xlsx(COMPARISON)
    for name, row in quoted(book, facts).items():
        is_out = scalars.folded(row["Excluded"]) not in NOTHING
        assert is_out == (name in facts.out), f"{name}: Excluded is {row['Excluded']!r}"
    in_race = sorted(quote["name"] for quote in facts.quotes if quote["name"] not in facts.out)
    assert sorted(scored(book, facts)) == in_race, f"Scores has {sorted(scored(book, facts))}"


@rubric.important(
    "Lead time and payment are calendar days by the rules",
    attachments={RULES: "a week is 7 days, and so are five working days"},
)
def days_are_calendar_days(deliverable, facts):
    rows = quoted(deliverable.xlsx(COMPARISON), facts)
    for role, quote in enumerate(facts.quotes):
        if quote["name"] in rows:
            row = rows[quote["name"]]
            assert row.number("Payment days") == quote["payment"], f"{quote['name']}: {row['Payment days']} to pay"
            if role not in (POUNDS, TAXED):
                assert row.number("Lead days") == quote["lead"], f"{quote['name']}: {row['Lead days']} to deliver"


@rubric.pitfall(
    "What a quote leaves out or contradicts is not decided for it, and has a question",
    attachments={RULES: "leave the cell empty and write down the question"},
)
def what_is_not_said_stays_open(deliverable, facts):
    rows = quoted(deliverable.xlsx(COMPARISON), facts)
    silent, double = (facts.quotes[role] for role in (POUNDS, TAXED))
    assert {silent["name"], double["name"]} <= set(rows), "a supplier who must be asked is not in Quotes"
    shown = rows[silent["name"]]["Lead days"]
    assert not re.search(r"\d", shown), f"{silent['name']}: Lead days is {shown!r}"
    assert rows[double["name"]].number("Lead days") == double["lead"], f"{double['name']}: not the worse figure"
    for name, row in rows.items():
        is_asked = scalars.folded(row["Open question"]) not in NOTHING
        wanted = name in (silent["name"], double["name"])
        assert is_asked == wanted, f"{name}: Open question is {row['Open question']!r}"


@rubric.critical(
    "Scores follow by the rules from the figures in Quotes and the testers' marks",
    attachments={RULES: "compare only those who are in the race"},
)
def scores_follow_the_rules(deliverable, facts):
    book = deliverable.xlsx(COMPARISON)
    quotes, scores = quoted(book, facts), scored(book, facts)
    race = {name: quotes[name] for name in scores if name in quotes}
    assert race, "nobody in Scores is in Quotes"
    units = {name: row.number("Unit price") for name, row in race.items()}
    leads = {name: days(row, "Lead days") for name, row in race.items()}
    pays = {name: days(row, "Payment days") or 0 for name, row in race.items()}
    shortest, longest = min((lead for lead in leads.values() if lead), default=0), max(pays.values())
    assert min(units.values()) > 0 and longest > 0, "a unit price or all payment days are 0"
    marks = {quote["name"]: [mark for mark in quote["marks"] if mark is not None] for quote in facts.quotes}
    for name in race:
        wanted = {
            "Price": 10 * min(units.values()) / units[name],
            "Lead time": 10 * shortest / leads[name] if leads[name] else 0,
            "Payment": 10 * pays[name] / longest,
            "Samples": sum(marks[name]) / len(marks[name]),
        }
        for column, score in wanted.items():
            shown = scores[name].number(column)
            assert abs(shown - score) < SCORE, f"{name}, {column}: {shown:.3f}"


def assert_ranked(scores):
    totals = {name: row.number("Total") for name, row in scores.items()}
    for name, row in scores.items():
        better = sum(total > totals[name] + 1e-9 for total in totals.values())
        assert row.number("Rank") == better + 1, f"{name} has rank {row['Rank']} and {better} better ones"


@rubric.critical(
    "Totals follow from scores and the given weights, and ranks from totals",
    attachments={RULES: "The highest total has rank 1."},
)
def totals_and_ranks_tie(deliverable, facts):
    scores = scored(deliverable.xlsx(COMPARISON), facts)
    for name, row in scores.items():
        total = sum(w * row.number(column) for w, column in zip(facts.weights, facts.criteria, strict=True)) / 100
        assert abs(row.number("Total") - total) < 2 * SCORE, f"{name}: Total is {row['Total']}"
    assert_ranked(scores)


@functools.lru_cache(maxsize=1)
def shaken(book, supplier):
    """The workbook with a tenth of a supplier's Price and some weight moved from Lead time to Price."""
    quotes, sheet = book.sheet("Quotes"), book.sheet("Weights")
    price = address(quotes, "Supplier", supplier, "Price")
    up, down = (address(sheet, "Criterion", name, "Weight") for name in ("Price", "Lead time"))
    step = 10 if sheet.number(up) > 1 else 0.1
    places = {("Weights", up): sheet.number(up) + step, ("Weights", down): sheet.number(down) - step}
    return book.changed({("Quotes", price): quotes.number(price) / 10, **places})


def weighted(book, facts, row):
    """What a row's scores add up to with the weights on the sheet of a workbook, given as 38 or as 38 %."""
    table = book.sheet("Weights").table("Criterion", "Weight")
    found = {scalars.folded(row["Criterion"]): row.number("Weight") for row in table if row["Criterion"]}
    assert set(map(scalars.folded, facts.criteria)) <= set(found), f"Weights has only {sorted(found)}"
    whole = 100 if max(found.values()) > 1 else 1
    return sum(found[scalars.folded(name)] * row.number(name) for name in facts.criteria) / whole


@rubric.critical(
    "A new Price in Quotes moves unit price, scores, totals and ranks",
    brief="when somebody sends a new Price and I type it into Quotes",
)
def a_new_price_moves_everything(deliverable, facts):
    book, name = deliverable.xlsx(COMPARISON), facts.quotes[REVISED]["name"]
    changed = shaken(book, name)
    before, after = (quoted(each, facts)[name].number("Unit price") for each in (book, changed))
    assert abs(after - before / 10) < UNIT, f"Unit price goes from {before:g} to {after:g}"
    old, new = scored(book, facts), scored(changed, facts)
    assert name in old, f"{name} is not in Scores"
    for each, row in new.items():
        moved = row.number("Price") - old[each].number("Price")
        assert (moved > -0.01) if each == name else (moved < -0.01), f"{each}: Price moves by {moved:.3f}"
        # whether the new weights count is another criterion's matter
        gaps = [abs(row.number("Total") - weighted(weighing, facts, row)) for weighing in (book, changed)]
        assert min(gaps) < 2 * SCORE, f"{each}: Total does not follow its scores"
    assert_ranked(new)


@rubric.important(
    "Other weights move the totals",
    brief="or when my boss wants other weights, everything has to follow by itself",
)
def new_weights_move_the_totals(deliverable, facts):
    changed = shaken(deliverable.xlsx(COMPARISON), facts.quotes[REVISED]["name"])
    for name, row in scored(changed, facts).items():
        total = weighted(changed, facts, row)
        assert abs(row.number("Total") - total) < 2 * SCORE, f"{name}: Total stays at {row.number('Total'):.3f}"


def sentences(deliverable):
    """The text without headings, white space folded, by sentences."""
    lines = [line for line in deliverable.text(RECOMMENDATION).splitlines() if not line.lstrip().startswith("#")]
    text = " ".join(" ".join(lines)[:20_000].split())
    assert text, f"{RECOMMENDATION} has no text"
    return re.split(r"(?<=[.!?])\s", text)


@rubric.critical(
    "The first sentence names the winner of Scores alone; runner-up and both totals follow",
    brief="The first sentence says whom we should take and names nobody else.",
)
def the_text_names_the_winner(deliverable, facts):
    told = [scalars.folded(sentence) for sentence in sentences(deliverable)]
    ranks = {row.number("Rank"): (name, row) for name, row in scored(deliverable.xlsx(COMPARISON), facts).items()}
    assert 1 in ranks and 2 in ranks, "Scores has no ranks 1 and 2"
    named = [quote["name"] for quote in facts.quotes if scalars.folded(quote["name"]) in told[0]]
    assert named == [ranks[1][0]], f"the first sentence names {named}"
    assert scalars.folded(ranks[2][0]) in " ".join(told), "the runner-up is not named"
    figures = [float(found) for found in re.findall(r"\d{1,3}\.\d+", " ".join(told).replace(",", "."))]
    for rank in (1, 2):
        total = ranks[rank][1].number("Total")
        assert any(abs(figure - total) < SCORE for figure in figures), f"the total of rank {rank} is not there"


@rubric.important(
    "The text has 180 words at most, and names those who are out and those who must be asked",
    brief="`recommendation.md`, at most 180 words.",
)
def the_text_is_short_and_complete(deliverable, facts):
    told = scalars.folded(" ".join(sentences(deliverable)))
    counts = len(told.split()), len(re.findall(r"\S*\w\S*", told))
    assert min(counts) <= MOST_WORDS, f"the text has {min(counts)} words"
    wanted = [*facts.out, *(facts.quotes[role]["name"] for role in (POUNDS, TAXED))]
    missing = [name for name in wanted if scalars.folded(name) not in told]
    assert not missing, f"not in the text: {missing}"


def test_supplier_comparison(engagement):
    engagement.assert_complete()
