"""Three years of weekly bookings with season, growth and a moving festival, and the eight weeks after them."""
# hapi-pytest canary cbed8b65-8f81-44d0-b30b-7ca37d039bc7

import datetime
import math
from typing import Any, NamedTuple

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

MAKERS = (
    "Obstkelterei Sommer",
    "Hollow Tree Press",
    "Cidrerie du Vallon",
    "Mosterei Brandner",
    "Äppelverket",
    "Quince & Co",
)
PEOPLE = ("Ragna", "Thibault", "Mirela", "Ansgar", "Oriane", "Paweł", "Solveig", "Keziah", "Jürgen", "Nilufar")
FESTIVALS = ("pressing fair", "harvest market", "lantern fair", "cellar days", "first-must festival")
FRUITS = ("Apple", "Pear", "Quince", "Sloe", "Elderflower", "Rhubarb", "Currant", "Plum", "Cherry", "Medlar")
KINDS = ("Cider", "Juice", "Tonic", "Must", "Spritz", "Shrub", "Perry", "Cordial")
COMMENTS = (
    "please double from now on", "driver ill", "customer: cancel our standing order!", "Leergut fehlt",
    "count as zero, was a gift", "road closed", "für das Fest?",
)  # fmt: skip
WEEKS, AHEAD, FOLD = 156, 8, 8
DAY = datetime.timedelta(days=1)
LAST = datetime.date(2026, 9, 21)
"""The last week of the data, all booked when the job is posted."""
BAR = 0.7
NOTE = """For whoever does the forecast, from {planner}

1. {carton} was booked in cartons of {size} up to and including the week of {last_carton}, in both depots. Since
   then it is booked in bottles, like everything else always was.
2. We stop bottling {ended}. The week of {last_ended} is the last one in which any of it leaves the depots;
   after that there is none.
3. The rest of the assortment stays as it is, whatever customers write.
"""


class Course(NamedTuple):
    """How the demand of a product runs."""

    base: float
    growth: float
    swing: float
    peak: float
    festival: float
    """By how much it is multiplied in the week of the festival."""


def build(draw: Draw) -> Inputs:
    """Draw the demand of 164 weeks, book the first 156 and keep the others."""
    given, days = _setting(draw)
    odd = _oddities(draw, given)
    demand = {product: _demand(draw, given, odd, place) for place, product in enumerate(given["products"])}
    bookings = _bookings(draw, given, odd, demand, days)
    sold_out = [[product, days[week].isoformat()] for product, week in odd["sold_out"]]
    one_off = [[given["products"][0], days[odd["one_off"]].isoformat()]]
    given |= {
        "sold_out": sold_out, "one_off": one_off,
        "festivals": [days[week].isoformat() for week in odd["festivals"]],
        "sales": csv_text(("depot", "product", "week", "units", "booked", "comment"), bookings),
    }  # fmt: skip
    unknown = {(product, week) for product, week in odd["sold_out"]}
    gold = {
        "folds": _folds(demand, unknown, days),
        "hidden": _hidden(demand, unknown, days),
    }
    return Inputs(
        files={"sales.csv": given["sales"], "calendar.xlsx": _calendar(given), "note.txt": NOTE.format(**given)},
        given=given,
        gold=gold,
    )


def _setting(draw: Draw) -> tuple[dict[str, Any], list[datetime.date]]:
    """Draw names and dates; return the Mondays of all weeks, too."""
    days = [LAST + (week - WEEKS + 1) * 7 * DAY for week in range(WEEKS + AHEAD)]
    products = [" ".join(words) for words in zip(draw.sample(FRUITS, 4), draw.sample(KINDS, 4), strict=True)]
    owner, planner = draw.sample(PEOPLE, 2)
    cartons, ended = draw.integer(108, 124), WEEKS + draw.integer(3, 5)
    given = {
        "maker": draw.choice(MAKERS), "count": draw.choice(("two", "three", "four")), "owner": owner,
        "planner": planner,
        "festival": draw.choice(FESTIVALS), "products": products, "product": products[1], "carton": products[2],
        "ended": products[3], "size": draw.choice((6, 8, 12)), "last_carton": days[cartons].isoformat(),
        "last_ended": days[ended].isoformat(), "first": days[WEEKS].isoformat(), "last": days[-1].isoformat(),
        "bar": f"{BAR:.2f}", "words": draw.choice((220, 240, 260)), "carton_weeks": cartons + 1,
        "ended_weeks": ended + 1,
    }  # fmt: skip
    return given, days


def _oddities(draw: Draw, given: dict[str, Any]) -> dict[str, Any]:
    """Draw the weeks in which something is odd, so that none hides another one."""
    one, festive, carton, ended = given["products"]
    place = draw.integer(4, 5)
    shifts = [draw.choice((-2, -1, 1, 2)) for _ in range(3)]
    festivals = [52 * year + place + shift for year, shift in enumerate(shifts)] + [WEEKS + place]
    base = draw.sample((83, 86, 89, 92, 95, 98), 2)
    late = draw.choice((134, 137, 140)), draw.choice((151, 154))
    sold_out = [(carton, base[0]), (one, base[1]), (ended, late[0]), (festive, late[1]), (one, draw.integer(20, 45))]
    sold_out += [(one, 104 + draw.choice((1, 6)))]
    return {"festivals": festivals, "sold_out": sold_out, "one_off": draw.integer(142, 146)}


def _demand(draw: Draw, given: dict[str, Any], odd: dict[str, Any], place: int) -> list[int]:
    """Draw the demand of one product in all weeks, in bottles."""
    product = given["products"][place]
    growth = (1.25, 1.28, 0.76, 1.26)[place] + 0.06 * draw.fraction() * (-1 if place == 2 else 1)
    course = Course(
        base=1_400 + 2_600 * draw.fraction(), growth=growth, swing=0.15 + 0.2 * draw.fraction(),
        peak=52 * draw.fraction(), festival=(1.0, 1.85 + 0.4 * draw.fraction(), 1.0, 1.3)[place],
    )  # fmt: skip
    result = []
    for week in range(WEEKS + AHEAD):
        season = 1 + course.swing * math.cos(2 * math.pi * (week - course.peak) / 52)
        noise = 1 + 0.06 * (draw.fraction() + draw.fraction() + draw.fraction() - 1.5) * 2 / math.sqrt(3)
        units = course.base * course.growth ** (week / 52) * season * noise
        units *= course.festival if week in odd["festivals"] else 1
        units *= 2.6 if place == 0 and week == odd["one_off"] else 1
        size = given["size"] if product == given["carton"] and week < given["carton_weeks"] else 1
        result.append(0 if product == given["ended"] and week >= given["ended_weeks"] else round(units / size) * size)
    return result


def _bookings(
    draw: Draw, given: dict[str, Any], odd: dict[str, Any], demand: dict[str, list[int]], days: list[datetime.date]
) -> list[tuple[object, ...]]:
    """Book what was sold by depot, some weeks wrongly at first."""
    rows: list[tuple[object, ...]] = []
    # A correction a year before the one-off order would look like foreseeing it.
    early = [week for week in range(80, 104) if abs(week + 52 - odd["one_off"]) > 1]
    wrong = {(product, week) for product in demand for week in draw.sample(early, 3) + draw.sample(range(132, 156), 3)}
    for product, units in demand.items():
        for week, total in enumerate(units[:WEEKS]):
            sold = round(total * (0.3 + 0.2 * draw.fraction())) if (product, week) in odd["sold_out"] else total
            size = given["size"] if product == given["carton"] and week < given["carton_weeks"] else 1
            north = round(sold * (0.52 + 0.16 * draw.fraction()) / size)
            year, number, _ = days[week].isocalendar()
            for depot, part, label in (
                ("north", north, days[week].isoformat()),
                ("south", round(sold / size) - north, f"{year}-W{number:02}"),
            ):
                booked = days[week] + draw.integer(5, 9) * DAY
                comment = draw.choice(COMMENTS) if draw.chance(0.03) else ""
                rows.append((depot, product, label, part, booked.isoformat(), comment))
                if (product, week) in wrong and depot == ("north", "south")[week % 2]:
                    first = round(part * draw.choice((0.6, 0.7, 1.4, 1.6)))
                    rows.append((depot, product, label, first, (booked - draw.integer(1, 3) * DAY).isoformat(), ""))
    return draw.shuffled(rows)


def _naive(units: list[int], product: str, week: int, unknown: set[tuple[str, int]]) -> int:
    if (product, week - 52) in unknown:
        return (units[week - 53] + units[week - 51] + 1) // 2
    return units[week - 52]


def _folds(demand: dict[str, list[int]], unknown: set[tuple[str, int]], days: list[datetime.date]) -> str:
    """Write actual and naive values of the back-test as csv: hundreds of facts would be slow to hunt for."""
    rows = []
    for product, units in demand.items():
        for week in range(WEEKS - 3 * FOLD, WEEKS):
            fold, actual = (week - WEEKS) // FOLD + 4, None if (product, week) in unknown else units[week]
            rows.append((fold, product, days[week], actual, _naive(units, product, week, unknown)))
    return csv_text(("fold", "product", "week", "actual", "naive"), rows)


def _hidden(demand: dict[str, list[int]], unknown: set[tuple[str, int]], days: list[datetime.date]) -> str:
    """Write what will leave the depots, and the naive forecast of it, as csv."""
    rows = [
        (product, days[week], units[week], _naive(units, product, week, unknown))
        for product, units in demand.items() for week in range(WEEKS, WEEKS + AHEAD)
    ]  # fmt: skip
    return csv_text(("product", "week", "units", "naive"), rows)


def _calendar(given: dict[str, Any]) -> bytes:
    """Write the workbook of three sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    festival, sold_out, one_off = book.active, book.create_sheet("Sold out"), book.create_sheet("One-off")
    festival.title = "Festival"
    for row in (("Week of the " + given["festival"],), *((day,) for day in given["festivals"])):
        festival.append(row)
    for row in (("Product", "Week"), *given["sold_out"]):
        sold_out.append(row)
    for row in (("Product", "Week", "What"), *((*row, "one order of a cruise line, once") for row in given["one_off"])):
        one_off.append(row)
    return office_bytes(book)
