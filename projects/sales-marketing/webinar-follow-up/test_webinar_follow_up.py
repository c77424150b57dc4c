"""Rubric: webinar follow-up."""
# hapi-pytest canary 62ab6f05-294e-4026-8f0a-852d1c3d529d

import datetime
import zoneinfo

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
SEGMENTS = ["account", "call", "demo", "recording", "missed"]


def people(deliverable):
    rows = list(deliverable.csv("segments.csv"))
    assert rows, "segments.csv has no rows"
    return rows


def by_email(deliverable, wanted):
    """The first row of each of these people; nobody's row means that hardly anybody was found."""
    found = {}
    for row in people(deliverable):
        found.setdefault(row["email"].casefold(), row)
    rows = {email: found[email] for email in wanted if email in found}
    assert 2 * len(rows) >= len(wanted), "segments.csv has hardly any of these people"
    return rows


def calls(deliverable):
    """The events by the words of their summaries, of which one is an address."""
    found = {}
    for event in deliverable.ics("follow_up.ics"):
        for word in {word.strip("<>()[],;:"): None for word in event.summary.casefold().split()}:
            found.setdefault(word, []).append(event)
    assert found, "follow_up.ics has no events"
    return found


def moments(deliverable, facts):
    """Each person's call as day and hour on the city's clocks; who has none is minded by another criterion."""
    zone = zoneinfo.ZoneInfo(facts.zone)
    found = calls(deliverable)
    starts = {email: found[email][0].start.astimezone(zone) for email in facts.calls if email in found}
    assert 2 * len(starts) >= len(facts.calls), "hardly anybody in call has an event"
    return starts


@rubric.critical(
    "Everybody who is not suppressed has one row, under the first address of the CRM",
    brief="`segments.csv`, one row per person",
    attachments={"rules.md": "A contact is found by either of the two addresses in the CRM"},
)
def everybody_has_one_row(deliverable, facts):
    found = [row["email"].casefold() for row in people(deliverable)]
    missing = [email for email in facts.segments if email not in found]
    assert not missing, f"not on the list: {missing[:5]}"
    listed = {*facts.segments, *facts.off}  # suppressed people are minded by another criterion
    wrong = [email for email in found if email not in listed]
    assert not wrong, f"no person of the list: {wrong[:5]}"
    assert len(set(found)) == len(found), "somebody stands there twice"


@rubric.critical(
    "Everybody has the whole minutes of all times together, odd seconds cut off",
    attachments={"rules.md": "Add these up to the second, then cut off what is less than a\nwhole minute."},
)
def minutes_are_added_up(deliverable, facts):
    for email, row in by_email(deliverable, facts.minutes).items():
        assert abs(row.number("minutes") - facts.minutes[email]) < 0.01, f"{email} has {row['minutes']} minutes"


@rubric.critical(
    "Everybody is in the first segment of the ladder that fits",
    attachments={"rules.md": "Go down this ladder and take the first that fits."},
)
def segments_follow_the_ladder(deliverable, facts):
    for email, row in by_email(deliverable, facts.segments).items():
        assert scalars.folded(row["segment"]) == facts.segments[email], f"{email} is in {row['segment']!r}"


@rubric.important(
    "The first open question of everybody in call stands there word for word, and nobody else has one",
    brief="the first open question of everybody in the segment call, word for word",
)
def question_stands_word_for_word(deliverable, facts):
    for email, row in by_email(deliverable, facts.asked).items():
        found, wanted = (" ".join(text.split()) for text in (row["question"], facts.asked[email]))
        assert found == wanted, f"{email} has another question: {found[:80]!r}"
    others = [
        row["email"] for row in people(deliverable) if scalars.folded(row["segment"]) != "call" and row["question"]
    ]
    assert not others, f"not in call, yet with a question: {others[:5]}"


@rubric.important(
    "Company and owner are those of the CRM, and who has no owner gets the default one",
    brief="{default} is the\nowner of everybody who has none",
)
def owner_and_company_are_the_crms(deliverable, facts):
    for email, row in by_email(deliverable, facts.records).items():
        _, company, owner = facts.records[email]
        assert scalars.folded(row["company"]) == scalars.folded(company), f"{email} is with {row['company']!r}"
        assert scalars.folded(row["owner"]) == scalars.folded(owner), f"{email} belongs to {row['owner']!r}"


@rubric.important(
    "counts.json has the right numbers of suppressed people and of open questions",
    brief="suppressed (people whom the\nrules keep off the list), open_questions (of people on the list)",
)
def counts_of_the_rules_are_right(deliverable, facts):
    counts = deliverable.json("counts.json")
    wanted = {"suppressed": len(facts.off), "open_questions": facts.open_questions}
    for name, count in wanted.items():
        assert counts[name].number() == count, f"{name} is {counts[name].number():g}"


@rubric.critical(
    "The other numbers of counts.json are those of segments.csv",
    brief="average_minutes (over those who attended, one decimal, from the whole minutes of the list)",
)
def counts_tie_with_the_list(deliverable, facts):
    rows, counts = people(deliverable), deliverable.json("counts.json")
    there = [row.number("minutes") for row in rows if row.number("minutes") >= facts.least]
    assert there, "nobody attended"
    assert counts["people"].number() == len(rows), "people is not the number of rows"
    assert counts["attended"].number() == len(there), "attended is another number"
    average = counts["average_minutes"].number()
    assert abs(average - sum(there) / len(there)) < 0.0501, f"average_minutes is {average:g}"
    found = [scalars.folded(row["segment"]) for row in rows]
    for name in SEGMENTS:
        assert counts["segments"][name].number() == found.count(name), f"segments has another number for {name}"


@rubric.critical(
    "Everybody in call, and nobody else, has one event of the asked length, with the owner as the attendee",
    brief="one event of {call_minutes} minutes for each person in the segment call",
)
def every_call_has_its_event(deliverable, facts):
    addresses, found = dict(facts.owners), calls(deliverable)
    for email, (owner, _, _) in facts.calls.items():
        events = found.get(email, [])
        assert len(events) == 1, f"{email} has {len(events)} events"
        length = events[0].end - events[0].start
        assert length == datetime.timedelta(minutes=facts.call_minutes), f"the call of {email} takes {length}"
        invited = [attendee.casefold() for attendee in events[0].attendees]
        assert addresses[owner] in invited, f"{owner} is not invited to the call of {email}"
    others = [email for email in found if email in facts.segments and email not in facts.calls]
    assert not others, f"not in call, yet with an event: {others[:5]}"


@rubric.important(
    "Calls are on days on which their owner works, in the order of the questions",
    attachments={"rules.md": "in the order in which the people asked their first open question"},
)
def calls_are_on_the_right_day(deliverable, facts):
    for email, start in moments(deliverable, facts).items():
        day = facts.first_call + datetime.timedelta(days=facts.calls[email][1])
        assert start.date() == day, f"the call of {email} is on {start:%d %B}"


@rubric.important(
    "Calls begin at their slot's hour on the city's clocks, also after these went back",
    brief="Give the times a time zone: the clocks go back on 25 October",
    attachments={"rules.md": "slots a day, at {slot_text} {city} time"},
)
def calls_are_at_the_right_hour(deliverable, facts):
    for email, start in moments(deliverable, facts).items():
        slot = facts.slot_times[facts.calls[email][2]]
        assert f"{start:%-H:%M}" == slot and not start.second, f"the call of {email} begins at {start:%H:%M}"


@rubric.pitfall(
    "Nobody who is suppressed is in any file",
    brief="Nothing goes out to people who are suppressed, so they are in none of the three files",
)
def suppressed_people_are_nowhere(deliverable, facts):
    listed = {row["email"].casefold() for row in people(deliverable)}
    called = " ".join(event.summary.casefold() for event in deliverable.ics("follow_up.ics"))
    assert called, "there are no events"
    found = [email for email in facts.off if email in listed or email in called]
    assert not found, f"should be in no file: {found[:5]}"


@rubric.important(
    "Contact ids have their five digits, and people who are not in the CRM have none",
    brief="ids are five digits, keep them so",
)
def ids_keep_five_digits(deliverable, facts):
    for email, row in by_email(deliverable, facts.records).items():
        assert row["contact_id"] == facts.records[email][0], f"{email} has the id {row['contact_id']!r}"


def test_webinar_follow_up(engagement):
    engagement.assert_complete()
