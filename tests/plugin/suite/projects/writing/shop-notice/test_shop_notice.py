"""Rubric: the shop notice."""
# hapi-pytest canary 1b8f5c0e-52a0-4b5e-8f9a-0f5b4f1e2d33

from hapi_pytest import Rubric

rubric = Rubric()


@rubric.important("At most thirty words", brief="at most thirty words")
def thirty_words(deliverable):
    assert len(deliverable.text("notice.txt").split()) <= 30


@rubric.critical("It names the day", brief="It must name the day from the attached plan")
def names_the_day(deliverable, facts):
    assert facts.day in deliverable.text("notice.txt")


@rubric.critical("It ends with the agreed line", brief="end with the line from the attached sign-off sheet")
def ends_with_the_line(deliverable, facts):
    assert deliverable.text("notice.txt").strip().endswith(facts.closing)


def test_shop_notice(engagement):
    engagement.assert_complete()
