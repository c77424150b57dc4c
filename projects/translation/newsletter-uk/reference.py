"""The accepted British edition, and flawed ones."""
# hapi-pytest canary a744163a-53f0-41dd-8f31-c050501dc308

import html
import re
from collections.abc import Callable

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "list-item-lost": ("blocks-in-their-places",),
    "american-block-kept": ("blocks-in-their-places",),
    "language-not-set": ("blocks-in-their-places",),
    "words-kept": ("words-are-british",),
    "words-changed-in-both-senses": ("other-senses-left-alone",),
    "day-and-month-swapped": ("dates-are-british",),
    "comma-before-the-year": ("dates-are-british",),
    "clocks-change-on-one-day": ("live-events-in-london-time",),
    "day-of-the-event-kept": ("live-events-in-london-time",),
    "rate-upside-down": ("amounts-at-the-rate",),
    "rate-of-the-next-day": ("amounts-at-the-rate",),
    "listed-price-converted": ("listed-prices-from-the-list",),
    "price-of-later": ("listed-prices-from-the-list",),
    "difference-taken-for-a-temperature": ("measures-converted",),
    "miles-converted": ("measures-converted",),
    "advice-number-for-orders": ("numbers-and-links-lead-to-britain",),
    "mailbox-left": ("numbers-and-links-lead-to-britain",),
    "quote-converted": ("what-people-say-and-names-stay",),
    "name-respelt": ("what-people-say-and-names-stay",),
    "sentence-polished": ("every-other-word-as-it-was",),
    "pictures-forgotten": ("texts-that-do-not-show",),
    "title-forgotten": ("texts-that-do-not-show",),
    "small-print-reworded": ("small-print-replaced",),
    "links-not-listed": ("changes-complete-and-true",),
    "guess-listed": ("changes-complete-and-true",),
    "sound-text-listed": ("changes-complete-and-true",),
}
EQUIVALENTS: dict[str, str] = {
    "semicolons": "the brief asks for csv and names no separator",
    "more-around-each-change": "the brief asks what stood there and what stands there now, and not for the bare word",
    "hard-spaces": "a number and its unit may be kept on one line",
    "another-html": "the page is the same with entities, other line ends and without the comments",
    "changes-by-kind": "the brief asks for no order of the rows",
}
SENSES = {
    "check": "cheque",
    "story": "storey",
    "draft": "draught",
    "practice": "practise",
    "fall": "autumn",
    "yard": "garden",
    "curb": "kerb",
    "tire": "tyre",
    "license": "licence",
    "program": "programme",
}
SAID = {
    "$": "£",
    "°F": "°C",
    "feet": "ft",
    "color": "colour",
    "favorite": "favourite",
    "flavor": "flavour",
    "story": "storey",
    "cozy": "cosy",
    "fall": "autumn",
    "gray": "grey",
    "yard": "garden",
    "inches": "cm",
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the British page, and the list of what changed in it."""
    forms = {name: _forms(facts, name, flaws) for name in facts.pieces}
    page = re.sub(r"@([\w-]+)\.(\d+)@", lambda match: html.escape(forms[match[1]][int(match[2])]), facts.page)
    gone = [] if "american-block-kept" in flaws else list(facts.us_only)
    gone += [name for name in facts.pieces if name == "n-06" and "list-item-lost" in flaws]
    for name in gone:
        page = re.sub(rf'<\w+ id="{name}"[^\n]*\n', "", page)
    if "language-not-set" not in flaws:
        page = page.replace('lang="en-US"', 'lang="en-GB"')
    if "sentence-polished" in flaws:
        page = page.replace("All offers run until", "All our offers are valid until")
    if "hard-spaces" in flaws:
        page = re.sub(r"(\d) (cm|m|kg|g|litres)\b", "\\1\u00a0\\2", page)
    if "another-html" in flaws:
        page = re.sub(r"<!-- [^\n]*-->\n", "", page).replace("£", "&pound;").replace("\n", "\r\n")
    return {"news_uk.html": page, "changes.csv": _changes(facts, flaws, forms, gone)}


def _forms(facts: Facts, name: str, flaws: frozenset[str]) -> list[str]:
    """Return the British form of each piece of a block."""
    if name in facts.hidden:
        flaw = "title-forgotten" if name == "n-title" else "pictures-forgotten"
        return [us for _, us in facts.pieces[name]] if flaw in flaws else _joined(facts, name)
    forms = _joined(facts, name)
    for number, (kind, us) in enumerate(facts.pieces[name]):
        for flaw in sorted(flaws & set(SLIPS)):
            wanted, slip = SLIPS[flaw]
            forms[number] = slip(facts, us, forms[number]) if kind == wanted else forms[number]
    return forms


def _joined(facts: Facts, name: str) -> list[str]:
    return [uk or us for (_, us), uk in zip(facts.pieces[name], facts.forms[name], strict=True)]


def _both_senses(facts: Facts, us: str, uk: str) -> str:
    return SENSES[us]


def _month_first(facts: Facts, us: str, uk: str) -> str:
    parts = us.split("/")
    return f"{int(parts[0])} {MONTHS[int(parts[1]) - 1]} {parts[2]}" if len(parts) == 3 else uk


def _an_hour_late(facts: Facts, us: str, uk: str) -> str:
    before, hour, minute = re.split(r" (?=\d\d:)|:", uk)
    return f"{before} {int(hour) + 1}:{minute}" if int(hour) > 8 else uk


def _same_day(facts: Facts, us: str, uk: str) -> str:
    weekday, month, day = re.findall(r"\w+", us)[:3]
    return f"{weekday} {day} {month} 2026 at {uk[-5:]}"


def _as_a_temperature(facts: Facts, us: str, uk: str) -> str:
    if not us.endswith("F") or abs(int(us[:-2]) * 5 / 9 - int(uk[:-2])) > 1:
        return uk
    return f"{round((int(us[:-2]) - 32) * 5 / 9)}°C"


def _said(facts: Facts, us: str, uk: str) -> str:
    for american, british in SAID.items():
        uk = uk.replace(american, british)
    return uk


def _respelt(facts: Facts, us: str, uk: str) -> str:
    return re.sub(r"or\b", "our", uk).replace("Kettle Post", "Kettle Mail")


SLIPS: dict[str, tuple[str, Callable[[Facts, str, str], str]]] = {
    "words-kept": ("word", lambda facts, us, uk: us if len(us) > 5 else uk),
    "words-changed-in-both-senses": ("sense", _both_senses),
    "day-and-month-swapped": ("date", _month_first),
    "comma-before-the-year": ("date", lambda facts, us, uk: uk.replace(" 202", ", 202")),
    "clocks-change-on-one-day": ("event", _an_hour_late),
    "day-of-the-event-kept": ("event", _same_day),
    "rate-upside-down": ("money", lambda facts, us, uk: facts.by_product[us]),
    "rate-of-the-next-day": ("money", lambda facts, us, uk: facts.by_next_rate[us]),
    "listed-price-converted": ("price", lambda facts, us, uk: facts.by_rate[us]),
    "price-of-later": ("price", lambda facts, us, uk: facts.later.get(us, uk)),
    "difference-taken-for-a-temperature": ("unit", _as_a_temperature),
    "miles-converted": ("miles", lambda facts, us, uk: f"{round(int(us.split()[0]) * 1.609)} km"),
    "advice-number-for-orders": ("phone", lambda facts, us, uk: facts.advice if us == facts.orders_us else uk),
    "mailbox-left": ("link", lambda facts, us, uk: us if us.startswith("mailto:") else uk),
    "quote-converted": ("quote", _said),
    "name-respelt": ("name", _respelt),
    "small-print-reworded": ("legal", lambda facts, us, uk: uk.replace("You may return goods", "Return goods")),
}
"""By flaw: the kind of piece that it spoils, and what it makes of the American and the British form."""


def _changes(facts: Facts, flaws: frozenset[str], forms: dict[str, list[str]], gone: list[str]) -> str:
    """List the places whose form is another one than before."""
    rows = []
    for name, pieces in facts.pieces.items():
        before, after = "".join(us for _, us in pieces), "".join(forms[name])
        if name in gone:
            rows += [(name, "removed", f"{before[:30]}…", "")] if name in facts.us_only else []
            continue
        for (kind, us), form in zip(pieces, forms[name], strict=True):
            if us == form or (kind == "link" and "links-not-listed" in flaws):
                continue
            shown = {"price": "money", "miles": "unit", "sense": "word", "name": "word", "quote": "word"}.get(
                kind, kind
            )
            is_wide = kind in ("word", "unit") and "more-around-each-change" in flaws
            rows.append((name, shown, before, after) if is_wide else (name, shown, us, form))
    if "guess-listed" in flaws:
        rows.append(("n-02", "word", "colorful", "colourful"))
    if "sound-text-listed" in flaws:
        rows.append(("n-39", "word", "Our friends", "Our friends: the weavers"))
    if "changes-by-kind" in flaws:
        rows.sort(key=lambda row: row[1])
    return csv_text(("block", "kind", "us", "uk"), rows, delimiter=";" if "semicolons" in flaws else ",")
