"""Rubric: charts of an annual report."""
# hapi-pytest canary a447d1e5-2e3b-427e-bc4a-1d807fcae496

from hapi_pytest import Rubric

rubric = Rubric()

TENTH = 0.0511  # one decimal, whichever way a half was rounded
SERIES = ("gas", "heat", "power")
MONTHS = [f"{number:02}" for number in range(1, 13)]
QUARTERS = ("Q1", "Q2", "Q3", "Q4")


def entries(deliverable, number):
    """Return series (or nothing), key and value of each entry of a chart; a value may be None."""
    found = []
    for node in deliverable.json("chart_data.json")[f"chart{number}"]:
        series = str(node["series"].value) if number > 2 else ""
        value = None if number == 3 and node["value"].value is None else node["value"].number()
        found.append((series, node["key"].text().strip(), value))
    assert len(found) >= 4, f"chart{number} has {len(found)} entries"
    return found


def values(deliverable, number):
    found = {(series, key): value for series, key, value in entries(deliverable, number)}
    assert len(found) == len(entries(deliverable, number)), f"chart{number}: an entry stands there twice"
    return found


def assert_values(found, wanted, facts):
    """Compare all values but those that criteria of their own are about."""
    apart = [("", facts.wrong), ("gas", facts.wrong_quarter), (str(facts.year), facts.gap_month)]
    found, wanted = ({place: one[place] for place in one if place not in apart} for one in (found, wanted))
    assert found.keys() == wanted.keys(), f"other entries: {sorted(found.keys() ^ wanted.keys())[:9]}"
    wrong = [place for place, value in wanted.items() if found[place] is None or abs(found[place] - value) > TENTH]
    assert not wrong, f"other values than in the readings: {wrong[:9]}"


def svg(deliverable, number):
    root = deliverable.xml(f"chart{number}.svg")
    assert root.name == "svg", f"{root.place} is no svg"
    return root


def marks(deliverable, number, name):
    """Return the rects or polylines that stand for data."""
    found = [one for one in svg(deliverable, number).all(name) if {"data-key", "data-series"} & one.attributes.keys()]
    assert found, f"chart{number}.svg: no {name} has data-key or data-series"
    return found


def assert_unmoved(deliverable, number, name):
    """No transform stands on the shapes or on a group around them."""
    root = svg(deliverable, number)
    for one in (root, *root.all("g"), *marks(deliverable, number, name)):
        is_moving = "transform" in one.attributes and (one.name == name or one.all(name))
        assert not is_moving, f"{one.place}: moves shapes by a transform"


def rects(deliverable, number):
    """Return x, y, width and height by series and key."""
    found = {}
    for rect in marks(deliverable, number, "rect"):
        place = rect.attribute("data-series").strip() if number == 4 else "", rect.attribute("data-key").strip()
        assert place not in found, f"chart{number}.svg: {place} is drawn twice"
        found[place] = tuple(rect.number(name) for name in ("x", "y", "width", "height"))
    return found


def bars(deliverable, number):
    """Return value and rect of each bar in the order of chart_data.json."""
    assert_unmoved(deliverable, number, "rect")
    drawn, data = rects(deliverable, number), entries(deliverable, number)
    assert len(drawn) == len(data), f"chart{number}.svg has {len(drawn)} bars for {len(data)} entries"
    missing = [key for series, key, _ in data if (series, key) not in drawn]
    assert not missing, f"chart{number}.svg: there is no bar for {missing}"
    return [(value, drawn[series, key]) for series, key, value in data]


def assert_proportional(lengths, amounts):
    """Lengths follow the amounts on one scale, to two units and the rounding of the amounts."""
    assert max(lengths) >= 199 and max(amounts) > 0, f"the longest has {max(lengths):g} units"
    scale = max(lengths) / max(amounts)
    for length, amount in zip(lengths, amounts, strict=True):
        assert abs(length - scale * amount) <= 2 + 0.06 * scale, f"{amount:g} is drawn with {length:.1f} units"


def assert_even(numbers, what):
    assert max(numbers) - min(numbers) <= 1.5, f"{what} differ: {sorted(numbers)[:9]}"


def assert_in_a_row(spans, what):
    for (_, end), (start, _) in zip(spans, spans[1:], strict=False):
        assert start >= end - 1, f"{what} overlap or stand in another order"


def points(deliverable, series):
    """Return the points of each polyline of a series, from left to right."""
    lines = [line for line in marks(deliverable, 3, "polyline") if line.attribute("data-series").strip() == str(series)]
    return sorted(sorted(line.points()) for line in lines)


@rubric.critical(
    "Chart 1 has the bought energy of each building in MWh",
    brief="holds the numbers that the charts show",
    attachments={"spec.md": "bought energy (gas, heat and power together) in {year} by building"},
)
def chart1_values(deliverable, facts):
    assert_values(values(deliverable, 1), {("", key): amount for key, amount in facts.bars.items()}, facts)


@rubric.critical(
    "Chart 2 has the change of each building in percent",
    attachments={"spec.md": "by how many percent of the {prior} amount each building's bought energy"},
)
def chart2_values(deliverable, facts):
    assert_values(values(deliverable, 2), {("", key): change for key, change in facts.changes.items()}, facts)


@rubric.critical(
    "Chart 3 has the solar yield of each month of both years in MWh",
    attachments={"spec.md": "solar yield of all buildings together by month"},
)
def chart3_values(deliverable, facts):
    assert_values(values(deliverable, 3), {(month[:4], month): amount for month, amount in facts.solar.items()}, facts)


@rubric.critical(
    "Chart 4 has gas, heat and power of each quarter",
    attachments={"spec.md": "bought energy of all buildings in {year} by quarter"},
)
def chart4_values(deliverable, facts):
    stacks = {(source, quarter): facts.stacks[quarter][source] for quarter in QUARTERS for source in SERIES}
    assert_values(values(deliverable, 4), stacks, facts)


@rubric.important(
    "The caretaker's correction is in charts 1, 2 and 4",
    brief="What it says counts.",
    attachments={"corrections.txt": "Divide it by ten."},
)
def correction_is_used(deliverable, facts):
    quarter, house = ("gas", facts.wrong_quarter), ("", facts.wrong)
    wanted = {1: facts.bars[facts.wrong], 2: facts.changes[facts.wrong], 4: facts.stacks[facts.wrong_quarter]["gas"]}
    for number, amount in wanted.items():
        found = values(deliverable, number).get(quarter if number == 4 else house)
        assert found is not None and abs(found - amount) <= TENTH, f"chart{number}: {found} is not the corrected amount"


@rubric.pitfall(
    "The month without a reading is null and a gap in the line",
    attachments={"spec.md": "its value is null and the line is interrupted"},
)
def missing_month_is_a_gap(deliverable, facts):
    found = values(deliverable, 3).get((str(facts.year), facts.gap_month), "not there")
    assert found is None, f"chart3: {facts.gap_month} is {found}"
    lengths = [len(line) for line in points(deliverable, facts.year)]
    assert lengths == [facts.gap_index, 11 - facts.gap_index], f"chart3.svg: lines of {lengths} points"


@rubric.important(
    "Entries and shapes stand in the order of the spec",
    brief="each a list in the order in which things are drawn",
    attachments={"spec.md": "From the largest on the left to the smallest on the right."},
)
def order_of_the_spec(deliverable, facts):
    amounts = [value for _, _, value in entries(deliverable, 1)]
    assert amounts == sorted(amounts, reverse=True), "chart1 does not go from the largest to the smallest"
    changes = [value for _, _, value in entries(deliverable, 2)]
    assert changes == sorted(changes), "chart2 does not go from the most negative to the most positive"
    places = [(series, key) for series, key, _ in entries(deliverable, 3)]
    assert places == sorted(places), "chart3 is not in the order of series and months"
    places = [(key, SERIES.index(series) if series in SERIES else 9) for series, key, _ in entries(deliverable, 4)]
    assert places == sorted(places), "chart4 is not in the order of quarters and stacks"


@rubric.critical(
    "The bars of charts 1 and 2 show their numbers from one zero line, in order",
    brief="every bar starts at zero",
    attachments={"spec.md": "Lengths are proportional to the values"},
)
def bars_show_their_numbers(deliverable):
    upright = bars(deliverable, 1)
    assert_proportional([height for _, (_, _, _, height) in upright], [value for value, _ in upright])
    assert_even([y + height for _, (_, y, _, height) in upright], "the feet of chart 1")
    assert_even([width for _, (_, _, width, _) in upright], "the bars of chart 1")
    assert_in_a_row([(x, x + width) for _, (x, _, width, _) in upright], "the bars of chart 1")
    lying = bars(deliverable, 2)
    assert_proportional([width for _, (_, _, width, _) in lying], [abs(value) for value, _ in lying])
    assert_even([x + width if value < 0 else x for value, (x, _, width, _) in lying], "the zero lines of chart 2")
    assert_even([height for _, (_, _, _, height) in lying], "the bars of chart 2")
    assert_in_a_row([(y, y + height) for _, (_, y, _, height) in lying], "the bars of chart 2")


@rubric.critical(
    "The lines of chart 3 show their numbers on one scale, months evenly spaced",
    attachments={"spec.md": "In chart 3 months are spaced evenly"},
)
def lines_show_their_numbers(deliverable, facts):
    assert_unmoved(deliverable, 3, "polyline")
    drawn = []
    for series in (facts.prior, facts.year):
        joined = [point for line in points(deliverable, series) for point in line]
        shown = [
            (MONTHS.index(key[-2:]), value)
            for one, key, value in entries(deliverable, 3)
            if one == str(series) and value is not None and key[-2:] in MONTHS
        ]
        assert len(joined) == len(shown), f"chart3.svg: {len(joined)} points for {len(shown)} values of {series}"
        drawn += [(*one, *point) for one, point in zip(sorted(shown), joined, strict=True)]
    assert len(drawn) >= 20, f"chart3 has {len(drawn)} values"
    (first, _, left, _), (last, _, right, _) = min(drawn), max(drawn)
    low, high = min(drawn, key=lambda one: one[1]), max(drawn, key=lambda one: one[1])
    assert low[3] - high[3] >= 99 and high[1] > low[1], "chart3.svg: the lines are too flat"
    assert right - left >= 11 and last > first, "chart3.svg: the months are too close"
    scale = (low[3] - high[3]) / (high[1] - low[1])
    for month, value, x, y in drawn:
        assert abs(left + (right - left) * (month - first) / (last - first) - x) <= 1.5, f"month {month} is at {x:g}"
        goal = low[3] - scale * (value - low[1])
        assert abs(goal - y) <= 1.5 + 0.12 * scale, f"{value:g} in month {month} is at {y:g}"


@rubric.critical(
    "The segments of chart 4 show their numbers and stand on each other in the order of the spec",
    attachments={"spec.md": "segments stand on each other without gaps"},
)
def stacks_show_their_numbers(deliverable):
    assert_unmoved(deliverable, 4, "rect")
    drawn, data = rects(deliverable, 4), values(deliverable, 4)
    assert drawn.keys() == data.keys() == {(source, quarter) for quarter in QUARTERS for source in SERIES}
    totals = [sum(drawn[source, quarter][3] for source in SERIES) for quarter in QUARTERS]
    sums = [sum(data[source, quarter] for source in SERIES) for quarter in QUARTERS]
    places = list(data)
    assert_proportional([*totals, *(drawn[place][3] for place in places)], [*sums, *(data[place] for place in places)])
    assert_even([y + height for _, y, _, height in (drawn["gas", quarter] for quarter in QUARTERS)], "the feet")
    assert_even([width for _, _, width, _ in drawn.values()], "the bars of chart 4")
    assert_in_a_row([(x, x + width) for x, _, width, _ in (drawn["gas", q] for q in QUARTERS)], "the bars of chart 4")
    for quarter in QUARTERS:
        stack = [drawn[source, quarter] for source in SERIES]
        assert_even([x for x, _, _, _ in stack], f"the left edges of {quarter}")
        for (_, top, _, _), (_, y, _, height) in zip(stack, stack[1:], strict=False):
            assert abs(y + height - top) <= 1.5, f"there is a gap or an overlap in {quarter}"


@rubric.important(
    "The colours of the spec are written into the shapes",
    attachments={"spec.md": "Colours are written as hex into the attribute `fill` of the rect"},
)
def colours_of_the_spec(deliverable, facts):
    changes = {key: value for _, key, value in entries(deliverable, 2)}
    for number in (1, 2, 4):
        for rect in marks(deliverable, number, "rect"):
            key, wanted = rect.attribute("data-key").strip(), facts.bars_colour
            if number == 2:
                wanted = facts.falls if changes.get(key, 0) < 0 else facts.rises
            if number == 4:
                wanted = facts.segment_colours.get(rect.attribute("data-series").strip())
            assert rect.attribute("fill").strip().lower() == wanted, f"chart{number}.svg: {key} has another colour"
    for series, wanted in ((facts.prior, facts.old), (facts.year, facts.new)):
        lines = marks(deliverable, 3, "polyline")
        strokes = [line.attribute("stroke") for line in lines if line.attribute("data-series").strip() == str(series)]
        assert strokes and {stroke.strip().lower() for stroke in strokes} == {wanted}, (
            f"chart3.svg: {series} has {strokes}"
        )


@rubric.important(
    "Titles and axis names stand in each chart exactly as in the table",
    attachments={"spec.md": "exactly as in the table"},
)
def titles_of_the_spec(deliverable, facts):
    for number, (title, axes) in enumerate(zip(facts.title_list, facts.axes, strict=True), 1):
        root = svg(deliverable, number)
        texts = ["".join(text.text.split()) for text in root.all("text")]
        missing = [words for words in (title, *axes) if "".join(words.split()) not in texts]
        assert not missing, f"chart{number}.svg: there is no text {missing}"


def test_chart_pack(engagement):
    engagement.assert_complete()
