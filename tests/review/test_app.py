"""The review app as its reviewer finds it: careful with files, discreet, and sure to keep what is entered."""

import datetime
import re
import shutil

import pytest

from hapi_pytest import reviews
from hapi_pytest.report.preview import COUNTED
from hapi_pytest.review.desk import ROOM
from hapi_pytest.reviews import Finding, Review, ReviewMark
from tests.review import hostile
from tests.review.conftest import CRITERIA, FILES, MODEL, REASON, Made, Served, change

ALL = {name.replace("-", "_"): f"Look at {name}." for name in CRITERIA}


def test_the_queue_has_each_incomplete_submission_once(app, made):
    text = app.get().text
    assert re.findall(r"submission ([0-9a-f]{12})<", text) == sorted(digest[:12] for digest in made.digests)
    assert text.count("not begun") == 2 and "0 of 3" in text


def everything(app) -> str:
    """Return all that the app ever answers for both submissions."""
    found = [app.get().text]
    for number in range(2):
        found.append(app.get(f"/submissions/{number}/").text)
        for kind, count in (("attachments", 2), ("deliverable", len(FILES))):
            found += [app.get(f"/submissions/{number}/{kind}/{file}/").text for file in range(count)]
        mine = change(tab="mine", **ALL)
        for what in ("save", "finish"):
            found.append(app.post(f"/submissions/{number}/{what}", mine | {"sequence": len(found)}).text)
        found.append(app.post(f"/submissions/{number}/save", change(tab="other")).text)
    return "\n".join(found)


def test_a_blind_reviewer_is_shown_neither_model_nor_arm_nor_marks(made, served):
    telling = [MODEL, REASON, "The check says", "alone", "round 1", "submission before"]
    shown = everything(served(made.desk("Open")))
    assert [word for word in telling if word not in shown] == []
    hidden = everything(served(made.desk("Blind", is_blind=True)))
    assert [word for word in (*telling, "reviewed", "retry") if word in hidden] == []
    blind = {review.reviewer: review.is_blind for review in reviews.load(made.reviews.parent)}
    assert blind == {"Open": False, "Blind": True}


def test_who_has_seen_the_marks_is_never_blind_again(made, served):
    served(made.desk()).get("/submissions/0/")
    app = served(made.desk(is_blind=True))
    assert app.post("/submissions/0/finish", change(**ALL)).status == 200
    assert [review.is_blind for review in reviews.load(made.reviews.parent)] == [False]


def test_a_stale_change_is_refused_and_told_the_state(app):
    assert app.post("/submissions/0/save", change(tab="a", sorted_by_name="mine")).json["revision"] == 1
    stale = app.post("/submissions/0/save", change(tab="b", sorted_by_name="theirs"))
    assert stale.status == 409
    assert stale.json == {
        "revision": 1, "seconds": 30, "entries": {"sorted-by-name": {"finding": "fail", "note": "mine"}}
    }  # fmt: skip
    assert app.post("/submissions/0/finish", change(tab="b", **ALL)).status == 409
    assert "mine" in app.get("/submissions/0/").text
    over = app.post("/submissions/0/save", change(tab="b", sequence=2, revision=1, sorted_by_name="theirs"))
    assert (over.status, over.json["revision"]) == (200, 2)


def test_the_later_of_a_pages_own_saves_counts_in_whatever_order_they_come(app):
    assert app.post("/submissions/0/save", change(sequence=1, sorted_by_name="I")).json["revision"] == 1
    assert app.post("/submissions/0/save", change(sequence=3, sorted_by_name="I am")).status == 200
    assert app.post("/submissions/0/save", change(sequence=2, sorted_by_name="I a")).status == 200
    assert ">\nI am</textarea>" in app.get("/submissions/0/").text


def test_time_and_what_stands_there_already_are_no_conflict(app):
    app.post("/submissions/0/save", change(tab="a", sorted_by_name="same"))
    again = app.post("/submissions/0/save", change(tab="b", seconds=50, sorted_by_name="same"))
    assert (again.status, again.json) == (200, {"revision": 1, "seconds": 50})
    assert app.post("/submissions/0/save", change(tab="b", seconds=10, sorted_by_name="same")).json["seconds"] == 50


def test_finishing_needs_a_finding_for_what_blocks_and_for_what_has_a_note(app, made):
    some = change(sorted_by_name="x")
    some["entries"]["total-is-right"] = {"note": "a note without a finding"}
    answer = app.post("/submissions/0/finish", some)
    assert (answer.status, answer.json["lacking"]) == (422, ["total-is-right", "cancelled-left-out"])
    assert not made.reviews.exists()


def test_the_finished_review_is_what_was_entered(app, made):
    nights = made.project.variant(0).gold["nights"]
    notes = {
        "sorted-by-name": f'Lines 2 and 3 "swapped"; see\tthe list,\nnot {nights} of them. \\n \U0001f600 ',
        "total-is-right": "",
        "cancelled-left-out": "'''\n\nthe remark column",
    }
    entries = {
        "sorted-by-name": {"finding": "fail", "note": notes["sorted-by-name"]},
        "total-is-right": {"finding": "pass"},
        "cancelled-left-out": {"finding": "cannot tell", "note": notes["cancelled-left-out"]},
    }
    number = app.number(made.digests[1])
    answer = app.post(f"/submissions/{number}/finish", change(seconds=754) | {"entries": entries})
    expected = Review(
        reviewer="Ada", minutes=12.6, recorded=datetime.date.today(), variant=0, handed_in=made.digests[1],
        is_blind=True,
        marks={
            "sorted-by-name": ReviewMark(
                finding=Finding.FAIL, note=notes["sorted-by-name"], gives_away=("nights",)
            ),
            "total-is-right": ReviewMark(finding=Finding.PASS),
            "cancelled-left-out": ReviewMark(finding=Finding.UNCLEAR, note=notes["cancelled-left-out"]),
        },
    )  # fmt: skip
    assert reviews.load(made.reviews.parent) == [expected]
    assert answer.json["file"] == f"projects/admin-support/guest-list/reviews/{expected.file_name}"
    first = (made.root / answer.json["file"]).read_text().splitlines()[0]
    assert first == f"# {made.project.settings.canary}"
    assert "finished" in app.get().text


def test_a_finished_review_can_be_finished_anew_even_without_its_draft(app, made, served):
    app.post("/submissions/0/finish", change(**ALL))
    assert ">finished<" in app.get().text
    app.post("/submissions/0/save", change(sequence=2, **ALL | {"sorted_by_name": "better"}))
    assert ">changed since it was finished<" in app.get().text
    app.post("/submissions/0/finish", change(sequence=3, seconds=1, **ALL | {"sorted_by_name": "better"}))
    for draft in made.folder.glob("reviews/*/*/*.json"):
        draft.unlink()
    again = served(made.desk())
    assert "better" in again.get("/submissions/0/").text and ">finished<" in again.get().text
    again.post("/submissions/0/finish", change(**ALL | {"sorted_by_name": "best"}))
    [review] = reviews.load(made.reviews.parent)
    assert (review.marks["sorted-by-name"].note, review.minutes) == ("best", 0.5)


def test_two_reviewers_do_not_see_each_other(made, served):
    ada, bo = (served(made.desk(name)) for name in ("Ada", "Bo"))
    ada.post("/submissions/0/finish", change(sorted_by_name="Ada's own", total_is_right="", cancelled_left_out=""))
    assert "Ada&#39;s own" not in bo.get("/submissions/0/").text
    assert bo.post("/submissions/0/finish", change(**ALL)).status == 200
    assert [review.reviewer for review in reviews.load(made.reviews.parent)] == ["Ada", "Bo"]


def test_a_disk_that_fails_is_told_without_its_paths(app, made):
    shutil.rmtree(made.folder / "reviews")
    (made.folder / "reviews").write_text("no folder")
    answer = app.post("/submissions/0/save", change(**ALL))
    assert answer.status == 500
    assert answer.text and str(made.root) not in answer.text


def test_gold_is_named_and_never_told(app, made):
    nights = made.project.variant(0).gold["nights"]
    answer = app.post("/submissions/0/gold", {"text": f"It is {nights} in all."})
    assert answer.json == {"gives_away": ["nights"]}
    assert str(nights) not in answer.text
    assert app.post("/submissions/0/gold", {"text": "The sum is wrong. Sorted by name, please."}).json == {
        "gives_away": []
    }


def test_a_later_submission_is_compared_with_the_one_before(app, made):
    first, second = (app.number(digest) for digest in made.digests)
    guests, script = (sorted(FILES).index(name) for name in ("guests.csv", "script.py"))
    assert "submission before" not in app.get(f"/submissions/{first}/deliverable/{guests}/").text
    differing = app.get(f"/submissions/{second}/deliverable/{guests}/").text
    assert "changed since the submission before" in differing
    assert '<span class="added">+Abel, Ida;202' in differing and '<span class="removed">-Abel, Ida;202' in differing
    same = app.get(f"/submissions/{second}/deliverable/{script}/").text
    assert "the same as in the submission before" in same and "Differences" not in same


def test_code_is_coloured_and_everything_is_escaped(app):
    code = app.get(f"/submissions/0/deliverable/{sorted(FILES).index('script.py')}/").text
    assert '<span class="k">def</span>' in code
    book = app.get(f"/submissions/0/deliverable/{sorted(FILES).index('book.xlsx')}/").text
    assert "Customer &lt;b&gt;" in book and "<script>" not in book
    page = app.get(f"/submissions/0/deliverable/{sorted(FILES).index('page.html')}/").text
    assert "<script" not in page and "<iframe sandbox" in page


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> dict[str, str]:
    """How each hostile file is shown."""
    app = Served(Made(tmp_path_factory.mktemp("hostile"), hostile.files(), None).desk())
    answers = [app.get(f"/submissions/0/deliverable/{number}/") for number in range(len(hostile.files()))]
    app.close()
    assert [answer.status for answer in answers] == [200] * len(answers)
    return dict(zip(sorted(hostile.files()), (answer.text for answer in answers), strict=True))


def test_of_a_huge_table_the_first_rows_are_shown(shown):
    text = shown["million.csv"]
    assert text.count("<tr>") == ROOM.rows + 1
    assert f"Shown are {ROOM.rows} of more than {COUNTED} rows" in text
    assert len(text) < 200_000


def test_of_a_long_document_the_first_pages_are_shown(shown):
    text = shown["long.docx"]
    assert "Page 1:" in text and f"Page {hostile.PAGES}:" not in text
    assert "more characters are not shown" in text
    assert len(text) < ROOM.characters + 2000


def test_what_is_broken_or_a_bomb_is_told(shown):
    assert "cannot be read as a workbook" in shown["broken.xlsx"]
    assert "is no png image that can be read" in shown["bomb.png"]
    assert "5000 × 5000 pixels, so it is not shown" in shown["large.png"]
    for name in ("broken.xlsx", "bomb.png", "large.png"):
        assert len(shown[name]) < 500 and "<img" not in shown[name]
