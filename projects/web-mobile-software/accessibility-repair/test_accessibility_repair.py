"""Rubric: accessibility repair."""
# hapi-pytest canary fa2a8575-0e38-4b9f-a1a4-4c9e53ed3bce

import re
import unicodedata

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()

GROUPS = {"Newsletter": 3, "Membership": 3}
PERSONAL = ("name", "email", "tel")
STATES = ("role", "aria-hidden", "aria-label", "aria-labelledby", "tabindex", "title", "hidden", "alt", "lang")


def squeezed(text):
    """Text without white space and the difference between kinds of quotation marks."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("‘’“”", "''\"\"", "\u00ad\u200b"))
    return "".join(text.split())


def page_of(deliverable, facts):
    """The page, and its blocks by their numbers."""
    page = deliverable.html("page_fixed.html")
    elements = page.all("[data-cms]")
    assert len(elements) <= 500, f"page_fixed.html has {len(elements)} blocks"
    blocks = {element.attribute("data-cms"): element for element in elements}
    assert 2 * len(blocks.keys() & facts.blocks.keys()) > len(facts.blocks), "page_fixed.html is not the page"
    return page, blocks


def block(blocks, number):
    assert number in blocks, f"the block {number} is not there"
    return blocks[number]


def expected(facts, *tags):
    """Blocks of some elements that could be repaired, with their attributes."""
    found = {n: one["attributes"] for n, one in facts.blocks.items() if one["tag"] in tags}
    return {n: attributes for n, attributes in found.items() if "picture=open" not in facts.blocks[n]["rules"]}


def styles(deliverable, facts):
    page, _ = page_of(deliverable, facts)
    source = re.sub(r"<!--.*?(?:-->|\Z)", " ", page.source, flags=re.DOTALL)
    found = " ".join(part.partition(">")[2].partition("</style")[0] for part in source.split("<style")[1:])
    return re.sub(r"/\*.*?(?:\*/|\Z)", " ", found, flags=re.DOTALL)


def luminance(value):
    """How bright a colour is that is written in hexadecimal or as rgb."""
    text = {"black": "#000", "white": "#fff"}.get(value, value)
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        text = "#" + "".join(digit * 2 for digit in text[1:])
    parts = re.fullmatch(r"rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)", text)
    if parts:
        values = [scalars.number(part, value) for part in parts.groups()]
    else:
        assert re.fullmatch(r"#[0-9a-f]{6}", text), f"{value[:40]!r} is neither a hexadecimal nor an rgb colour"
        values = [int(text[at : at + 2], 16) for at in (1, 3, 5)]
    bright = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in values]
    return 0.2126 * bright[0] + 0.7152 * bright[1] + 0.0722 * bright[2]


@rubric.critical(
    "What one reads and the numbers of the blocks are as before, in the same order",
    brief=[
        "not a word that one reads on it may change, come or go",
        "each stays, once, in the same order, on the repaired element too",
    ],
)
def text_and_blocks_kept(deliverable, facts):
    page, _ = page_of(deliverable, facts)
    found, wanted = squeezed(page.text), squeezed(facts.text)
    at = next((n for n, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), -30)
    assert found == wanted, f"the text differs near {found[max(at - 20, 0) : at + 30]!r}"
    gone = [number for number, one in facts.blocks.items() if not one["tag"]]
    numbers = [element.attribute("data-cms") for element in page.all("[data-cms]")]
    kept = [number for number in numbers if number not in gone]
    assert kept == [number for number in facts.blocks if number not in gone], "the blocks are not those of page.html"


@rubric.critical(
    "Every picture that can be repaired says what the list says, and decoration says nothing",
    brief="`pictures.csv` with what to say for each picture file",
    attachments={"checklist.md": "Every picture (img) has the alt text of pictures.csv, word for word."},
)
def pictures_say_what_the_list_says(deliverable, facts):
    _, blocks = page_of(deliverable, facts)
    for number, attributes in expected(facts, "img").items():
        alt = block(blocks, number).attribute("alt")
        assert squeezed(alt) == squeezed(attributes["alt"]), f"{attributes['src']} says {alt!r}"


@rubric.critical(
    "Every field has a real label made of the words before it",
    attachments={"checklist.md": "A placeholder is no label, and neither is aria-label; that comes out."},
)
def fields_have_real_labels(deliverable, facts):
    page, _ = page_of(deliverable, facts)
    labels, ids = page.all("label"), [one.attribute("id") for one in page.all("[id]")]
    assert len(labels) <= 100, "a form with a hundred labels"
    for name, label in facts.labels.items():
        field = page.one(f'input[name="{name}"], select[name="{name}"], textarea[name="{name}"]')
        own = field.attribute("id") if field.has("id") else ""
        texts = [squeezed(one.text) for one in labels if own and one.has("for") and one.attribute("for") == own]
        around = [one for one in labels if not one.has("for") and one.all(f'[name="{name}"]')]
        texts += [squeezed(one.text) for one in around]
        options = "".join(squeezed(option.text) for option in field.all("option"))
        assert texts in ([squeezed(label)], [squeezed(label) + options]), f"{name} has the labels {texts}"
        assert not own or ids.count(own) == 1, f"the id of {name} is there twice"
        assert not field.has("aria-label"), f"{name} still has an aria-label"


@rubric.important(
    "Personal fields can be filled in by the browser, and radio buttons stand in groups with legends",
    attachments={"checklist.md": "stand in a fieldset; the question above them is its legend"},
)
def groups_and_autocomplete(deliverable, facts):
    page, _ = page_of(deliverable, facts)
    for name in PERSONAL:
        filled = page.one(f'input[name="{name}"]').attribute("autocomplete").strip().lower()
        assert filled == name, f"{name} has autocomplete {filled!r}"
    for question, count in GROUPS.items():
        sets = [one for one in page.all("fieldset") if len(one.all(f'input[name="{question}"]')) == count]
        legends = [squeezed(legend.text) for one in sets[-1:] for legend in one.all("legend")]
        assert legends == [question], f"the group {question} has the legends {legends}"


@rubric.important(
    "Headings have the level of their place",
    attachments={"checklist.md": "The heading of a section is an h2, the heading of an article in it an h3."},
)
def headings_of_the_right_level(deliverable, facts):
    page, blocks = page_of(deliverable, facts)
    wanted = expected(facts, "h1", "h2", "h3")
    for number in wanted:
        found, right = block(blocks, number).name, facts.blocks[number]["tag"]
        assert found == right, f"the heading in {number} is <{found}>"
    assert len(page.all("h1, h2, h3, h4, h5, h6")) == len(wanted), "there are other headings"


@rubric.critical(
    "Text has enough contrast, and colours that had enough are unchanged",
    attachments={"checklist.md": "Change only the text's variable in the style element, never the ground's"},
)
def colours_have_contrast(deliverable, facts):
    found = dict(re.findall(r"(--[\w-]{1,40})\s*:\s*([^;{}]{1,80})", styles(deliverable, facts).lower()))
    for name, (ground, text, needed, is_enough) in facts.colours.items():
        is_there = {f"--{name}-ground", f"--{name}-text"} <= found.keys()
        assert is_there, f"the variables of {name} are not there"
        under, over = (luminance(found[f"--{name}-{what}"].strip()) for what in ("ground", "text"))
        assert under == luminance(ground), f"the ground of {name} was changed"
        assert not is_enough or over == luminance(text), f"the text of {name} was changed without need"
        high, low = max(under, over) + 0.05, min(under, over) + 0.05
        assert high / low >= needed, f"the text of {name} has a contrast of {high / low:.2f}"


@rubric.important(
    "By keyboard one sees where one is, reaches what reacts to a click, and goes in the page's order",
    attachments={"checklist.md": "no rule with :focus takes the outline away"},
)
def keyboard_is_enough(deliverable, facts):
    page, blocks = page_of(deliverable, facts)
    for part in styles(deliverable, facts).lower().split("}"):
        selector, _, body = part.rpartition("{")
        is_gone = re.search(r"outline(?:-style|-width)?\s*:\s*(?:none|0|hidden)(?![.\w])", body)
        assert ":focus" not in selector or not is_gone, f"{selector.strip()[-80:]} takes the outline away"
    places = [element.attribute("tabindex").strip() for element in page.all("[tabindex]")]
    assert all(place in ("0", "-1") for place in places), f"there are the places {places} in the order"
    toggle = block(blocks, facts.toggle)
    is_button = toggle.name == "button" and toggle.attribute("type").strip().lower() == "button"
    assert toggle.has("onclick") and (is_button or (toggle.name == "a" and toggle.has("href"))), (
        f"it is a {toggle.name}"
    )
    assert not [one for one in page.all("[onclick]") if one.name not in ("a", "button")], (
        "something else can be clicked"
    )


@rubric.important(
    "Tables have header cells with their scope, and a caption",
    attachments={"checklist.md": "The line directly above a table is its caption element."},
)
def tables_have_headers(deliverable, facts):
    _, blocks = page_of(deliverable, facts)
    for number, caption in facts.captions.items():
        table = block(blocks, number)
        assert [squeezed(one.text) for one in table.all("caption")] == [squeezed(caption)], f"the caption of {number}"
        rows = [row.all("th, td") for row in table.all("tr")]
        assert len(rows) > 1 and all(len(row) == 3 for row in rows), f"the rows of {number}"
        heads = [(cell, "col") for cell in rows[0]] + [(row[0], "row") for row in rows[1:]]
        for cell, scope in heads:
            is_head = cell.name == "th" and cell.attribute("scope").strip().lower() == scope
            assert is_head, f"{cell.text!r} in {number} is no header of its {scope}"
        assert all(cell.name == "td" for row in rows[1:] for cell in row[1:]), f"{number}: a figure is no header"


@rubric.important(
    "The page and each passage say their language",
    attachments={"checklist.md": "The page says its language (en), and a passage in another language says its own."},
)
def languages_are_marked(deliverable, facts):
    _, blocks = page_of(deliverable, facts)
    for number, attributes in expected(facts, "html", "q").items():
        code = block(blocks, number).attribute("lang").strip().lower().partition("-")[0]
        assert code == attributes["lang"], f"{number} says {code!r}"


@rubric.important(
    "The head names the page, lets telephones zoom and does not load the page again",
    attachments={"checklist.md": "Telephones may zoom without limit, and the page does not load itself again."},
)
def head_is_in_order(deliverable, facts):
    page, _ = page_of(deliverable, facts)
    title = page.one("head title").text
    assert squeezed(title) == squeezed(f"{facts.heading} | {facts.club}"), f"the title is {title!r}"
    view = squeezed(page.one('meta[name="viewport" i]').attribute("content")).lower()
    assert "width=device-width" in view and not re.search(r"maximum-scale|user-scalable=(?:no|0)", view), view
    assert not page.all('meta[http-equiv="refresh" i]'), "the page loads itself again"


@rubric.important(
    "Links are whole sentences",
    attachments={"checklist.md": "the link is the whole sentence around it, with the words as they are"},
)
def links_are_sentences(deliverable, facts):
    page, _ = page_of(deliverable, facts)
    for address, sentence in facts.sentences.items():
        text = squeezed(page.one(f'a[href="{address}"]').text)
        assert text.rstrip(".") == squeezed(sentence).rstrip("."), f"the link to {address} says {text!r}"


@rubric.pitfall(
    "Nothing is propped up with roles or aria-hidden, and what was in order or must stay open is untouched",
    brief="Leave alone what is in order.",
    attachments={"checklist.md": "No role attributes, and aria-hidden only on svg."},
)
def nothing_else_was_touched(deliverable, facts):
    page, blocks = page_of(deliverable, facts)
    hiding = [element.name for element in page.all("[aria-hidden]")]
    assert not page.all("[role]") and set(hiding) <= {"svg"}, f"there are roles, or aria-hidden on {hiding}"
    for number, one in facts.blocks.items():
        if one["rules"] not in ([], ["picture=open"]):
            continue
        element = block(blocks, number)
        assert element.name == one["tag"], f"{number} became a {element.name}"
        changed = [name for name, value in one["attributes"].items() if element.attribute(name).strip() != value]
        added = [name for name in STATES if element.has(name) and name not in one["attributes"]]
        assert not changed and not added, f"{number}: {changed + added}"


def listed(deliverable):
    """The rows of the list as (rule, block, state)."""
    rows = [(row["rule"], row["block"].lstrip("-"), row["state"]) for row in deliverable.csv("fixes.csv")]
    assert rows, "fixes.csv has no rows"
    return [tuple(part.strip().casefold() for part in row) for row in rows]


@rubric.critical(
    "The list has every rule that a block breaks, and whether it was repaired",
    brief="One row for every rule that a block breaks, also if one block breaks two",
    attachments={"checklist.md": "Leave it as it is and list it as open."},
)
def every_fault_is_listed(deliverable, facts):
    found = listed(deliverable)
    missing = [row for row in facts.faults if tuple(part.casefold().lstrip("-") for part in row) not in found]
    assert not missing, f"{len(missing)} faults are not listed, or not in that state: {missing[:3]}"


@rubric.pitfall(
    "The list has nothing else, and nothing twice", brief="nothing else. `block` is the number from `data-cms`"
)
def nothing_else_is_listed(deliverable, facts):
    found = [row[:2] for row in listed(deliverable)]
    known = [tuple(part.casefold().lstrip("-") for part in row[:2]) for row in facts.faults]
    strange = [row for row in found if row not in known]
    assert not strange, f"{len(strange)} rows name no fault: {strange[:3]}"
    assert len(set(found)) == len(found), "a fault is listed twice"


def test_accessibility_repair(engagement):
    engagement.assert_complete()
