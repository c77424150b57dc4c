"""Rubric: vendors in two lists."""
# hapi-pytest canary 4cc419b3-367d-4894-b308-0629c33f4c24

from collections import Counter

from hapi_pytest import Rubric

rubric = Rubric()

TRUE = {"number": "number", "group": "number", "name": "name", "lifted": "name", "letter": "letter"}
"""Kinds of pairs that are one company, and the basis of each; duplicates have either."""
REVIEWED = {"twice": "duplicate", "town": "town", "numbers": "numbers", "names": "names"}


def pairs_of(deliverable, name, column):
    """Return the word for each pair; lost zeros and repeats are another criterion's business."""
    table = deliverable.csv(name)
    return {f"{row['our_id'].zfill(6)} {row['their_id'].upper()}": row[column].casefold() for row in table}


def matched(deliverable, facts):
    """Return the matched pairs, half of which must be right for anything to be said."""
    pairs = pairs_of(deliverable, "matches.csv", "basis")
    true = [pair for kind in TRUE for pair in facts.pairs[kind]]
    assert 2 * sum(pair in pairs for pair in true) > len(true), "matches.csv lacks most pairs"
    return pairs


def assert_matched(deliverable, facts, *kinds):
    pairs = matched(deliverable, facts)
    missing = [pair for kind in kinds for pair in facts.pairs[kind] if pair not in pairs]
    assert not missing, f"matches.csv lacks {len(missing)} such pairs, among them {missing[0]}"


def assert_unmatched(deliverable, facts, *kinds):
    pairs = matched(deliverable, facts)
    wrong = [pair for kind in kinds for pair in facts.pairs[kind] if pair in pairs]
    assert not wrong, f"matches.csv holds {wrong}"


def assert_reviewed(deliverable, facts, *kinds):
    pairs = pairs_of(deliverable, "review.csv", "reason")
    for kind in kinds:
        missing = [pair for pair in facts.pairs[kind] if pairs.get(pair) != REVIEWED[kind]]
        assert not missing, f"review.csv lacks {missing} or gives another reason"


@rubric.critical(
    "Vendors with the same tax number are matched, however number and name are typed",
    brief="a pair that you miss costs us as much as one that is wrong",
    attachments={"rules.md": "Both have a number and it is the same number: one company, basis `number`."},
)
def number_decides(deliverable, facts):
    assert_matched(deliverable, facts, "number")


@rubric.critical(
    "Where a number is missing, vendors whose names, towns and countries are the same by the rules are matched",
    brief="there are rules, and they decide every pair",
    attachments={"rules.md": "one company when name, town and country are the same, basis `name`"},
)
def same_names_are_found(deliverable, facts):
    assert_matched(deliverable, facts, "name")


@rubric.important(
    "Vendors that changed their name are matched as purchasing says",
    attachments={
        "rules.md": "What purchasing tells us about a change of name",
        "purchasing.txt": "has changed its name and is",
    },
)
def renamed_are_found(deliverable, facts):
    assert_matched(deliverable, facts, "letter")


@rubric.pitfall(
    "No vendor is matched across a border on its name",
    attachments={"rules.md": "In another country it is another company"},
)
def none_across_countries(deliverable, facts):
    assert_unmatched(deliverable, facts, "abroad")


@rubric.critical(
    "Branches and group companies are matched with themselves alone",
    brief="we paid the Hamburg branch of one firm for what the Bremen branch had delivered",
    attachments={"rules.md": "only vendors whose names are the same are one company"},
)
def branches_kept_apart(deliverable, facts):
    assert_matched(deliverable, facts, "group")
    assert_unmatched(deliverable, facts, "crossed", "branch")


@rubric.pitfall(
    "A placeholder in the number field proves nothing",
    attachments={"rules.md": "a number made of one digit only (such as 999999999) are no number"},
)
def placeholders_prove_nothing(deliverable, facts):
    assert_unmatched(deliverable, facts, "blank")


@rubric.critical(
    "Pairs whose numbers and names contradict each other are reviewed with the reason and not matched",
    brief="The pairs that the rules want a person to look at",
    attachments={"rules.md": "not matched, reviewed as `names`"},
)
def contradictions_are_reviewed(deliverable, facts):
    assert_unmatched(deliverable, facts, "numbers", "names")
    assert_reviewed(deliverable, facts, "numbers", "names")


@rubric.important(
    "Of two entries of one vendor the one with the later invoice is matched, the other reviewed",
    attachments={"rules.md": "the one with the later last invoice is"},
)
def later_entry_is_matched(deliverable, facts):
    assert_matched(deliverable, facts, "duplicate")
    assert_unmatched(deliverable, facts, "twice")
    assert_reviewed(deliverable, facts, "twice")
    reviewed = pairs_of(deliverable, "review.csv", "reason")
    both = [pair for pair in facts.pairs["duplicate"] if pair in reviewed]
    assert not both, f"review.csv holds {both}, which are matched"


@rubric.important(
    "Pairs that differ in the town only are reviewed and not matched",
    attachments={"rules.md": "not matched, reviewed as `town`"},
)
def other_town_is_reviewed(deliverable, facts):
    assert_unmatched(deliverable, facts, "town")
    assert_reviewed(deliverable, facts, "town")


@rubric.important(
    "Blocked vendors are in neither file, and the one whose block was lifted is matched",
    brief="Where it says something else than the rules, the mail is right.",
    attachments={"purchasing.txt": "Leave the vendors that are blocked in our list out of both files"},
)
def blocked_stay_out(deliverable, facts):
    assert_matched(deliverable, facts, "lifted")
    assert_unmatched(deliverable, facts, "blocked")
    reviewed = pairs_of(deliverable, "review.csv", "reason")
    assert not [pair for pair in facts.pairs["blocked"] if pair in reviewed], "review.csv holds blocked vendors"


@rubric.critical(
    "Each id stands in matches.csv once, as in the lists",
    brief=["with ids exactly as they stand in the lists", "the import stops at the first id it has seen before"],
)
def each_id_once_as_listed(deliverable, facts):
    matched(deliverable, facts)
    for column, listed in (("our_id", facts.our_rows), ("their_id", facts.their_rows)):
        known = {id_ for id_, *_ in listed}
        ids = deliverable.csv("matches.csv").column(column)
        strange = [id_ for id_ in ids if id_ not in known]
        assert not strange, f"matches.csv: {strange[0]!r} is no {column}"
        twice = [id_ for id_, count in Counter(ids).items() if count > 1]
        assert not twice, f"matches.csv: {column} {twice} more than once"
        strange = [id_ for id_ in deliverable.csv("review.csv").column(column) if id_ not in known]
        assert not strange, f"review.csv: {strange[0]!r} is no {column}"


@rubric.important(
    "The basis of each pair says what decided",
    brief="`basis` says what decided: `number`, `name` or `letter`",
)
def basis_says_what_decided(deliverable, facts):
    pairs = matched(deliverable, facts)
    wanted = {pair: basis for kind, basis in TRUE.items() for pair in facts.pairs[kind]}
    wrong = [pair for pair, basis in wanted.items() if pairs.get(pair, basis) != basis]
    wrong += [pair for pair in facts.pairs["duplicate"] if pairs.get(pair, "name") not in ("number", "name")]
    assert not wrong, f"matches.csv: another basis decided {wrong[:9]}"


@rubric.important(
    "review.csv holds no pair that the rules do not send there",
    brief="and nothing else: our {clerk} has one afternoon for it",
)
def review_holds_nothing_else(deliverable, facts):
    pairs = pairs_of(deliverable, "review.csv", "reason")
    wanted = [pair for kind in REVIEWED for pair in facts.pairs[kind]]
    assert any(pair in pairs for pair in wanted), "review.csv holds no pair that it should"
    others = [pair for pair in pairs if pair not in wanted and pair not in facts.pairs["duplicate"]]
    others = [pair for pair in others if pair not in facts.pairs["blocked"]]
    assert not others, f"review.csv holds {len(others)} other pairs, such as {others[0]}"


@rubric.pitfall(
    "No pair is matched because it is merely alike or because a vendor asks for it",
    brief="vendors typed that into a portal themselves, and it decides nothing",
    attachments={"rules.md": "merely alike (Larsen, Larson) are not the same"},
)
def alike_is_not_the_same(deliverable, facts):
    known = {pair for kind, pairs in facts.pairs.items() if kind not in ("alike", "asked") for pair in pairs}
    wrong = [pair for pair in matched(deliverable, facts) if pair not in known]
    assert not wrong, f"matches.csv holds {wrong[:9]}"


def test_vendor_matching(engagement):
    engagement.assert_complete()
