"""Rubric: scores for members who may leave."""
# hapi-pytest canary 99b143d1-4fd1-4aae-a282-bf5e455f3cb5

import bisect
import csv
import functools
import re

from hapi_pytest import Rubric

rubric = Rubric()

KEYS = {
    "rows_train", "leavers_train", "rate_train", "rate_expected", "auc_estimate", "features", "left_out",
    "rows_scored", "expected_leavers",
}  # fmt: skip
LATER = ("last_offer", "closing_survey")
"""Columns that are filled in after the cut."""
ROUNDING = 0.00011


@functools.lru_cache(maxsize=4)
def members_of(text):
    """Return id and the columns that checks need, in the order of test.csv."""
    return [(row["member_id"], row["do_not_call"] == "yes") for row in csv.DictReader(text.splitlines())]


@functools.lru_cache(maxsize=2)
def rows_of(table):
    """Return the rows by id; lost zeros are another criterion's business."""
    rows = {}
    for row in table:
        rows.setdefault(row["member_id"].zfill(6), row)
    return rows


@functools.lru_cache(maxsize=2)
def scores_of(table, test, left):
    """Return place in test.csv, score and row of each member but staff."""
    rows = rows_of(table)
    places = [(place, id_) for place, (id_, _) in enumerate(members_of(test)) if left[place] != "-"]
    missing = [id_ for _, id_ in places if id_ not in rows]
    assert not missing, f"predictions.csv has no row for {len(missing)} members, such as {missing[0]}"
    return [(place, rows[id_].number("score"), rows[id_]) for place, id_ in places]


def scored(deliverable, facts):
    return scores_of(deliverable.csv("predictions.csv"), facts.test, facts.left)


def auc(pairs):
    """Return how often a score with a true flag is above one with a false flag, ties as half."""
    ones = [score for score, flag in pairs if flag]
    zeros = sorted(score for score, flag in pairs if not flag)
    below = sum(bisect.bisect_left(zeros, score) + bisect.bisect_right(zeros, score) for score in ones)
    return below / 2 / len(ones) / len(zeros)


def hidden_auc(deliverable, facts):
    return auc([(score, facts.left[place] == "1") for place, score, _ in scored(deliverable, facts)])


@rubric.critical(
    "predictions.csv has one row for each row of test.csv, in its order, with its ids",
    brief="One row for each row of test.csv, in its order, ids as they stand there.",
)
def one_row_for_each_member(deliverable, facts):
    ids = list(deliverable.csv("predictions.csv").column("member_id"))
    wanted = [id_ for id_, _ in members_of(facts.test)]
    assert len(ids) == len(wanted), f"predictions.csv has {len(ids)} rows, test.csv {len(wanted)}"
    wrong = [place for place, pair in enumerate(zip(ids, wanted, strict=True), 2) if pair[0] != pair[1]]
    assert not wrong, f"predictions.csv, row {wrong[0]}: another id than in test.csv"


@rubric.critical(
    "Scores are numbers from 0 to 1, and staff have none",
    brief="Staff memberships get no score (leave the field empty).",
)
def scores_are_fractions(deliverable, facts):
    wrong = [row.place for _, score, row in scored(deliverable, facts) if not 0 <= score <= 1]
    assert not wrong, f"{len(wrong)} scores are not between 0 and 1, the first in {wrong[0]}"
    rows = rows_of(deliverable.csv("predictions.csv"))
    staff = [rows.get(id_) for place, (id_, _) in enumerate(members_of(facts.test)) if facts.left[place] == "-"]
    filled = [row.place for row in staff if row is not None and row["score"] != ""]
    assert not filled, f"{len(filled)} staff have a score, the first in {filled[0]}"


@rubric.critical(
    "The scores rank those who left before those who stayed with the AUC that was asked for",
    brief="the members who left have to come out before those who stayed with an AUC of at least {bar}",
)
def ranking_reaches_the_bar(deliverable, facts):
    reached = hidden_auc(deliverable, facts)
    assert reached >= float(facts.bar), f"the AUC on the members of test.csv is {reached:.3f}"


@rubric.critical(
    "Scores are probabilities for the members of test.csv: their sum and the top fifth come out near what happened",
    brief="the sum must come out within a quarter of the number who really left",
    attachments={"note.txt": "I took only every {thinned} one"},
)
def scores_are_probabilities(deliverable, facts):
    pairs = sorted(((score, facts.left[place] == "1") for place, score, _ in scored(deliverable, facts)), reverse=True)
    total, happened = sum(score for score, _ in pairs), sum(left for _, left in pairs)
    assert abs(total - happened) <= 0.25 * happened, (
        f"the scores add up to {total:.0f}, which is far from what happened"
    )
    top = pairs[: len(pairs) // 5]
    expected, came = (sum(pair[which] for pair in top) / len(top) for which in (0, 1))
    assert abs(expected - came) <= 0.15, (
        f"the top fifth scores {expected:.2f} on average, which is far from what happened"
    )


@rubric.critical(
    "The highest scores of those who may be called are called, as many as the note says",
    brief="yes for the {calls} highest scores among those whom we may call",
    attachments={"note.txt": "we manage {calls_now} this time"},
)
def highest_scores_are_called(deliverable, facts):
    allowed, others, count = [], [], 0
    for place, score, row in scored(deliverable, facts):
        is_called, (_, is_forbidden) = row["call"].casefold() == "yes", members_of(facts.test)[place]
        count += is_called
        if not is_forbidden:
            (allowed if is_called else others).append(score)
    assert count == facts.calls_now, f"{count} members are called"
    assert min(allowed, default=0) >= max(others, default=1), "somebody is called before a member with a higher score"


@rubric.pitfall(
    "Nobody is called who has told the club not to call, and no staff",
    brief="among those whom we may call",
    attachments={"columns.docx": "this member has told us not to call, ever"},
)
def none_called_who_must_not(deliverable, facts):
    rows = rows_of(deliverable.csv("predictions.csv"))
    called = {id_ for id_, row in rows.items() if row["call"].casefold() == "yes"}
    assert called, "nobody is called"
    members = enumerate(members_of(facts.test))
    wrong = [
        id_ for place, (id_, is_forbidden) in members if id_ in called and (is_forbidden or facts.left[place] == "-")
    ]
    assert not wrong, f"{len(wrong)} are called who must not be, such as {wrong[0]}"


@rubric.critical(
    "The members in train.csv are counted without repeats and staff",
    brief="members in train.csv once repeats and staff are taken out",
    attachments={"columns.docx": "belong neither into the training nor into the scores"},
)
def training_rows_are_counted(deliverable, facts):
    metrics = deliverable.json("metrics.json")
    found = metrics["rows_train"].number(), metrics["leavers_train"].number()
    assert found == (facts.rows_train, facts.leavers_train), f"metrics.json counts {found}"


@rubric.important(
    "Both rates follow from the counts, the expected one with the thinning undone",
    brief="the share of leavers before {lead} thinned out the file",
)
def rates_follow(deliverable, facts):
    metrics = deliverable.json("metrics.json")
    rows, leavers = metrics["rows_train"].number(), metrics["leavers_train"].number()
    assert 0 < leavers < rows, "the counts cannot be"
    rates = {"rate_train": leavers / rows, "rate_expected": leavers / (leavers + facts.step * (rows - leavers))}
    for key, rate in rates.items():
        assert abs(metrics[key].number() - rate) <= ROUNDING, f"{key} is {metrics[key].number():g}"


@rubric.critical(
    "The AUC that is expected on test.csv is near the one that is reached",
    brief="what you expect on test.csv, measured on members that the measured model was not trained on",
)
def estimate_is_honest(deliverable, facts):
    told, reached = deliverable.json("metrics.json")["auc_estimate"].number(), hidden_auc(deliverable, facts)
    assert abs(told - reached) <= 0.08, f"metrics.json expects {told:g}, test.csv gives {reached:.3f}"


@rubric.important(
    "Each column is told as used or as left out for a reason, and none that knows too much is used",
    brief="`left_out` (object: each other column except `member_id` and `left`, and why)",
    attachments={"columns.docx": "it is filled in after the cut"},
)
def features_are_told(deliverable, facts):
    metrics = deliverable.json("metrics.json")
    features = [node.text() for node in metrics["features"]]
    reasons = {name: node.text().strip() for name, node in metrics["left_out"].mapping().items()}
    columns = sorted(facts.test.split("\n", 1)[0].strip().split(",")[1:])
    told = sorted([*features, *reasons])
    assert told == columns, f"features and left_out name {told}"
    assert not set(LATER) & set(features), f"features hold {sorted(set(LATER) & set(features))}"
    assert all(reasons.values()), "a column was left out without a reason"


@rubric.important(
    "metrics.json has exactly the keys of the brief, and its figures are those of predictions.csv",
    brief=["an object with exactly these keys", "`expected_leavers` (sum of your scores, one decimal)"],
)
def figures_agree(deliverable, facts):
    metrics = deliverable.json("metrics.json")
    assert set(metrics.keys()) == KEYS, f"other keys: {sorted(set(metrics.keys()) ^ KEYS)[:9]}"
    scores = [score for _, score, _ in scored(deliverable, facts)]
    assert metrics["rows_scored"].number() == len(scores), f"rows_scored is {metrics['rows_scored'].number():g}"
    total = metrics["expected_leavers"].number()
    assert abs(total - sum(scores)) <= 0.15, f"expected_leavers is {total:g}, the scores add up to {sum(scores):.1f}"


@rubric.important(
    "model.md tells the expected AUC and leavers and each column that knows too much, within its length",
    brief=["`model.md`, {words} words at most", "each column you left out because it knows too much"],
)
def model_is_explained(deliverable, facts):
    text, metrics = deliverable.text("model.md"), deliverable.json("metrics.json")
    words = [word for word in text.split() if any(char.isalnum() for char in word)]
    assert len(words) <= facts.words, f"model.md has {len(words)} words"
    missing = [name for name in LATER if name not in re.sub(r"\\?_|[ -]", "_", text.casefold())]
    assert not missing, f"model.md does not name {missing}"
    told = [float(one) for one in re.findall(r"\d{1,9}(?:\.\d{1,9})?", text)]
    for key, tolerance in (("auc_estimate", 0.0051), ("expected_leavers", 0.51)):
        value = metrics[key].number()
        assert any(abs(one - value) <= tolerance for one in told), f"model.md does not tell {key}"


def test_churn_scores(engagement):
    engagement.assert_complete()
