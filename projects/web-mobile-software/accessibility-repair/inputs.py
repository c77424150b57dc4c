"""A club's page with seeded barriers, the inspector's checklist and the list of pictures."""
# hapi-pytest canary fa2a8575-0e38-4b9f-a1a4-4c9e53ed3bce

import re
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

# Club, what its members have, where they meet.
CLUBS = (
    ("Allotment Society", "plots", "gate"),
    ("Rowing Club", "boats", "slipway"),
    ("Model Railway Circle", "engines", "signal box"),
    ("Bell Ringers", "bells", "tower"),
    ("Beekeepers", "hives", "honey house"),
    ("Community Choir", "voices", "rehearsal room"),
    ("Repair Café", "benches", "workshop"),
    ("Chess Union", "boards", "back room"),
    ("Gliding Group", "gliders", "hangar"),
    ("Mosaic Guild", "tables", "studio"),
)
TOWNS = (
    "Ashlode",
    "Brackwater",
    "Corvedale",
    "Dunmere",
    "Elsworth",
    "Fenny Hill",
    "Garsdale",
    "Hythe End",
    "Ivercombe",
)
FAMILY = ("Ørsted", "Núñez", "Çelik", "Łukasik", "Ó Briain", "Škoda", "Weiß", "Lindqvist", "Achterberg", "Faÿ", "Ngata")
PASSAGES = (
    ("German", "de", "Bei uns darf jeder nach {n} Minuten mitreden."),
    ("Welsh", "cy", "Mae croeso i bawb, hyd yn oed ar ôl {n} mlynedd."),
    ("French", "fr", "Chez nous, on parle trop, mais on se lève après {n} minutes."),
    ("Spanish", "es", "Aquí nadie se va antes de {n} minutos, y nadie con hambre."),
    ("Dutch", "nl", "Wie {n} keer is geweest, hoort er gewoon bij."),
    ("Italian", "it", "Dopo {n} domeniche conosci tutti per nome."),
    ("Swedish", "sv", "Efter {n} kvällar får du en egen nyckel."),
    ("Polish", "pl", "Po {n} spotkaniach każdy ma tu swoje krzesło."),
)
SUBJECTS = (
    ("plan", "Plan of the grounds: the {place} is at the north end, {n} steps from the road"),
    ("chair", "{who} handing over the key of the {place}"),
    ("bus", "Bus {n} stops in front of the {place}"),
    ("feast", "{n} people at one long table, rain on the tent"),
    ("prize", "Certificate of the county, dated {year}"),
    ("first", "The {things} in the year {year}, when there were {n} of them"),
    ("gauge", "Gauge at {n} per cent, the lowest since {year}"),
    ("notice", "Notice at the {place}: closed for {n} days"),
)
LINKS = (
    ("The minutes of our meeting in {year} are", "minutes-{year}.pdf"),
    ("The rules for the {place}, all {n} of them, are", "rules-{n}.html"),
    ("What it costs to be one of our {n} guests stands", "guests-{n}.html"),
    ("The way on foot, {n} minutes from the station, is", "way-{n}.html"),
    ("The waiting list with {n} names is", "waiting-{n}.html"),
    ("The letter to the county about the {things} of {year} is", "letter-{year}.pdf"),
)
ARTICLES = (
    ("Keys and locks", "There are {n} keys, and {who} has the list."),
    ("When it rains", "From {n} millimetres on we stay at home."),
    ("Children", "There is room for {n} of them, each with a grown-up."),
    ("Lost and found", "The box at the {place} is emptied after {n} weeks."),
    ("Dogs", "On the lead, and not more than {n} at a time."),
    ("Our {things}", "We look after {n} of them, the oldest from {year}."),
    ("Quiet hours", "No engines for {n} minutes after noon, please."),
)
LABELS = {
    "name": ("Your name", "Name and surname"), "email": ("E-mail", "Your e-mail address"),
    "tel": ("Telephone", "Your telephone"), "day": ("First visit on", "When would you come"),
    "count": ("How many of you", "Number of guests"), "kind": ("What you would like to do", "I would like to"),
    "note": ("Anything else", "Your question"),
}  # fmt: skip
GROUPS = (("Newsletter", ("by post", "by e-mail", "none")), ("Membership", ("single", "family", "friend")))
TINTS = ("hint", "quote", "small", "banner", "price", "stamp")
BOOKING = "<!-- cms: the next block comes from the booking system and cannot be edited here -->"
TOGGLE = (
    'keyboard ;; <span onclick="rules()" @>Show the {n} house rules</span> ;; '
    '<button type="button" onclick="rules()" @>Show the {n} house rules</button>'
)
TYPES = {"name": "text", "day": "date", "count": "number"}
CONTROL = '<input id="{0}" name="{1}" type="{3}"{2} @>'
CONTROLS = {
    "kind": '<select id="{0}" name="{1}"{2} @><option>visit</option><option>join</option></select>',
    "note": '<textarea id="{0}" name="{1}"{2} @></textarea>',
}
RULES = {
    "picture": "Every picture (img) has the alt text of pictures.csv, word for word. Where the list says decoration, "
    'the alt is there and empty (alt="").',
    "label": "Every field has a label element, with for or around the field, made of the words that stand before the "
    "field already. A placeholder is no label, and neither is aria-label; that comes out.",
    "group": "Radio buttons that belong together stand in a fieldset; the question above them is its legend.",
    "autocomplete": "The visitor's own name, e-mail and telephone have autocomplete: name, email, tel.",
    "heading": "The page has one h1. The heading of a section is an h2, the heading of an article in it an h3. A line "
    "that only looks like a heading (class head) is made one.",
    "contrast": "Text differs from its ground by 4.5:1 or more (WCAG 2, not rounded up); for text of 24 px or more 3:1 "
    "is enough. Change only the text's variable in the style element, never the ground's, and nothing that is enough "
    "already. Which colour you take is up to you; write it like the others.",
    "focus": "Who goes through the page by keyboard sees where they are: no rule with :focus takes the outline away.",
    "keyboard": 'What reacts to a click is a link or a button element (with type="button" when it sends nothing). '
    "No tabindex above 0; take such ones out. tabindex 0 and -1 are fine.",
    "table": "The header cells of a table, above and at the left, are th with scope col or row. The line directly "
    "above a table is its caption element.",
    "language": "The page says its language (en), and a passage in another language says its own.",
    "link": 'No link says only "here": the link is the whole sentence around it, with the words as they are.',
    "head": "The title is the h1, a vertical bar, the club's name. Telephones may zoom without limit, and the page "
    "does not load itself again.",
    "role": "No role attributes, and aria-hidden only on svg. aria-describedby is fine.",
}
CHECKLIST = """# What the inspector looks at ({club})

In brackets: how often the page breaks the rule, which is how many rows the rule has in your list.

{lines}

Blocks that come from another system cannot be repaired in the page; a comment before such a block says so. Leave it
as it is and list it as open.
"""
# A line is as it is and stays so, or `rule ;; as it is ;; as it should be`; @ is the number of a block.
PAGE = """language ;; <html @> ;; <html lang="en" @>
<head>
<meta charset="utf-8">
head ;; <title @>{wrong_title}</title> ;; <title @>{heading} | {club}</title>
head ;; <meta name="viewport" @ content="{view}{limit}"> ;; <meta name="viewport" @ content="{view}">
head ;; <meta http-equiv="refresh" @ content="{seconds}"> ;;
<style @>
:root {{
--ink: #141414;
--sheet: #ffffff;
{variables}
}}
body {{ color: var(--ink); background: var(--sheet); font: 17px/1.5 sans-serif; }}
{classes}
focus ;; {focus} {{ outline: none; }} ;;
</style>
</head>
<body>
<!-- agency 2019: put role="presentation" on all tables and alt="image" on the rest -->
<a class="skip" href="#content">Skip to content</a>
<header>
<p class="{tints[0]}">{club}</p>
role ;; <ul role="menu" @> ;; <ul @>
<li><a href="/">Start</a></li>
role ;; <li><a href="/dates-{next}" aria-hidden="true" @>Dates</a></li> ;; <li><a href="/dates-{next}" @>Dates</a></li>
</ul>
<svg aria-hidden="true" @ width="24" height="24"></svg>
</header>
<main id="content" tabindex="-1" @>
<h1 @>{heading}</h1>
{passages}
<section>
heading ;; <h1 @>About us</h1> ;; <h2 @>About us</h2>
<article>
heading ;; <h4 @>{heads[0]}</h4> ;; <h3 @>{heads[0]}</h3>
<p class="{tints[1]}">{texts[0]}</p>
</article>
{pictures[0]}
<article>
<h3 @>{heads[1]}</h3>
<p class="{tints[2]}">{texts[1]}</p>
</article>
{pictures[1]}
{pictures[2]}
</section>
<section>
<h2 @>Good to know</h2>
<article>
<h3 @>{heads[2]}</h3>
<p class="{tints[3]}">{texts[2]}</p>
{pictures[3]}
</article>
<article>
heading ;; <p class="head" @>{heads[3]}</p> ;; <h3 @>{heads[3]}</h3>
<p class="{tints[4]}">{texts[3]}</p>
{pictures[4]}
</article>
</section>
<section>
<h2 @>Times and prices</h2>
{tables}
<div class="roll" tabindex="0" @><p>{scroll}</p></div>
</section>
<ul>
{links}
</ul>
{pictures[5]}
<section>
<form action="/guest" method="post">
{fields}
{groups}
{toggle}
<button type="submit">Send</button>
</form>
</section>
</main>
<footer><p>{club}, {number} Mill Lane</p></footer>
</body>
</html>
"""

Texts = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Draw the words of the page, then number its blocks and part what is from what should be."""
    town, (club, things, place) = draw.choice(TOWNS), draw.choice(CLUBS)
    words: Texts = {"club": f"{town} {club}", "things": things, "place": place, "heading": f"Welcome to the {place}"}
    colours, variables, classes = _colours(draw)
    pictures, listed = _pictures(draw, words)
    links, sentences = _links(draw, words)
    fields, labels = _fields(draw)
    articles = draw.sample(ARTICLES, 4)
    words |= {
        "variables": variables, "classes": classes, "tints": draw.shuffled(list(colours)), "links": links,
        "fields": fields, "passages": _passages(draw), "pictures": pictures, "tables": _tables(draw, words),
        "groups": _groups(draw), "heads": [_said(draw, words, head) for head, _ in articles],
        "texts": [_said(draw, words, text) for _, text in articles], "view": "width=device-width, initial-scale=1",
        "wrong_title": draw.choice(("Untitled", "New page (3)", "home", "Document 1")),
        "limit": draw.choice((", user-scalable=no", ", maximum-scale=1", ", maximum-scale=1.0, user-scalable=0")),
        "focus": draw.choice(("a:focus", "a:focus, button:focus", ":focus", "input:focus-visible")),
        "seconds": draw.integer(12, 90) * 10, "next": draw.integer(2026, 2035), "number": draw.integer(11, 98),
        "scroll": _said(draw, words, "Prices hold for {n} weeks more, as they have since {year}."),
        "toggle": _said(draw, words, TOGGLE),
    }  # fmt: skip
    order = draw.shuffled(list(RULES))
    first = draw.integer(3, 60)
    codes = {rule: f"{draw.choice('CKPT')}{number}" for number, rule in enumerate(order, first)}
    pieces, blocks, faults = _numbered(draw, PAGE.format(**words), codes)
    page = "<!doctype html>\n" + "".join(was for was, _ in pieces)
    body = re.sub(r"<!--.*?-->|<[^<>]*>", " ", page[page.index("<body>") :])
    given = {name: words[name] for name in ("club", "things", "place", "heading")}
    given |= {"client": draw.choice(FAMILY), "tint": next(iter(colours)), "codes": codes, "labels": labels}
    repaired = "".join(now for _, now in pieces)
    gold = {
        "pieces": pieces, "blocks": blocks, "faults": faults, "colours": colours, "sentences": sentences,
        "text": "".join(body.split()), "toggle": re.findall(r'onclick="rules\(\)" data-cms="(b\d+)"', page)[0],
        "captions": dict(re.findall(r'<table data-cms="(b\d+)"><caption>(.*?)</caption>', repaired)),
    }  # fmt: skip
    broken = [code for code, _, _ in faults]
    lines = "\n".join(f"- **{codes[rule]}** ({broken.count(codes[rule])}) {RULES[rule]}" for rule in order)
    files = {
        "page.html": page,
        "checklist.md": CHECKLIST.format(**given, lines=lines),
        "pictures.csv": csv_text(("file", "alt text"), draw.shuffled(listed)),
    }
    return Inputs(files=files, given=given, gold=gold)


def _said(draw: Draw, words: Texts, text: str) -> str:
    numbers = {"n": draw.integer(11, 98), "year": draw.integer(1951, 2019), "who": draw.choice(FAMILY)}
    return text.format(**words | numbers)


def _numbered(draw: Draw, text: str, codes: dict[str, str]) -> tuple[list[list[str]], dict[str, Any], list[list[str]]]:
    """Number the blocks. Return lines as they are and should be, each block as it should be, and the faults."""
    numbers = iter(draw.sample(range(1021, 9890), 90))
    pieces, faults, style = [], [], ""
    blocks: dict[str, Any] = {}
    for line in text.splitlines():
        rules, was, now = line.split(";;") if ";;" in line else ("", line, line)
        block = f"b{next(numbers)}" if "@" in was else ""
        style = block if "<style" in was else style
        was, now = (f"{one.strip()}\n".replace("@", f'data-cms="{block}"') for one in (was, now))
        for rule in rules.split():
            name, _, where = rule.partition("=")
            state = "open" if where == "open" else "fixed"
            named = where if where.startswith("--") else block or style
            faults.append([codes[name], named, state])
        if block:
            opened = re.search(rf'<([a-z0-9]+)([^<>]* data-cms="{block}"[^<>]*)>', now)
            attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', opened[2])) if opened else {}
            blocks[block] = {"tag": opened[1] if opened else "", "attributes": attributes, "rules": rules.split()}
        pieces.append([was, now if now.strip() else ""])
    return pieces, blocks, faults


def _colours(draw: Draw) -> tuple[Texts, str, str]:
    """Draw five kinds of text: two small ones miss, a large one misses, and two only look too pale."""
    ranges = ((4.2, 4.46), (2.9, 3.9), (2.4, 2.9), (4.52, 4.85), (3.06, 3.9))
    colours: Texts = {}
    variables, classes = [], []
    for index, (name, limits) in enumerate(zip(draw.sample(TINTS, 5), ranges, strict=True)):
        size = draw.integer(24, 31) if index in (2, 4) else draw.integer(13, 18)
        is_light = index != 3 or draw.chance(0.5)
        low, needed = 228 if is_light else 18, 3.0 if size >= 24 else 4.5
        ground = tuple(draw.integer(low, low + 24) for _ in range(3))
        text, better = (toned(draw, ground, *some, dark=is_light) for some in (limits, (5.2, 8.5)))
        variables.append(f"--{name}-ground: {hexed(ground)};")
        line = f"--{name}-text: {hexed(text)};"
        is_enough = index > 2
        repaired = f"--{name}-text: {hexed(better)};"
        variables.append(line if is_enough else f"contrast=--{name}-text ;; {line} ;; {repaired}")
        colours[name] = [hexed(ground), hexed(text), needed, is_enough]
        colour = f"color: var(--{name}-text); background: var(--{name}-ground); font-size: {size}px;"
        classes.append(f".{name} {{ {colour} }}")
    return colours, "\n".join(draw.shuffled(variables)), "\n".join(draw.shuffled(classes))


def _passages(draw: Draw) -> str:
    """Three passages: one says its language, one says none, one the wrong one."""
    lines = []
    for index, (name, code, text) in enumerate(draw.sample(PASSAGES, 3)):
        line = f"<p><q{{}} @>{text.format(n=draw.integer(11, 59))}</q> is what we say to {name} guests.</p>"
        right, wrong = line.format(f' lang="{code}"'), line.format("" if index == 1 else ' lang="en"')
        lines.append(f"language ;; {wrong} ;; {right}" if index else right)
    return "\n".join(draw.shuffled(lines))


def _pictures(draw: Draw, words: Texts) -> tuple[list[str], list[tuple[str, str]]]:
    """Six pictures: two in order, three at fault, and one that nobody may touch."""
    texts = [
        (f"{name}-{draw.integer(102, 987)}.jpg", _said(draw, words, text)) for name, text in draw.sample(SUBJECTS, 4)
    ]
    texts += [(f"{name}-{draw.integer(102, 987)}.png", "") for name in draw.sample(("line", "leaf", "wave", "dots"), 2)]
    listed = [(file, alt or "decoration") for file, alt in texts]
    listed.append((f"old-{draw.integer(102, 987)}.jpg", _said(draw, words, "No longer on the page, {year}")))
    decorated = draw.choice((' alt="ornament"', ' alt="green line"', ' alt="image"'))
    lines = []
    for index, (file, alt) in enumerate(texts):
        line = f'<img src="/media/{file}"{{}} @>'
        right = line.format(f' alt="{alt}"')
        if index in (0, 4):
            lines.append(right)
        elif index == 3:
            lines.append(f"{BOOKING}\npicture=open ;; {line.format('')} ;; {line.format('')}")
        else:
            wrong = {1: f' alt="{texts[1][0]}"', 2: "", 5: decorated}[index]
            lines.append(f"picture ;; {line.format(wrong)} ;; {right}")
    return draw.shuffled(lines), listed


def _tables(draw: Draw, words: Texts) -> str:
    """Two tables, each on a line of its own; the header cells of the second only look like some."""
    days = draw.sample(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"), 4)
    lines = []
    for name, header, some in (
        ("Open hours of the {place}", "from to", days[:2]),
        ("Prices for our {things}", "members guests", days[2:]),
    ):
        top = "".join(f'<th scope="col">{cell}</th>' for cell in ["Day", *header.split()])
        rows = "".join(
            f'<tr><th scope="row">{day}</th><td>{draw.integer(8, 11)}</td><td>{draw.integer(15, 21)}</td></tr>'
            for day in some
        )
        lines.append(f"<table @><caption>{name.format(**words)}</caption><tr>{top}</tr>{rows}</table>")
    caption = f"<caption>{name.format(**words)}</caption>"
    wrong = re.sub("<th [^<>]*>", "<td>", lines[1].replace("</th>", "</td>")).replace(caption, "")
    return f"{lines[0]}\ntable ;; <p>{name.format(**words)}</p>{wrong} ;; {lines[1]}"


def _links(draw: Draw, words: Texts) -> tuple[str, dict[str, str]]:
    """Four links; two say only "here", and one has a place of its own in the order."""
    lines, sentences = [], {}
    for index, (text, target) in enumerate(draw.sample(LINKS, 4)):
        numbers = {"n": draw.integer(11, 98), "year": draw.integer(1951, 2019)}
        sentence, href = text.format(**words | numbers), "/" + target.format(**numbers)
        right = f'<li><a href="{href}" @>{sentence} here</a>.</li>'
        place = f"{right[:-1]}>".replace(" @", f' tabindex="{draw.integer(2, 9)}" @')
        only = f'<li>{sentence} <a href="{href}" @>here</a>.</li>'
        lines.append(
            (f"link ;; {only} ;; {right}", f"link ;; {only} ;; {right}", f"keyboard ;; {place} ;; {right}", right)[
                index
            ]
        )
        sentences[href] = f"{sentence} here."
    return "\n".join(draw.shuffled(lines)), sentences


def _fields(draw: Draw) -> tuple[str, dict[str, str]]:
    """Seven fields: four without a real label, two without the right autocomplete, one of them in both lists."""
    labels = {kind: draw.choice(some) for kind, some in LABELS.items()}
    twice, other = draw.sample(("name", "email", "tel"), 2)
    kinds = draw.shuffled([kind for kind in LABELS if kind != twice])
    kinds.insert(draw.integer(0, 3), twice)
    wrongs = dict(zip(kinds, ("span", "unbound", "aria", "astray", "around", "", ""), strict=True))
    complete = {twice: draw.choice(("", ' autocomplete="off"')), other: ' autocomplete="off"'}
    lines = []
    for kind in draw.shuffled(list(LABELS)):
        label, wrong, own = labels[kind], wrongs[kind], f"f{draw.integer(101, 989)}-{kind}"
        filled = f' autocomplete="{kind}"' if kind in ("name", "email", "tel") else ""
        bad = complete.get(kind, filled)
        bound = f'<p><label for="{own}">{label}</label> {{}}</p>'
        opened = {
            "span": bound.replace(f'label for="{own}"', "span").replace("/label", "/span"),
            "aria": bound.replace(f'label for="{own}"', "span").replace("/label", "/span"),
            "unbound": bound.replace(f' for="{own}"', ""),
            "astray": bound.replace(f'"{own}"', f'"{own[0]}{draw.integer(11, 98)}{own[4:]}"'),
        }
        said = f' aria-label="{kind}"' if wrong == "aria" else ""
        right = bound.format(CONTROLS.get(kind, CONTROL).format(own, kind, filled, TYPES.get(kind, kind)))
        was = opened.get(wrong, bound).format(
            CONTROLS.get(kind, CONTROL).format(own, kind, said + bad, TYPES.get(kind, kind))
        )
        if wrong == "around":
            right, was = (
                re.sub(r"<label[^<>]*>(.*)</label> (.*)</p>", r"<label>\1 \2</label></p>", one) for one in (right, was)
            )
        rules = " ".join(["label"] * (wrong in opened) + ["autocomplete"] * (bad != filled))
        lines.append(f"{rules} ;; {was} ;; {right}" if rules else right)
    return "\n".join(lines), labels


def _groups(draw: Draw) -> str:
    """Two groups of radio buttons, each on a line of its own; the second is none for a screen reader."""
    lines = []
    for question, answers in draw.shuffled(GROUPS):
        radios = "".join(f'<label><input type="radio" name="{question}" value="{a}"> {a}</label>' for a in answers)
        lines.append(f"<fieldset @><legend>{question}</legend>{radios}</fieldset>")
    wrong = lines[1].replace("fieldset", "div").replace("legend>", "p>")
    return "\n".join(draw.shuffled([lines[0], f"group ;; {wrong} ;; {lines[1]}"]))


def luminance(rgb: tuple[int, ...]) -> float:
    parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def toned(draw: Draw, ground: tuple[int, ...], low: float, high: float, *, dark: bool) -> tuple[int, ...]:
    """Draw a colour that differs from a ground by a contrast in a range, darker or lighter than it."""
    while True:
        base, end = [draw.integer(30, 225) for _ in range(3)], 0 if dark else 255
        for step in range(65):
            tone = tuple(round(end + (c - end) * step / 64) for c in base)
            is_side = (luminance(tone) < luminance(ground)) == dark
            if is_side and low <= contrast(tone, ground) <= high:
                return tone


def hexed(rgb: tuple[int, ...]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
