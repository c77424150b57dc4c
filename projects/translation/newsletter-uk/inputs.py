"""An American newsletter with words, dates, amounts, measures and live events, and the guide for Britain."""
# hapi-pytest canary a744163a-53f0-41dd-8f31-c050501dc308

import datetime
import html
import math
import re
import zoneinfo
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRST = (
    *("Cedar", "Harlow", "Marlbank", "Tuckahoe", "Oakum", "Pinder"),
    *("Larkin", "Juniper", "Saltbox", "Quarry", "Teasel"),
)
LAST = ("Lantern", "Supply", "Dry Goods", "Hollow", "Pantry", "Mercantile", "& Thread", "& Daughters", "Trading")
PEOPLE = ("Dana", "Ruth", "Marcus", "Priya", "Noël", "Gretchen", "Tobias", "Imani", "Walt", "Renée", "Lucía", "Abe")
ZONES = {
    "Eastern": "America/New_York",
    "Central": "America/Chicago",
    "Mountain": "America/Denver",
    "Pacific": "America/Los_Angeles",
}
# American word, British word, and the only sense in which it changes.
WORDS = (
    *(("color", "colour", ""), ("favorite", "favourite", ""), ("flavor", "flavour", ""), ("gray", "grey", "")),
    *(("fiber", "fibre", ""), ("mold", "mould", ""), ("aluminum", "aluminium", ""), ("cozy", "cosy", "")),
    *(("catalog", "catalogue", ""), ("woolen", "woollen", ""), ("savory", "savoury", ""), ("plow", "plough", "")),
    *(("licorice", "liquorice", ""), ("pajamas", "pyjamas", "")),
    *(("faucet", "tap", ""), ("zucchini", "courgette", ""), ("eggplant", "aubergine", ""), ("arugula", "rocket", "")),
    *(("flashlight", "torch", ""), ("wrench", "spanner", ""), ("cilantro", "coriander", "")),
    *(("powdered sugar", "icing sugar", ""), ("all-purpose flour", "plain flour", "")),
    ("scallion", "spring onion", ""),
    *(("cornstarch", "cornflour", ""), ("rutabaga", "swede", ""), ("clothespin", "clothes peg", "")),
    *(("dish towel", "tea towel", ""), ("ladybug", "ladybird", ""), ("lumber", "timber", "")),
    ("thumbtack", "drawing pin", ""),
    *(("trash can", "dustbin", ""), ("sweater", "jumper", ""), ("drapes", "curtains", "")),
    ("mailbox", "letterbox", ""),
    *(("stove", "cooker", ""), ("silverware", "cutlery", ""), ("sidewalk", "pavement", ""), ("truck", "lorry", "")),
    *(("vacation", "holiday", ""), ("apartment", "flat", ""), ("elevator", "lift", ""), ("beet", "beetroot", "")),
    *(("check", "cheque", "the kind you pay with"), ("story", "storey", "a floor of a building")),
    *(("draft", "draught", "a current of air"), ("practice", "practise", "as a verb")),
    *(("fall", "autumn", "the season"), ("yard", "garden", "the land around a house")),
    *(("curb", "kerb", "the edge of a road"), ("tire", "tyre", "on a wheel"), ("license", "licence", "as a noun")),
    ("program", "programme", "unless it runs on a computer"),
)  # fmt: skip
# For each word of one sense: a sentence in which it changes, and one in which it does not.
SENSES = {
    "check": (
        "You may still pay by {w:check>cheque}, we like the stamps.",
        "Please {s:check} the roots before you plant.",
    ),
    "story": (
        "The ladder reaches the second {w:story>storey} of most houses.",
        "There is a {s:story} behind every one of our recipes.",
    ),
    "draft": (
        "Keep the pots out of the {w:draft>draught} from the back door.",
        "Send us a first {s:draft} of your planting plan.",
    ),
    "practice": (
        "{w:Practice>Practise} the knot on a piece of string first.",
        "In {s:practice}, a spoon does it just as well.",
    ),
    "fall": (
        "This {w:fall>autumn} we have more bulbs than ever.",
        "Let the dough {s:fall} once before you knead it again.",
    ),
    "yard": (
        "Rake the leaves in your {w:yard>garden} into a loose heap.",
        "The oak for it comes from a ship breaker's {s:yard}.",
    ),
    "curb": (
        "Our van can stop at the {w:curb>kerb} and no farther.",
        "A handful of ash will {s:curb} the worst of the slugs.",
    ),
    "tire": (
        "The barrow now has a {w:tire>tyre} that cannot go flat.",
        "Short handles {s:tire} your back, so look at the long ones.",
    ),
    "license": (
        "You need no {w:license>licence} for the small heater.",
        "We {s:license} the patterns from the weavers themselves.",
    ),
    "program": (
        "The {w:program>programme} of our winter talks is inside the box.",
        "The {s:program} that prints our labels has been mended.",
    ),
}
GARDEN = (
    "Sow the last {w:arugula>rocket} by {d}, while the soil still has {F}.",
    "Set garlic {in:3-9} apart and {in:10-24} from the path.",
    "A bed of {ft:6-40} takes about {lb:20-90} of compost.",
    "{w:Ladybugs>Ladybirds} sleep in hollow stems, so leave those standing until {d}.",
    "The new barrel holds {gal:20-70} and fits under any {w:faucet>tap}.",
    "Cover every {w:zucchini>courgette} as soon as it falls below {F}.",
    "One bag of {lb:5-40} feeds {ft:10-60} of hedge and costs {m}.",
    "Wash the {w:mold>mould} off empty pots with hot water.",
    "A {w:gray>grey} frost cloth of {ft:8-40} is {m}.",
    "Dig {w:rutabagas>swedes} when the roots are {in:3-7} across.",
)
KITCHEN = (
    "Roast the {w:eggplant>aubergine} at {F2} until the skin is black.",
    "Start with {oz:6-30} of {w:all-purpose flour>plain flour} and a pinch of salt.",
    "Dust with {w:powdered sugar>icing sugar} while the cake is warm.",
    "Bake at {F2} until the top has {w:color>colour}.",
    "Stir {oz:3-14} of butter into the {w:scallions>spring onions}.",
    "A spoonful of {w:cornstarch>cornflour} saves every sauce.",
    "The big kettle takes {gal:3-19} and needs a strong {w:stove>cooker}.",
    "Our {w:favorite>favourite} tin is {in:6-14} wide and sells for {m}.",
    "Fold {oz:3-9} of chopped {w:cilantro>coriander} into the {w:savory>savoury} kind.",
    "Hang the {w:dish towels>tea towels} where they dry fast.",
    "A jar of {oz:9-30} keeps its {w:flavor>flavour} until {d}.",
)
HOUSE = (
    "Line the {w:drapes>curtains} now and sleep better until {d}.",
    "The {w:aluminum>aluminium} steps are {ft:4-11} high and weigh {lb:9-38}.",
    "A {w:flashlight>torch} by the door is worth {m} any winter.",
    "Loosen the nut with the small {w:wrench>spanner}, not by hand.",
    "Our {w:woolen>woollen} blankets are {ft:5-9} long and weigh {lb:3-9}.",
    "Stack {w:lumber>timber} at least {in:4-16} off the floor.",
    "Keep the bedroom at {F} and the blanket {w:cozy>cosy}.",
    "Tidy minds keep {w:thumbtacks>drawing pins} in a jar, tidier ones in two.",
    "The {w:sweater>jumper} with the high neck is back, at {m}, until {d}.",
    "Store it below {F} and never in the sun.",
    "Paint the {w:mailbox>letterbox} on a dry day above {F}.",
)
WARMER = (
    "The nights are {D} colder than the days now, so bring in anything that sulks.",
    "A lid of fleece keeps a bed {D} warmer than the path beside it.",
    "A brick in the oven cools by {D} an hour and not more.",
    "With felt under the door the same chair is {D} warmer.",
    "Our cellar is {D} colder than the kitchen all year round.",
    "Let the soup cool by {D} before you taste it, please.",
)
FAR = (
    "Our wild seed is gathered within {mi} of the barn.",
    "The milk for our cheese comes from a farm {mi} away.",
    "From the mill to our door it is {mi} by road.",
    "The bees that made this flew {mi} for a jar.",
    "You can smell our toffee {mi} down the road.",
)
SAID = (
    "I left mine out at 20°F for a week and the color is as bright as the day I paid my $39 for it.",
    "It is 9 feet from the faucet to my tomatoes, and this is the first hose that gets there.",
    "My neighbor paid $85 for hers, and it came two weeks after mine. Mine came on 10/02.",
    "I dropped it down a whole story and the only thing that broke was the sidewalk.",
    "Three pounds of flour, one dish towel and a cozy stove. That is all my grandmother ever told me.",
    "I would drive 40 miles for that licorice, and last fall I did, twice.",
    "My check for $12 got lost and they sent the seeds anyway. That is my favorite kind of store.",
    "The old one was gray with mold after one winter, and this one has done six.",
    "We baked it at 375°F like it says, and there was not a crumb left by 5 p.m.",
    "I am 6 feet tall and it is the first sweater in years that covers my wrists.",
)
REMARKED = (
    "it needs 2 inches of dry leaves and nothing else",
    "anything above 90°F and I stay in the cellar",
    "a $4 brush does what the $40 one does",
    "half a pound of it would do for all of fall",
    "you do not argue with a favorite apron",
    "the best tool in the yard is a chair",
    "eight ounces of patience, the rest is flavor",
)
PRODUCTS = (
    *("Harbor Apron", "Center Stage Easel", "Good Neighbor Feeder", "Jewelry Drawer", "Rumor Mill Grinder"),
    *("Armor Gloves", "Theater Lamp", "Honor Roll Notebook", "Parlor Broom", "Traveler Flask", "Vigor Tea"),
    *("Luster Polish", "Harbor Lantern", "Savior Mop", "Splendor Vase", "Odor Chaser", "Endeavor Rucksack"),
)
HEADINGS = {
    "garden": ("Before the first frost", "Out of doors", "Last jobs outside", "With cold fingers"),
    "kitchen": ("From the oven", "Warm plates", "What we are baking", "At the table"),
    "house": ("Snug inside", "Around the house", "Fix it before winter", "Rainy day jobs"),
}
ALTS = (
    "A {w:gray>grey} cat asleep on a {w:sweater>jumper}",
    "Bowls of {w:licorice>liquorice} in every {w:color>colour}",
    "A loaf on a {w:dish towel>tea towel}, {in:15-30} wide",
    "Two {w:eggplants>aubergines} in a basket of {lb:3-12}",
    "{w:Drapes>Curtains} in front of a rainy window, {ft:5-12} high",
    "A row of {w:clothespins>clothes pegs} on {ft:10-60} of line",
    "A {w:cozy>cosy} chair beside a kettle of {gal:3-9}",
    "Seed packets in the new {w:catalog>catalogue}",
)
TITLES = (
    "Warm {w:colors>colours} and cold mornings",
    "Our {w:favorite>favourite} month",
    "A {w:cozy>cosy} house by {d}",
    "New {w:flavors>flavours}, old pans",
    "{w:Gray>Grey} skies, good soup",
)
PREHEADERS = (
    "Free parcels on orders over {m} until {d}",
    "Three jobs for the weekend, and a {w:catalog>catalogue} for the sofa",
    "Orders by {d} leave the same day, {w:silverware>cutlery} included",
    "A {w:woolen>woollen} blanket to be won until {d}",
    "The first {w:beets>beetroots} are in, and a lamp for {m}",
)
INTROS = (
    "The first box of the season left us on {past}, and {w:trash cans>dustbins} have never looked so full of leaves.",
    "We opened the windows on {past} and {w:vacation>holiday} was over.",
    "Since {past} the kettle has not been cold, and the {w:sidewalk>pavement} outside has been white twice.",
    "On {past} we carried the {w:stoves>cookers} back inside, which is our own kind of new year.",
)
US_ONLY = (
    "Holiday orders for Alaska and Hawaii close on {d}; the {w:truck>lorry} does not wait.",
    "Sales tax is added at checkout in all states where our {w:catalog>catalogue} is mailed.",
    "Pick up your order in person at the store, {mi} south of the bridge, until {d}.",
    "Mail-in rebate of {m} on every {w:faucet>tap} with a US zip code.",
    "Coupons of {m} from the Sunday papers are good in all fifty states.",
)
LEGAL_US = "Prices in US dollars plus sales tax. Offers void where prohibited. © 2026 {firm} Inc."
LEGAL_UK = (
    "Prices include VAT at the current rate. You may return goods within {days} days of delivery, opened or not. "
    "© 2026 {firm} (UK) Ltd, registered in England and Wales, no. {number}."
)
GUIDE = {
    "What changes": "Only what this guide names, in every text a reader can meet: the title of the page, the preview "
    "line and the alternative texts of pictures are texts too. All other words stay as they are, and so do ids, "
    "pictures and tags.",
    "Words": "words.csv has our words, in whatever form they occur (plural, with a capital, and so on). Where the "
    "third column says something, the word changes in that sense only.",
    "What stays": "What people say stays as they said it, with their dollars and degrees: everything between "
    "quotation marks and every blockquote. What stands in <i> is a registered name and stays, "
    "however it is spelt.",
    "Dates": "As in 4 March or 4 March 2026, with the year only where the American text has it. Short months are "
    "written out.",
    "Live events": "We stream them, so they happen at one moment everywhere. Give the day and time at which a "
    "reader in London has to switch on, as in Wednesday 4 March 2026 at 19:30.",
    "Money": "A product that stands in uk_prices.csv costs what that list says for the day the issue goes out. Any "
    "other amount in dollars is converted at the rate of {rate_day} in rates.csv; a day without a rate uses the "
    "last one before it. Below £10 round to the nearest 10p and write £7.40, from £10 to the nearest pound "
    "and write £19.",
    "Measures": "Convert with these figures and round to the nearest: inches to whole cm (2.54), feet to m with one "
    "decimal (0.3048), pounds to kg with one decimal (0.4536), ounces to g in steps of 5 (28.35), US gallons "
    "to whole litres (3.785), °F to whole °C. Write 30 cm, 2.7 m, 5.4 kg, 225 g, 19 litres, 11°C. Degrees "
    "colder or warmer are a difference, which is another sum than a temperature. Miles stay miles.",
    "Telephone": "Orders {orders_us} become {orders_uk}, advice {advice_us} becomes {advice_uk}; written as in 020 "
    "7946 0000 and 0808 157 0000. An American number without a British one stays and is written as in +1 207 555 0100.",
    "Links": "Our pages and mailboxes have a British twin: /us/ becomes /uk/, and us@ becomes uk@. "
    "Links to others stay.",
    "Not for Britain": 'Blocks with data-region="us" are left out.',
    "Small print": "The last block is replaced by this, to the letter: {legal_uk}",
}
# unit: American form, factor, step, British form
FACTORS = {
    "in": ("{} inches", "2.54", "1", "{:.0f} cm"),
    "ft": ("{} feet", "0.3048", "0.1", "{:.1f} m"),
    "lb": ("{} pounds", "0.4536", "0.1", "{:.1f} kg"),
    "oz": ("{} ounces", "28.35", "5", "{:.0f} g"),
    "gal": ("{} gallons", "3.785", "1", "{:.0f} litres"),
}
TOKEN = re.compile(r"\{(\w+)(?::([^}]*))?\}")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAY = datetime.timedelta(days=1)


def near(value: Fraction, step: Fraction) -> Fraction:
    """Round to the nearest step."""
    return math.floor(value / step + Fraction(1, 2)) * step


def is_clear(value: Fraction, step: Fraction) -> bool:
    """Tell whether no reasonable way of rounding could give another result."""
    rest = (value / step) % 1
    return abs(rest - Fraction(1, 2)) > Fraction(1, 25)


def pounds(value: Fraction) -> str:
    """Write an amount as the guide wants it."""
    if value < 10:
        return f"£{float(near(value, Fraction(1, 10))):.2f}"
    return f"£{near(value, Fraction(1))}"


class Writer:
    """Fills the tokens of templates with drawn values, in American and in British form."""

    def __init__(self, draw: Draw, rate: Fraction) -> None:
        self.draw, self.rate = draw, rate
        self.used: set[str] = set()

    def fresh(self, options: list[tuple[str, str]]) -> tuple[str, str]:
        """Draw a pair of forms that no text has yet."""
        pair = self.draw.choice([pair for pair in options if pair[0] not in self.used])
        self.used.add(pair[0])
        return pair

    def pieces(self, template: str) -> list[list[str]]:
        """Return a template's pieces: the kind (empty for mere text), the American and the British form."""
        result, end = [], 0
        for match in TOKEN.finditer(template):
            if match.start() > end:
                result.append(["", template[end : match.start()], ""])
            result.append(self.piece(match[1], match[2] or ""))
            end = match.end()
        return [*result, *([["", template[end:], ""]] if end < len(template) else [])]

    def piece(self, token: str, value: str) -> list[str]:
        """Return one token's kind and forms."""
        if token == "w":
            return ["word", *value.split(">")]
        if token in ("s", "n", "q", "a"):
            return [{"s": "sense", "n": "name", "q": "quote", "a": "link"}[token], value, value]
        if token == "mi":
            miles = self.fresh([(f"{n} miles", f"{n} miles") for n in range(4, 70)])
            return ["miles", *miles]
        if token in ("d", "past"):
            return ["date", *self.day(is_past=token == "past")]
        if token == "m":
            return ["money", *self.money(range(4, 95))]
        return ["unit", *self.measure(token, value)]

    def day(self, *, is_past: bool = False) -> tuple[str, str]:
        """Draw a date without a year, and now and then with a short month."""
        options = []
        for number in range(45 if is_past else 105):
            date = datetime.date(2026, 9, 1) + (number if is_past else number + 55) * DAY
            month = MONTHS[date.month - 1]
            short = {9: "Sept.", 10: "Oct.", 11: "Nov.", 12: "Dec.", 1: "Jan.", 2: "Feb."}[date.month]
            options.append((f"{short if number % 2 else month} {date.day}", f"{date.day} {month}"))
        return self.fresh(options)

    def numeric_day(self) -> tuple[str, str]:
        """Draw a date in figures that could be read either way round."""
        months = ((2026, 11), (2026, 12), (2027, 1), (2027, 2))
        dates = [datetime.date(*month, day) for month in months for day in range(1, 13) if day != month[1]]
        return self.fresh([(f"{day:%m/%d/%Y}", f"{day.day} {MONTHS[day.month - 1]} {day.year}") for day in dates])

    def money(self, dollars: range) -> tuple[str, str]:
        """Draw an amount that the rate converts clearly."""
        options = []
        for whole in dollars:
            for cents in ("", ".50", ".95"):
                value = Fraction(f"{whole}{cents}") / self.rate
                step = Fraction(1, 10) if value < 10 else Fraction(1)
                if is_clear(value, step) and abs(value - 10) > Fraction(1, 5):
                    options.append((f"${whole}{cents}", pounds(value)))
        return self.fresh(options)

    def measure(self, unit: str, values: str) -> tuple[str, str]:
        """Draw a measure that converts clearly."""
        if unit in ("F", "F2", "D"):
            ranges = {"F": range(38, 72), "F2": range(300, 460, 5), "D": range(11, 40)}
            zero = 0 if unit == "D" else 32
            options = [
                (f"{n}°F", f"{near(Fraction(5 * (n - zero), 9), Fraction(1))}°C")
                for n in ranges[unit]
                if is_clear(Fraction(5 * (n - zero), 9), Fraction(1))
            ]
            return self.fresh(options)
        shown, factor, step, british = FACTORS[unit]
        low, high = map(int, values.split("-"))
        exact = {n: Fraction(factor) * n for n in range(low, high + 1)}
        options = [
            (shown.format(n), british.format(float(near(value, Fraction(step)))))
            for n, value in exact.items()
            if is_clear(value, Fraction(step))
        ]
        return self.fresh(options)


Blocks = list[tuple[str, str, str, list[list[str]]]]
"""Each block's name, tag, region and pieces."""


def build(draw: Draw) -> Inputs:
    """Draw the issue, what it says in Britain, and the papers that decide it."""
    issue_day = draw.date(datetime.date(2026, 10, 21), datetime.date(2026, 10, 23))
    rate_day = draw.choice([datetime.date(2026, 10, day) for day in (4, 11, 18)])
    rates, rate, next_rate = _rates(draw, rate_day)
    writer = Writer(draw, rate)
    prices, offers = _offers(draw, writer, issue_day)
    words = _words(draw) | {"issue_day": issue_day.isoformat(), "rate_day": british(rate_day, is_full=True)}
    blocks = _blocks(draw, writer, words, offers["rows"])
    page = _page(words, blocks)
    given = words | {
        "page": page,
        "pieces": {name: [[kind, us] for kind, us, _ in pieces] for name, _, _, pieces in blocks},
        "us_only": [name for name, _, region, _ in blocks if region],
        "hidden": [name for name, tag, _, _ in blocks if tag in ("title", "img", "p hidden")],
        "vocabulary": [uk for *_, pieces in blocks for kind, _, uk in pieces if kind == "word"],
        "sense_words": ", ".join(sorted({us for *_, pieces in blocks for kind, us, _ in pieces if kind == "sense"})),
    }
    gold = {
        "forms": {name: [uk for _, _, uk in pieces] for name, _, _, pieces in blocks},
        "advice": next(uk for *_, pieces in blocks for _, us, uk in pieces if us == words["advice_us"]),
        "later": offers["later"],
        "by_rate": offers["by_rate"],
        **_slips(writer, blocks, next_rate),
    }
    files = {
        "news_us.html": _filled(page, {name: [us for _, us in pieces] for name, pieces in given["pieces"].items()}),
        "guide.docx": _guide(words),
        "words.csv": csv_text(("US", "UK", "only"), draw.shuffled(WORDS), delimiter=";"),
        "uk_prices.csv": prices,
        "rates.csv": rates,
    }
    return Inputs(files=files, given=given, gold=gold)


def british(day: datetime.date, *, is_full: bool = False) -> str:
    """Write a date the British way, with its year if asked."""
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year}' if is_full else ''}"


def _words(draw: Draw) -> dict[str, str]:
    """Draw the firm, its people, its telephone numbers and its small print."""
    firm = f"{draw.choice(FIRST)} {draw.choice(LAST)}"
    contact, editor, expert = draw.sample(PEOPLE, 3)
    advice, store = draw.sample(range(10, 100), 2)
    small_print = LEGAL_UK.format(firm=firm, days=draw.integer(28, 60), number=f"0{draw.integer(1203344, 9788111)}")
    return {
        "firm": firm,
        "domain": re.sub(r"\W", "", firm).casefold(),
        "contact": contact,
        "editor": editor,
        "expert": expert,
        "orders_us": f"800-555-01{draw.integer(10, 99)}",
        "orders_uk": f"0808157{draw.integer(1001, 9999)}",
        "advice_us": f"207-555-01{advice}",
        "advice_uk": f"02079460{draw.integer(101, 999)}",
        "store": f"207-555-01{store}",
        "legal_uk": small_print,
    }


def _rates(draw: Draw, day: datetime.date) -> tuple[str, Fraction, Fraction]:
    """Write the rates; return them with the one that counts and the one of the next bank day."""
    rows, rate, found, following = [], draw.integer(12480, 13420), 0, 0
    date = datetime.date(2026, 9, 28)
    while date < datetime.date(2026, 10, 20):
        if date.weekday() < 5:
            rate += draw.choice([-1, 1]) * draw.integer(31, 88) if date <= day or following else draw.integer(260, 330)
            rows.append((date.isoformat(), f"{rate / 10000:.4f}", f"{1.14 + draw.integer(0, 300) / 10000:.4f}"))
            found = rate if date <= day else found
            following = following or (rate if date > day else 0)
        date += DAY
    text = csv_text(("day", "US dollars for one pound", "euros for one pound"), rows)
    return text, Fraction(found, 10000), Fraction(following, 10000)


def _offers(draw: Draw, writer: Writer, issue_day: datetime.date) -> tuple[str, dict[str, Any]]:
    """Write the British list; return it with the offers of the issue: three listed ones and two that are not."""
    names = draw.sample(PRODUCTS, 9)
    numbers = draw.sample(range(1040, 9970), 12)
    rows, offers, later_prices, by_rate_prices = [], [], {}, {}
    for index, name in enumerate(names[:5]):
        dollars, by_rate = writer.money(range(18, 160))
        if index > 2:
            offers.append((name, "money", dollars, by_rate))
            continue
        amount = Fraction(by_rate[1:]) + draw.choice([-4, -3, 3, 4, 5])
        now, later = (f"{float(amount + extra):.2f}" for extra in (Fraction(99, 100), Fraction(349, 100)))
        starts = [datetime.date(2026, 3, 2) + draw.integer(0, 90) * DAY, issue_day + draw.integer(3, 12) * DAY]
        rows.append((f"00{numbers[index]}", name, now, starts[0].isoformat()))
        if index == 0:
            rows.append((f"00{numbers[index]}", name, later, starts[1].isoformat()))
            later_prices[dollars] = f"£{later}"
        offers.append((name, "price", dollars, f"£{now}"))
        by_rate_prices[dollars] = by_rate
    for number, name in zip(numbers[5:], names[5:], strict=False):
        rows.append((f"00{number}", name, f"{draw.integer(9, 80)}.50", "2026-02-02"))
    text = csv_text(("article", "product", "GBP", "valid from"), draw.shuffled(rows))
    return text, {"rows": draw.shuffled(offers), "later": later_prices, "by_rate": by_rate_prices}


def _events(draw: Draw) -> list[list[str]]:
    """Draw two live events: one between the two clock changes, one after London's midnight."""
    london, result = zoneinfo.ZoneInfo("Europe/London"), []
    first = datetime.date(2026, 10, 26) + draw.integer(0, 4) * DAY
    second = datetime.date(2026, 11, 3) + draw.integer(0, 24) * DAY
    zones = draw.sample(sorted(ZONES), 2)
    latest = {"Eastern": 14, "Central": 13, "Mountain": 12, "Pacific": 11}
    earliest = {"Eastern": 19, "Central": 18, "Mountain": 17, "Pacific": 16}
    hours = [latest[zones[0]] - draw.integer(0, 3), earliest[zones[1]] + draw.integer(1, 3)]
    for date, hour, name in zip((first, second), hours, zones, strict=True):
        time = datetime.time(hour, draw.choice([0, 15, 30, 45]))
        start = datetime.datetime.combine(date, time, zoneinfo.ZoneInfo(ZONES[name]))
        there = start.astimezone(london)
        half = "a.m." if hour < 12 else "p.m."
        us = f"{date:%A}, {MONTHS[date.month - 1]} {date.day}, 2026 at "
        us += f"{(hour - 1) % 12 + 1}:{time:%M} {half} {name} time"
        result.append(["event", us, f"{there:%A} {there.day} {MONTHS[there.month - 1]} 2026 at {there:%H:%M}"])
    return result


def _blocks(draw: Draw, writer: Writer, words: Mapping[str, str], offers: list[tuple[str, ...]]) -> Blocks:
    """Return the blocks from top to bottom."""
    blocks = [(tag, region, writer.pieces(text)) for tag, region, text in _texts(draw, words)]
    later = blocks.pop()
    for name, kind, us, uk in offers:
        blocks.append(("li", "", [["name", name, name], ["", " now only ", ""], [kind, us, uk]]))
    ends, draws = (["date", *writer.numeric_day()] for _ in range(2))
    amount = ["money", *writer.money(range(180, 420))]
    blocks.append(("p", "", [["", "All offers run until ", ""], ends, ["", " or while there are any left.", ""]]))
    prize = [["", " is what the winner of our draw may spend on ", ""], draws, ["", ".", ""]]
    blocks.append(("p", "", [amount, *prize]))
    for text, event in zip(("Watch us bake, live on ", "Ask us anything, live on "), _events(draw), strict=True):
        blocks.append(("p", "", [["", text, ""], event, ["", ".", ""]]))
    blocks += [later, *_contacts(words)]
    names = ["n-title", "n-preview", *(f"n-{number:02}" for number in range(1, len(blocks) - 1))]
    small_print = ["legal", LEGAL_US.format(firm=words["firm"]), words["legal_uk"]]
    named = [(name, *block) for name, block in zip(names, blocks, strict=True)]
    return [*named, ("n-legal", "small", "", [small_print])]


def _texts(draw: Draw, words: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Draw tag, region and template of the written blocks; the last one stands further down."""
    chosen = draw.sample(sorted(SENSES), 4)
    changing = [SENSES[word][0] for word in chosen]
    staying = draw.shuffled([SENSES[word][1] for word in chosen])
    said, alts, us_only = draw.sample(SAID, 2), draw.sample(ALTS, 2), draw.sample(US_ONLY, 2)
    texts = [("title", "", draw.choice(TITLES)), ("p hidden", "", draw.choice(PREHEADERS))]
    texts += [("h1", "", f"{words['firm']}: the {{n:Kettle Post}}"), ("p", "", draw.choice(INTROS))]
    for index, (heading, pool) in enumerate(zip(HEADINGS, (GARDEN, KITCHEN, HOUSE), strict=True)):
        lines = draw.sample(pool, 6)
        texts.append(("h2", "", draw.choice(HEADINGS[heading])))
        texts.append(("p", "", f"{lines[0]} {changing[index]}"))
        texts.append(("p", "", f"{lines[1]} {staying[index]} {lines[2]}"))
        texts += [("li", "", lines[3]), ("li", "", lines[4])]
        if index < 2:
            texts += [("img", "", alts[index]), ("blockquote", "", f"{{q:{said[index]}}}")]
    texts.append(("p", "", f"{draw.choice(WARMER)} {draw.choice(FAR)}"))
    texts.append(("p", "", f"{lines[5]} As {words['expert']} at the counter says, “{{q:{draw.choice(REMARKED)}}}”."))
    texts += [("p", "us", us_only[0]), ("p", "", f"{changing[3]} {staying[3]}")]
    return [*texts, ("p", "us", us_only[1])]


def _contacts(words: Mapping[str, str]) -> list[tuple[str, str, list[list[str]]]]:
    """Return the blocks with telephone numbers and links."""

    def spaced(number: str, cuts: tuple[int, int]) -> str:
        return f"{number[: cuts[0]]} {number[cuts[0] : cuts[1]]} {number[cuts[1] :]}"

    orders = ["phone", words["orders_us"], spaced(words["orders_uk"], (4, 7))]
    advice = ["phone", words["advice_us"], spaced(words["advice_uk"], (3, 7))]
    store = ["phone", words["store"], f"+1 {words['store'].replace('-', ' ')}"]
    calls = [["", "Orders: ", ""], orders, ["", " Advice: ", ""], advice]
    shop = [["", "Our barn in Maine still answers at ", ""], store, ["", ".", ""]]
    links, domain = [], words["domain"]
    for path, label in (("offers", "All offers"), ("recipes", "The recipes")):
        address = f"https://www.{domain}.example.com/{{}}/{path}"
        links += [["link", address.format("us"), address.format("uk")], ["label", label, ""], ["", " · ", ""]]
    mailbox = f"mailto:{{}}@{domain}.example.com"
    links += [["link", mailbox.format("us"), mailbox.format("uk")], ["label", "Write to us", ""]]
    other = "https://weavers.example.com/us/guild"
    guild = [["", "Our friends: ", ""], ["other", other, other], ["label", "the weavers", ""]]
    return [("p", "", calls), ("p", "", shop), ("p", "", links), ("p", "", guild)]


def _page(words: Mapping[str, str], blocks: Blocks) -> str:
    """Return the page, one block a line, with @name.number@ for each piece that could change."""
    lines = []
    for name, tag, region, pieces in blocks:
        inner = ""
        for number, (kind, us, _) in enumerate(pieces):
            mark = f"@{name}.{number}@"
            shown = {"": html.escape(us), "name": f"<i>{mark}</i>", "label": f"{html.escape(us)}</a>"}
            shown |= {"link": f'<a href="{mark}">', "other": f'<a href="{mark}">'}
            inner += shown.get(kind, mark)
        marked = f'id="{name}"' + (' data-region="us"' if region else "")
        if tag == "img":
            lines.append(f'<img {marked} src="https://img.example.com/{name}.jpg" alt="{inner}">')
        elif tag == "p hidden":
            lines.append(f'<p {marked} style="display:none">{inner}</p>')
        else:
            lines.append(f"<{tag} {marked}>{inner}</{tag}>")
    head, body = lines[0], lines[1:]
    us_only = next(number for number, line in enumerate(body) if 'data-region="us"' in line)
    body.insert(us_only, f"<!-- {words['editor']}: keep the next block in every edition, it sells -->")
    text = "\n".join(body)
    text = re.sub(r"((?:<li [^\n]*\n)+)", r"<ul>\n\1</ul>\n", text)
    return (
        f'<!doctype html>\n<html lang="en-US">\n<head>\n<meta charset="utf-8">\n{head}\n</head>\n<body>\n{text}\n'
        "</body>\n</html>\n"
    )


def _filled(page: str, forms: Mapping[str, list[str]]) -> str:
    return re.sub(r"@([\w-]+)\.(\d+)@", lambda match: html.escape(forms[match[1]][int(match[2])]), page)


def _slips(writer: Writer, blocks: Blocks, next_rate: Fraction) -> dict[str, Any]:
    """Return, by American form, what wrong sums make of amounts."""
    amounts = [us for _, _, _, pieces in blocks for kind, us, _ in pieces if kind == "money"]
    return {
        "by_next_rate": {us: pounds(Fraction(us[1:]) / next_rate) for us in amounts},
        "by_product": {us: pounds(Fraction(us[1:]) * writer.rate) for us in amounts},
    }


def _guide(words: Mapping[str, str]) -> bytes:
    """Write the guide."""
    import docx

    document = docx.Document()
    document.add_heading(f"{words['firm']} in Britain", 1)
    for title, text in GUIDE.items():
        document.add_heading(title, 2)
        document.add_paragraph(text.format(**words))
    return office_bytes(document)
