"""Rubric: the guest list."""
# hapi-pytest canary 8d0f2a5e-6b1c-4e0f-9a77-2f6c9f1d3b42

from hapi_pytest import Rubric

rubric = Rubric()


@rubric.critical("Lines are sorted by name", brief="sorted by name")
def sorted_by_name(deliverable):
    names = list(deliverable.csv("guests.csv").column("name"))
    assert names == sorted(names)


@rubric.pitfall("Cancelled guests are left out", brief="must be left out")
def cancelled_left_out(deliverable, facts):
    assert facts.cancelled not in list(deliverable.csv("guests.csv").column("name"))


@rubric.important("The nights are right", brief="all nights together")
def nights_are_right(deliverable, facts):
    assert str(facts.nights) in deliverable.text("totals.txt")


@rubric.important("The takings are right", brief="what they come to", attachments={"rules.docx": "A night costs"})
def takings_are_right(deliverable, facts):
    assert f"{facts.takings:,.2f}" in deliverable.text("totals.txt")


@rubric.important("The last day is right", brief="the day on which the last guest leaves")
def last_day_is_right(deliverable, facts):
    assert facts.last_day.isoformat() in deliverable.text("totals.txt")


@rubric.optional("There is a heading", brief="Start with a heading line, if you like")
def has_a_heading(deliverable):
    assert deliverable.text("guests.csv").startswith("name")


def test_guest_list(engagement):
    engagement.assert_complete()
