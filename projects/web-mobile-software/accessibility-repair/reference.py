"""The repaired page with its list, and hasty repairs."""
# hapi-pytest canary fa2a8575-0e38-4b9f-a1a4-4c9e53ed3bce

import re

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "wording-improved": ("text-and-blocks-kept",),
    "block-number-lost": ("text-and-blocks-kept",),
    "file-name-as-alt": ("pictures-say-what-the-list-says",),
    "decoration-described": ("pictures-say-what-the-list-says",),
    "aria-label-for-a-label": ("fields-have-real-labels",),
    "label-astray": ("fields-have-real-labels",),
    "group-without-legend": ("groups-and-autocomplete",),
    "autocomplete-left-off": ("groups-and-autocomplete",),
    "heading-one-level-deep": ("headings-of-the-right-level",),
    "near-miss-left": ("colours-have-contrast",),
    "pale-headline-darkened": ("colours-have-contrast",),
    "outline-left-off": ("keyboard-is-enough",),
    "place-in-the-order-left": ("keyboard-is-enough",),
    "span-with-a-role": ("keyboard-is-enough", "nothing-else-was-touched"),
    "cells-only-bold": ("tables-have-headers",),
    "no-scope": ("tables-have-headers",),
    "passage-left-english": ("languages-are-marked",),
    "zoom-up-to-three": ("head-is-in-order",),
    "here-left": ("links-are-sentences",),
    "agency-was-right": ("nothing-else-was-touched",),
    "booking-block-repaired": ("nothing-else-was-touched",),
    "second-fault-of-a-block-not-listed": ("every-fault-is-listed",),
    "open-one-called-fixed": ("every-fault-is-listed",),
    "looks-like-a-fault": ("nothing-else-is-listed",),
    "large-text-listed": ("nothing-else-is-listed",),
}
EQUIVALENTS: dict[str, str] = {
    "labels-around": "the checklist allows a label with for or around the field",
    "focus-shown-otherwise": "the checklist forbids to take the outline away; a thicker one takes nothing away",
    "other-dark-colours": "which colour is taken is up to us, says the checklist",
    "closed-like-xml": "a slash at the end of an empty element and capitals in its name change nothing in HTML",
    "list-in-another-order": "the brief names the columns of the list and no order of rows or columns",
    "full-stop-linked": "the full stop belongs to the sentence as well",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build page_fixed.html and fixes.csv."""
    return {"page_fixed.html": _page(facts, flaws), "fixes.csv": _list(facts, flaws)}


def _broken(facts: Facts, rule: str) -> list[str]:
    """Blocks or variables that break a rule and could be repaired."""
    return [block for code, block, state in facts.faults if code == facts.codes[rule] and state == "fixed"]


def _left(facts: Facts, flaws: frozenset[str]) -> list[str]:
    """What marks the lines that are left as they were."""
    marks = {
        "near-miss-left": next(f"--{name}-text:" for name, colour in facts.colours.items() if not colour[3]),
        "outline-left-off": ":focus",
        "place-in-the-order-left": next(block for block in _broken(facts, "keyboard") if block != facts.toggle),
        "passage-left-english": _broken(facts, "language")[-1],
        "here-left": _broken(facts, "link")[0],
    }
    return [mark for flaw, mark in marks.items() if flaw in flaws]


def _page(facts: Facts, flaws: frozenset[str]) -> str:
    left = _left(facts, flaws)
    lines = [was if any(mark in was for mark in left) else now for was, now in facts.pieces]
    page = "<!doctype html>\n" + "".join(lines)
    for flaw, edit in EDITS.items():
        if flaw in flaws:
            page = edit(facts, page)
    return page


def _sub(pattern: str, new: str, page: str, count: int = 1) -> str:
    return re.sub(pattern, new, page, count=count)


def _reworded(facts: Facts, page: str) -> str:
    return page.replace("Skip to content", "Skip to the content")


def _unnumbered(facts: Facts, page: str) -> str:
    return page.replace(f' data-cms="{_broken(facts, "role")[-1]}"', "")


def _alt(index: int, text: str) -> object:
    """Return an edit that gives one of the repaired pictures another alt text; 0 has words, -1 none."""

    def edit(facts: Facts, page: str) -> str:
        blocks = sorted(_broken(facts, "picture"), key=lambda one: not facts.blocks[one]["attributes"]["alt"])
        return _sub(rf'alt="[^"]*" data-cms="{blocks[index]}"', f'alt="{text}" data-cms="{blocks[index]}"', page)

    return edit


def _aria(facts: Facts, page: str) -> str:
    block = _broken(facts, "label")[0]
    own = facts.blocks[block]["attributes"]["id"]
    page = page.replace(f' data-cms="{block}"', f' aria-label="{own}" data-cms="{block}"')
    page = _sub(rf'<label for="{own}">(.*?)</label>', r"<span>\1</span>", page)
    return _sub(rf'<label>([^<>]*<[^<>]* id="{own}".*?)</label>', r"<span>\1</span>", page)


def _astray(facts: Facts, page: str) -> str:
    own = facts.blocks[_broken(facts, "label")[-1]]["attributes"]["id"]
    page = page.replace(f'<label for="{own}">', f'<label for="{own}-1">')
    return _sub(rf'<label>([^<>]*<[^<>]* id="{own}")', rf'<label for="{own}-1">\1', page)


def _legend(facts: Facts, page: str) -> str:
    block = _broken(facts, "group")[0]
    return _sub(rf'(<fieldset data-cms="{block}">)<legend>(.*?)</legend>', r"\1<p>\2</p>", page)


def _unfilled(facts: Facts, page: str) -> str:
    block = _broken(facts, "autocomplete")[0]
    return _sub(rf' autocomplete="\w+" data-cms="{block}"', f' data-cms="{block}"', page)


def _deeper(facts: Facts, page: str) -> str:
    block = _broken(facts, "heading")[-1]
    return _sub(rf'<h3 data-cms="{block}">(.*?)</h3>', rf'<h4 data-cms="{block}">\1</h4>', page)


def _darkened(facts: Facts, page: str) -> str:
    name = [name for name, colour in facts.colours.items() if colour[3]][-1]
    return _sub(rf"--{name}-text: #\w+;", f"--{name}-text: #2b1d1d;", page)


def _spanned(facts: Facts, page: str) -> str:
    new = rf'<span role="button" tabindex="0" onclick="rules()" data-cms="{facts.toggle}">\1</span>'
    return _sub(rf'<button type="button" onclick="rules\(\)" data-cms="{facts.toggle}">(.*?)</button>', new, page)


def _table(old: str, new: str) -> object:
    def edit(facts: Facts, page: str) -> str:
        block = _broken(facts, "table")[0]
        start = page.index(f'<table data-cms="{block}"')
        end = page.index("</table>", start)
        return page[:start] + re.sub(old, new, page[start:end]) + page[end:]

    return edit


def _zoom(facts: Facts, page: str) -> str:
    return page.replace("initial-scale=1", "initial-scale=1, maximum-scale=3")


def _agency(facts: Facts, page: str) -> str:
    block = next(block for block in facts.captions if block not in _broken(facts, "table"))
    return page.replace(f'<table data-cms="{block}"', f'<table role="presentation" data-cms="{block}"')


def _booking(facts: Facts, page: str) -> str:
    block = next(block for _, block, state in facts.faults if state == "open")
    return page.replace(f' data-cms="{block}"', f' alt="" data-cms="{block}"')


def _around(facts: Facts, page: str) -> str:
    return re.sub(r'<p><label for="[^"]*">([^<>]*)</label> (.*)</p>', r"<p><label>\1 \2</label></p>", page)


def _outlined(facts: Facts, page: str) -> str:
    return page.replace("</style>", "a:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }\n</style>")


def _black(facts: Facts, page: str) -> str:
    for name, (ground, _, _, is_enough) in facts.colours.items():
        was = next(was for was, now in facts.pieces if was.startswith(f"--{name}-text"))
        if not is_enough and was not in page:
            page = _sub(rf"--{name}-text: #\w+;", f"--{name}-text: RGB(20 20 20);" if ground > "#8" else "#fff;", page)
    return page


def _closed(facts: Facts, page: str) -> str:
    return re.sub(r"<(img|input|meta)( [^<>]*)>", lambda tag: f"<{tag[1].upper()}{tag[2]} />", page)


def _stopped(facts: Facts, page: str) -> str:
    return re.sub(r" here</a>\.</li>", " here.</a></li>", page)


EDITS = {
    "labels-around": _around,
    "wording-improved": _reworded,
    "block-number-lost": _unnumbered,
    "file-name-as-alt": _alt(0, "DSC_0412"),
    "decoration-described": _alt(-1, "decorative line"),
    "aria-label-for-a-label": _aria,
    "label-astray": _astray,
    "group-without-legend": _legend,
    "autocomplete-left-off": _unfilled,
    "heading-one-level-deep": _deeper,
    "pale-headline-darkened": _darkened,
    "span-with-a-role": _spanned,
    "cells-only-bold": _table(r"<th [^<>]*>(.*?)</th>", r"<td><b>\1</b></td>"),
    "no-scope": _table(r' scope="row"', ""),
    "zoom-up-to-three": _zoom,
    "agency-was-right": _agency,
    "booking-block-repaired": _booking,
    "focus-shown-otherwise": _outlined,
    "other-dark-colours": _black,
    "full-stop-linked": _stopped,
    "closed-like-xml": _closed,
}


def _list(facts: Facts, flaws: frozenset[str]) -> str:
    rows = [list(fault) for fault in facts.faults]
    if "second-fault-of-a-block-not-listed" in flaws:
        blocks = [row[1] for row in rows]
        rows = [row for n, row in enumerate(rows) if row[1] not in blocks[:n]]
    if "open-one-called-fixed" in flaws:
        rows = [[code, block, "fixed"] for code, block, _ in rows]
    if "looks-like-a-fault" in flaws:
        focusable = next(block for block, one in facts.blocks.items() if one["tag"] == "main")
        rows.append([facts.codes["keyboard"], focusable, "fixed"])
    if "large-text-listed" in flaws:
        name = [name for name, colour in facts.colours.items() if colour[3]][-1]
        rows.append([facts.codes["contrast"], f"--{name}-text", "fixed"])
    if "list-in-another-order" in flaws:
        return csv_text(("State", "Block", "Rule"), sorted(row[::-1] for row in rows), delimiter=";")
    return csv_text(("rule", "block", "state"), rows)
