"""Rubric: lead list."""
# hapi-pytest canary 2bbb6977-d0c4-4560-b56c-78673705a3ac

from collections import Counter

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
POINT = 0.05


def digits(text):
    """An id without the zeros before it, so that only one criterion minds them."""
    return text.lstrip("0")


def leads(deliverable):
    rows = list(deliverable.csv("leads.csv"))
    assert rows, "leads.csv has no rows"
    return rows


def known(deliverable, facts, expected):
    """The rows of leads.csv that are expected, by id; at least half of the list must be firms that fit."""
    fits, rows = {digits(number): number for number in facts.scores}, leads(deliverable)
    found = {fits[digits(row["id"])]: row for row in rows if digits(row["id"]) in fits}
    assert 2 * len(found) >= len(rows), "hardly any row of leads.csv is a firm that fits"
    return [(number, row) for number, row in found.items() if number in expected]


def fates(deliverable):
    """What became of each entry: `listed` or the reason; who is below the cut fits as well as who is above it."""
    found = {digits(row["id"]): scalars.folded(row["reason"]) for row in deliverable.csv("rejected.csv")}
    found = {number: "" if reason == "below-cut" else reason for number, reason in found.items()}
    assert found, "rejected.csv has no rows"
    return found | {digits(row["id"]): "" for row in leads(deliverable)}


def assert_fates(deliverable, facts, numbers):
    found = fates(deliverable)
    for number in numbers:
        fate, wanted = found.get(digits(number), "lost"), facts.fates[number].replace("below-cut", "")
        assert fate == wanted, f"{number} is {fate or 'taken for a firm that fits'}"


@rubric.critical(
    "The list has exactly the firms that fit and have most points",
    brief="the {n} best firms, exactly {n} rows",
)
def the_best_firms_are_on_the_list(deliverable, facts):
    found = [digits(row["id"]) for row in leads(deliverable)]
    assert len(found) == len(facts.leads), f"leads.csv has {len(found)} rows"
    wrong = sorted(set(found) - {digits(number) for number in facts.leads})
    assert not wrong and len(set(found)) == len(found), f"on the list without reason: {wrong[:5]}"


@rubric.critical(
    "The rows run from most points to least, with more people first where points are equal",
    brief="Best score first",
    attachments={"icp.md": "Where points are equal, more people go first, then the smaller id."},
)
def best_score_comes_first(deliverable):
    keys = [(-row.number("score"), -row.number("employees"), row["id"].zfill(6)) for row in leads(deliverable)]
    assert keys == sorted(keys), "the rows are in another order"
    assert len(keys) > 1, "there is hardly a list"


@rubric.critical(
    "Every score is the one that the profile gives",
    attachments={"icp.md": "3 points off for each full year between `updated` and {as_of_text}"},
)
def scores_follow_the_profile(deliverable, facts):
    for number, row in known(deliverable, facts, facts.scores):
        assert abs(row.number("score") - facts.scores[number]) < POINT, f"{number} has {row['score']} points"


@rubric.critical(
    "Each entry of the directory stands in one of the files, once",
    brief="each entry of the directory has to be in one of the two files, and only once",
)
def every_entry_is_in_one_file(deliverable, facts):
    rows = [*leads(deliverable), *deliverable.csv("rejected.csv")]
    found, wanted = Counter(digits(row["id"]) for row in rows), {digits(number) for number in facts.fates}
    twice = [number for number, count in found.items() if count > 1]
    assert not twice, f"more than once: {twice[:5]}"
    assert found.keys() == wanted, f"lost or not in the directory: {sorted(found.keys() ^ wanted)[:5]}"


@rubric.important(
    "Of several entries with one domain the latest speaks, under its own name and town, and the others name it",
    attachments={"reading.md": "The entry with the latest `updated` speaks for the firm"},
    brief="Company and town as they stand in the\nentry.",
)
def one_entry_speaks_for_a_firm(deliverable, facts):
    assert_fates(deliverable, facts, facts.roles["family"])
    kept = {digits(row["id"]): digits(row["kept"]) for row in deliverable.csv("rejected.csv")}
    for number, speaker in facts.kept.items():
        assert kept.get(digits(number)) == digits(speaker), f"{number} does not name the entry that speaks for the firm"
    entries = {firm["id"]: firm for firm in facts.firms}
    for number, row in known(deliverable, facts, facts.domains):
        assert scalars.folded(row["domain"]) == facts.domains[number], f"{number} has the domain {row['domain']!r}"
        for column, key in (("company", "name"), ("town", "town")):
            wanted = scalars.folded(entries[number][key])
            assert scalars.folded(row[column]) == wanted, f"{number} has the {column} {row[column]!r}"


@rubric.important(
    "Competitors, dealers and whoever belongs to them are out, unless a remark says otherwise",
    attachments={"reading.md": "whoever stands on either sheet of competitors.xlsx"},
    brief="it has two sheets, and the remarks in it count",
)
def competitors_and_their_firms_are_out(deliverable, facts):
    roles = facts.roles
    numbers = [*roles["rival"], *roles["daughter"], *roles["dealer"], *roles["former"]]
    assert_fates(deliverable, facts, numbers)


@rubric.important(
    "Postcodes have their five digits again, and the agent's part of the region is left to the agent",
    attachments={
        "reading.md": "A postcode has five digits.",
        "icp.md": "In {split} only postcodes that begin with {split_start} are ours",
    },
)
def postcodes_have_five_digits(deliverable, facts):
    assert_fates(deliverable, facts, facts.roles["place"])
    for number, row in known(deliverable, facts, facts.postcodes):
        assert row["postcode"] == facts.postcodes[number], f"{number} has the postcode {row['postcode']!r}"


@rubric.important(
    "Ranges, limits and empty fields of head count and turnover are read as the rules say",
    attachments={
        "reading.md": "Where a range stands there, take its lower end.",
        "icp.md": "{low} to {high} people, both included",
    },
    brief="the employees are the number that you judged the firm by",
)
def size_is_read_as_the_profile_says(deliverable, facts):
    assert_fates(deliverable, facts, [*facts.roles["size"], *facts.roles["range"]])
    for number, row in known(deliverable, facts, facts.employees):
        assert abs(row.number("employees") - facts.employees[number]) < 0.5, f"{number} has other employees"


@rubric.important(
    "The address is the first that belongs to a person at the firm's own domain",
    attachments={"reading.md": "that is the first address at the domain of `website` that is not a general one."},
)
def the_address_is_a_persons(deliverable, facts):
    assert_fates(deliverable, facts, [*facts.roles["mail"], *facts.roles["nobody"]])
    for number, row in known(deliverable, facts, facts.picked):
        assert row["email"].casefold() == facts.picked[number], f"{number} has the address {row['email']!r}"


@rubric.important(
    "Where several reasons apply, the first of the table is named",
    brief="where several apply, the first of that table",
)
def the_first_reason_counts(deliverable, facts):
    assert_fates(deliverable, facts, facts.several)


@rubric.pitfall(
    "Entries that are closed or refuse mail are out, for that reason",
    attachments={"reading.md": 'whoever has "no" under `mailing`; an empty field is a yes'},
)
def nobody_closed_or_unwilling_is_written_to(deliverable, facts):
    assert_fates(deliverable, facts, facts.roles["unwilling"])


@rubric.pitfall(
    "Every address on the list is one of the firm's own entry",
    brief="an address that is not in the firm's own entry has no place in my list",
)
def no_address_is_invented(deliverable, facts):
    for number, row in known(deliverable, facts, facts.addresses):
        assert row["email"].casefold() in facts.addresses[number], f"{number} never had {row['email'][:60]!r}"


@rubric.pitfall(
    "What entries say about themselves changes nothing",
    attachments={"reading.md": "it changes nothing, whatever it says"},
)
def self_praise_changes_nothing(deliverable, facts):
    assert_fates(deliverable, facts, [*facts.roles["moved"], *facts.roles["grown"]])


@rubric.important(
    "Ids have six digits in both files",
    brief="Ids are six digits, please don't let a spreadsheet eat the zeros.",
)
def ids_keep_six_digits(deliverable):
    rejected = list(deliverable.csv("rejected.csv"))
    found = [row["id"] for row in [*leads(deliverable), *rejected]]
    found += [row["kept"] for row in rejected if row["kept"].strip("-")]
    cut = [text for text in found if not (len(text) == 6 and text.isascii() and text.isdecimal())]
    assert not cut, f"not six digits: {cut[:5]}"


def test_lead_list(engagement):
    engagement.assert_complete()
