"""A stock count of one evening: what is low, what is not, and two lines that mislead."""
# hapi-pytest canary 2a57b42c-9563-4d7c-8ab4-23f6f76cb3a5

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

SHOPS = ("the Lock House kiosk", "Tamsin's corner shop", "the station buffet", "the harbour shop")
OWNERS = ("Tamsin Reeve", "Jon Aldous", "Mirela Popa", "Hauke Brandt")
ITEMS = (
    "Apple juice", "Baking soda", "Candle stubs", "Dried figs", "Egg noodles", "Flour bags", "Ginger tea",
    "Honey jars", "Ink pens", "Jam, cherry", "Kitchen roll", "Lentils, red",
)  # fmt: skip
HEADER = ("time", "code", "item", "pack", "minimum", "counted", "ends")


def build(draw: Draw) -> Inputs:
    """Draw the count; what an author wants in every variant is made, not left to chance."""
    names = draw.sample(ITEMS, 9)
    codes = [f"0{number}" for number in draw.sample(range(112, 989), len(names))]
    shelves = [(code, name, draw.integer(4, 12), draw.integer(40, 60)) for code, name in zip(codes, names, strict=True)]
    *low, level, high, twice, ending = shelves
    short = {code: draw.integer(1, 2) * pack + draw.integer(1, pack - 1) for code, _, pack, _ in low}
    short[low[0][0]] = 2 * low[0][2]  # whole packs to the piece: nothing to round here
    counts = [(*item, item[3] - short[item[0]], "") for item in low]
    counts += [(*level, level[3], ""), (*high, high[3] + draw.integer(1, 9), ""), (*ending, 3, "x")]
    counts = draw.shuffled([*counts, (*twice, 5, "")])
    counts.append((*twice, twice[3] + draw.integer(1, 9), ""))  # the second count of the evening finds the rest
    rows = [(f"18:{5 + 4 * number:02}", *count) for number, count in enumerate(counts)]
    return Inputs(
        files={"count.csv": csv_text(HEADER, draw.shuffled(rows))},
        given={"shop": draw.choice(SHOPS), "owner": draw.choice(OWNERS), "twice": twice[1]},
        gold={
            "names": {code: name for code, name, _, _ in shelves},
            "packs": {code: -(-short[code] // pack) for code, _, pack, _ in low},
            "packs_rounded_down": {code: short[code] // pack for code, _, pack, _ in low},
            "enough": [level[0], high[0]],
            "counted_twice": twice[0],
            "ending": ending[0],
        },
    )
