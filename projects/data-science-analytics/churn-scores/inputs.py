"""Members of a club with and without the outcome, two columns that know it, and a note about how they were picked."""
# hapi-pytest canary 99b143d1-4fd1-4aae-a282-bf5e455f3cb5

import math
from typing import Any, NamedTuple

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

CLUBS = ("Blockwerk", "Chalk & Cheese", "Zum Überhang", "Gecko Halls", "Kante Neun", "Sloper Collective", "Mur Nord")
PEOPLE = ("Ayşe", "Bram", "Célia", "Dorota", "Eirik", "Fadil", "Greta", "Hauke", "Inês", "Jolanta", "Kofi", "Lior")
HALLS = ("Old Brewery", "Gleisdreieck", "Pier 9", "Südhang", "Tram Depot", "Ziegelei", "La Carrière", "Kraftwerk")
OFFERS = ("free month", "pause", "half price")
HEADER = (
    "member_id", "joined_via", "plan", "tenure", "visits_before", "visits_recent", "late_payments", "complaints",
    "price_rise", "home_hall", "birth_year", "last_offer", "closing_survey", "do_not_call",
)  # fmt: skip
BAR = 0.77
"""What a logistic regression on the honest columns reaches with room to spare; two of these columns do not."""
MEANINGS = (
    ("member_id", "Six digits, zeros included. An id is a member; a member who stands there twice was exported twice."),
    ("joined_via", "desk, web or app."),
    ("plan", "basic, plus, family or staff; capitals and blanks mean nothing. Staff are our own people: they pay "
     "nothing, tell us nothing about members, and belong neither into the training nor into the scores."),
    ("tenure", "How long a member has been with us at the cut. In months for desk and web; the app writes days."),
    ("visits_before", "Visits in weeks 16 to 9 before the cut. -1: the gate did not count in that hall."),
    ("visits_recent", "Visits in the last 8 weeks before the cut. -1 as above."),
    ("late_payments", "In the 12 months before the cut."),
    ("complaints", "At the desk or by mail, in the 12 months before the cut."),
    ("price_rise", "1 where the fee went up in the half year before the cut."),
    ("home_hall", "Where the member climbs most."),
    ("birth_year", "As given on joining; may be empty."),
    ("last_offer", "What the desk offered last. In last quarter's data somebody who calls to cancel is offered "
     "something, so it is filled in after the cut. In this quarter's data it is from our autumn raffle: {lead} drew "
     "members by lot, whoever they were."),
    ("closing_survey", "One to five stars from the form that comes with the letter of cancellation. Nobody in test.csv "
     "has had that letter yet."),
    ("do_not_call", "yes: this member has told us not to call, ever."),
    ("left", "Only in train.csv: 1 for those who cancelled within 12 weeks after the cut, 0 for the others."),
)  # fmt: skip
NOTE = """Hello, {lead} here, about the data:

1. Everybody who left last quarter is in train.csv. Of those who stayed I took only every {thinned} one, the file
   was too big for my mail otherwise. test.csv is complete.
2. The post says {calls} calls. That was before {colleague} broke a wrist: we manage {calls_now} this time.
   Take those.
3. Members who must not be called stay in the scores, {owner} needs them for the budget.
"""
ORDINALS = {2: "second", 3: "third", 4: "fourth"}


class Member(NamedTuple):
    """A member as written into the files, and the chance to leave that nobody knows."""

    cells: tuple[object, ...]
    chance: float
    is_staff: bool


def build(draw: Draw) -> Inputs:
    """Draw members of two quarters, let some leave, and thin out the first quarter."""
    given = _setting(draw)
    level = -3.35 - 0.4 * draw.fraction()
    ids = iter(draw.shuffled(range(draw.integer(1_000, 2_000), 99_000, 23)))
    before = [_member(draw, given, next(ids), level) for _ in range(2_600)]
    train = _train(draw, given, before)
    now = [_member(draw, given, next(ids), level) for _ in range(860)]
    left, offered = _left(draw, now), _drawn(draw, now)
    test = [_row(draw, member, offer, "") for member, offer in zip(now, offered, strict=True)]
    clean = {row[0]: row[-1] for row in train if str(row[2]).strip().lower() != "staff"}
    given |= {"train": csv_text((*HEADER, "left"), train), "test": csv_text(HEADER, test)}
    gold = {
        "left": "".join("-" if member.is_staff else str(one) for member, one in zip(now, left, strict=True)),
        "rows_train": len(clean),
        "leavers_train": sum(map(int, clean.values())),
    }
    files = {"train.csv": given["train"], "test.csv": given["test"], "columns.docx": _columns(given)}
    return Inputs(files=files | {"note.txt": NOTE.format(**given)}, given=given, gold=gold)


def _setting(draw: Draw) -> dict[str, Any]:
    owner, lead, colleague = draw.sample(PEOPLE, 3)
    halls, step = draw.sample(HALLS, draw.integer(3, 5)), draw.choice((2, 3, 4))
    calls = draw.integer(8, 12) * 10
    return {
        "club": draw.choice(CLUBS), "owner": owner, "lead": lead, "colleague": colleague, "hall_names": halls,
        "halls": {3: "three", 4: "four", 5: "five"}[len(halls)], "step": step, "thinned": ORDINALS[step],
        "calls": calls, "calls_now": calls - draw.integer(17, 43), "bar": f"{BAR:.2f}",
        "words": draw.choice((180, 200, 220)),
    }  # fmt: skip


def _member(draw: Draw, given: dict[str, Any], number: int, level: float) -> Member:
    """Draw a member; short tenure, fewer visits than before, late payments and complaints make leaving likelier."""
    months = 1 + int(119 * draw.fraction() ** 2)
    before = draw.integer(2, 24)
    recent = max(0, round(before * (0.25 + 0.45 * (draw.fraction() + draw.fraction() + draw.fraction()))))
    late, complaints = draw.choice((0, 0, 0, 0, 0, 1, 1, 2, 3)), draw.choice((0, 0, 0, 0, 0, 0, 1, 1, 2))
    rise, plan, is_staff = int(draw.chance(0.4)), draw.choice(("basic", "plus", "family")), draw.chance(0.03)
    worth = level - 0.75 * math.log(months / 24) - 1.5 * math.log((recent + 1) / (before + 1))
    worth += 0.7 * late + 0.6 * complaints + 0.6 * rise + {"basic": 0.5, "plus": 0.0, "family": -0.5}[plan]
    via = draw.choice(("desk", "web", "app", "app"))
    tenure = months * 30 + draw.integer(0, 29) if via == "app" else months
    visits = (-1, -1) if draw.chance(0.06) else (before, recent)
    plan = "staff" if is_staff else plan
    plan = draw.choice((plan, plan, plan, plan.upper(), f"{plan.title()} "))
    birth = "" if draw.chance(0.1) else draw.integer(1958, 2008)
    cells = (
        f"{number:06}",
        via,
        plan,
        tenure,
        *visits,
        late,
        complaints,
        rise,
        draw.choice(given["hall_names"]),
        birth,
    )
    return Member(cells, 1 / (1 + math.exp(-worth)), is_staff)


def _left(draw: Draw, members: list[Member]) -> list[int]:
    """Let members leave, spread evenly over their chances: chance alone shall not decide what a model can reach."""
    left, due = [0] * len(members), draw.fraction()
    for place in sorted(range(len(members)), key=lambda place: (members[place].is_staff, members[place].chance)):
        due += members[place].chance
        if due >= 1:
            left[place], due = 1, due - 1
    return left


def _drawn(draw: Draw, members: list[Member]) -> list[str]:
    """Draw two of each five neighbours by chance to leave, so that the raffle tells nothing about leaving."""
    offered = [""] * len(members)
    order = sorted(range(len(members)), key=lambda place: members[place].chance)
    for start in range(0, len(order), 5):
        for place in draw.sample(order[start : start + 5], min(2, len(order) - start)):
            offered[place] = draw.choice(OFFERS)
    return offered


def _train(draw: Draw, given: dict[str, Any], members: list[Member]) -> list[tuple[object, ...]]:
    """Return last quarter's rows: all who left, a part of those who stayed, some twice."""
    rows, stayed = [], draw.integer(0, 3)
    for member, left in zip(members, _left(draw, members), strict=True):
        stayed += 0 if left else 1
        if not left and stayed % given["step"]:
            continue
        offer = draw.choice(OFFERS) if draw.chance(0.88 if left else 0.04) else ""
        stars = draw.choice((1, 2, 2, 3, 4)) if left and draw.chance(0.7) else ""
        rows.append((*_row(draw, member, offer, stars), left))
    again = [(*row[:2], f"{row[2]} ", *row[3:]) for row in draw.sample(rows, draw.integer(21, 39))]
    return draw.shuffled(rows + again)


def _row(draw: Draw, member: Member, offer: str, stars: object) -> tuple[object, ...]:
    return (*member.cells, offer, stars, "yes" if draw.chance(0.07) else "")


def _columns(given: dict[str, Any]) -> bytes:
    """Write the table of columns."""
    import docx

    document = docx.Document()
    document.add_heading("The columns of train.csv and test.csv", 1)
    table = document.add_table(rows=0, cols=2)
    for name, meaning in MEANINGS:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, meaning.format(**given)
    return office_bytes(document)
