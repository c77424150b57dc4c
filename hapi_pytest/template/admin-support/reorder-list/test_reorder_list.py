"""Rubric: reorder list."""
# hapi-pytest canary 2a57b42c-9563-4d7c-8ab4-23f6f76cb3a5

from hapi_pytest import Rubric

rubric = Rubric()


def ordered(deliverable):
    """The rows by code; a code that has lost its zero is still understood here, and has a criterion of its own."""
    rows = {code.zfill(4): row for code, row in deliverable.csv("order.csv").by("code").items()}
    assert rows, "nothing is ordered"
    return rows


@rubric.critical(
    "Every item below its minimum is ordered", brief="one row for every item that has fallen below its minimum"
)
def low_items_are_ordered(deliverable, facts):
    missing = facts.packs.keys() - ordered(deliverable).keys()
    assert not missing, f"{len(missing)} of {len(facts.packs)} items are not ordered"


@rubric.critical(
    "The packs bring each item back to its minimum, and no pack is too many",
    brief="the fewest whole packs that bring it back to the minimum",
    attachments={"rules.md": "The wholesaler sells whole packs only."},
)
def packs_reach_the_minimum(deliverable, facts):
    rows = ordered(deliverable)
    listed = [code for code in facts.packs if code in rows]
    assert listed, "nothing that is low is ordered"
    wrong = [code for code in listed if rows[code].number("packs") != facts.packs[code]]
    assert not wrong, f"the packs are not right for {wrong}"


@rubric.pitfall(
    "Of two counts of an item the later one is believed",
    attachments={"rules.md": "The line with the later time holds."},
)
def later_count_holds(deliverable, facts):
    assert facts.counted_twice not in ordered(deliverable), "an item is ordered by its first count"


@rubric.pitfall("Nothing is ordered that is sold off", attachments={"rules.md": "It is never ordered again"})
def sold_off_items_stay_out(deliverable, facts):
    assert facts.ending not in ordered(deliverable), "an item is ordered that is sold off"


@rubric.important(
    "Items that have enough are not ordered",
    brief="An item that is exactly at its minimum has enough and stays off the list.",
)
def enough_is_enough(deliverable, facts):
    surplus = ordered(deliverable).keys() & set(facts.enough)
    assert not surplus, f"{sorted(surplus)} have enough"


@rubric.important(
    "Codes and names are those of the count", brief="Write code and item as they stand in the count (0412 is not 412)"
)
def codes_and_names_as_counted(deliverable, facts):
    for code, row in ordered(deliverable).items():
        assert row["code"] == code, f"{row.place}: {row['code']} is no code of the count"
        assert row["item"] == facts.names.get(code), f"{row.place}: {row['item']} is not the name of {code}"


@rubric.optional("The rows are sorted by code", brief="sort the rows by code")
def sorted_by_code(deliverable):
    codes = list(ordered(deliverable))
    assert codes == sorted(codes)


def test_reorder_list(engagement):
    engagement.assert_complete()
