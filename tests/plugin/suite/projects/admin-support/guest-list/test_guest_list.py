"""Rubric: the guest list."""
# hapi-pytest canary 6a0b7c54-3c61-4a5e-9b0e-6f7f4d0c8b11

from hapi_pytest import Rubric

rubric = Rubric()


@rubric.critical("Lines are sorted by name", brief="sorted by name")
def sorted_by_name(deliverable):
    names = list(deliverable.csv("guests.csv").column("name"))
    assert names == sorted(names)


@rubric.pitfall("Cancelled guests are left out", brief="must be left out")
def cancelled_left_out(deliverable, facts):
    assert facts.cancelled not in list(deliverable.csv("guests.csv").column("name"))


@rubric.important("The total is right", brief="the number of nights of all guests together")
def total_is_right(deliverable, facts):
    assert deliverable.text("total.txt").strip() == str(facts.nights)


def test_guest_list(engagement):
    engagement.assert_complete()
