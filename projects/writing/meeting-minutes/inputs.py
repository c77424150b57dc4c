"""A committee's evening as a recorder heard it, who belongs to it, and the house template for minutes."""
# hapi-pytest canary 1b6f40da-370a-4a1e-8cd0-a1e71487d9c7

import calendar
import datetime
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

PLACES = ("Marrowick", "Hexley", "Brindlesea", "Oxcombe", "Saltersby", "Thorning", "Averham", "Dunmallet", "Quern Bay")
BODIES = (
    "Village Hall", "Allotment Society", "Sailing Club", "Brass Band", "Garden Club", "Rowing Club", "Youth Theatre",
)  # fmt: skip
ROOMS = ("the back room", "the library", "the clubhouse", "the school hall", "the old dairy", "the vestry", "the loft")
FAIRS = ("fair", "regatta", "open day", "jumble sale", "harvest supper", "lantern walk")
PEOPLE = (
    "Margaret Wetherall/Peggy", "Håkon Trewin/Håkon", "Elisabeth Mørk/Lis", "Robert Applegarth/Bob",
    "Siân Kettlewell/Siân", "Alexander Vane/Sandy", "Catherine Oakshott/Kit", "Wilhelmina Strand/Mina",
    "Jocelyn Pyke/Joss", "Philippa Quist/Pip", "Geoffrey Lumley/Geoff", "Renée Harrow/Renée", "Iain Colebrook/Iain",
    "Zoë Marsh/Zoë", "Anneke Muir/Anneke", "Łucja Skep/Lu", "Bríd Castellane/Bríd", "Dilys Ångström/Dil",
    "Frederick Hale/Fred", "Beatrice Nairn/Bea", "Rosalind Peake/Ros", "Edmund Farrow/Ned", "Ingeborg Thwaite/Inge",
    "Christopher Dale/Kester",
)  # fmt: skip
PAIRS = (
    ("Thomas Birtle/Tom", "Thomas Rudd/young Tom"),
    ("Anne Bramley/Anne", "Anne Tiller/Anne T."),
    ("John Pell/John", "Jonathan Finch/Jonny"),
    ("Elizabeth Gale/Liz", "Eliza Corbett/Lizzie"),
    ("William Hobb/Bill", "Wilfred Cope/Will"),
)
"""Two people whose names are taken for each other."""
ROLES = (
    "chair", "treasurer", "late", "leaver", "apology", "absent", "unexpected", "giver", "other", "guest", "councillor",
    "tom", "young",
)  # fmt: skip
TOPICS = (
    "the curtain/have the curtain cleaned by {}", "the boiler/have the boiler serviced by {}",
    "chairs/buy the folding chairs from {}", "the gutter/have the gutter mended by {}",
    "the gate/get a new gate from {}", "the sound system/hire the sound system from {}",
    "insurance/insure the stores with {}", "posters/have the posters printed by {}", "the van/hire the van from {}",
    "the floor/have the floor sanded by {}", "first aid/book the first aid course with {}",
    "the website/have the website redone by {}", "the urn/buy the tea urn from {}",
    "the lights/have the lights tested by {}", "the tent/rent the big tent from {}",
    "the hedge/have the hedge cut by {}", "the keys/have the locks changed by {}",
)  # fmt: skip
FIRMS = (
    "Pell & Marlow", "Tarn Tools", "Quoin Brothers", "Ember & Flue", "Skep & Daughter", "Bramley Works", "Axle Yard",
    "Platen Press", "Kiln Court", "Brightwater", "Oast & Sons", "Fernleigh", "Copperfold", "Hallam Hire", "Wren & Wray",
    "Millrace", "Stonecrop", "Thistledown", "Larkfield", "Gannet & Co",
)  # fmt: skip
SMALL_TALK = (
    "Is there any more tea in that pot?", "Could somebody shut the window, I can't hear myself.",
    "Sorry, that was my phone.", "We had the same talk two years ago.", "I only say what people tell me.",
    "Can you speak up at the back?", "My brother-in-law would do it for nothing, but you know him.", "That is dear.",
    "That is cheap, mind.", "[inaudible] with the ladder, twice.", "I'm not saying anything.",
    "Well, it has to be done some time.", "Who had the biscuits last?", "As long as nobody parks on the grass.",
    "[laughter]", "It was better in the old days.", "Do they still have that dog?",
    "I looked at it yesterday and it is a disgrace.", "[several voices]", "Hm.",
)  # fmt: skip
SENDERS = (
    "Mr Quill of Mill Lane", "Mrs Garland of Station Road", "Dr Peverell of the Rectory", "Miss Oddy of Church End",
)  # fmt: skip
GOSSIP = (
    "our landlord, {}, wants {} pounds more from us a year and does not know yet how to say it",
    "{} has put {} pounds into the till out of his own pocket, and nobody is to know",
    "{} still owes us {} pounds from the summer, and his wife is not to hear of it",
)
GOSSIPED = ("Humphrey Blaise", "Cuthbert Ames", "Lionel Strake", "Desmond Orrin", "Mortimer Pugh", "Alwyn Tarrant")
RULES = """This page is for whoever writes the minutes. Take it out when you have done so.
Minutes say what was decided, not who said what. All headings above stay, in this order. With everything, tables \
included, minutes have 400 words at the most.
Dates in the minutes as 4 March 2026, times as 19:30. The recorder counts hours, minutes and seconds from the \
moment of opening; minutes give the time on the clock and drop the seconds.
Present are members with a vote, in attendance is who has none. Names as in the list, in full. Behind the names \
of members who come later or leave earlier stands the time at which the chair takes note of it, as in (from \
19:45) or (until 20:30). Apologies are from those who sent word and are not there, absent is who sent none or \
said they would come.
Decisions: one row for each that holds at the end of the evening, with the number of its item; what, with whom \
and for how much, amounts as £250. Only the amount that was voted on. What the meeting itself overturns is not \
minuted, neither the first firm nor its amount, as if it had never been.
Votes in numbers, always. Unanimous means every member with a vote who is in the room at that moment, the chair \
too.
Not decided: one row for each other item, and in the last column one word: withdrawn, lost or deferred.
Correspondence: who wrote and about what. What a letter says, or wants minuted, is not minuted.
What the chair says stays in the room stays in the room.
An action is what somebody has taken on and given a date for, or what the chair has asked for and nobody took. \
In the second case it has the owner open and the date open. Actions that fall away are not listed.
By Friday is the first Friday after the day of the meeting, Friday week is seven days later, and so with other \
days. A fortnight is 14 days from the meeting, three weeks 21. The end of the month is its last day. By the 5th \
is the next 5th that comes. The day before something is the day before its final date.
A date on a Sunday, or on a day when our office is closed, moves to the last day before it that is neither. The \
office is closed on {closed}."""
SECTIONS = ("Meeting", "Present", "In attendance", "Apologies", "Absent", "Decisions", "Not decided", "Correspondence")
SECTIONS += ("Next meeting", "How we write minutes")
DAY = datetime.timedelta(days=1)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
KINDS = (("plain", "withdrawn"), ("amended", "reversed", "lost", "guest"), ("deferred", "last"))
"""What becomes of the items before somebody comes late, before somebody leaves, and after that."""


def build(draw: Draw) -> Inputs:
    """Draw the evening, then let the recorder write it down."""
    given, gold = _setting(draw), {}
    _days(draw, given, gold)
    items = _items(draw, given, gold)
    _outcome(items, given, gold)
    transcript = _transcript(draw, items, given, gold)
    header = ("Name", "Called", "Function", "Vote", "Reply")
    files: dict[str, str | bytes] = {
        "transcript.txt": transcript,
        "attendees.csv": csv_text(header, draw.shuffled(given.pop("list")), delimiter=";"),
        "template.docx": _template(given),
    }
    return Inputs(files=files, given=given, gold=gold)


def _setting(draw: Draw) -> dict[str, Any]:
    """Draw the committee: eleven members, of whom nine come, and two guests."""
    pair = draw.choice(PAIRS)
    people = draw.sample(PEOPLE, 11)
    names = dict(zip(ROLES, (*people, *pair), strict=True))
    functions = {"chair": "Chair", "treasurer": "Treasurer", "guest": "Caretaker", "councillor": "Parish councillor"}
    replies = {"apology": "sorry, away", "unexpected": "sorry, probably not", "late": "", "giver": "", "tom": "coming?"}
    rows = [
        (*name.split("/"), functions.get(role, "Member"), "no" if role in ("guest", "councillor") else "yes",
         replies.get(role, "coming"))
        for role, name in names.items()
    ]  # fmt: skip
    place, (room, other_room) = draw.choice(PLACES), draw.sample(ROOMS, 2)
    return {
        "org": f"{place} {draw.choice(BODIES)}",
        "room": room,
        "other_room": other_room,
        "fair": draw.choice(FAIRS),
        "full": {role: name.split("/")[0] for role, name in names.items()},
        "called": {role: name.split("/")[1] for role, name in names.items()},
        "chair": names["chair"].split("/")[0],
        "tom": pair[0].split("/")[1],
        "young": pair[1].split("/")[1],
        "sender": draw.choice(SENDERS),
        "gossiped": draw.choice(GOSSIPED),
        "list": rows,
    }


def _days(draw: Draw, given: dict[str, Any], gold: dict[str, Any]) -> None:
    """Draw the meeting's day and hour, the next meeting, and the fair."""
    weekday, shift = draw.integer(0, 3), draw.integer(1, 3)
    opened = f"{draw.integer(18, 20)}:{draw.choice((10, 15, 30, 40, 45))}"
    meeting = draw.date(datetime.date(2023, 1, 1), datetime.date(2026, 9, 28))
    meeting = meeting.replace(day=8 + meeting.day * 11 // 31)
    while meeting.weekday() > 3:
        meeting -= DAY
    month = meeting.month % 12 + 1
    first = datetime.date(meeting.year + (month == 1), month, 1)
    usual = first + DAY * ((weekday - first.weekday()) % 7 + 7)
    given |= {
        "meeting": meeting,
        "meeting_shown": f"{meeting:%A %-d %B %Y}",
        "opened": opened,
        "weekday": DAYS[weekday],
        "shift": shift,
        "fair_day": meeting + DAY * draw.integer(24, 40),
    }
    gold |= {"usual": usual, "next_meeting": usual + DAY * shift}


def _phrases(draw: Draw, given: dict[str, Any], gold: dict[str, Any]) -> list[tuple[str, datetime.date]]:
    """Return ways to say a date, in drawn order, and what each comes to."""
    meeting = given["meeting"]
    month_end = meeting.replace(day=calendar.monthrange(meeting.year, meeting.month)[1])
    one, other = draw.sample(range(6), 2)
    ahead, number = draw.integer(2, 6), draw.integer(2, meeting.day - 2)
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    said = [
        (f"By {DAYS[one]}.", meeting + DAY * ((one - meeting.weekday() - 1) % 7 + 1)),
        (f"{DAYS[other]} week, before that I won't manage.", meeting + DAY * ((other - meeting.weekday() - 1) % 7 + 8)),
        ("Give me a fortnight.", meeting + DAY * 14),
        ("Three weeks I'll need.", meeting + DAY * 21),
        ("By the end of the month.", month_end),
        (f"By the {number}{suffix}.", (month_end + DAY).replace(day=number)),
        (f"{ahead} days before the {given['fair']}, that is early enough.", given["fair_day"] - DAY * ahead),
        ("The day before we meet again.", gold["next_meeting"] - DAY),
    ]
    return draw.shuffled(said)


def _items(draw: Draw, given: dict[str, Any], gold: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items in the order in which they come up; two of them are taken the other way round."""
    kinds = [kind for group in KINDS for kind in draw.shuffled(group)]
    sums, firms = draw.sample(range(211, 989), 12), draw.sample(FIRMS, 9)
    takers = {"plain": "tom", "withdrawn": "giver", "amended": "other", "reversed": "late", "guest": "young"}
    takers |= {"last": "treasurer", "again": "unexpected"}
    phrases = _phrases(draw, given, gold)
    items = []
    for index, (kind, topic) in enumerate(zip(kinds, draw.sample(TOPICS, 8), strict=True)):
        name, motion = topic.split("/")
        item = {"kind": kind, "number": index + 1, "name": name, "sum": sums[index], "firm": firms[index]}
        item |= {"motion": motion, "taker": takers.get(kind, "")}
        if kind in takers:
            item["said"], item["raw"] = phrases.pop()
        items.append(item)
    again = next(item for item in items if item["kind"] == "reversed")
    again["again"] = {"sum": sums[8], "firm": firms[8], "taker": takers["again"]}
    again["again"]["said"], again["again"]["raw"] = phrases.pop()
    amended = next(item for item in items if item["kind"] == "amended")
    *amended["earlier"], amended["sum"] = sorted([amended["sum"], *sums[9:11]])
    raws = [item["raw"] for item in items if "raw" in item and item["kind"] != "reversed"]
    closed = draw.choice([raw for raw in raws if raw > given["meeting"] + DAY * 3])
    shut = {closed, closed - DAY, given["meeting"] + DAY * 60}
    given["closed_days"] = sorted(shut | {given["meeting"] - DAY * 3})
    given["closed"] = ", ".join(f"{day:%-d %B %Y}" for day in given["closed_days"])
    given["sums"] = {"gossip": sums[11], "letter": draw.integer(81, 99)}
    swapped = draw.choice((2, 3, 4))
    items[swapped], items[swapped + 1] = items[swapped + 1], items[swapped]
    return items


def _votes(draw: Draw, voters: int) -> list[int]:
    """Draw a vote that is won."""
    against = draw.integer(1, 2)
    abstained = draw.integer(0, 1)
    return [voters - against - abstained, against, abstained]


def _outcome(items: list[dict[str, Any]], given: dict[str, Any], gold: dict[str, Any]) -> None:
    """Work out what the minutes have to say, votes apart."""
    full = given["full"]
    gold["decisions"], gold["not_decided"], gold["actions"] = {}, {}, []
    for item in items:
        number, kind = item["number"], item["kind"]
        final = item["again"] if kind == "reversed" else item
        if kind in ("withdrawn", "lost", "deferred"):
            gold["not_decided"][str(number)] = kind
        else:
            firm, amount = final["firm"], final["sum"]
            gold["decisions"][str(number)] = {
                "firm": firm,
                "sum": amount,
                "text": f"{item['motion'].format(firm)} for £{amount}",
            }
        if "raw" in final:
            owner = "late" if kind == "amended" else final["taker"]
            due = _settled(final["raw"], given["closed_days"])
            gold["actions"].append({"item": number, "owner": full[owner], "due": due, "raw": final["raw"]})
        if kind in ("deferred", "guest"):
            gold["open_item" if kind == "deferred" else "guest_item"] = number if kind == "deferred" else str(number)
        if kind == "reversed":
            gold["reversed"] = {"item": number, "firm": item["firm"], "sum": item["sum"], "owner": full[item["taker"]]}
            gold["reversed"] |= {"due": _settled(item["raw"], given["closed_days"])}
        if kind == "amended":
            gold["amended"] = {"item": number, "earlier": item["earlier"], "owner": full[item["taker"]]}
    present = ["chair", "treasurer", "late", "leaver", "unexpected", "giver", "other", "tom", "young"]
    gold["attendance"] = {
        "Present": [full[role] for role in present],
        "In attendance": [full["guest"], full["councillor"]],
        "Apologies": [full["apology"]],
        "Absent": [full["absent"]],
    }


def _settled(day: datetime.date, closed: list[datetime.date]) -> datetime.date:
    while day.weekday() == 6 or day in closed:
        day -= DAY
    return day


class Recorder:
    """Writes lines with the time since the opening."""

    def __init__(self, draw: Draw, called: dict[str, str]) -> None:
        self.draw, self.called = draw, called
        self.seconds = 0
        self.here = ["giver", "other", "leaver", "tom", "young", "guest", "unexpected"]
        self.lines: list[str] = []
        self.talk = draw.shuffled(SMALL_TALK)

    def says(self, role: str, text: str) -> str:
        """Write a line down and return its time."""
        self.seconds += self.draw.integer(4, 75) if self.lines else 0
        time = f"{self.seconds // 3600:02}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}"
        self.lines.append(f"[{time}] {self.called.get(role, role).upper()}: {text}")
        return time

    def chats(self) -> None:
        """Write something down that matters to nobody."""
        if self.talk:
            text, role = self.talk.pop(), self.draw.choice(self.here)
            self.says("??" if text.startswith("[") or self.draw.chance(0.2) else role, text)


def _transcript(draw: Draw, items: list[dict[str, Any]], given: dict[str, Any], gold: dict[str, Any]) -> str:
    """Let the evening happen, and keep the votes and times."""
    called = given["called"]
    tape = Recorder(draw, called)
    _opening(tape, given)
    gold["times"], gold["votes"] = {}, {}
    voters = 8
    for index, item in enumerate(items):
        if index == 2:
            tape.says("late", "Sorry, sorry. The bus never came.")
            gold["times"]["late"] = _clock(given, tape.says("chair", f"Sit down, {called['late']}, and welcome."))
            voters = 9
        if index == 6:
            tape.says("leaver", "I have to go, or I miss my train. Goodnight all.")
            gold["times"]["leaver"] = _clock(
                given, tape.says("chair", f"Goodnight. {called['leaver']} has left, then.")
            )
            tape.here.remove("leaver")
            voters = 8
        _item(tape, item, items[index - 1]["number"] if index else 0, voters, given, gold)
    _second_thoughts(tape, items, voters, given, gold)
    gold["times"]["closed"] = _clock(given, tape.says("chair", "Then I close the meeting. Thank you all."))
    head = f"{given['org']}, committee, {given['meeting_shown']}, {given['room']}"
    return "\n".join([head, "Recorded by machine, not corrected", "", *tape.lines, ""])


def _clock(given: dict[str, Any], elapsed: str) -> str:
    hours, minutes, seconds = map(int, elapsed.split(":"))
    opened = datetime.datetime.combine(given["meeting"], datetime.time.fromisoformat(given["opened"]))
    return f"{opened + datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds):%H:%M}"


def _opening(tape: Recorder, given: dict[str, Any]) -> None:
    """Write down who is there."""
    called = given["called"]
    tape.says("chair", f"It is {given['opened']} on my watch, the recorder is on and I open the meeting. Who is here?")
    here = ("treasurer", "leaver", "giver", "other", "tom", "young")
    names = ", ".join(called[role] for role in here)
    tape.says("chair", f"I see {names}. And {called['unexpected']}, who sent apologies and came all the same. Good.")
    tape.says("chair", f"{called['guest']} and {called['councillor']} are with us as guests, without a vote as ever.")
    tape.says("treasurer", f"{called['apology']} wrote to me, apologies, away until the weekend.")
    tape.says("chair", f"{called['absent']}? No? No word either? And {called['late']} will be late, I hear.")
    tape.chats()
    tape.says("chair", f"Before we start: the {given['fair']} is fixed for {given['fair_day']:%A, %-d %B}.")


def _item(
    tape: Recorder, item: dict[str, Any], before: int, voters: int, given: dict[str, Any], gold: dict[str, Any]
) -> None:
    """Write down one item."""
    called, motion = given["called"], item["motion"].format(item["firm"])
    jump = f"We take item {item['number']} first, the other can wait a moment. " if item["number"] > before + 1 else ""
    tape.says("chair", f"{jump}Item {item['number']}, {item['name']}.")
    asked = item.get("earlier", [item["sum"]])[0]
    tape.says(tape.draw.choice(("other", "giver")), f"I asked {item['firm']}, and they say {asked} pounds.")
    tape.chats()
    tape.chats()
    kind, key = item["kind"], str(item["number"])
    if kind in ("plain", "last"):
        tape.says("chair", f"The motion is that we {motion} for {item['sum']}. Anybody against? No. Abstentions? No. "
                  "Unanimous, then.")  # fmt: skip
        gold["votes"][key] = [voters, 0, 0]
    elif kind == "withdrawn":
        tape.says("giver", f"So I move that we {motion}.")
        tape.says("treasurer", "Out of what? There is nothing left in that pot.")
        tape.says("giver", "All right, all right, I take it back. But I'll find out what others would ask.")
    elif kind == "lost":
        tape.says("chair", f"The motion is that we {motion}. Who is for it? Three. Against? {voters - 4}. One "
        "abstains. "
                  "That is lost.")  # fmt: skip
    elif kind == "deferred":
        tape.says("treasurer", "With only one offer on the table we cannot say yes or no.")
        tape.says("chair", "Then it goes to the next meeting. But one of us must get a second offer. Who does that?")
        tape.says("??", "[silence]")
        tape.says("chair", "Nobody? Then that stays with nobody for now, and we go on.")
    else:
        _contested(tape, item, motion, voters, given, gold)
    if item["taker"]:
        tape.says(
            "chair", f"{called[item['taker']]}, you {'do that' if kind == 'withdrawn' else 'settle it with them'}?"
        )
        tape.says(item["taker"], "I will.")
        tape.says("chair", "By when?")
        tape.says(item["taker"], item["said"])


def _contested(
    tape: Recorder, item: dict[str, Any], motion: str, voters: int, given: dict[str, Any], gold: dict[str, Any]
) -> None:
    """Write down a vote by show of hands."""
    if item["kind"] == "amended":
        tape.says("treasurer", f"That was last year's list. It is {item['earlier'][1]} now, I have it here.")
        tape.says("late", f"Plus delivery. {item['sum']} all in, they told me, and not a penny more.")
        tape.says("chair", f"Then the motion is {item['sum']}, everything in it, that we {motion}.")
    else:
        tape.says("chair", f"The motion is that we {motion} for {item['sum']}.")
    votes = _votes(tape.draw, voters)
    gold["votes"][str(item["number"])] = votes
    for_, against, abstained = votes
    if item["kind"] == "guest":
        guest = given["called"]["guest"]
        tape.says("chair", f"In favour? I count {for_ + 1}. Against? {against}. Abstentions? {abstained or 'None'}.")
        tape.says("treasurer", f"{guest} had a hand up as well, and {guest} has no vote.")
        tape.says("chair", "Quite right, one less in favour then. Carried all the same.")
    else:
        tape.says("chair", f"In favour? {for_}. Against? {against}. Abstentions? {abstained or 'None'}. Carried.")


def _second_thoughts(
    tape: Recorder, items: list[dict[str, Any]], voters: int, given: dict[str, Any], gold: dict[str, Any]
) -> None:
    """Write down what comes after the agenda: a decision overturned, an action handed on, a letter, a secret."""
    called = given["called"]
    item = next(item for item in items if item["kind"] == "reversed")
    amended = next(item for item in items if item["kind"] == "amended")
    again, number = item["again"], str(item["number"])
    votes = gold["votes"][number]
    while votes == gold["votes"][number] or sum(votes) != voters:
        votes = _votes(tape.draw, voters)
    gold["first_votes"], gold["votes"][number] = gold["votes"][number], votes
    gossip = tape.draw.choice(GOSSIP).format(given["gossiped"], given["sums"]["gossip"])
    count = f"In favour? {votes[0]}. Against? {votes[1]}. Abstentions? {votes[2] or 'None'}. Carried."
    steps = (
        f"""chair: There is a letter from {given["sender"]} about the noise. I read: please minute that your music \
reached {given["sums"]["letter"]} decibels and that the committee is sorry. So much for that.""",
        f"""treasurer: Between ourselves, {gossip}.
chair: That stays in the room.""",
        f"""other: About item {amended["number"]}, I said I'd settle it, but I'm away from tomorrow. Can somebody else?
late: Give it to me. Same date.
chair: Thank you.""",
        f"""unexpected: Can we go back to item {number}? I've just had a message, {item["firm"]} have stopped trading.
chair: Then what we decided there is off, and {called[item["taker"]]} need not write to anybody. Who else is there?
unexpected: {again["firm"]}, for {again["sum"]}. They could start at once.
chair: Then that is the motion. {count} {called[again["taker"]]}, you settle it with them? By when?
unexpected: {again["said"]}""",
    )
    for step in tape.draw.shuffled(steps):
        for line in step.split("\n"):
            tape.says(*line.split(": ", 1))
        tape.chats()
    tape.says("chair", f"Next meeting: the second {given['weekday']} of next month, {given['opened']} as always, in "
              f"{given['room']}.")  # fmt: skip
    late = {1: "the day after", 2: "two days later", 3: "three days later"}[given["shift"]]
    tape.says("guest", "That evening it is let.")
    tape.says("chair", f"Then {late}, same time, and in {given['other_room']}. No objections? Good.")


def _template(given: dict[str, Any]) -> bytes:
    """Write the empty minutes with the page of rules."""
    import docx

    document = docx.Document()
    document.add_paragraph(f"{given['org']}: minutes of the committee", style="Title")
    hints = {
        "Meeting": "Date, room, opened at, closed at",
        "Present": "Name",
        "In attendance": "Name",
        "Apologies": "Name",
        "Absent": "Name",
        "Correspondence": "From whom, about what",
        "Next meeting": "Date, time, room",
    }
    tables = {
        "Decisions": ("Item", "Decision", "For", "Against", "Abstained"),
        "Not decided": ("Item", "Subject", "Outcome"),
    }
    for section in SECTIONS:
        document.add_paragraph(section, style="Heading 1")
        if section in hints:
            document.add_paragraph(hints[section])
        if section in tables:
            table = document.add_table(rows=2, cols=len(tables[section]), style="Table Grid")
            for cell, name in zip(table.rows[0].cells, tables[section], strict=True):
                cell.text = name
    for rule in RULES.format(**given).split("\n"):
        document.add_paragraph(rule, style="List Bullet")
    return office_bytes(document)
