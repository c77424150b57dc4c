"""Copy with corrections in it, a brand sheet, a wireframe with notes and a list of photos."""
# hapi-pytest canary cfa7a60e-84c2-43bf-b8cf-fc4f0c4b3f96

import json
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

# Craft, what comes of it, what one works with, what it is made of.
CRAFTS = (
    ("bookbinding", "notebook", "sewing frames", "linen thread"),
    ("pottery", "bowl", "wheels", "stoneware"),
    ("letterpress", "card", "hand presses", "lead type"),
    ("basketry", "basket", "lap boards", "brown willow"),
    ("enamelling", "brooch", "kilns", "copper"),
    ("weaving", "scarf", "looms", "lambswool"),
    ("spoon carving", "spoon", "shaving horses", "green birch"),
    ("linocut", "print", "rollers", "oil ink"),
    ("leatherwork", "belt", "stitching ponies", "saddle hide"),
    ("paper marbling", "sheet", "size baths", "ox-gall ink"),
    ("forging", "coat hook", "anvils", "square bar"),
    ("glass fusing", "tile", "cutting tables", "float glass"),
)
FAMILY = ("Dörfler", "Ó Ceallaigh", "Brandt", "Lefèvre", "Novák", "Åkesson", "Whitcombe", "Sørli", "Marchetti", "Tamm")
PLACES = ("Loft", "Yard", "Shed", "Cellar", "Arcade", "Mill", "Attic", "Depot")
STREETS = (
    "Tanner Row",
    "Kettle Lane",
    "Old Quay",
    "Plum Street",
    "Bell Yard",
    "Chalk Hill",
    "Weir Road",
    "Foundry Walk",
)
TOWNS = ("Ashcombe", "Harrowgate Bay", "Little Stanmer", "Norwick", "Pellworth", "Tidebrook", "Upper Esk", "Wexcote")
PEOPLE = (
    "Siân", "Jürgen", "Chloë", "Tadeusz", "Øyvind", "Inés", "Maëlle", "Búi", "Renáta", "Šárka", "Anaïs", "Gonçalo",
    "Márta", "Håkon", "Zoë", "Bożena",
)  # fmt: skip
COURSES = (
    ("First {thing}", "{n} evenings, one finished {thing}, no talent needed."),
    ("{Thing} in a day", "Saturday from {hour}:30, with soup at noon for {n} hungry people."),
    ("The patient {thing}", "{n} Tuesdays for everybody who would rather do it properly."),
    ("Two hands, one {thing}", "Come as a pair: {n} places, {half} teams, no quarrels so far."),
    ("Mending week", "Bring what broke. In {n} out of {more} cases we get it whole again."),
    ("{Thing} for beginners' hands", "From the age of {hour}; {n} short afternoons in the holidays."),
    ("Open bench", "You know how it goes: {n} hours at the bench, tea included."),
    ("The ambitious {thing}", "{n} weekends and a good deal of swearing, by invitation of week {more}."),
)
VOICES = (
    "I came for {n} evenings and stayed for {more}.",
    "My {thing} is crooked in {n} places and I love every one of them.",
    "After {n} minutes I had forgotten my telephone.",
    "The only {hour} o'clock appointment that I am never late for.",
    "They let you fail {n} times before they help. Perfect.",
    "I gave away {n} of them for Christmas, and {more} people asked for more.",
    "Warm room, sharp tools, {n} good people.",
    "Worth every one of the {more} kilometres.",
)
HEADINGS = {
    "courses": ("What you can learn", "Courses this season", "Three ways in"),
    "voices": ("What people say", "From the visitors' book", "Heard at the bench"),
    "prices": ("What it costs", "Prices, all included", "The money part"),
    "visit": ("Where we are", "Find the door", "Come and look"),
    "book": ("Book a place", "Keep a seat for me", "Join us"),
}
MENU = {"courses": ("Courses", "Learn"), "voices": ("Voices", "Guests"), "prices": ("Prices", "Costs"),
        "visit": ("Visit", "Directions"), "book": ("Booking", "Sign up")}  # fmt: skip
COLOURS = (
    "moss", "plum", "brick", "heron", "walnut", "fern", "copper", "harbour", "damson", "otter", "clay", "juniper",
    "sorrel", "thistle", "kelp", "madder",
)  # fmt: skip
PALE = ("linen", "oat", "shell", "mist", "barley", "petal", "bone", "wheat")
MIDDLE = ("courses", "voices", "prices", "visit")
NAMES = (
    ("fullname", "name", "guest"), ("email", "mail", "reply"), ("phone", "tel", "mobile"), ("course", "class", "what"),
    ("seats", "places", "people"), ("born", "birthday", "birthdate"), ("wish", "message", "remarks"),
)  # fmt: skip
LABELS = (
    ("Your name", "First name and surname", "Who is coming"),
    ("E-mail address", "Where may we write to", "Your e-mail"),
    ("Telephone", "Phone number", "A number for the day itself"),
    ("Which course", "Course", "What would you like to make"),
    ("Number of seats", "How many people", "Seats"),
    ("Date of birth", "Born on", "Your birthday"),
    ("Anything we should know", "Wishes", "A word to us"),
)
KEPT = (0, 1, 2, 3, 4, 6)
TYPES = ("text", "email", "tel", "select", "number", "date", "textarea")

Rgb = tuple[int, int, int]


def build(draw: Draw) -> Inputs:
    """Draw the studio, its words and colours, and what the notes change."""
    given = _setting(draw)
    courses, voices = _courses(draw, given), _voices(draw, given)
    copy, texts = _copy(draw, given, courses, voices)
    drawn = ["hero", *draw.shuffled(MIDDLE), "book"]
    mover, anchor = drawn[draw.integer(3, 4)], drawn[1]
    order = [name for name in drawn if name != mover]
    order.insert(order.index(anchor), mover)
    brand, palette, pairs = _brand(draw, given)
    photos, pictures, dead = _photos(draw, given)
    texts["dead"] |= dead
    given |= {"mover": mover, "anchor": anchor, "palette": palette, "courses_heading": given["headings"]["courses"]}
    gold = {
        "order": order,
        "menu": [[given["menu"][name], name] for name in order if name != "hero"],
        "pairs": pairs,
        "pictures": pictures,
        **texts,
    }
    files = {
        "copy.md": copy,
        "brand.json": json.dumps(brand, ensure_ascii=False, indent=2) + "\n",
        "wireframe.svg": _wireframe(draw, given, drawn),
        "photos.csv": photos,
    }
    return Inputs(files=files, given=given, gold=gold)


def _setting(draw: Draw) -> dict[str, Any]:
    craft, thing, tools, material = draw.choice(CRAFTS)
    number = draw.integer(3, 98)
    return {
        "studio": f"{draw.choice(FAMILY)} {draw.choice(PLACES)}",
        "craft": craft, "thing": thing, "tools": tools, "material": material,
        "street": f"{number} {draw.choice(STREETS)}",
        "town": draw.choice(TOWNS),
        "people": draw.sample(PEOPLE, 6),
        "client": draw.choice(("Ilse", "Marged", "Tomasz", "Odile", "Fergus")),
        "partner": draw.choice(("Noor", "Bastien", "Hilde", "Yannis", "Rosa")),
        "headings": {name: draw.choice(some) for name, some in HEADINGS.items()},
        "menu": {name: draw.choice(some) for name, some in MENU.items()},
        "names": [draw.choice(some) for some in NAMES],
        "labels": [draw.choice(some) for some in LABELS],
        "breakpoint": draw.integer(620, 890),
        "columns": 3,
    }  # fmt: skip


def _courses(draw: Draw, given: dict[str, Any]) -> list[tuple[str, str]]:
    thing = given["thing"]
    words = [
        {"thing": thing, "Thing": thing.capitalize(), "n": 2 * (half := draw.integer(2, 6)), "half": half,
         "more": draw.integer(14, 48), "hour": draw.integer(7, 11)}
        for _ in range(3)
    ]  # fmt: skip
    chosen = draw.sample(COURSES, 3)
    return [(name.format(**w), text.format(**w)) for (name, text), w in zip(chosen, words, strict=True)]


def _voices(draw: Draw, given: dict[str, Any]) -> list[tuple[str, str]]:
    """Draw four voices; the third is the one that was withdrawn."""
    return [
        (
            text.format(thing=given["thing"], n=draw.integer(2, 9), more=draw.integer(11, 89), hour=draw.integer(5, 9)),
            who,
        )
        for text, who in zip(draw.sample(VOICES, 4), given["people"], strict=False)
    ]


def _copy(
    draw: Draw, given: dict[str, Any], courses: list[tuple[str, str]], voices: list[tuple[str, str]]
) -> tuple[str, dict[str, Any]]:
    """Write the copy with its corrections; return it with what is left of it on the page."""
    old, new, kilos, seats = draw.integer(3, 6), draw.integer(7, 12), draw.integer(120, 980), draw.integer(5, 14)
    costs = draw.sample(range(38, 420), 4)
    hour, bus, minutes = draw.integer(8, 11), draw.integer(11, 97), draw.integer(3, 19)
    words = given | {
        "Craft": given["craft"].capitalize(), "old": old, "new": new, "kilos": kilos, "seats": seats, "costs": costs,
        "hour": hour, "bus": bus, "minutes": minutes, "courses": courses, "voices": voices,
        "closing": draw.choice(("a quarter past six", "half past seven", "eight in the evening")),
        "most": draw.integer(3, 9), "who": given["people"][4],
    }  # fmt: skip
    words["button"] = draw.choice(("Book an evening", "Keep me a seat", "I want to try"))
    words["send"] = draw.choice(("Send the booking", "Ask for a place", "Off it goes"))
    headings = given["headings"]
    hero = HERO.format(**words)
    texts = {
        "hero": [hero, TEACHES.format(**words, count=new), words["button"]],
        "courses": [headings["courses"], *(text for course in courses for text in course)],
        "voices": [headings["voices"], *(text for i in (0, 1, 3) for text in voices[i])],
        "prices": [headings["prices"], PRICED.format(**words),
                   *(f"{name}: €{cost}" for (name, _), cost in zip(courses, costs, strict=False))],
        "visit": [headings["visit"], VISIT.format(**words), BUS.format(**words)],
        "book": [headings["book"], BOOK.format(**words), *(given["labels"][i] for i in KEPT), words["send"]],
        "footer": [f"{given['studio']}, {given['street']}, {given['town']}", "Imprint"],
    }  # fmt: skip
    fields = [
        {"label": given["labels"][i], "name": given["names"][i], "type": TYPES[i], "required": i in (0, 1, 2, 3)}
        for i in KEPT
    ]
    gold = {
        "texts": texts,
        "headings": [hero, {name: headings[name] for name in HEADINGS}, [name for name, _ in courses]],
        "title": f"{words['Craft']} courses in {given['town']} | {given['studio']}",
        "description": DESCRIPTION.format(**words),
        "fields": fields,
        "options": [name for name, _ in courses],
        "most": words["most"],
        "dead": {"old": old, "new": new, "voice": voices[2][0], "who": voices[2][1], "price": costs[3]},
    }
    return COPY.format(**words, head=gold, teaches=TEACHES.format(**words, count=f"~~{old}~~ {new}"),
                       priced=PRICED.format(**words), hero=hero), gold  # fmt: skip


def luminance(rgb: Rgb) -> float:
    parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Rgb, other: Rgb) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _toned(draw: Draw, other: Rgb, low: float, high: float, dark: bool = True) -> Rgb:
    """Draw a colour whose contrast with another lies in a range, on its dark or its light side."""
    while True:
        base, end = [draw.integer(20, 235) for _ in range(3)], 0 if dark else 255
        for step in range(65):
            red, green, blue = (round(end + (c - end) * step / 64) for c in base)
            is_side = (luminance((red, green, blue)) < luminance(other)) == dark
            if is_side and low <= contrast((red, green, blue), other) <= high:
                return red, green, blue


def _brand(draw: Draw, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Draw colours so that three of the eight pairs miss 4.5:1, each with another way out, and one barely holds."""
    ink = (draw.integer(10, 22), draw.integer(10, 22), draw.integer(10, 26))
    paper = (draw.integer(243, 248), draw.integer(238, 243), draw.integer(226, 234))
    names, pale = draw.sample(COLOURS, 7), draw.sample(PALE, 3)
    dusk, deep, missing, holding, wall, accent, idle = names
    tints = {name: (draw.integer(228, 242), draw.integer(232, 242), draw.integer(224, 244)) for name in pale[1:]}
    slate = _toned(draw, paper, 7.6, 8.8)
    tones = {
        pale[0]: paper, "ink": ink, "chalk": (255, 255, 255), dusk: slate, **tints,
        deep: _toned(draw, paper, 9.2, 11.5),
        missing: _toned(draw, tints[pale[1]], 4.05, 4.45),
        holding: _toned(draw, tints[pale[2]], 4.55, 4.85),
        wall: _toned(draw, paper, 4.2, 4.44),
        accent: _toned(draw, slate, 3.1, 4.3, dark=False),
        idle: _toned(draw, paper, 2.0, 6.0),
    }  # fmt: skip
    kinds = [(pale[0], "ink"), (pale[1], missing), (pale[2], holding), (wall, pale[0])]
    wished = dict(zip(draw.shuffled(MIDDLE), kinds, strict=True))
    wished |= {
        "hero": (deep, pale[0]),
        "book": (pale[0], dusk),
        "footer": ("ink", pale[0]),
        "button": (accent, pale[0]),
    }
    spare = [dusk, "ink", "chalk"]
    pairs = {}
    for part, (ground, text) in wished.items():
        able = [name for name in (text, *spare) if contrast(tones[name], tones[ground]) >= 4.5]
        pairs[part] = [ground, able[0]]
    shown = draw.shuffled(list(tones))
    styled = {name: _spelled(tones[name], index) for index, name in enumerate(shown)}
    given["wished"] = {part: list(pair) for part, pair in wished.items()}
    given |= {name: next(part for part, pair in wished.items() if colour in pair)
              for name, colour in (("wall", wall), ("holding", holding))}  # fmt: skip
    given |= {"spare": spare, "unused": idle}
    sheet = {
        "palette": styled,
        "pairs": {
            part: {"background": wished[part][0], "text": wished[part][1]} for part in draw.shuffled(list(wished))
        },
        "spare_text_colours": spare,
        "rules": RULES,
        "fonts": {"text": "Karlgate Sans", "source": "https://type.example.com/karlgate.css", "stack": FONTS},
        "cards": {"columns": given["columns"], "from_width": f"{given['breakpoint']}px"},
    }
    return sheet, {name: list(rgb) for name, rgb in tones.items()}, pairs


def _spelled(rgb: Rgb, index: int) -> str:
    text = "#{:02x}{:02x}{:02x}".format(*rgb)
    return (text, text.upper(), "rgb({}, {}, {})".format(*rgb))[index % 3]


def _photos(draw: Draw, given: dict[str, Any]) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """List the photos: one must not be used, and one has been cropped since."""
    numbers = draw.sample(range(103, 987), 6)
    people, thing = given["people"], given["thing"]
    subjects = (
        ("hero", f"Hands at work on a {thing}, seen from above"),
        ("courses", f"{people[0]} holding up the first {thing} of the year"),
        ("courses", f"Shelf with {draw.integer(12, 60)} pieces in {given['material']}"),
        ("courses", f"{people[1]} and {people[5]} laughing over a spoilt {thing}"),
        ("visit", f"The blue door of {given['street']}"),
        ("visit", f"Summer party in front of the {given['studio']}"),
    )
    rows: list[tuple[str, ...]] = []
    pictures: list[dict[str, Any]] = []
    dead: dict[str, Any] = {}
    cropped = draw.integer(0, 3)
    for index, ((section, alt), number) in enumerate(zip(subjects, numbers, strict=True)):
        width, height = draw.integer(110, 190) * 10, draw.integer(61, 104) * 10
        file, size, remark = f"0{number}-{section}.jpg", f"{width} x {height}", ""
        if index == cropped:
            dead["size"] = {"width": width, "height": height}
            width, height = width - 10 * draw.integer(11, 30), height - 10 * draw.integer(3, 9)
            remark = f"cropped since, the file is now {width} x {height}"
        picture = {"file": file, "section": section, "width": width, "height": height, "alt": alt}
        if index == 5:
            remark = "the photographer wants money for this one, so leave it out"
            dead["picture"] = picture
        else:
            pictures.append(picture)
        rows.append((file, section, size.replace(" x ", "×") if index % 2 else size, alt, remark))
    given["cropped"] = rows[cropped][0]
    return csv_text(("file", "section", "size", "alt text", "remark"), draw.shuffled(rows)), pictures, dead


def _wireframe(draw: Draw, given: dict[str, Any], drawn: list[str]) -> str:
    """Draw the boxes; their order in the file is not the one on the page."""
    heights = [draw.integer(9, 17) * 10 for _ in drawn]
    tops = [70 + sum(heights[:index]) + 14 * index for index in range(len(drawn))]
    boxes = [
        (20, 46, "header: menu (nav)"),
        *zip(tops, heights, (f'section id="{name}"' for name in drawn), strict=True),
    ]
    boxes.append((tops[-1] + heights[-1] + 14, 46, "footer"))
    lines = [
        f'<g><rect x="20" y="{top}" width="560" height="{height}" fill="none" stroke="#555"/>'
        f'<text x="34" y="{top + 26}" font-size="15">{words.replace(chr(34), "&quot;")}</text></g>'
        for top, height, words in draw.shuffled(boxes)
    ]
    notes = [note.format(**given, phone=given["labels"][2]) for note in NOTES]
    lines += [f'<text x="610" y="{60 + 30 * i}" font-size="13">{note}</text>' for i, note in enumerate(notes)]
    size = f'width="1180" height="{boxes[-1][0] + 70}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">\n' + "\n".join(lines) + "\n</svg>\n"
    )


FONTS = "'Karlgate Sans', 'Gill Sans', Calibri, sans-serif"
RULES = [
    "Every colour of the palette is a variable on :root with the colour's name: --ink, --chalk and so on.",
    "Every pair makes two more there, with the part's name: --hero-bg and --hero-text, --button-bg and "
    "--button-text. They refer to a palette variable with var(), they hold no colour of their own.",
    "Text needs a contrast of 4.5:1 or more with its background (WCAG 2 formula, not rounded up). Where a pair below "
    "misses that, the background stays and the text becomes the first of spare_text_colours that reaches it. A pair "
    "that reaches it stays as it is.",
    "Outside of those variables no colour is written anywhere; transparent, currentColor and inherit are no colours.",
    "The rule for a section's id (or for footer, or for the class button) sets color and background-color, each "
    "with its variable. The links and buttons that copy.md calls Button have the class button.",
]
NOTES = (
    "Notes from our talk on Friday (they win over the drawing and the copy)",
    "1  #{mover} moves up: it now stands directly above #{anchor}.",
    '2  The field "{phone}" is required too.',
    "3  The menu lists the sections in their order on the page, without #hero.",
    "4  #courses: the cards stand in a CSS grid on the element with the class cards, one column on small screens.",
    "5  One h1 (the heading of #hero), an h2 for every other section, an h3 for every card.",
)
HERO = "{Craft} for people with {seats} free evenings"
TEACHES = (
    "Here at {street} we teach {craft} to at most {seats} people at a time, with {count} {tools}, {kilos} kilos of "
    "{material} and no hurry."
)
PRICED = "All prices with {material}, tea and the use of all {new} {tools}."
VISIT = "{street}, {town}. We open at {hour} and the light goes out at {closing}."
BUS = "Bus {bus} stops {minutes} steps from the door. Ask the driver for {who}."
BOOK = "We answer within {most} days and hold your seat for {minutes} more."
DESCRIPTION = "{studio} in {town}: {craft} courses for up to {seats} people, {material} included."
COPY = """# Words for the new page of {studio}

How to read this: a line is "Kind: words". Only the words go on the page, letter by letter. ~~Struck out~~ is dead.
What stands in [brackets] is a note between {client} and {partner}: do as it says, and do not print it.

## page head
Title: {head[title]}
Description: {head[description]}
Language: en

## hero
Heading: {hero}
Text: {teaches} [{partner} counted again in the store]
Button: {button} [jumps to the form]

## courses
Menu: {menu[courses]}
Heading: {headings[courses]}
Card: {courses[0][0]} | {courses[0][1]}
Card: {courses[1][0]} | {courses[1][1]}
Card: {courses[2][0]} | {courses[2][1]}

## voices
Menu: {menu[voices]}
Heading: {headings[voices]}
Quote: {voices[0][0]} | {voices[0][1]}
Quote: {voices[1][0]} | {voices[1][1]}
Quote: {voices[2][0]} | {voices[2][1]} [moved away and asked us to take it down, so not this one]
Quote: {voices[3][0]} | {voices[3][1]}

## prices
Menu: {menu[prices]}
Heading: {headings[prices]}
Text: {priced}
Item: {courses[0][0]}: €{costs[0]}
Item: {courses[1][0]}: ~~€{costs[3]}~~ €{costs[1]}
Item: {courses[2][0]}: €{costs[2]}

## visit
Menu: {menu[visit]}
Heading: {headings[visit]}
Text: {head[texts][visit][1]}
Text: {head[texts][visit][2]}

## book
Menu: {menu[book]}
Heading: {headings[book]}
Text: {head[texts][book][1]}
[Fields are label | name | type | required or not. They get a real label each, not a placeholder.]
Field: {labels[0]} | {names[0]} | text | required
Field: {labels[1]} | {names[1]} | email | required
Field: {labels[2]} | {names[2]} | tel | not required
Field: {labels[3]} | {names[3]} | select | required [offers our three courses by name, nothing else]
Field: {labels[4]} | {names[4]} | number | not required [from 1 to {most}]
Field: {labels[5]} | {names[5]} | date | required [{partner}: what for? Out with it.]
Field: {labels[6]} | {names[6]} | textarea | not required
Button: {send}

## footer
Text: {studio}, {street}, {town}
Link: Imprint | imprint.html
"""
