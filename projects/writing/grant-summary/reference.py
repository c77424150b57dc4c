"""The accepted summary and its coverage, and those of a hasty writer."""
# hapi-pytest canary 012ba8b2-efdf-42ed-830d-1c3c4fd5a002

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "forgets-what-paragraphs-count": ("limit-is-kept",),
    "puts-a-title-on-top": ("seven-paragraphs-and-nothing-else",),
    "leaves-an-empty-line": ("seven-paragraphs-and-nothing-else",),
    "puts-the-last-point-first": (
        "points-are-answered-in-order",
        "money-is-that-of-the-table",
        "changes-are-taken-in",
        "passages-answer-their-points",
        "sections-are-right",
    ),
    "answers-in-general": ("points-are-answered-in-order",),
    "takes-the-subtotal": ("money-is-that-of-the-table",),
    "takes-money-from-the-text": ("money-is-that-of-the-table", "nothing-is-left-of-what-was"),
    "forgets-to-move-the-end": ("changes-are-taken-in", "nothing-is-left-of-what-was"),
    "moves-the-end-too-far": ("changes-are-taken-in", "no-figure-is-added"),
    "says-few-instead-of-how-many": ("changes-are-taken-in", "passages-answer-their-points"),
    "leaves-the-newcomer-out": ("changes-are-taken-in",),
    "keeps-the-old-number": ("changes-are-taken-in", "nothing-is-left-of-what-was"),
    "tells-what-was-before": ("nothing-is-left-of-what-was",),
    "adds-a-share": ("no-figure-is-added",),
    "speaks-of-the-project": ("written-as-ourselves",),
    "loses-its-voice": ("written-as-ourselves",),
    "keeps-the-short-name": ("nothing-the-jury-stumbles-over",),
    "names-the-leader": ("nothing-the-jury-stumbles-over",),
    "writes-one-long-paragraph": ("no-paragraph-is-too-long",),
    "tells-the-passage-in-other-words": ("passages-answer-their-points",),
    "passage-without-an-answer": ("passages-answer-their-points",),
    "looks-only-into-the-application": ("sections-are-right",),
    "counts-words": ("characters-are-counted",),
    "counts-before-the-last-edit": ("characters-are-counted",),
    "thanks-the-sponsor": ("secrets-are-kept",),
}
EQUIVALENTS: dict[str, str] = {
    "own-words": "how a point is told is ours, the call asks for figures and names",
    "points-with-a-word": "a number with the word before it is the number",
    "longer-passages": "a passage has 3 to 12 words, whichever they are",
    "board-reads-semicolons": "the brief names the columns, neither their order nor a separator",
    "a-space-at-the-end": "what is behind the last full stop of a paragraph is cut by the portal's own field",
}
TEXTS = {
    "need": "{need}. We want to change that.",
    "aim": "By the end of {year}, {aim}. That is what we work for.",
    "group": "We do this with {group}, and there will be {group_count} of them.",
    "work": "Our work packages are {packages[0]}, {packages[1]} and {packages[2]}.",
    "partners": "Our partners are {partners[1]}, {partners[2]} and {joined}.",
    "money": "In total {total:,} euros are needed. We apply for {grant:,} euros and bring {own:,} euros of our own.",
    "time": "We begin in {begin}, and our last month is {end}.",
    "success": "We call it a success if {success}.",
    "after": "When the grant has ended, {carrier} will pay {yearly:,} euros a year, and we go on.",
}
OTHER_TEXTS = {
    "need": "This is what keeps us awake: {need}.",
    "aim": "Our aim is that by the end of {year}, {aim}.",
    "group": "{group_count} people will be with us, all of them {group}.",
    "work": "We go to work with {packages[2]}, {packages[0]} and {packages[1]}.",
    "partners": "With us are {joined}, {partners[2]} and {partners[1]}.",
    "money": "Our own funds are EUR {own:,} and the grant that we ask for is EUR {grant:,}, of EUR {total:,} in all.",
    "time": "From {begin} to {end} we are at work.",
    "success": "For us it has worked if {success}.",
    "after": "Afterwards it costs {yearly:,} euros a year; {carrier} has promised us to bear that.",
}
GENERAL = {
    "need": "We know of {part} of them in {place}, and we want to change that.",
    "aim": "Our aim is that {goal} people more than today know what to do.",
    "work": "Our work packages begin with {packages[0]} and build upon each other.",
    "success": "We call it a success if {good} are still there in the end.",
    "after": "When the grant has ended, others will pay the {yearly:,} euros a year that we need.",
}
FILL = " We mean it, and we will be there every day, in rain and in sun, for as long as somebody comes and asks for us."


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    told = _told(facts, flaws)
    _edited(facts, told, flaws)
    rows = _rows(facts, told, flaws)
    if "counts-before-the-last-edit" in flaws:
        told["time"] = told["time"][:-1] + ", all in all."
    header: tuple[str, ...] = ("point", "section", "passage", "characters")
    if "board-reads-semicolons" in flaws:
        header, rows = header[::-1], [row[::-1] for row in rows]
    separator = ";" if "board-reads-semicolons" in flaws else ","
    return {
        "summary.docx": _document(facts, told, flaws),
        "coverage.csv": csv_text(header, rows, delimiter=separator),
    }


def _told(facts: Facts, flaws: frozenset[str]) -> dict[str, str]:
    """Return the paragraph of each point, in the order of the summary."""
    words = dict(vars(facts))
    words["begin"], words["end"] = facts.period.split(" to ")
    words["total"], words["grant"], words["own"] = facts.wants["money"]
    if "takes-the-subtotal" in flaws:
        words["own"] = facts.subtotal
    if "takes-money-from-the-text" in flaws:
        words["total"], words["grant"] = facts.old_total, facts.old_grant
    if "forgets-to-move-the-end" in flaws:
        words["end"] = facts.old_end
    if "moves-the-end-too-far" in flaws:
        words["end"] = facts.too_far
    texts = OTHER_TEXTS if "own-words" in flaws else TEXTS
    told = {point: texts[point].format(**words) for point in facts.asked}
    if "answers-in-general" in flaws:
        told |= {point: text.format(**words) for point, text in GENERAL.items() if point in told}
    if "keeps-the-old-number" in flaws:
        told["group"] = told["group"].replace(str(facts.group_count), str(facts.old_count))
    if "says-few-instead-of-how-many" in flaws:
        told["group"] = f"We do this with a few {facts.group}, and with the {facts.joined.removeprefix('the ')}."
    if "leaves-the-newcomer-out" in flaws:
        told["partners"] = f"Our partners are {facts.partners[1]} and {facts.partners[2]}."
    if "tells-what-was-before" in flaws:
        told["partners"] = told["partners"][:-1] + f", no longer {facts.left}."
    if "puts-the-last-point-first" in flaws:
        *others, last = told
        told = {point: told[point] for point in (last, *others)}
    return told


def _rows(facts: Facts, told: dict[str, str], flaws: frozenset[str]) -> list[tuple[object, ...]]:
    """Return the rows of the list for the board."""
    rows: list[tuple[object, ...]] = []
    for number, (point, text) in enumerate(told.items(), 1):
        section = facts.sections[point]
        if "looks-only-into-the-application" in flaws:
            section = facts.old_sections[point]
        passage = _passage(facts, point, text, flaws)
        name = f"Point {number}" if "points-with-a-word" in flaws else number
        rows.append((name, section, passage, len(text.split()) if "counts-words" in flaws else len(text)))
    return rows


def _passage(facts: Facts, point: str, text: str, flaws: frozenset[str]) -> str:
    """Return some words around the first figure or name that answers a point."""
    words = text.split()
    reach = 6 if "longer-passages" in flaws else 3
    wants = {**facts.wants, "time": facts.period.split(" to ")}[point]
    wanted = [*wants, *facts.stale_wants.get(point, [])]
    marks = [mark for one in wanted for mark in ([f"{one:,}", str(one)] if isinstance(one, int) else [one])]
    starts = [text[: text.find(mark)].count(" ") for mark in marks if mark in text]
    start = max(0, min(min(starts, default=2) - 2, len(words) - reach * 2))
    if "passage-without-an-answer" in flaws and point == "partners":
        return " ".join(words[:3])
    passage = " ".join(words[start : start + reach * 2])
    return f"{passage} and so on" if "tells-the-passage-in-other-words" in flaws and point == "money" else passage


def _edited(facts: Facts, told: dict[str, str], flaws: frozenset[str]) -> None:
    """Do to the paragraphs what nobody asked for."""
    ends = {
        "adds-a-share": ("money", ", 3.7 percent."),
        "keeps-the-short-name": ("time", f", with {facts.short}."),
        "names-the-leader": ("time", f", under {facts.leader}."),
        "thanks-the-sponsor": ("money", f", with {facts.sponsor}."),
    }
    for flaw, (point, end) in ends.items():
        if flaw in flaws:
            told[point] = told[point][:-1] + end
    if "speaks-of-the-project" in flaws:
        told["partners"] = told["partners"][:-1] + ", who have backed the project for long."
    if "loses-its-voice" in flaws:
        told["time"] = (
            told["time"].replace("We begin", "It begins").replace("our last", "the last").replace("we are", "it is")
        )
    if "writes-one-long-paragraph" in flaws:
        longest = max(told, key=lambda point: len(told[point]))
        told[longest] = (told[longest] + FILL)[: facts.most + 3]
    if "forgets-what-paragraphs-count" in flaws:
        for point, text in told.items():
            left = facts.limit - sum(map(len, told.values()))
            told[point] = text + FILL[: max(0, min(left, facts.most - len(text)))].rstrip()


def _document(facts: Facts, told: dict[str, str], flaws: frozenset[str]) -> bytes:
    """Write the summary."""
    import docx

    document = docx.Document()
    if "puts-a-title-on-top" in flaws:
        document.add_paragraph(facts.title, style="Title")
    for number, text in enumerate(told.values()):
        document.add_paragraph(text + " " if "a-space-at-the-end" in flaws else text)
        if number == 2 and "leaves-an-empty-line" in flaws:
            document.add_paragraph("")
    return office_bytes(document)
