"""Rubric: landing page."""
# hapi-pytest canary cfa7a60e-84c2-43bf-b8cf-fc4f0c4b3f96

import functools
import math
import operator
import re
import unicodedata

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()

COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(", re.IGNORECASE)
NAMED = re.compile(
    r"(?<![\w-])(?:white|black|gr[ae]y|silver|red|maroon|orange|yellow|gold|green|lime|olive|teal|aqua|cyan|blue|navy|indigo"
    r"|purple|violet|magenta|fuchsia|pink|brown|beige|ivory|tan|linen|plum|salmon|coral|crimson|tomato|whitesmoke|snow"
    r"|(?:dark|light|dim|slate)gr[ae]y|lightgr[ae]y|darkslategr[ae]y|ghostwhite|floralwhite|rebeccapurple)(?![\w-])",
    re.IGNORECASE,
)
PAINTS = re.compile(r"color|background|border|outline|shadow|fill|stroke|decoration|column-rule|--")
FETCHES = re.compile(r"(?:url\(|@import|src\()\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
QUOTED = re.compile(r"\b(?:blockquote|figure|article|section|q)\b|voice|quote|card", re.IGNORECASE)
"""A footer inside of these is not the page's."""
COMPARED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
WIDE = 4000


def squeezed(text):
    """Text without white space, soft hyphens and the difference between kinds of quotation marks."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("‘’ʼ“”„", "'''\"\"\"", "\u00ad\u200b"))
    return "".join(text.split())


def words(element):
    """The squeezed words of an element, those on its input buttons included."""
    shown = element.all("input[type=submit i][value], input[type=button i][value]")
    return squeezed(" ".join([element.text, *(button.attribute("value") for button in shown)]))


def page_of(deliverable):
    page = deliverable.html("index.html")
    page.one("section#hero")
    return page


def rules_of(deliverable):
    """The style sheet's declarations as (conditions, selector, property, value), in order."""
    return parsed(re.sub(r"/\*.*?(?:\*/|\Z)", " ", deliverable.text("style.css"), flags=re.DOTALL))


@functools.lru_cache(maxsize=4)
def parsed(text):
    found, stack, start = [], [], 0
    for mark in re.finditer(r"\"[^\"\n]*\"|'[^'\n]*'|\([^()]*\)|[{};]", text):
        if mark[0] not in "{};":
            continue
        piece, start = text[start : mark.start()].strip(), mark.end()
        if mark[0] == "{":
            stack.append(piece)
            assert len(stack) < 20, "style.css: rules inside rules without end"
            continue
        name, colon, value = (part.strip() for part in piece.partition(":"))
        if stack and colon and not piece.startswith("@"):
            selectors = [prelude for prelude in stack if not prelude.startswith("@")]
            conditions = [prelude for prelude in stack if prelude.startswith("@")]
            name = name if name.startswith("--") else name.lower()
            found.append((conditions, selectors[-1] if selectors else "", name, value))
        if mark[0] == "}" and stack:
            stack.pop()
    assert found, "style.css: holds no rules"
    return found


def holds(condition, width):
    """Whether an at-rule's condition holds on a screen of some pixels' width."""
    if not condition.lower().startswith("@media"):
        return not condition.lower().startswith(("@font", "@keyframes", "@page", "@property"))
    return any(query_holds(query.strip(), width) for query in condition[6:].lower().split(","))


def query_holds(query, width):
    features = re.findall(r"\(([^()]*)\)", query)
    fits = not re.search(r"\bprint\b|\bspeech\b", query) and all(feature_holds(feature, width) for feature in features)
    return fits != query.startswith("not ")


def feature_holds(feature, width):
    bound = re.fullmatch(r"\s*(min|max)-width\s*:\s*(\S+)\s*", feature)
    if bound:
        return width >= pixels(bound[2], width) if bound[1] == "min" else width <= pixels(bound[2], width)
    parts = re.split(r"\s*([<>]=?)\s*", feature.strip())
    values = [pixels(part, width) for part in parts[::2]]
    pairs = zip(values, parts[1::2], values[1:], strict=False)
    return len(parts) > 1 and all(COMPARED[sign](one, other) for one, sign, other in pairs)


def pixels(text, width):
    if text == "width":
        return width
    length = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)(px|r?em)", text)
    return scalars.number(length[1], text) * (1 if length[2] == "px" else 16) if length else math.nan


@functools.lru_cache(maxsize=4096)
def tokens(selector):
    """The parts of a selector's last compound, none when it is about a state of the element."""
    last = re.split(r"[\s>+~]+", selector.strip())[-1]
    return [] if ":" in last.replace(":root", "") else re.findall(r":root|[.#]?[\w-]+", last)


def effective(rules, part, names, width=WIDE):
    """The value that wins among the rules for a part such as #hero or .cards."""
    value, weight = "", (0, 0)
    for conditions, selectors, name, text in rules:
        if name not in names or not all(holds(condition, width) for condition in conditions):
            continue
        for one in selectors.split(","):
            own = (one.count("#"), one.count(".") + one.count("["))
            if part in tokens(one) and own >= weight and not (part == "footer" and QUOTED.search(one)):
                value, weight = text.removesuffix("!important").strip(), own
    return value


def roots(rules):
    """The variables that :root defines without any condition."""
    return {
        name: value
        for conditions, selector, name, value in rules
        if name.startswith("--")
        and not conditions
        and any(part in (":root", "html") for one in selector.split(",") for part in tokens(one))
    }


def rgb(value):
    """The parts of a colour written in hexadecimal or as rgb."""
    text = value.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        text = "#" + "".join(digit * 2 for digit in text[1:])
    if re.fullmatch(r"#[0-9a-f]{6}(ff)?", text):
        return [int(text[at : at + 2], 16) for at in (1, 3, 5)]
    if text == "white":
        return [255, 255, 255]
    parts = re.fullmatch(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*(?:1|1\.0|100%)\s*)?\)", text)
    return [int(part) for part in parts.groups()] if parts else None


def referred(value):
    found = re.fullmatch(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)", value)
    return found[1] if found else ""


def resolved(variables, name):
    for _ in range(10):
        if not (further := referred(variables.get(name, ""))):
            break
        name = further
    return rgb(variables.get(name, ""))


@rubric.critical(
    "Every word of the copy stands in its section, letter by letter",
    brief=["every word of the page", "has the title, description and language from"],
    attachments={"copy.md": "Only the words go on the page, letter by letter."},
)
def copy_stands_verbatim(deliverable, facts):
    page = page_of(deliverable)
    assert page.one("html").attribute("lang").lower().startswith("en"), "the page does not tell its language"
    for name, texts in facts.texts.items():
        place = words(page.one("footer:not(section footer)" if name == "footer" else f"#{name}"))
        missing = [text for text in texts if squeezed(text) not in place]
        assert not missing, f"#{name} lacks {missing[0]!r}"
    found = [page.one("title").text, page.one('meta[name="description" i]').attribute("content")]
    assert list(map(squeezed, found)) == [squeezed(facts.title), squeezed(facts.description)], (
        f"title, description: {found}"
    )


@rubric.pitfall(
    "No word is on the page that is not in the copy",
    brief="There must be no word on it that is not in the copy",
    attachments={"copy.md": "~~Struck out~~ is dead."},
)
def no_words_added(deliverable, facts):
    page_of(deliverable)
    body = deliverable.html("index.html").one("body")
    inside = [squeezed(one.attribute("placeholder")) for one in body.all("[placeholder]")]
    left = "\n".join([words(body), *inside])
    known = {squeezed(text) for texts in facts.texts.values() for text in texts}
    known |= {squeezed(label) for label, _ in facts.menu} | {squeezed(name) for name in facts.options}
    for text in sorted(known, key=lambda one: (-len(one), one)):
        left = left.replace(text, "\n")
    strange = [line for line in left.split("\n") if any(char.isalnum() for char in line)]
    assert not strange, f"not in the copy: {strange[0][:120]!r}"


@rubric.critical(
    "The sections follow each other as drawn and noted",
    brief="the sections from top to bottom, with their ids",
    attachments={"wireframe.svg": "it now stands directly above #{anchor}"},
)
def sections_in_order(deliverable, facts):
    found = [one.attribute("id") for one in deliverable.html("index.html").all("section[id]")]
    assert [name for name in found if name in facts.order] == facts.order, f"the sections stand as {found}"


@rubric.important(
    "Headings are one h1, an h2 for each other section and an h3 for each card",
    attachments={
        "wireframe.svg": "One h1 (the heading of #hero), an h2 for every other section, an h3 for every card."
    },
)
def headings_of_the_right_level(deliverable, facts):
    page = page_of(deliverable)
    top, sections, cards = facts.headings
    assert [words(one) for one in page.all("h1")] == [squeezed(top)] == [words(one) for one in page.all("#hero h1")]
    for name, heading in sections.items():
        assert [words(one) for one in page.all(f"#{name} h2")] == [squeezed(heading)], f"the h2 of #{name}"
    assert sorted(words(one) for one in page.all("#courses h3")) == sorted(map(squeezed, cards)), "the cards' h3"


@rubric.important(
    "The menu leads to the sections in their order, and the first button to the form",
    attachments={
        "wireframe.svg": "The menu lists the sections in their order on the page, without #hero.",
        "copy.md": "[jumps to the form]",
    },
)
def menu_and_button_lead_there(deliverable, facts):
    page = page_of(deliverable)
    found = [[words(link), link.attribute("href").rpartition("#")[2]] for link in page.all("header nav a")]
    assert found == [[squeezed(label), target] for label, target in facts.menu], f"the menu is {found}"
    button = squeezed(facts.texts["hero"][-1])
    targets = [link.attribute("href").rpartition("#")[2] for link in page.all("#hero a[href]") if words(link) == button]
    inside = ["book", *(one.attribute("id") for one in page.all("#book [id]"))]
    assert targets and targets[0] in inside, "the button of #hero does not lead to the form"


def controls(deliverable):
    """The fields of the booking form that a visitor fills in, by name."""
    form = page_of(deliverable).one("#book form")
    unseen = ("hidden", "submit", "button", "reset", "image")
    fields = form.all("input, select, textarea")
    assert len(fields) <= 100, "a form with a hundred fields"
    shown = [one for one in fields if not (one.has("type") and one.attribute("type").lower() in unseen)]
    return form, {one.attribute("name"): one for one in shown}


@rubric.critical(
    "The form asks for what was agreed: names, types, what is required, choices",
    brief="The form posts to `/booking`; field names as in the copy",
    attachments={
        "wireframe.svg": "is required too.",
        "copy.md": "[offers our three courses by name, nothing else]",
    },
)
def form_asks_for_what_was_agreed(deliverable, facts):
    form, found = controls(deliverable)
    assert form.attribute("action").strip() == "/booking" and form.attribute("method").strip().lower() == "post"
    assert sorted(found) == sorted(field["name"] for field in facts.fields), f"the fields are {sorted(found)}"
    for field in facts.fields:
        control = found[field["name"]]
        kind = control.attribute("type").strip().lower() if control.has("type") else "text"
        kind = kind if control.name == "input" else control.name
        assert kind == field["type"], f"{field['name']} is a field for {kind}"
        assert control.has("required") == field["required"], f"{field['name']}: required or not"
        if kind == "select":
            options = [words(one) for one in control.all("option") if words(one)]
            assert options == [squeezed(name) for name in facts.options], f"it offers {options}"
        if kind == "number":
            limits = [scalars.number(control.attribute(name), name) for name in ("min", "max")]
            assert limits == [1, facts.most], f"{field['name']} takes {limits}"


@rubric.critical(
    "Each field has a label of its own with the words of the copy",
    attachments={"copy.md": "They get a real label each, not a placeholder."},
)
def fields_have_labels(deliverable, facts):
    form, found = controls(deliverable)
    ids = [one.attribute("id") for one in page_of(deliverable).all("[id]")]
    labels = form.all("label")
    assert len(labels) <= 100, "a form with a hundred labels"
    for field in facts.fields:
        name, wanted = field["name"], squeezed(field["label"])
        own = found[name].attribute("id") if name in found and found[name].has("id") else None
        texts = [words(one) for one in labels if own and one.has("for") and one.attribute("for") == own]
        wraps = [one for one in labels if not one.has("for")]
        texts += [words(one) for one in wraps if name in [c.attribute("name") for c in one.all("[name]")]]
        inner = "".join(map(squeezed, facts.options)) if field["type"] == "select" else ""
        assert [text.strip("*:") for text in texts] in ([wanted], [wanted + inner]), f"{name} has the labels {texts}"
        assert own is None or ids.count(own) == 1, f"the id of {name} stands there twice"


@rubric.critical(
    "The palette stands as variables on :root",
    attachments={"brand.json": "Every colour of the palette is a variable on :root with the colour's name"},
)
def palette_as_variables(deliverable, facts):
    variables = roots(rules_of(deliverable))
    wrong = [name for name, colour in facts.palette.items() if rgb(variables.get(f"--{name}", "")) != colour]
    assert not wrong, f"not or not rightly defined: {wrong}"


@rubric.critical(
    "Every pair can be read: where it misses 4.5:1 the text takes the right spare colour, and only there",
    attachments={
        "brand.json": "the background stays and the text becomes the first of spare_text_colours that reaches it"
    },
)
def pairs_can_be_read(deliverable, facts):
    variables = roots(rules_of(deliverable))
    for part, pair in facts.pairs.items():
        for what, colour in zip(("bg", "text"), pair, strict=True):
            name = f"--{part}-{what}"
            assert referred(variables.get(name, "")), f"{name} refers to no variable"
            assert resolved(variables, name) == facts.palette[colour], f"{name} is another colour"


@rubric.important(
    "Each part of the page is painted with its pair",
    attachments={"brand.json": "sets color and background-color, each with its variable"},
)
def parts_are_painted(deliverable, facts):
    rules = rules_of(deliverable)
    links = deliverable.html("index.html").all('link[rel~="stylesheet" i][href]')
    assert [link.attribute("href").removeprefix("./") for link in links] == ["style.css"], "style.css is not linked"
    for part in facts.pairs:
        selector = {"footer": "footer", "button": ".button"}.get(part, f"#{part}")
        for names, what in ((("color",), "text"), (("background", "background-color"), "bg")):
            value = effective(rules, selector, names)
            assert re.search(rf"var\(\s*--{part}-{what}\s*[,)]", value), f"{selector}: {names[0]} is {value[:80]!r}"
    buttons = deliverable.html("index.html").all("#hero a.button, #book button.button, #book input.button")
    assert len(buttons) == 2, f"there are {len(buttons)} links and buttons of the class button"


@rubric.pitfall(
    "No colour and no style is written anywhere but in the palette's variables",
    brief="no style attributes, no style element",
    attachments={"brand.json": "Outside of those variables no colour is written anywhere"},
)
def colours_only_in_variables(deliverable, facts):
    page, rules = page_of(deliverable), rules_of(deliverable)
    assert not page.all("style, [style], [bgcolor], font"), "index.html has styles of its own"
    for conditions, selector, name, value in rules:
        is_palette = not conditions and name.removeprefix("--") in facts.palette and name.startswith("--")
        bare = re.sub(r"var\([^()]*\)|url\([^()]*\)", " ", value)
        is_colour = COLOUR.search(bare) or (PAINTS.search(name) and NAMED.search(bare))
        assert is_palette or not is_colour, f"{selector[:60]} has the colour {value[:60]!r} for {name[:60]}"


@rubric.pitfall(
    "The page fetches nothing from another server and runs no script",
    brief=["without a kit, a framework or any JavaScript", "as soon as a page fetches anything from another server"],
)
def nothing_from_elsewhere(deliverable):
    page = page_of(deliverable)
    assert not page.all("script, iframe, object, embed"), "index.html has scripts or frames"
    loaded = [one.attribute(name) for name in ("src", "srcset", "poster") for one in page.all(f"[{name}]")]
    loaded += [one.attribute("href") for one in page.all("link[href]")]
    assert not [address for address in loaded if "//" in address], f"it loads {loaded}"
    styles = re.sub(r"/\*.*?(?:\*/|\Z)", " ", deliverable.text("style.css"), flags=re.DOTALL)
    assert styles.strip() and not FETCHES.search(styles), "style.css loads something"


@rubric.important(
    "The pictures are those of the list, with alt text, width and height, each in its section",
    brief=["with the section that each belongs to", "each gets its alt text, and its width and height in pixels"],
    attachments={"photos.csv": "so leave it out"},
)
def pictures_as_listed(deliverable, facts):
    page = page_of(deliverable)
    images = page.all("img")
    assert len(images) == len(facts.pictures), f"there are {len(images)} pictures"
    for picture in facts.pictures:
        address = f"img/{picture['file']}"
        found = [
            one
            for one in page.all(f"#{picture['section']} img[src]")
            if one.attribute("src").removeprefix("./") == address
        ]
        assert len(found) == 1, f"{address} is not in #{picture['section']}"
        assert squeezed(found[0].attribute("alt")) == squeezed(picture["alt"]), f"{address}: its alt text"
        size = [scalars.number(found[0].attribute(name), f"{address} {name}") for name in ("width", "height")]
        assert size == [picture["width"], picture["height"]], f"{address}: its size is {size}"


@rubric.important(
    "The cards stand in three columns from the given width on, and in one below",
    brief="stand in three columns from the width in `brand.json` on, that very pixel included",
    attachments={"wireframe.svg": "the cards stand in a CSS grid on the element with the class cards"},
)
def columns_from_the_width_on(deliverable, facts):
    page, rules = page_of(deliverable), rules_of(deliverable)
    assert page.all('meta[name="viewport" i]'), "index.html has no viewport line"
    cards = page.one("#courses .cards").all("h3")
    assert len(cards) == len(facts.options), f"{len(cards)} cards stand in the element with the class cards"
    for width, columns in ((facts.breakpoint - 1, 1), (facts.breakpoint, facts.columns), (WIDE // 2, facts.columns)):
        value = effective(rules, ".cards", ("grid-template-columns",), width)
        for name in re.findall(r"var\(\s*(--[\w-]+)\s*\)", value)[:5]:
            own = effective(rules, ".cards", (name,), width) or effective(rules, ":root", (name,), width)
            value = re.sub(rf"var\(\s*{name}\s*\)", lambda _, own=own: own[:100], value)
        is_grid = effective(rules, ".cards", ("display",), width).lower() in ("grid", "inline-grid")
        found = tracks(value) if is_grid else 1
        assert found == columns, f"at {width} px the columns are {value[:80]!r}"


def tracks(value):
    """How many columns a list of tracks makes; none is one."""
    value = re.sub(r"\[[^\[\]]*\]", " ", value.lower())
    repeated = re.fullmatch(r"\s*repeat\(\s*(\d{1,3})\s*,(.*)\)\s*", value)
    flat = re.sub(r"\([^()]*\)", "", repeated[2] if repeated else value)
    count = 1 if flat.strip() in ("", "none") else len(flat.split())
    return count * scalars.number(repeated[1], "repeat") if repeated else count


def test_landing_page(engagement):
    engagement.assert_complete()
