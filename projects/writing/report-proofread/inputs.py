"""The year's report of a small trust with its slips, the style sheet, and a later mail about both."""
# hapi-pytest canary 9166ed21-2e96-409e-94d3-c72903106a06

import re
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import office_bytes

PLACES = ("Marrowick", "Hexley", "Brindlesea", "Oxcombe", "Saltersby", "Thorning", "Averham", "Dunmallet", "Quern Bay")
SITES = ("Orchard", "Mill Meadow", "Reading Room", "Boat Yard", "Walled Garden", "Tithe Barn", "Old Dairy", "Ropewalk")
GUESTS = ("visitors", "guests", "people")
NAMES = (
    "Catherine Mørk/Katherine Mørk", "Siân Trewin/Sian Trewin", "Håkon Birtle/Hakon Birtle",
    "Jocelyn Pyke/Jocelyn Pike", "Philippa Quist/Phillipa Quist", "Alasdair Vane/Alistair Vane",
    "Niamh Colebrook/Naimh Colebrook", "Geoffrey Strand/Jeffrey Strand", "Renée Harrow/Renee Harrow",
    "Iain Lumley/Ian Lumley", "Zoë Marsh/Zoe Marsh",
    "Anneke Wetherall/Annike Wetherall", "Tomáš Applegarth/Tomas Applegarth", "Łucja Gale/Lucja Gale",
    "Dilys Kettlewell/Dylis Kettlewell", "Bríd Oakshott/Brid Oakshott", "Kirsty Muir/Kirstie Muir",
)  # fmt: skip
FUNDERS = ("Pell & Marlow", "Tarn & Tiller", "Quoin & Sons", "Ember & Flue", "Skep & Daughter", "Bramley & Rudd")
ZEDS = ("the Organize Fund", "the Vitalize Foundation", "the Harmonize Circle", "the Mobilize Purse")
TITLES = ("Definately Sumer", "Are Big Libary", "Wot the Rain Sed", "Recieved With Fanks", "Beutiful Bugs")
MONTHS = ("January", "February", "March", "April", "May", "June", "September", "October", "November")
RULES = {
    "ise": "British spelling with -ise, not -ize: realise, realised.",
    "percent": "A figure and the words per cent in the text: 15 per cent. The table may have the sign.",
    "number": "Whole numbers from one to nine in words, from 10 in figures. This is not for dates, times, money, ages, "
    "per cent, the numbers of sections or the table.",
    "date": "Dates as 7 July 2026, without st, nd, rd or th and without a comma.",
    "time": "Times on the twelve-hour clock with a point and a space before am or pm: 8.15 pm.",
    "range": "From one figure to another with an en dash and without spaces, as in 1914–18.",
    "comma": "A comma in figures from 1,000 up, in the table too, but not in years.",
    "money": "Money with the sign before the figure: £25, no other way.",
    "amp": "The word and, not the sign &, in the table too. Firms keep theirs, see the list of names.",
    "caps": "Our trustees have a small t. The Trust has a big one when it is us.",
    "eg": "For example is spelled out, no abbreviation for it.",
    "compound": "In one word and without a hyphen: email, website, online.",
    "name": "Names are spelled as on the list below, and the list is right.",
    "secno": "Sections are numbered through from 1. Where the text names a section, it gives that section's number.",
}
LATER = {
    "percent": "the printer sets % tight behind the figure now (15%), so use the sign in the text as well and no words",
    "time": "we have gone over to the 24-hour clock with a colon, 20:15, and no am or pm any more",
    "caps": "it was voted on, and they are Trustees with a big T now, wherever they are named",
}
SECTIONS = (
    ("The year in brief", "The year at a glance", "The year in short"),
    ("House and grounds", "The place itself", "Walls, paths and roofs"),
    ("People", "Helpers and members", "Those who do the work"),
    ("Events", "What was on", "Open gates"),
    ("Money", "Income and spending", "The purse"),
    ("Thanks", "Whom we thank", "Friends and neighbours"),
    ("The year ahead", "Plans", "What comes next"),
)
# [wrong>right] is a slip in spelling, [g:wrong>right] one in grammar or punctuation, [rule:wrong>right] one in style.
SENTENCES = (
    """It has been a year of small steps, most of them in the right [dierction>direction].
    We [lead>led] our first guided walk on <date> and have not missed a month since.
    By now <percent> of our members live within walking distance.
    The <trustees> met <few> times and [g:was>were] never short of things to decide.
    Nothing [g:have>has] changed in what we are for: the gate is there for everybody in {place}.
    A [seperate>separate] leaflet tells the story of the winter storm.
    The [g:Trusts>Trust's] bank and its members have all been patient with us.
    In short, it was a better year [then>than] we had dared to hope.""",
    """The roof of the old shed was [definately>definitely] past saving, so we took it down on <date>.
    Rain found [it's>its] way into the store, and <money> went on a new gutter.
    Each of the benches [g:were>was] sanded, oiled and put back in [the the>the] same place.
    The pump, which had [g:began>begun] to leak, now runs without losing a drop.
    The paths were wet in [g:spring ,>spring,] dry in summer and wet again by the end of the year.
    New signs were painted by hand and are [begining>beginning] to be noticed.
    Tools [wich>which] nobody had seen for years turned up behind the water butt.
    The insurance asked for [an an>an] inspection, and the <trustees> agreed within a week.
    The store holds many things that we lend out, <eg> ladders and a wheelbarrow.""",
    """Over the year, <many> volunteers gave us their time, and <few> of them came every week.
    New volunteers get an afternoon of training and a key [too>to] the store.
    The [commitee>committee] for safety met in the kitchen and kept its minutes short.
    A survey among helpers had a [questionaire>questionnaire] of one page, and <percent> filled it in.
    Nobody had to work alone, and [g:much>many] of our helpers brought a friend.
    Two school leavers joined us and have [g:went>gone] on to apprenticeships.
    All [g:volunteer's>volunteers] are insured from the first day.
    Whoever wants to help should send an [compound:e-mail>email] to the office.
    Our <trustees> are volunteers as well and pay for [there>their] own tea.""",
    """The doors of the spring fair opened at <time>, and within [g:a>an] hour the soup was gone.
    The talks were meant for grown-ups, but children aged <range> filled the front row.
    The quiz night was [suprisingly>surprisingly] loud and raised <money> for new books.
    Neither the rain [g:or>nor] the noise from the lane kept anybody away.
    We [ise:organized>organised] a day for swapping clothes, at which <many> coats found new owners.
    The music was kept down after supper, to the [releif>relief] of the neighbours.
    Every event is announced on our [compound:web site>website] and on the board by the gate.
    The autumn walk [unfortunatly>unfortunately] had to be called off twice.
    Will the tent last another [g:winter.>winter?]
    At the end the choir sang under the walnut tree, as it does every [g:year..>year.]""",
    """Gifts made up <percent> of our income, and hire fees most of the rest.
    The accounts for <season> were read by an outsider, who found them in good order.
    We spent <money> on insurance, which is [g:more higher>higher] than ever.
    The [goverment>government] scheme for small halls closed before we could apply.
    The last part of the loan was paid back on <date>.
    We still [loose>lose] money on the shop, but not as much as we used to.
    Prices [g:has>have] risen, and the budget for repairs has risen with them.
    A full statement lies in the office (ask for the blue [g:folder.>folder).|folder.)]
    Rent for the store will be raised in spring, but the [affect>effect] on our budget is small.
    The [maintainance>maintenance] fund was drawn on only once.""",
    """A retired engineer gave us [advise>advice] on the drains and would take nothing for it.
    The [libary>library] in {place} lent us chairs, lamps and patience.
    The parish council [ise:recognized>recognised] our work with a plaque and <money>.
    The bakery [amp:&>and] the dairy fed us all on working days.
    Thanks are also due to the school, whose pupils [g:was>were] with us every Friday.
    We are [gratefull>grateful] to everybody who carried, dug, baked or simply came.
    The bus company [g:let our helpers to travel>let our helpers travel|allowed our helpers to travel] free on Sundays.
    A gift from a family that wants to stay unnamed was [especialy>especially] welcome.""",
    """A new shed will be built as soon as the [wether>weather] allows.
    The map of the grounds will be drawn anew, on paper [amp:&>and] for the board.
    Opening hours stay as they are, but we close at <time> on winter Sundays.
    We hope to win <many> new members, and <few> have signed up already.
    The kitchen is to be [accomodated>accommodated] in the old stable.
    Our [calender>calendar] for the coming year is printed and can be had at the gate.
    We have [g:wrote>written] to every household in the lane.
    A talk on bees is fixed for <date>.
    The tool store [g:will opens>will open|opens] on Saturdays as well.
    It is [neccessary>necessary] to mend the wall before the frost.
    More evenings are planned, <eg> a concert in June.""",
)
QUOTES = (
    "We was soaked to the skin and I would not of missed it.",
    "My gran don't hold with meetings, but she come to this one.",
    "There's less rules here than at home, thats why I like it.",
    "Me and my brother has been to every one of them since we was six.",
    "I seen the poster, I come in, and I never left.",
    "It were the best soup of the year, and I organized the other ones.", "Them benches is older than what I am.",
    "I could of stayed till half past 10.", "About 70 percent of it is knowing who to ask, innit.",
    "They learned me how to prune, and now I learn my daughter.",
    "You wont find a kinder lot, not between here & the coast.",
    "It dont matter who's turn it is, somebody always brings cake.",
)  # fmt: skip
CLAIMS = (
    "Please correct the board by the gate, it should of been {year} and not what it says.",
    "Whoever prints this, change the year on the board to {year}, its wrong since the flood.",
    "Kindly amend the sign, the roof fell in {year}, my father were under it.",
)
EVENTS = (
    "Spring fair/Sprng fair", "Swap day/Sawp day", "Quiz night/Quizz night", "Lantern evening/Lantren evening",
    "School mornings/Shool mornings", "Harvest supper/Harvest super", "Repair days/Repiar days",
    "Open Sundays/Open Sundys", "Carol singing/Carrol singing", "Seed exchange/Seed exchage",
)  # fmt: skip
PAIRS = ("Talks/walks", "Songs/stories", "Cider/cheese", "Bats/moths", "Bread/jam")
STYLE = """# Style sheet of the {org}

Edited by {secretary}. Corrections in the list of changes give the number of the rule.

{rules}

Quotations are not ours. What stands between quotation marks stays as it was said or written, with all its mistakes,
and no rule of this sheet touches it.

## Names

{names}
"""
MAIL = """From: {chair} <chair@{domain}>
To: {secretary} <office@{domain}>
Date: {mail_date}
Subject: Before the report goes to the proofreader

Dear {secretary},

please pass this on with the style sheet, which I know you have no time to bring up to date.

Rule {later_rule} is no longer right: {later}. Everything else on the sheet stands.

The children's exhibition is called {title}. That is the title on the poster, spelled by the children, and it stays
exactly so.

Best
{chair}
"""
TABLE_AT = 3


def build(draw: Draw) -> Inputs:
    """Compose the report from sentences, let some of their slips stand, and write what rules them."""
    given, gold = _setting(draw)
    marked = _report(draw, given, gold)
    wanted = _slips(draw, marked, given["later_id"])
    numbers = {rule: str(number) for number, rule in enumerate(given["rule_order"], 1)}
    later = given["later_id"]
    for paragraph in (*marked, *(cells for row in gold["table"] for cells in row)):
        paragraph[1] = _settled(paragraph[1], wanted, numbers, later, in_table=paragraph[0] in "cx")
    gold["paragraphs"] = marked
    files: dict[str, str | bytes] = {
        "report.docx": _document(draw, gold),
        "style.md": STYLE.format(**given),
        "chair.eml": MAIL.format(**given),
    }
    return Inputs(files=files, given=given, gold=gold)


def _setting(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw who reports, the order of the rules, and which of them the mail overrules."""
    place, site = draw.choice(PLACES), draw.choice(SITES)
    chair, secretary, *people = draw.sample(NAMES, 10)
    funder, zed, title = draw.choice(FUNDERS), draw.choice(ZEDS), draw.choice(TITLES)
    order = draw.shuffled(list(RULES))
    later = draw.choice(list(LATER))
    known = [name.split("/")[0] for name in (chair, secretary, *people)] + [funder, zed.removeprefix("the ")]
    given: dict[str, Any] = {
        "place": place,
        "org": f"{place} {site} Trust",
        "chair": chair.split("/")[0],
        "secretary": secretary.split("/")[0],
        "domain": "example.com",
        "mail_date": f"{draw.integer(2, 9)} October 2026 08:{draw.integer(10, 55)} +0100",
        "year": draw.integer(1951, 1969),
        "title": title,
        "guests": draw.choice(GUESTS),
        "funder": funder,
        "rule_order": order,
        "later_id": later,
        "later": LATER[later],
        "later_rule": order.index(later) + 1,
        "rules": "\n".join(f"{number}. {RULES[rule]}" for number, rule in enumerate(order, 1)),
        "names": "\n".join(f"- {name}" for name in sorted(known)),
    }
    founded = draw.integer(1971, 1998)
    given |= {"people": people, "zed": zed}
    gold = {"founded": [founded, founded + draw.choice((-9, -3, 2, 6, 10))]}
    return given, gold


def _report(draw: Draw, given: dict[str, Any], gold: dict[str, Any]) -> list[list[str]]:
    """Return the paragraphs as [kind, text with marks for every slip that may stand there]."""
    titles = [draw.choice(names) for names in SECTIONS]
    misnumbered, step = draw.integer(3, 6), draw.choice((-1, 1))
    gold["table"], total = _table(draw, given)
    stray = total + draw.choice((-1, 1)) * draw.integer(2, 9) * 9
    quotes = draw.sample(QUOTES, 4)
    one, other = gold["founded"]
    refs = draw.shuffled([(number, draw.choice((-1, 1))) for number in (4, 5, 6)])[:1]
    ref = {n: f"[secno:{n + off}>{n}]" if (n, off) in refs else str(n) for n, off in [(4, 0), (5, 0), (6, 0), *refs]}
    fixed = {
        0: f"In all, [fact=a:{stray:,}] {given['guests']} came to our events, and the table in section {ref[4]}, "
        f"{titles[3]}, shows to which. The Trust was founded in [fact=b:{one}] and has never had more to do.",
        2: f"The children's show {{!{given['title']}}} was put up by our helpers.",
        4: f"Who has paid for what is told in section {ref[6]}, {titles[5]}.",
        5: f"We thank {{!{given['funder']}}}, who paid for the gate, and {{!{given['zed']}}}, who sent a van. To all "
        f"who have been with us since the Trust was founded in [fact=b:{other}]: this was your year.",
        6: f"What it will cost is told in section {ref[5]}, {titles[4]}.",
    }
    claim = draw.choice(CLAIMS).format(year=given["year"])
    said = {
        index: f" As [name:{name.split('/')[1]}>{name.split('/')[0]}] puts it: “{quote}”"
        for index, name, quote in zip((1, 2, 3, 5), given["people"], quotes, strict=False)
    }
    said[1] += f" Somebody left a note in the door: “{claim}”"
    report = [["t", f"The year of the {given['org']}"]]
    for index, title in enumerate(titles):
        number = f"[secno:{index + 1 + step}>{index + 1}]" if index + 1 == misnumbered else str(index + 1)
        report.append(["h", f"{number} {title}"])
        picked = [_drawn(draw, line) for line in _picked(draw, SENTENCES[index], given)]
        report.append(["p", " ".join([*picked[:3], fixed.get(index, "")]).strip()])
        report.append(["p", " ".join(picked[3:5]) + said.get(index, "")])
        report += [["b", picked[5]], ["b", picked[6]]] if index == 6 else [["p", " ".join(picked[5:])]]
        if index == TABLE_AT:
            report.append(["c", f"Table 1: How often the gates of the {given['org']} [g:was>were] open"])
    return report


def _picked(draw: Draw, sentences: str, given: dict[str, Any]) -> list[str]:
    """Draw seven sentences, among them those to which the overruled rule applies."""
    pool = [line.strip().format(**given) for line in sentences.split("\n")]
    tag = {"caps": "<trustees>"}.get(given["later_id"], f"<{given['later_id']}>")
    needed = [line for line in pool if tag in line]
    return draw.shuffled(needed + draw.sample([line for line in pool if tag not in line], 7 - len(needed)))


def _table(draw: Draw, given: dict[str, Any]) -> tuple[list[list[list[str]]], int]:
    """Return the rows of the table and what its last column comes to."""
    rows = [["Event", "Dates", given["guests"].capitalize()]]
    one, other = draw.choice(PAIRS).split("/")
    labels = [f"{one} [amp:&>and] {other}"] + [
        f"[{event.split('/')[1]}>{event.split('/')[0]}]" if index == 0 else event.split("/")[0]
        for index, event in enumerate(draw.sample(EVENTS, 5))
    ]
    total = 0
    for index, label in enumerate(draw.shuffled(labels)):
        count = draw.integer(1011, 2989) if index in (1, 4) else draw.integer(113, 989)
        total += count
        rows.append([label, str(draw.integer(2, 19)), f"[comma:{count}>{count:,}]" if index == 4 else f"{count:,}"])
    rows.append(["Total", "", f"[fact=a:{total:,}]"])
    return [[["x", cell] for cell in row] for row in rows], total


def _drawn(draw: Draw, sentence: str) -> str:
    """Replace each tag by a drawn value, as it is right and as it may stand there wrongly."""
    few = draw.integer(3, 9)
    words = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
    tens = draw.choice(("twenty", "thirty", "forty", "fifty", "sixty", "seventy"))
    many = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}[tens] + few
    day, month, year = draw.integer(4, 28), draw.choice(MONTHS), draw.choice((2025, 2026))
    hour, minute, share = draw.integer(1, 7), draw.choice((15, 30, 45)), draw.integer(21, 89)
    low, start, pounds = draw.integer(5, 8), draw.integer(2023, 2025), draw.integer(113, 987)
    year = 2027 if "fixed for" in sentence else 2025 if month in MONTHS[-2:] else year
    values = {
        "date": draw.choice((f"[date:{month} {day}, {year}>", f"[date:{day}th {month} {year}>"))
        + f"{day} {month} {year}]",
        "percent": f"[percent:{share}%>{share} per cent]",
        "time": f"[time:{hour + 12}:{minute}>{hour}.{minute} pm]",
        "range": f"[range:{low}-{low + 4}>{low}–{low + 4}]",
        "season": f"[range:{start} - {(start + 1) % 100}>{start}–{(start + 1) % 100}]",
        "money": draw.choice((f"[money:{pounds} pounds>£{pounds}]", f"[money:GBP {pounds}>£{pounds}]")),
        "few": f"[number:{few}>{words[few]}]",
        "many": f"[number:{tens}-{words[few]}>{many}]",
        "trustees": "[caps:Trustees>trustees]",
        "eg": "[eg:e.g.>for example,|for example]",
    }
    return re.sub("<([a-z]+)>", lambda match: values[match[1]], sentence)


MARK = re.compile(r"\[(?:([a-z]+)(?:=([ab]))?:)?([^\[\]>]*)(?:>([^\[\]]*))?\]")
LET = {"spell": 14, "g": 10, "style": 13, "name": 2}
"""How many slips of each kind are let stand."""


def _slips(draw: Draw, report: list[list[str]], later: str) -> set[str]:
    """Pick the marks that become slips: all of the rule that was overruled, and of the others each in turn."""
    kinds: dict[str, list[str]] = {kind: [] for kind in LET}
    for match in draw.shuffled([match for _, text in report for match in MARK.finditer(text)]):
        kind = {None: "spell", "g": "g", "name": "name"}.get(match[1], "style")
        kinds[kind] += [match[0]] if match[1] not in ("secno", "fact") and match[0] not in kinds[kind] else []
    place: dict[str, int] = {}
    counts: dict[str, int] = {}
    for mark in kinds["style"]:
        rule = mark[1:].split(":")[0]
        place[mark] = -1 if rule == later else counts.get(rule, 0)
        counts[rule] = counts.get(rule, 0) + 1
    kinds["style"].sort(key=place.__getitem__)
    return {mark for kind, count in LET.items() for mark in kinds[kind][:count]}


def _settled(text: str, wanted: set[str], numbers: dict[str, str], later: str, *, in_table: bool) -> str:
    """Turn marks into ⟦kind|rule|as it stands|as it should⟧, and those that were not picked into plain text."""

    def settled(match: re.Match[str]) -> str:
        rule, side, wrong, right = match.groups()
        if rule == "fact":
            return f"⟦fact|{side}|{wrong}|{wrong}⟧"
        if rule == later:
            wrong, right = right, wrong
        if not in_table and rule != "secno" and match[0] not in wanted:
            return right.split("|")[0]
        kind = {None: "spell", "g": "gram", "name": "name", "secno": "secno"}.get(rule, "style")
        kind = "table" if in_table else "later" if rule == later else kind
        return f"⟦{kind}|{numbers.get(rule or '', '')}|{wrong}|{right}⟧"

    text = MARK.sub(settled, text)
    text = re.sub("“([^”]*)”", r"⟦quote||“\1”|“\1”⟧", text)
    return re.sub(r"\{!([^}]*)\}", r"⟦leave||\1|\1⟧", text)


def _document(draw: Draw, gold: dict[str, Any]) -> bytes:
    """Write the report as it stands; the word processor has cut some words into two runs."""
    import docx

    styles = {"t": "Title", "h": "Heading 1", "p": None, "b": "List Bullet", "c": "Caption"}
    document = docx.Document()
    for kind, marked in gold["paragraphs"]:
        paragraph = document.add_paragraph(style=styles[kind])
        for part in re.split("(⟦[^⟧]*⟧)", marked):
            text = part.split("|")[2] if part.startswith("⟦") else part
            cut = draw.integer(1, len(text) - 1) if part.startswith("⟦") and len(text) > 1 else len(text)
            paragraph.add_run(text[:cut]).italic = part.startswith("⟦leave") or None
            if text[cut:]:
                paragraph.add_run(text[cut:]).italic = part.startswith("⟦leave") or None
        if kind == "c":
            table = document.add_table(rows=len(gold["table"]), cols=3, style="Table Grid")
            for cells, row in zip(table.rows, gold["table"], strict=True):
                for cell, (_, text) in zip(cells.cells, row, strict=True):
                    cell.text = re.sub("⟦[^⟧]*⟧", lambda match: match[0].split("|")[2], text)
    return office_bytes(document)
