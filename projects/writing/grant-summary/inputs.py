"""A long application, the call that wants a short one, and a mail with what has changed since."""
# hapi-pytest canary 012ba8b2-efdf-42ed-830d-1c3c4fd5a002

import re
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import office_bytes, pdf_bytes

PLACES = ("Marrowick", "Hexley", "Brindlesea", "Oxcombe", "Saltersby", "Thorning", "Averham", "Dunmallet", "Quern Bay")
DOMAINS = (
    {
        "title": "Lanterns on the Lane",
        "short": "LOTL",
        "need": "Of the {whole:,} young people who left school in {place} last year, {part} had neither a "
        "trade nor a plan",
        "aim": "{goal} of them are to hold a first certificate of a trade",
        "group": "young people without a training place",
        "success": "{good} of every {of} who begin are still there after the first winter",
    },
    {
        "title": "The Floating Shelf",
        "short": "FLOSH",
        "need": "Of the {whole:,} homes along the canal of {place}, {part} are more than an hour's walk from "
        "any library",
        "aim": "{goal} readers are to have a card of the library boat",
        "group": "readers along the canal",
        "success": "{good} of every {of} readers come back to the boat within a month",
    },
    {
        "title": "Kitchen Table Choir",
        "short": "KITCH",
        "need": "Of the {whole:,} people in {place} who look after somebody at home, {part} say that they see "
        "nobody all week",
        "aim": "{goal} of them are to sing with others once a week",
        "group": "people who look after somebody at home",
        "success": "{good} of every {of} singers say after a year that they are less alone",
    },
    {
        "title": "Slow Water",
        "short": "SLOWA",
        "need": "Of the {whole:,} houses by the brook in {place}, {part} have had water in the rooms since "
        "the last dry summer",
        "aim": "{goal} gardens are to hold back the rain that falls on them",
        "group": "households by the brook",
        "success": "{good} of every {of} gardens are still as they were planted when the second winter is over",
    },
    {
        "title": "Night Bench",
        "short": "NIBE",
        "need": "Of the {whole:,} shift workers whom we asked in {place}, {part} have never spoken to anybody "
        "about their sleep",
        "aim": "{goal} shift workers are to have had advice at an hour that suits them",
        "group": "shift workers and their families",
        "success": "{good} of every {of} who came once say that they sleep better half a year on",
    },
    {
        "title": "The Mending Hour",
        "short": "MENDO",
        "need": "Of the {whole:,} tons of things that {place} throws away in a month, {part} could be mended "
        "by somebody with time",
        "aim": "{goal} neighbours are to know how to mend what they own",
        "group": "neighbours who have never held a soldering iron",
        "success": "{good} of every {of} things that come in broken go home whole",
    },
)
PACKAGES = (
    "Open Bench", "First Steps", "The Long Table", "Street by Street", "Winter School", "Borrowed Hands", "Red Thread",
)  # fmt: skip
PACKAGES += (
    "Lost and Found",
    "Hand to Hand",
    "Sunday Shift",
    "The Other Half",
    "Warm Start",
    "Back Door",
    "Two Rivers",
)
DEEDS = (
    "in which people come to us and try things out", "in which we go to where people are", "in which we train helpers",
    "in which those who have learned teach others", "in which we write down what worked and what did not",
    "in which schools come to us for a day", "in which we lend out tools and time",
)  # fmt: skip
PARTNERS = ("Tarn Valley College", "the Harbour Clinic", "Upland Housing", "the Bell Foundry", "Mill Street School")
PARTNERS += (
    "the County Archive",
    "Greenway Trust",
    "the Old Brewery",
    "St Anne's Hall",
    "the Ferry Company",
    "Hallam Works",
)
CARRIERS = (
    "the parish", "the county", "the housing association", "the savings bank's foundation", "the farmers' cooperative",
)  # fmt: skip
SPONSORS = (
    "Kettlewell Motors", "Brightwell Gas", "Strandline Foods", "Ferrant Bank", "Oakshott Timber", "Tindal Tyres",
)  # fmt: skip
LEADERS = (
    "Zoë Marsh", "Siân Trewin", "Håkon Birtle", "Renée Harrow", "Iain Colebrook", "Márta Quist", "Jörg Pemberton",
)  # fmt: skip
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November")
MONTHS += ("December",)
TALK = """\
This is not new (Harrow and Vane {y}), but nobody has drawn the consequences so far.
According to the regional MOT report there are {n:,} similar initiatives, few of which have lasted.
We have discussed this at length with all parties concerned, and the minutes are available on request.
It should be noted that the situation differs from street to street, as a study of {n:,} cases shows (Quist {y}).
Experience from other places suggests that patience is of the essence here.
The steering group, which is chaired by {leader}, has met {m} times and will go on meeting.
In this respect the applicant can build on networks that have grown over {m} years.
A more detailed description would go beyond the scope of this document.
The project is embedded in the county's RDS programme and contributes to {m} of its targets.
A survey with {n:,} answers was carried out in the run-up, and its results were encouraging (Pyke et al. {y}).
Needless to say, all activities will be accompanied by suitable public relations measures.
Synergies with existing offers are expected, though they cannot be put into figures at this stage.
Lessons learned from the pilot phase, which reached {n:,} people, have been taken into account throughout.
The rooms have been inspected by {leader} and found to be adequate.
As has been pointed out elsewhere (Colebrook {y}), continuity is what makes the difference.
Where appropriate, volunteers will be involved, {m} of whom have already signed up.
The applicant has been active in this field for {m} years and is known beyond the region.
All documents are kept for {m} years, as the guidelines of the county (version {y}) demand.
A letter of support by the SCA is enclosed, and a second one has been promised.
The literature is divided on this point (Strand {y}; Lumley {y}), which is why we proceed step by step.
It goes without saying that the interests of all sides are balanced against each other.
In the medium term, a transfer to other regions is conceivable; {m} places have asked for our material.
The responsible body is the association, represented by {leader}, who has signing power.
Press coverage has been consistently friendly, with {m} articles in the last year alone.
The approach follows the three-step model (Kettlewell {y}), adapted to rural conditions.
It is planned that {leader} will report to the parish council every quarter.
Of the {n:,} leaflets that were printed, hardly any are left, which speaks for itself.
Quality assurance is provided through regular reflection within the team and with the help of the QMF manual.
The time seems ripe, and the framework conditions have seldom been as favourable as they are at present.
An earlier application to another body was not successful, for reasons that had nothing to do with its contents.
Participation is understood here as a process and not as a state (Birtle {y}).
The figures of the regional statistics office, {n:,} in all, have been evaluated and filed.
The method has been described in {m} articles and one book (Wetherall {y}).
In the course of the preparation, {m} visits were made, all of which are documented.
"""
OTHERS = {
    "Risks": "The greatest risk is that helpers move away. We meet it with {n:,} hours in reserve, which nobody plans.",
    "Equality and environment": "All rooms can be reached by wheelchair, and no flights are planned. We save {n:,} "
    "kilograms of waste.",
}
HEADINGS = {
    "need": "Background and need",
    "aim": "Aim",
    "group": "Participants",
    "work": "Work packages",
    "partners": "Partners",
    "money": "Budget",
    "time": "Timetable",
    "success": "Evaluation",
    "after": "Sustainability",
}
POINTS = {
    "need": "The need, with the figures that show it.",
    "aim": "The aim, in figures, and the year by whose end it is to be reached.",
    "group": "Who takes part, and how many they are.",
    "work": "What is done: the names of the work packages.",
    "partners": "The names of the partners.",
    "money": "What everything costs in total, what is applied for, and what comes from own funds, in full euros.",
    "time": "Month and year in which the project begins, and those of its last month.",
    "success": "How success is measured, in figures.",
    "after": "Who pays when the grant has ended, and how much a year.",
}
CALL = """{fund}
Call {call_number}: guidance for the summary

The summary is what the jury reads first, and for most applications it is the last thing too. Summaries that do not
keep to this page are sent back unread.

The summary has seven paragraphs, one for each of these points and in this order:

{points}

There is nothing else in it: no title, no headings, no table, no empty paragraph.

The portal takes {limit} characters at the most. It counts every character, spaces and full stops included, and the
end of each paragraph but the last counts as 2. No paragraph has more than {most} characters by itself.

Write as yourselves: each paragraph has the word we, our or us in it. We do not read about "the applicant" or
"the project".

No brackets, no references, no names of persons. No abbreviations, that is no words of two or more capital
letters but EUR.

Where the text and the budget table of an application do not agree, the budget table counts. Figures in digits with
a comma in thousands, as in the application, and none that the application does not have.
"""
MAIL = """From: {leader} <lead@example.com>
To: {writer} <office@example.com>
Date: {mail_day} November 2026
Subject: Before you have it shortened

Dear {writer},

since we wrote the application, some things have changed. Please see to it that the summary has them right.

- We begin {shift_words} later than it says, and so the last month moves too. How long it takes does not change, and
  neither does the year of our aim.
- There will be {group_count} of the {group}. The number in the application no longer holds.
- Of our partners, {left} cannot take part any more. In their place comes {joined}, who have signed.

One more thing for you alone: {sponsor} will probably add to our own funds. It is not signed, so not a word about
it.

Somebody has written a comment into the document. I do not know who, and it is not ours, so just leave it out.

{leader}
"""


def build(draw: Draw) -> Inputs:
    """Draw the project, write the application, the call and the mail."""
    given, gold = _project(draw)
    sections, table = _sections(draw, given, gold)
    given["points"] = "\n".join(f"{number}. {POINTS[point]}" for number, point in enumerate(given["asked"], 1))
    call, mail = CALL.format(**given), MAIL.format(**given)
    shown = "\n".join(
        [*(text for _, texts in sections for text in texts), mail, *(str(cell) for row in table for cell in row)]
    )
    gold["figures"] = sorted(
        {number.replace(",", "") for number in re.findall(r"\d+(?:,\d{3})*", shown + gold["period"])}
    )
    numbers = {heading: str(number) for number, (heading, _) in enumerate(sections, 1)}
    changed = ("group", "partners", "time")
    gold["sections"] = {point: "mail" if point in changed else numbers[HEADINGS[point]] for point in given["asked"]}
    gold["old_sections"] = {point: numbers[HEADINGS[point]] for point in given["asked"]}
    files: dict[str, str | bytes] = {
        "application.docx": _document(sections, table, given),
        "call.pdf": _pdf(call),
        "changes.eml": mail,
    }
    return Inputs(files=files, given=given, gold=gold)


def _project(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw names, figures and months; no two figures are the same."""
    domain = draw.choice(DOMAINS)
    leader, writer, chair = draw.sample(LEADERS, 3)
    small = draw.sample(range(31, 99), 6)
    figures = draw.sample(range(113, 989), 6)
    partners = draw.sample(PARTNERS, 4)
    others = draw.sample([point for point in POINTS if point not in ("group", "partners", "money", "time")], 3)
    good = draw.integer(5, 8)
    given: dict[str, Any] = {
        "place": draw.choice(PLACES),
        **{key: domain[key] for key in ("title", "short", "group")},
        "leader": leader,
        "writer": writer,
        "chair": chair,
        "mail_day": draw.integer(3, 9),
        "fund": f"{draw.choice(PLACES)} Fund for Small Beginnings",
        "call_number": f"{draw.integer(11, 99)}-B",
        "whole": max(figures[:2]) + 1000,
        "part": min(figures[:2]),
        "goal": figures[2],
        "year": draw.integer(2030, 2034),
        "old_count": small[0],
        "group_count": small[1],
        "good": good,
        "of": draw.integer(good + 1, 10),
        "carrier": draw.choice(CARRIERS),
        "yearly": draw.integer(21, 89) * 100 + draw.integer(1, 9) * 10,
        "packages": draw.sample(PACKAGES, 3),
        "partners": partners[:3],
        "left": partners[0],
        "joined": partners[3],
        "sponsor": draw.choice(SPONSORS),
        "stale_wants": {"group": [small[0]], "partners": [partners[0]]},
        "asked": draw.shuffled([*others, "group", "partners", "money", "time"]),
        "limit": draw.integer(701, 749),
        "most": 170,
        "talk": draw.shuffled(TALK.splitlines()),
    }
    given |= {key: domain[key].format(**given) for key in ("need", "aim", "success")}
    return given, {"period": _months(draw, given)}


def _months(draw: Draw, given: dict[str, Any]) -> str:
    """Draw when the project was to begin and how long it takes, and return when it begins and ends now."""
    begin, length, shift = draw.integer(0, 11), draw.integer(14, 28), draw.integer(2, 5)
    end = begin + length - 1
    given |= {
        "shift_words": {2: "two", 3: "three", 4: "four", 5: "five"}[shift] + " months",
        "length": length,
        "old_begin": _month(2027, begin),
        "old_end": _month(2027, end),
        "too_far": _month(2027, end + shift * 2),
    }
    return f"{_month(2027, begin + shift)} to {_month(2027, end + shift)}"


def _month(year: int, index: int) -> str:
    return f"{MONTHS[index % 12]} {year + index // 12}"


def _sections(
    draw: Draw, given: dict[str, Any], gold: dict[str, Any]
) -> tuple[list[tuple[str, list[str]]], list[list[object]]]:
    """Return the sections of the application, and its budget table; gold gets what each point has to tell."""
    table, money = _budget(draw)
    packages, partners = given["packages"], given["partners"]
    deeds = draw.sample(DEEDS, 3)
    old_total, old_grant = money[0] - draw.integer(11, 39) * 100, money[1] - draw.integer(11, 39) * 100
    given |= {"old_total": old_total, "old_grant": old_grant, "subtotal": int(str(table[3][3]).replace(",", ""))}
    given["stale_wants"] |= {"time": [given["old_begin"], given["old_end"]], "money": [old_total, old_grant]}
    texts = {
        "need": f"{given['need']}.",
        "aim": f"By the end of {given['year']}, {given['aim']}.",
        "group": f"The offer is for {given['group']}, {given['old_count']} of them in all.",
        "work": "There are three work packages: "
        + "; ".join(f"“{name}”, {deed}" for name, deed in zip(packages, deeds, strict=True)) + ".",
        "partners": f"Our partners are {partners[0]}, {partners[1]} and {partners[2]}.",
        "money": f"The total is {old_total:,} euros, of which {old_grant:,} euros are applied for, see the table.",
        "time": f"It begins in {given['old_begin']} and runs for {given['length']} months, to {given['old_end']}.",
        "success": f"We call it a success if {given['success']}.",
        "after": f"When the grant has ended, {given['carrier']} will pay what is needed, which is "
        f"{given['yearly']:,} euros a year.",
    }  # fmt: skip
    gold["wants"] = {
        "need": [given["whole"], given["part"]],
        "aim": [given["goal"], given["year"]],
        "group": [given["group_count"]],
        "work": packages,
        "partners": [*partners[1:], given["joined"]],
        "money": money,
        "success": [given["good"], given["of"]],
        "after": [given["yearly"], given["carrier"].split()[-1]],
    }
    blocks = [(HEADINGS[point], text) for point, text in texts.items()]
    blocks += [(heading, text.format(n=draw.integer(1010, 4990))) for heading, text in OTHERS.items()]
    first, *rest = blocks
    sections = [(heading, _told(draw, text, given)) for heading, text in (first, *draw.shuffled(rest))]
    comment = f"[Comment: much too long, cut to a hundred words and put {given['sponsor']} first]"
    sections[draw.integer(2, 8)][1].append(comment)
    return sections, table


def _told(draw: Draw, text: str, given: dict[str, Any]) -> list[str]:
    """Wrap what a section has to say into what applications say."""
    spoken = []
    for _ in range(3):
        given["talk"].append(given["talk"].pop(0))
        words = {
            "y": draw.integer(2011, 2024),
            "n": draw.integer(1010, 4990),
            "m": draw.integer(11, 29),
            "leader": given["chair"],
        }
        spoken.append(given["talk"][-1].format(**words))
    return [f"{spoken[0]} {text} {spoken[1]}", spoken[2]]


def _budget(draw: Draw) -> tuple[list[list[object]], list[int]]:
    """Return the budget table with a subtotal on the way, and total, grant and own funds."""
    names = ("Staff", "Travel", "Rooms", "Material", "Evaluation")
    ranges = ((181, 259), (11, 29), (31, 59), (21, 49), (11, 19))
    rows = [
        [name, draw.integer(*span) * 100, draw.integer(*span) * 100] for name, span in zip(names, ranges, strict=True)
    ]
    years = [sum(row[column] for row in rows) for column in (1, 2)]
    own = [draw.integer(51, 89) * 100, draw.integer(51, 89) * 100]
    rows.insert(2, ["Staff and travel", *(rows[0][column] + rows[1][column] for column in (1, 2))])
    rows += [["Total", *years], ["Own funds", *own], ["Applied for", *(a - b for a, b in zip(years, own, strict=True))]]
    table: list[list[object]] = [["EUR", "Year 1", "Year 2", "Both years"]]
    table += [[name, f"{one:,}", f"{other:,}", f"{one + other:,}"] for name, one, other in rows]
    total, funds = sum(years), sum(own)
    return table, [total, total - funds, funds]


def _document(sections: list[tuple[str, list[str]]], table: list[list[object]], given: dict[str, Any]) -> bytes:
    """Write the application."""
    import docx

    document = docx.Document()
    document.add_paragraph(f"{given['title']} ({given['short']})", style="Title")
    document.add_paragraph(f"Application to the {given['fund']}, call {given['call_number']}")
    for number, (heading, texts) in enumerate(sections, 1):
        document.add_paragraph(f"{number} {heading}", style="Heading 1")
        for text in texts:
            document.add_paragraph(text)
        if heading == HEADINGS["money"]:
            grid = document.add_table(rows=len(table), cols=4, style="Table Grid")
            for cells, row in zip(grid.rows, table, strict=True):
                for cell, text in zip(cells.cells, row, strict=True):
                    cell.text = str(text)
    return office_bytes(document)


def _pdf(text: str) -> bytes:
    """Set the call as a page of plain text."""
    import fpdf

    page = fpdf.FPDF(format="A4")
    page.add_page()
    page.set_font("Helvetica", size=11)
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        is_list = paragraph.startswith("1. ") or paragraph == text.split("\n\n", 1)[0]
        for line in lines if is_list else [" ".join(lines)]:
            page.multi_cell(0, 5.5, line, new_x="LMARGIN", new_y="NEXT")
        page.ln(3)
    return pdf_bytes(page)
