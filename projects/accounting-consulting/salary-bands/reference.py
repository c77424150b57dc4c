"""The accepted bands and advertisements, and the same with a slip in them."""
# hapi-pytest canary 775c094a-1694-4036-a7e2-1547bcf6a915

import statistics
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, office_bytes

COUNT, DROPPED, MEDIAN = "the-right-records-count", "outliers-are-dropped-once", "medians-are-right"
QUARTERS, ROUNDED = "quartiles-follow-the-method", "bands-are-rounded-as-agreed"
PAY, MUSTS, NICES = (
    "advertisements-show-the-bands-and-no-other-money",
    "must-haves-are-complete",
    "nice-to-haves-are-complete",
)
DUTIES, TERMS, HEADED = "duties-are-complete", "terms-are-the-latest", "titles-and-headings-stand-in-order"
LENGTH, WORDS, INTERNAL = (
    "each-advertisement-has-its-length",
    "forbidden-words-stay-out",
    "what-is-internal-stays-inside",
)
FLAWS: dict[str, tuple[str, ...]] = {
    "quartiles-of-the-tool": (QUARTERS,),
    "mean-for-the-median": (MEDIAN,),
    "part-time-as-paid": (COUNT, DROPPED, MEDIAN, QUARTERS),
    "other-regions-counted": (COUNT, MEDIAN, QUARTERS),
    "records-before-outliers": (COUNT,),
    "outliers-not-told": (DROPPED,),
    "outliers-dropped-again": (COUNT, DROPPED, MEDIAN, QUARTERS),
    "bounds-rounded-inwards": (ROUNDED,),
    "tip-of-the-agency": (PAY,),
    "item-still-a-must": (MUSTS, NICES),
    "must-reworded": (MUSTS,),
    "nice-to-have-lost": (NICES,),
    "duty-lost": (DUTIES,),
    "duty-invented": (DUTIES,),
    "hours-of-before": (TERMS,),
    "headings-only-bold": (HEADED, MUSTS, NICES, DUTIES, PAY, TERMS),
    "title-missing": (HEADED,),
    "much-too-long": (LENGTH,),
    "praise-of-the-department": (WORDS,),
    "wish-about-age": (INTERNAL,),
}
EQUIVALENTS: dict[str, str] = {
    "columns-turned-round": "the brief names columns and no order",
    "semicolons-and-separators": "the brief asks for csv and fixes neither separator nor how figures are written",
    "items-with-points": "the items are word for word; a full stop behind them is none of their words",
    "items-in-one-paragraph": "the brief asks for the items under their headings and for no bullets",
    "pay-first": "the order of what stands under the last heading is left open",
}
OTHER_DUTY = "Support the management in all matters"
LONG = "We take our time with every newcomer, and nobody is left alone in the first weeks."

Role = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the bands and the three advertisements."""
    bands = {letter: _band(facts, flaws, letter) for letter in facts.roles}
    files: dict[str, str | bytes] = {"bands.csv": _table(flaws, bands)}
    for letter, role in facts.roles.items():
        files[f"jd-{letter.lower()}.docx"] = _advertisement(facts, flaws, letter, role, bands[letter])
    return files


def _full(person: list[int], flaws: frozenset[str]) -> float:
    """Return full-time pay per year."""
    pay, months, percent = person
    return pay * months if "part-time-as-paid" in flaws else pay * months * 100 / percent


def _at(values: list[float], place: float) -> float:
    """Return the value at a place, counted from 1, in a straight line between two."""
    below = int(place)
    above = values[min(below, len(values) - 1)]
    return values[below - 1] + (place - below) * (above - values[below - 1])


def _band(facts: Facts, flaws: frozenset[str], letter: str) -> Role:
    """Work out a band from the records, as agreed or as a hasty reader does."""
    people = sorted(facts.people[letter], key=lambda person: _full(person, flaws))
    if "other-regions-counted" in flaws and letter != "C":
        middle = int(_full(people[len(people) // 2], flaws))
        people += [[middle + 611 * step, 1, 100] for step in range(1, 5)]
    kept = people
    for _ in range(2 if "outliers-dropped-again" in flaws else 1):
        middle = statistics.median(_full(person, flaws) for person in kept)
        limits = [facts.low * middle / 100, facts.high * middle / 100]
        kept = [person for person in kept if limits[0] <= _full(person, flaws) <= limits[1]]
    values = sorted(_full(person, flaws) for person in kept)
    quarters = [0.25, 0.5, 0.75]
    exact = [_at(values, part * (len(kept) + 1)) for part in quarters]
    if "quartiles-of-the-tool" in flaws:
        exact = [_at(values, part * (len(kept) - 1) + 1) for part in quarters]
    if "mean-for-the-median" in flaws:
        exact[1] = statistics.mean(values)
    down = [int(value // 100) * 100 for value in exact]
    rounded = [down[0], int((exact[1] + 50) // 100) * 100, down[2] + 100]
    if "bounds-rounded-inwards" in flaws:
        rounded = [down[0] + 100, rounded[1], down[2]]
    before = "records-before-outliers" in flaws
    return {
        "records": len(people) if before else len(kept),
        "outliers": 0 if "outliers-not-told" in flaws else len(people) - len(kept),
        "exact": exact,
        "rounded": rounded,
    }


def _table(flaws: frozenset[str], bands: dict[str, Role]) -> str:
    header = ["role", "records", "outliers", "p25", "p50", "p75", "min", "mid", "max"]
    is_local = "semicolons-and-separators" in flaws
    rows = []
    for letter, band in bands.items():
        exact = [f"{value:,.2f}" if is_local else f"{value:.2f}" for value in band["exact"]]
        rows.append([letter, band["records"], band["outliers"], *exact, *band["rounded"]])
    if "columns-turned-round" in flaws:
        header, *rows = (row[::-1] for row in (header, *rows))
    return csv_text(header, rows, delimiter=";" if is_local else ",")


def _lists(facts: Facts, flaws: frozenset[str], letter: str, role: Role) -> list[list[str]]:
    """Return duties, must-haves and nice-to-haves after the mail."""
    duties, musts, nices = (list(role[key]) for key in ("duties", "musts", "nices"))
    if letter == facts.moved_role and "item-still-a-must" not in flaws:
        musts.remove(facts.moved_item)
        nices.append(facts.moved_item)
    if letter == "B" and "must-reworded" in flaws:
        musts[0] = "Solid experience in the field"
    if letter == "C" and "nice-to-have-lost" in flaws:
        nices.pop(0)
    if letter == "A" and "duty-lost" in flaws:
        duties.pop()
    if letter == "B" and "duty-invented" in flaws:
        duties.append(OTHER_DUTY)
    return [duties, musts, nices]


def _terms(facts: Facts, flaws: frozenset[str], letter: str, role: Role, band: Role) -> list[str]:
    """Return what stands under the last heading."""
    hours, head, town = role["hours"], role["reports"], role["place"]
    if letter == facts.hours_role and "hours-of-before" not in flaws:
        hours = facts.hours
    if letter == facts.place_role:
        head, town = facts.head, facts.town
    low, _, high = band["rounded"]
    pay = f"We pay {low:,} to {high:,} euros a year for full time."
    if letter == "A" and "tip-of-the-agency" in flaws:
        pay += f" Up to {facts.boast:,} euros are possible."
    texts = [f"You work {hours} hours a week in {town} and report to the {head}."]
    texts += [pay, f"Please send your application by mail to {facts.address} until {facts.closing_name}."]
    return texts[::-1] if "pay-first" in flaws else texts


def _advertisement(facts: Facts, flaws: frozenset[str], letter: str, role: Role, band: Role) -> bytes:
    import docx

    document = docx.Document()
    intro = (
        f"{facts.firm} is {facts.trade} with sixty people who like what they do. For our team we are looking for a new"
    )
    intro += " colleague, in a post that has been there for years and will stay. This is what to expect from it."
    if letter == "A":
        intro += f" We need a {role['praise'][0]}." if "praise-of-the-department" in flaws else ""
        intro += f" Ideally you are under {role['age']}." if "wish-about-age" in flaws else ""
        intro += f" {LONG}" * 15 if "much-too-long" in flaws else ""
    sections = [*_lists(facts, flaws, letter, role), _terms(facts, flaws, letter, role, band)]
    introductions = ["Your days are full, and no two of them are alike:", "You will need this from the first day:"]
    introductions += ["If you bring some of this too, so much the better:", ""]
    document.add_heading("Vacancy" if letter == "B" and "title-missing" in flaws else role["title"], level=1)
    document.add_paragraph(intro)
    for heading, opening, texts in zip(facts.headings, introductions, sections, strict=True):
        if "headings-only-bold" in flaws:
            document.add_paragraph().add_run(heading).bold = True
        else:
            document.add_heading(heading, level=2)
        if opening:
            document.add_paragraph(opening)
        _items(document, flaws, texts, is_list=heading != facts.headings[-1])
    return office_bytes(document)


def _items(document: Any, flaws: frozenset[str], texts: list[str], *, is_list: bool) -> None:
    """Write a section's items or sentences."""
    end = "." if "items-with-points" in flaws and is_list else ""
    if "items-in-one-paragraph" in flaws and is_list:
        document.add_paragraph("; ".join(texts) + end)
        return
    for text in texts:
        document.add_paragraph(text + end, style="List Bullet" if is_list else None)
