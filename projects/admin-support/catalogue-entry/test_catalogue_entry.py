"""Rubric: catalogue entry."""
# hapi-pytest canary 05c06565-18f3-4fce-b56d-054de6241588

import html
import re
from decimal import ROUND_HALF_UP, Decimal

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
PRODUCTS, RULES, MAIL = "products.csv", "rules.md", "changes.eml"
HEADER = [
    *("SKU", "ParentSKU", "Title", "CategoryPath", "PriceGross", "TaxRate", "WeightKg", "LengthCm", "WidthCm"),
    *("HeightCm", "EAN", "Colour", "DescriptionHTML"),
]
SIZES = ("LengthCm", "WidthCm", "HeightCm")
TAGS = re.compile(r"</?(p|ul|li|strong)\s*>", re.IGNORECASE)
MOST = 70


def short(sku):
    """A SKU without zeros in front; one criterion minds them."""
    return sku.strip().lstrip("0").upper()


def sold(facts):
    """Sheets of products that are entered."""
    gone = facts.changes["withdrawn"]
    return [sheet for sheet in facts.sheets if sheet["status"] == "available" and sheet["sku"] not in gone]


def lines(facts):
    """Lines that are wanted: the SKU, its sheet, and the colour; `parent` in its place for a parent line."""
    for sheet in sold(facts):
        yield sheet["sku"], sheet, "parent" if sheet["colours"] else ""
        for colour in sheet["colours"]:
            yield f"{sheet['sku']}-{facts.codes[colour]}", sheet, colour


def found(deliverable, facts, wanted):
    """Rows with their sheets and colours for the lines that are looked for; which are there is another matter."""
    rows = {}
    for row in deliverable.csv(PRODUCTS):
        rows.setdefault(short(row["SKU"]), row)
    looked_for = [line for line in lines(facts) if wanted(line[1], line[2])]
    pairs = [(rows[short(sku)], sheet, colour) for sku, sheet, colour in looked_for if short(sku) in rows]
    assert len(pairs) * 2 > len(looked_for), f"{PRODUCTS} has {len(pairs)} of {len(looked_for)} lines"
    return pairs


def is_changed(facts, sheet):
    """Whether an edition or the mail says something else than one sheet."""
    return sheet["sku"] in (facts.old["sku"], facts.changes["price"][0], facts.changes["weight"][0])


def gross(sheet):
    """The price of one piece with tax."""
    price = Decimal(sheet["price"]) / sheet["per"]
    price = price if sheet["supplier"] == "B" else price * (100 + sheet["tax"]) / 100
    return float(price.quantize(Decimal("0.01"), ROUND_HALF_UP))


def kilograms(sheet):
    factor = {"A": 0.001, "B": 1.0, "C": 0.001}[sheet["supplier"]]
    return float(Decimal(sheet["weight"])) * (0.45359237 if sheet["units"] == "lb" else factor)


def centimetres(sheet):
    factor = {"A": 0.1, "B": 1.0, "C": 0.1}[sheet["supplier"]]
    return [float(Decimal(size)) * (2.54 if sheet["units"] == "lb" else factor) for size in sheet["sizes"]]


def assert_near(row, column, wanted, tolerance):
    shown = row.number(column)
    assert abs(shown - wanted) <= tolerance, f"{row['SKU']}, {column}: {shown:g}"


def assert_measures(deliverable, facts, wanted):
    for row, sheet, _ in found(deliverable, facts, lambda s, c: c != "parent" and wanted(s)):
        assert_near(row, "WeightKg", kilograms(sheet), 0.0006)
        for column, size in zip(SIZES, centimetres(sheet), strict=True):
            assert_near(row, column, size, 0.051)


@rubric.critical(
    "The header has all names of the template, exactly so, and no others",
    brief="they have to be all the names of the template, written exactly like that, and no others",
)
def header_is_the_template(deliverable):
    header = deliverable.csv(PRODUCTS).header
    assert sorted(header) == sorted(HEADER), f"the header is {header}"


@rubric.critical(
    "Every product has its line, with colours one for each and one above them, under the SKU as printed",
    brief="Article numbers stay as they are printed, with all their zeros and dashes.",
    attachments={RULES: "A product in several colours gets a parent line and one line per colour."},
)
def every_product_has_its_lines(deliverable, facts):
    skus = list(deliverable.csv(PRODUCTS).column("SKU"))
    wanted = [sku for sku, _, _ in lines(facts)]
    missing = sorted(set(wanted) - set(skus))
    assert not missing, f"no line for {missing[:6]}"
    assert len(skus) == len(set(skus)), "a SKU stands there twice"


@rubric.pitfall(
    "What is discontinued, withdrawn or the template's example is not there",
    brief="The example must not come back.",
    attachments={RULES: "A product whose sheet says discontinued or no longer available is not entered."},
)
def nothing_is_there_that_should_not(deliverable, facts):
    known = {short(sku) for sku, _, _ in lines(facts)}
    skus = list(deliverable.csv(PRODUCTS).column("SKU"))
    assert any(short(sku) in known for sku in skus), "none of the products is there"
    extra = [sku for sku in skus if short(sku) not in known]
    assert not extra, f"should not be there: {extra[:6]}"


@rubric.critical(
    "Colour lines point to their parent, and a parent line has only what the rules give it",
    attachments={RULES: "The parent line has SKU, Title, CategoryPath and DescriptionHTML and nothing else."},
)
def colours_hang_below_their_parent(deliverable, facts):
    for row, sheet, colour in found(deliverable, facts, lambda s, c: True):
        above, shown = (sheet["sku"], colour) if colour not in ("", "parent") else ("", "")
        assert short(row["ParentSKU"]) == short(above), f"{row['SKU']}: ParentSKU is {row['ParentSKU']!r}"
        assert scalars.folded(row["Colour"]) == shown, f"{row['SKU']}: Colour is {row['Colour']!r}"
        empty = ("PriceGross", "TaxRate", "WeightKg", *SIZES, "EAN") if colour == "parent" else ()
        empty = ("DescriptionHTML",) if shown else empty
        filled = [column for column in empty if row[column]]
        assert not filled, f"{row['SKU']} has {filled}"


@rubric.critical(
    "Prices are those of one piece with the tax of the category",
    attachments={RULES: "is for one piece and includes tax, in euro"},
)
def prices_are_gross(deliverable, facts):
    later = (facts.old["sku"], facts.changes["price"][0])
    for row, sheet, _ in found(deliverable, facts, lambda s, c: c != "parent"):
        if sheet["per"] == 1 and sheet["sku"] not in later:
            assert_near(row, "PriceGross", gross(sheet), 0.0051)
        assert_near(row, "TaxRate", sheet["tax"], 0.0001)


@rubric.important(
    "Prices of packs are divided before they are rounded",
    attachments={RULES: "Round once, at the end, to the nearest cent."},
)
def packs_are_priced_per_piece(deliverable, facts):
    for row, sheet, _ in found(deliverable, facts, lambda s, c: s["per"] > 1):
        assert_near(row, "PriceGross", gross(sheet), 0.0051)


@rubric.critical(
    "Metric weights are kilograms and metric sizes centimetres",
    attachments={RULES: "kilograms with three decimals, centimetres with one"},
)
def weights_and_sizes_are_converted(deliverable, facts):
    assert_measures(deliverable, facts, lambda s: s["units"] == "m" and not is_changed(facts, s))


@rubric.important(
    "Pounds and inches of supplier C are converted, too",
    attachments={RULES: "A pound is 0.45359237 kg, an inch 2.54 cm."},
)
def pounds_and_inches_are_converted(deliverable, facts):
    assert_measures(deliverable, facts, lambda s: s["units"] == "lb")


@rubric.important(
    "Every EAN has 13 digits and the right check digit, or the cell is empty",
    brief="please don't look anything up and don't make anything up",
    attachments={RULES: "If it is not, or if there is no EAN, the cell stays empty."},
)
def eans_are_valid_or_empty(deliverable, facts):
    for row, sheet, colour in found(deliverable, facts, lambda s, c: c != "parent"):
        wanted = sheet["colours"][colour] if colour else sheet["ean"]
        shown = row["EAN"].strip("'= \"")  # as spreadsheets mark text
        assert shown == wanted, f"{row['SKU']}: EAN is {row['EAN']!r}"


@rubric.critical(
    "Category paths go from the top to the category that takes products now",
    attachments={RULES: "A closed category has a note that says where its products go now."},
)
def categories_are_whole_paths(deliverable, facts):
    for row, sheet, _ in found(deliverable, facts, lambda s, c: True):
        levels = [scalars.folded(level) for level in row["CategoryPath"].split(">")]
        assert levels == [scalars.folded(level) for level in sheet["path"]], f"{row['SKU']}: {row['CategoryPath']!r}"


@rubric.important(
    "Titles are the names on the sheets, with the colour, and without the brackets where there is no room",
    attachments={RULES: "leave out the part in brackets, and nothing else"},
)
def titles_fit(deliverable, facts):
    for row, sheet, colour in found(deliverable, facts, lambda s, c: True):
        behind = f", {colour}" if colour not in ("", "parent") else ""
        whole = sheet["name"] + behind
        title = whole if len(whole) <= MOST else sheet["short"] + behind
        assert scalars.folded(row["Title"]) == scalars.folded(title), f"{row['SKU']}: Title is {row['Title']!r}"


def words(text):
    return re.findall(r"\w+", scalars.folded(text[:50_000]))


@rubric.critical(
    "Descriptions have every word of the text, the allowed tags alone, and lists and bold words as such",
    attachments={RULES: "the supplier's text word for word, with no other tags than"},
)
def descriptions_are_clean(deliverable, facts):
    for row, sheet, _ in found(deliverable, facts, lambda s, c: c in ("", "parent")):
        shown, place = row["DescriptionHTML"][:50_000], row["SKU"]
        rest = TAGS.sub(" ", shown)
        assert "<" not in rest, f"{place}: another tag, an attribute or a bare < in {shown[:80]!r}"
        assert not re.search(r"&(?!#?\w{1,8};)", rest), f"{place}: a bare & in {shown[:80]!r}"
        tags = [found_tag.casefold().replace(" ", "") for found_tag in re.findall(r"<[^>]*>", shown)]
        for tag in ("p", "ul", "li", "strong"):
            assert tags.count(f"<{tag}>") == tags.count(f"</{tag}>"), f"{place}: <{tag}> is not closed"
        said = " ".join(words(html.unescape(rest)))
        said = said.replace(" ".join(words(sheet["dealer"])), "")  # which another criterion minds
        wanted = words(" ".join([*sheet["paragraphs"], *sheet["bullets"]]))
        assert said.split() == wanted, f"{place}: the words are not those of the sheet"
        assert tags.count("<li>") == len(sheet["bullets"]), f"{place}: {tags.count('<li>')} points in the list"
        assert "<p>" in tags and "<ul>" in tags, f"{place}: no paragraph or no list"
        bold = re.findall(r"<strong\s*>([^<]*)<", shown, re.IGNORECASE)
        wanted = words(sheet["paragraphs"][0])[-1:] if sheet["supplier"] == "B" else []
        assert words(" ".join(bold)) == wanted, f"{place}: bold is {bold}"


@rubric.pitfall(
    "No description shows a line for dealers",
    brief="a line that was meant for dealers only costs me a friendly supplier",
)
def dealer_lines_stay_out(deliverable, facts):
    for row, _, _ in found(deliverable, facts, lambda s, c: c in ("", "parent")):
        text = row["DescriptionHTML"]
        assert text and "dealer" not in text.casefold(), f"{row['SKU']}: {text[-80:]!r}"


@rubric.important(
    "The later edition and the buyer's mail win over a sheet",
    brief="What she says counts more than a sheet.",
    attachments={RULES: "the one with the later edition counts and the other is scrap paper"},
)
def the_latest_word_counts(deliverable, facts):
    (priced, price), (weighed, weight) = facts.changes["price"], facts.changes["weight"]
    for row, sheet, _ in found(deliverable, facts, lambda s, c: is_changed(facts, s)):
        new = sheet | {"price": price} if sheet["sku"] == priced else sheet
        assert_near(row, "PriceGross", gross(new), 0.0051)
        grams = float(Decimal(weight)) if sheet["sku"] == weighed else kilograms(sheet)
        assert_near(row, "WeightKg", grams, 0.0006)


def test_catalogue_entry(engagement):
    engagement.assert_complete()
