"""A drawer of notes on one job, the stores list and the house template."""
# hapi-pytest canary ed67a4a3-71b5-4cd9-9dd8-2d0809691110

import datetime
from collections.abc import Mapping
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import office_bytes

FIRMS = (
    ("Brennick Dairy", "the plate cooler in the milk hall", "bottle washer"),
    ("Oststrand Brewery", "the wort cooler behind the kettle", "keg washer"),
    ("Apfelhof Juices", "the plate pasteuriser", "crate washer"),
    ("Sorrel Lane Laundry", "the heat recovery unit", "boiler in the yard"),
    ("Vale of Tarn Creamery", "the whey cooler", "tray washer"),
)
PEOPLE = ("Jörg", "Anneke", "Siobhán", "Mateusz", "Ünal", "Pernille", "Dagný", "Lucía")
MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
LETTERS = {
    "power": "Q", "feed": "V", "back": "V", "cool": "T", "vent": "D", "filter": "F", "hose": "H", "mix": "K",
    "circ": "P", "neut": "S", "empty": "B", "rinse": "R", "gasket": "G", "bolts": "W", "fill": "Y",
    "key": "X", "meter": "M", "tap": "Z",
}  # fmt: skip
# No two ranges of one unit meet, so that no figure that holds is another's old one.
RANGES = {
    "live": ("{} V", (230, 400, 415)),
    "hot": ("{} °C", (82, 85, 88)),
    "cool_limit": ("{} °C", (36, 38, 42)),
    "wrong_cool": ("{} °C", (55, 60, 65)),
    "pressure": ("{} bar", (5, 6, 7)),
    "vent_limit": ("{} bar", (0.1, 0.2, 0.3)),
    "drop": ("{} bar", (0.5, 0.6, 0.7)),
    "acid": ("pH {}", (1.1, 1.3, 1.4)),
    "ph": ("pH {}", (7.2, 7.5, 7.6)),
    "delay": ("{} s", (15, 20, 30)),
    "water": ("{} L", (10, 12, 14)),
    "rinse_litres": ("{} L", (18, 20, 25)),
    "dose": ("{} L", (1.6, 1.8, 2.2)),
    "old_dose": ("{} L", (2.8, 3.2, 3.6)),
    "flow": ("{} L/min", (8, 9, 11)),
    "minutes": ("{} min", (35, 40, 45)),
    "old_minutes": ("{} min", (20, 25, 30)),
    "stray_minutes": ("{} min", (55, 70, 75)),
    "soda": ("{} g", (250, 300, 350)),
    "torque": ("{} N·m", (22, 24, 26)),
    "old_torque": ("{} N·m", (32, 34, 38)),
    "turns": ("{} turns", (1.5, 2.5, 3.5)),
    "stray": ("N-{}", (91, 93, 97)),
    "plates": ("{}", (28, 34, 38)),
}
FIGURES = {
    "cool": ["cool_limit"],
    "vent": ["vent_limit"],
    "mix": ["water", "dose"],
    "circ": ["minutes"],
    "neut": ["soda", "ph"],
    "empty": ["flow"],
    "rinse": ["rinse_litres"],
    "bolts": ["torque"],
    "fill": ["turns"],
    "meter": ["drop"],
}
HAZARDS = {"power": "live", "feed": "hot", "vent": "pressure", "mix": "acid", "key": "delay"}
READINGS = {"cool": "cool_limit", "vent": "vent_limit", "neut": "ph", "bolts": "torque", "meter": "drop"}
SUPERSEDED = ("wrong_cool", "old_dose", "old_minutes", "old_torque")
YEARS = {"old": (2022, 2023), "young": (2025, 2025), "last": (2026, 2026), "": (2022, 2026)}
# Each slip: its age (nothing: any age or no date), a bar, and what it says.
SLIPS = """
| {power}, the main switch: off, red padlock through it, key into your own pocket. Before anything else.
| The cabinet of {power} carries {live} even on Sundays. Dry hands, no rings when you switch it.
| {first} gets shut right after {power}.
| {second} is shut as well, but only after {first}, otherwise it sucks air.
| Burnt my fingers at {feed} AGAIN. The body gets up to {hot}. Heat-proof gloves before you touch it!
old| {cool}: with {power} locked, wait until it shows less than {cool_limit}.
last| Yellow sticker found next to {cool}: "{wrong_cool} is cool enough".
none| The sticker at {cool} is wrong, a temp put it up to get home early. The figure from before stays.
| {vent}: let it hiss until {vent_limit} are left. Not before both valves are shut and {cool} is happy.
| There can be up to {pressure} behind {vent}. Stand aside and open it slowly.
| {filter_slip}
| {hose_slip}
| {mix}, the tub: {water} of water first, then the descaler. {mix_slip}
old| {mix} takes {old_dose} of the descaler.
young| The concentrate that we have now is stronger: {dose} of this descaler into {mix} will do.
| Measure the descaler in one go, with the smallest jug that holds all of it.
| What goes into {mix} is {acid}. Chemical goggles on when you pour; it spat at {who} in spring.
old| {circ}: run it for {old_minutes}, then off.
young| {circ} runs {minutes} now, the scale got harder. Tub filled and hoses on first, obviously.
old| When {circ} is off again, tap {tap} all along with the rubber mallet, that loosens the rest.
young| NO more tapping at {tap}. Two plates cracked. That step is dead, for good.
| {neut}: when {circ} has done its time, stir in {soda} of soda there until a pH strip shows {ph}.
| {empty}: let the lot run off, at most {flow}. Only when {neut} is where it should be, the council checks.
| {rinse}: twice with {rinse_litres} each, as soon as {empty} has run dry.
| {gasket}: cover off, new gasket set in. After {rinse}, or you stand in it. We have {plates} plates.
old| {bolts}: cover bolts crosswise to {old_torque}.
young| {bolts}: with the new gaskets in, crosswise to {torque}, says the maker. 17 mm socket, and the torque \
wrench that can do this figure.
| {fill}: open it {turns} and no more, and only when {bolts} is tight.
| {key}: padlock off the main switch, key to auto. Only when the machine has been filled through {fill}.
| After {key} the pump starts by itself within {delay}. Nobody with a hand in there!
| {meter}: last of all, with {key} on auto, read the pressure drop. Under {drop} is fine, else ring {contact}.
young| Into the log go the readings of {logged}. Not {unlogged} any more; that step stays.
young| Do not mix this up with the {other}: there {stray} runs {stray_minutes}, and it has a page of its own.
young| Revision {scrapped} of {document} was printed and scrapped the same week. Its number is used up, \
so the next page takes the one after.
last| The new page is valid from the first Monday after {decided}.
| The coffee money is short again. It is always the night shift.
| {who} has the key to the chemicals. Ask nicely."""
FILTER = {
    True: "{filter}: pull the basket and shake it out when {vent} is quiet, and before {hose} goes on. You "
    "cannot reach it later.",
    False: "{filter}: pull the basket and shake it out, after {rinse} but before cover {gasket} is off.",
}
HOSE = {
    True: "{hose}: hook up the hose set when {vent} is quiet.",
    False: "{hose}: hook up the hose set once {mix} is ready, it is in the way before.",
}
MIX = {
    True: "Only with {hose} hooked up, no open acid standing about.",
    False: "You can start on it as soon as {vent} is quiet.",
}
TEMPLATE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{document}</title></head>
<body>
<h1>Name of the job</h1>
<!-- Dates as YYYY-MM-DD. The document number stays, the revision is the next free number. -->
<table>
<tr><th>Document</th><td id="document">{document}</td></tr>
<tr><th>Revision</th><td id="revision">{revision_before}</td></tr>
<tr><th>Valid from</th><td id="valid-from">{valid_before}</td></tr>
</table>
<h2>Tools and material</h2>
<!-- One list item for each tool or material: its name and its article number as in the stores list. -->
<ul id="tools"><li>name, article number</li></ul>
<h2>Steps</h2>
<!-- Each step is an element of class "step" and holds exactly one element of class "tag" with the label of
the part that the step handles. Other labels may be mentioned in the step's text, but not in a "tag". -->
<!-- Each warning is an element of class "warning" above its step, not inside it, no other step between. -->
<div class="warning">What can happen and how to avoid it.</div>
<div class="step"><b class="tag">A-00</b> What to do.</div>
</body>
</html>
"""


def build(draw: Draw) -> Inputs:
    """Draw labels, figures and which step depends on which, then the slips that tell them."""
    tags = _tags(draw)
    figures = {key: text.format(draw.choice(some)) for key, (text, some) in RANGES.items()}
    stores, articles = _stores(draw, figures)
    is_feed_first, is_filter_early, is_hose_first = (draw.chance(0.5) for _ in range(3))
    given = _setting(draw) | {f"{name}_tag": tag for name, tag in tags.items()}
    first, second = ("feed", "back") if is_feed_first else ("back", "feed")
    order, before = _sequence(first, second, is_filter_early, is_hose_first)
    unlogged = draw.choice(("vent", "neut", "bolts"))
    logged = [name for name in READINGS if name != unlogged]
    words = given | figures | tags | {"first": tags[first], "second": tags[second], "unlogged": tags[unlogged]}
    slips = {"filter": FILTER[is_filter_early], "hose": HOSE[is_hose_first], "mix": MIX[is_hose_first]}
    words |= {f"{name}_slip": text.format(**words) for name, text in slips.items()}
    words["logged"] = ", ".join(tags[name] for name in draw.shuffled(logged))
    gold = {
        "order": [tags[name] for name in order],
        "before": [[tags[one], tags[other]] for one, other in before],
        "figures": {tags[name]: [figures[key] for key in FIGURES.get(name, [])] for name in order},
        "hazards": {tags[name]: figures[key] for name, key in HAZARDS.items()},
        "superseded": [figures[key] for key in SUPERSEDED],
        "readings": {tags[name]: figures[READINGS[name]] for name in logged},
        "unlogged": [tags[unlogged], figures[READINGS[unlogged]]],
        "revision": given["scrapped"] + 1,
        "valid_from": _monday_after(given["decided"]),
        **articles,
    }
    files = {
        "notes.txt": _drawer(draw, words),
        "parts.xlsx": stores,
        "template.html": TEMPLATE.format(**given),
    }
    return Inputs(files=files, given=given, gold=gold)


def _tags(draw: Draw) -> dict[str, str]:
    """Draw a label for each part; no number stands on two labels."""
    numbers = draw.sample(range(11, 90), len(LETTERS))
    return {name: f"{letter}-{number}" for (name, letter), number in zip(LETTERS.items(), numbers, strict=True)}


def _setting(draw: Draw) -> dict[str, Any]:
    firm, machine, other = draw.choice(FIRMS)
    contact, writer, who = draw.sample(PEOPLE, 3)
    revision = draw.integer(2, 6)
    decided = draw.date(datetime.date(2026, 11, 2), datetime.date(2027, 10, 20))
    return {
        "firm": firm,
        "machine": machine,
        "other": other,
        "contact": contact,
        "writer": writer,
        "who": who,
        "document": f"SOP-{draw.integer(11, 98):03d}",
        "revision_before": revision,
        "scrapped": revision + 1,
        "decided": decided.isoformat(),
        "valid_before": draw.date(datetime.date(2023, 1, 9), datetime.date(2023, 12, 4)).isoformat(),
    }


def _sequence(
    first: str, second: str, is_filter_early: bool, is_hose_first: bool
) -> tuple[list[str], list[tuple[str, str]]]:
    """Return one order that works, and the pairs of which the slips say what comes before what."""
    tub = ["hose", "mix"] if is_hose_first else ["mix", "hose"]
    early, late = (["filter"], []) if is_filter_early else ([], ["filter"])
    chain = ["circ", "neut", "empty", "rinse", *late, "gasket", "bolts", "fill", "key", "meter"]
    order = ["power", first, second, "cool", "vent", *early, *tub, *chain]
    before = [("power", first), (first, second), ("power", "cool"), (second, "vent"), ("cool", "vent")]
    before += [("vent", tub[0]), (tub[0], tub[1]), (tub[1], "circ"), ("rinse", "gasket")]
    before += [("vent", "filter"), ("filter", "hose")] if is_filter_early else []
    return order, before + list(zip(chain, chain[1:], strict=False))


def _monday_after(day: str) -> str:
    date = datetime.date.fromisoformat(day)
    return (date + datetime.timedelta(days=7 - date.weekday())).isoformat()


def _stores(draw: Draw, figures: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Write the stores list; return it with the articles that the job needs, and those that it does not."""
    import openpyxl

    plates = int(figures["plates"])
    needed = [
        "padlock, red", "heat-proof gloves", "chemical goggles", "measuring jug, 2.5 L",
        "descaler, concentrate", "soda", "pH strips", f"gasket set, {plates} plates",
        "torque wrench, 5 to 28 N·m", "socket, 17 mm",
    ]  # fmt: skip
    spare = [
        "padlock, yellow", "winter gloves", "ear defenders", "measuring jug, 1 L", "measuring jug, 5 L",
        "descaler, mild", "rubber mallet", f"gasket set, {plates + 4} plates", "torque wrench, 28 to 140 N·m",
        "socket, 19 mm",
    ]  # fmt: skip
    renewed = draw.sample(("padlock, red", "heat-proof gloves", "pH strips", "socket, 17 mm"), 2)
    numbers = [f"00{number}" for number in draw.sample(range(1020, 9890, 7), len(needed) + len(spare) + 2)]
    articles = dict(zip([*needed, *spare], numbers, strict=False))
    withdrawn = dict(zip(renewed, numbers[-2:], strict=True))
    rows = [(article, name, "") for name, article in articles.items()]
    rows += [(article, name, f"withdrawn, now {articles[name]}") for name, article in withdrawn.items()]
    book = openpyxl.Workbook()
    book.active.title = "Stores"
    book.active.append(["article", "item", "remark", "shelf"])
    for row in draw.shuffled(rows):
        book.active.append([*row, f"{draw.choice('ABCD')}{draw.integer(1, 9)}"])
    names = {
        "needed": {name: articles[name] for name in needed},
        "spare": {name: articles[name] for name in spare},
    }
    return office_bytes(book), names | {"withdrawn": withdrawn}


def _drawer(draw: Draw, words: Mapping[str, Any]) -> str:
    """Write the slips in drawn order, with a young slip above the old one that it overrules."""
    slips = []
    for line in SLIPS.strip().splitlines():
        age, _, text = line.partition("| ")
        slips.append((age, text.format(**words)))
    slips = draw.shuffled(slips)
    for part in ("circ", "bolts"):
        old, young = (
            next(n for n, (age, text) in enumerate(slips) if age == which and text.startswith(words[part]))
            for which in ("old", "young")
        )
        if old < young:
            slips[old], slips[young] = slips[young], slips[old]
    return "\n\n".join(f"--- {_dated(draw, age)} ---\n{text}" for age, text in slips) + "\n"


def _dated(draw: Draw, age: str) -> str:
    if age == "none" or (not age and draw.chance(0.4)):
        return draw.choice(("no date", "undated", "date smudged"))
    low, high = YEARS[age]
    day = draw.date(datetime.date(low, 1, 2), datetime.date(high, 10, 2))
    style = draw.integer(0, 2)
    if style == 0:
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}, {draw.choice(PEOPLE)}"
    if style == 1 and day.day > 12:
        return f"{day.day}.{day.month:02d}.{day.year}, {draw.choice(PEOPLE)}"
    return f"{day.isoformat()}, {draw.choice(PEOPLE)}"
