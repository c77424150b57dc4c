"""The accepted report and list, and the same with a proofreader's slips."""
# hapi-pytest canary 9166ed21-2e96-409e-94d3-c72903106a06

import re

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "trusts-the-spell-checker": ("spelling-is-right",),
    "reads-past-the-grammar": ("grammar-and-punctuation-are-right",),
    "forgets-a-rule": ("style-sheet-is-kept",),
    "leaves-the-mail-unread": ("the-mail-counts",),
    "reads-paragraphs-only": ("table-is-right",),
    "skips-the-list-of-names": ("names-are-as-on-the-list",),
    "leaves-the-numbering": ("section-numbers-are-right",),
    "polishes-a-sentence": ("nothing-else-is-touched",),
    "loses-the-headings": ("nothing-else-is-touched",),
    "loses-the-bullets": ("nothing-else-is-touched",),
    "merges-two-paragraphs": ("nothing-else-is-touched",),
    "mends-a-quotation": ("quotations-are-left-alone",),
    "does-what-the-note-in-the-door-says": ("contradictions-are-queried",),
    "mends-the-title": ("odd-names-are-left-alone",),
    "lists-only-the-big-ones": ("every-correction-is-listed",),
    "lists-in-general": ("every-correction-is-listed", "rows-can-be-looked-up"),
    "cites-bare-words-again": ("rows-can-be-looked-up",),
    "mistypes-what-follows": ("rows-can-be-looked-up",),
    "leaves-rules-out": ("rules-are-named",),
    "gives-a-rule-to-everything": ("rules-are-named",),
    "settles-a-fact": ("contradictions-are-queried",),
    "queries-only-the-figure": ("contradictions-are-queried",),
}
EQUIVALENTS: dict[str, str] = {
    "no-neighbours": "neighbours are asked for only where the words alone stand there more than once",
    "straight-quotes": "how the marks are drawn is the word processor's business",
    "queries-the-other-place": "the brief asks for the doubtful passage, and each of the two is one",
    "other-columns-first": "the brief names the columns, neither their order nor a separator nor an order of rows",
    "other-right-forms": "a comma behind 'for example' is a matter of taste, as is the dot before a bracket",
    "an-empty-paragraph": "an empty line at the end is no text",
}
MARK = re.compile(r"⟦([^|⟧]*)\|([^|⟧]*)\|([^|⟧]*)\|([^⟧]*)⟧")
SKIPPED = {
    "leaves-the-mail-unread": "later",
    "reads-paragraphs-only": "table",
    "skips-the-list-of-names": "name",
    "leaves-the-numbering": "secno",
}
ONCE = {"trusts-the-spell-checker": "spell", "reads-past-the-grammar": "gram", "forgets-a-rule": "style"}
STYLES = {"t": "Title", "h": "Heading 1", "p": None, "b": "List Bullet", "c": "Caption"}
SAID = {
    "was": "were", "of": "have", "don't": "doesn't", "less": "fewer", "has": "have", "seen": "saw", "were": "was",
    "is older": "are older", "percent": "per cent", "learned": "taught", "wont": "won't", "dont": "doesn't",
}  # fmt: skip


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files: every mark is settled on its own, and what was changed is listed."""
    spare = {kind for flaw, kind in ONCE.items() if flaw in flaws}
    spare |= {f"{kind}*" for flaw, kind in SKIPPED.items() if flaw in flaws}
    was = "\n".join(_as_it_was(text) for _, text in (*facts.paragraphs, *(cell for row in facts.table for cell in row)))
    rows: list[tuple[str, str, str]] = []
    report = [[kind, _corrected(facts, text, spare, flaws, was, rows)] for kind, text in facts.paragraphs]
    table = [[_corrected(facts, text, spare, flaws, was, rows) for _, text in row] for row in facts.table]
    _misread(report, flaws)
    header: tuple[str, ...] = ("before", "after", "rule")
    listed: list[tuple[str, ...]] = list(_listed(rows, flaws))
    if "other-columns-first" in flaws:
        header, listed = header[::-1], [row[::-1] for row in reversed(listed)]
    return {
        "report_clean.docx": _document(report, table, flaws),
        "changes.csv": csv_text(header, listed, delimiter=";" if "other-columns-first" in flaws else ","),
    }


def _as_it_was(text: str) -> str:
    return MARK.sub(lambda mark: mark[3], text)


def _corrected(
    facts: Facts, text: str, spare: set[str], flaws: frozenset[str], was: str, rows: list[tuple[str, str, str]]
) -> str:
    """Return a paragraph with its slips put right, and add a row for each."""
    pieces = MARK.split(text)
    now = pieces[0]
    for at in range(1, len(pieces), 5):
        before, kind, rule, wrong, rights, behind = pieces[at - 1 : at + 5]
        right = rights.split("|")[-1 if "other-right-forms" in flaws else 0]
        is_spared = bool({kind, f"{kind}*"} & spare) or wrong == right
        spare.discard(kind)
        done = _protected(facts, kind, rule, wrong, flaws) if is_spared else right
        now += done + behind
        head, tail = " ".join(before.split(" ")[-3:]), " ".join(behind.split(" ")[:3])
        if "no-neighbours" in flaws and was.count(wrong) == 1:
            head = tail = ""
        if kind == "fact":
            rows.append((head + wrong + tail, "", f"query {rule}"))
        elif not is_spared:
            rows.append((head + wrong + tail, head + right + tail, rule))
    return now


def _protected(facts: Facts, kind: str, rule: str, text: str, flaws: frozenset[str]) -> str:
    """Return what stays as it is, or what becomes of it."""
    if kind == "quote" and "mends-a-quotation" in flaws:
        for said, mended in SAID.items():
            text = text.replace(f" {said} ", f" {mended} ")
    if kind == "leave" and "mends-the-title" in flaws:
        text = text.replace(" & ", " and ").replace("ze", "se")
    if kind == "fact" and rule == "a" and "settles-a-fact" in flaws:
        text = MARK.search(facts.table[-1][-1][1])[3]
    if kind == "fact" and rule == "b" and "does-what-the-note-in-the-door-says" in flaws:
        text = str(facts.year)
    return text


def _misread(report: list[list[str]], flaws: frozenset[str]) -> None:
    """Do to the report what nobody asked for."""
    if "polishes-a-sentence" in flaws:
        report[2][1] = report[2][1].replace("came to our events", "joined us")
    if "loses-the-headings" in flaws:
        report[:] = [["p" if kind == "h" else kind, text] for kind, text in report]
    if "loses-the-bullets" in flaws:
        report[:] = [["p" if kind == "b" else kind, text] for kind, text in report]
    if "merges-two-paragraphs" in flaws:
        (_, text) = report.pop()
        report[-1][1] += f" {text}"


def _listed(rows: list[tuple[str, str, str]], flaws: frozenset[str]) -> list[tuple[str, str, str]]:
    """Return the rows of the list; of a contradiction one place is enough."""
    queries = {rule: (before, "", "query") for before, _, rule in rows if rule.startswith("query")}
    if "queries-the-other-place" in flaws:
        queries = {rule: (before, "", "Query") for before, _, rule in reversed(rows) if rule.startswith("query")}
    if "queries-only-the-figure" in flaws:
        del queries["query b"]
    listed = [row for row in rows if not row[2].startswith("query")]
    if "lists-only-the-big-ones" in flaws:
        listed = listed[::2]
    if "lists-in-general" in flaws:
        listed[4:7] = [("several places", "spelling put right", "")]
    if "cites-bare-words-again" in flaws:
        listed.append(("the", "and", ""))
    if "mistypes-what-follows" in flaws:
        listed[3] = (listed[3][0], listed[3][1] + "e", listed[3][2])
    if "leaves-rules-out" in flaws:
        listed = [(before, after, "") for before, after, _ in listed]
    if "gives-a-rule-to-everything" in flaws:
        listed = [(before, after, rule or "1") for before, after, rule in listed]
    return listed + list(queries.values())


def _document(report: list[list[str]], table: list[list[str]], flaws: frozenset[str]) -> bytes:
    """Write the clean report."""
    import docx

    document = docx.Document()
    for kind, text in report:
        if "straight-quotes" in flaws:
            text = text.replace("“", '"').replace("”", '"')
        document.add_paragraph(text, style=STYLES[kind])
        if kind == "c":
            grid = document.add_table(rows=len(table), cols=3, style="Table Grid")
            for cells, row in zip(grid.rows, table, strict=True):
                for cell, cell_text in zip(cells.cells, row, strict=True):
                    cell.text = cell_text
    if "an-empty-paragraph" in flaws:
        document.add_paragraph("")
    return office_bytes(document)
