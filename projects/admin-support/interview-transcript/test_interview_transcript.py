"""Rubric: interview transcript."""
# hapi-pytest canary 9494cf44-ac91-4852-baa7-b831329bab10

import functools
import re
from typing import NamedTuple

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
TRANSCRIPT, QUOTES, STYLE, NOTES = "transcript.docx", "quotes.csv", "style.md", "notes.docx"
FILLERS = ("um", "uh", "er", "erm", "hm")
NOISES = ("[coughs]", "[door]", "[phone rings]")
WORD = re.compile(r"\[[^\[\]]{1,40}\]|[^\W_]+(?:['-][^\W_]+)*")
MARK = "[passage withheld]"


class Turn(NamedTuple):
    """A paragraph that begins with time and initials."""

    start: int
    """In seconds."""
    initials: str
    text: str
    """Plain words, as `words` has them."""


@functools.lru_cache(maxsize=4096)
def words(text):
    """The words and bracketed marks, in small letters and with a space at both ends; commas are nobody's mistake."""
    text = scalars.folded(text[:200_000].replace("’", "'"))
    return " ".join(["", *WORD.findall(text), ""])


def seconds(text):
    """A time of day as seconds."""
    found = re.fullmatch(r"\[?(\d{1,2}):(\d\d):(\d\d)\]?", text.strip())
    assert found, f"{text!r} is not a time as HH:MM:SS"
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def turns(deliverable):
    """The turns in order."""
    found = parsed("\n".join(p.text for p in deliverable.docx(TRANSCRIPT).paragraphs))
    assert len(found) > 5, f"{TRANSCRIPT} has {len(found)} paragraphs with time and initials"
    return found


@functools.lru_cache(maxsize=8)
def parsed(text):
    """Turns of a text; a line without time and initials belongs to the turn above, a title to none."""
    found = []
    for line in text.split("\n"):
        head = re.match(r"\s*\[?(\d{1,2}:\d\d:\d\d)\]?\s*([^\W\d_]{1,3}):(.*)", line)
        if head:
            found.append((seconds(head[1]), head[2].upper(), [head[3]]))
        elif found:
            found[-1][2].append(line)
    return [Turn(start, initials, words(" ".join(lines))) for start, initials, lines in found]


def whole(deliverable):
    """Everything that is said, from top to bottom."""
    return f" {' '.join(turn.text.strip() for turn in turns(deliverable))} "


def assert_said(deliverable, facts, *tags):
    """Assert that the sentences of these kinds stand there word for word."""
    text = whole(deliverable)
    wanted = [each["clean"] for turn in facts.turns for each in turn["said"] if each["tag"] in tags]
    missing = [sentence for sentence in wanted if words(sentence) not in text]
    assert not missing, f"not there in these words: {missing[:3]}"


def paired(deliverable, facts, numbers):
    """Turns that should be there with those that hold their first sentence."""
    found = turns(deliverable)
    pairs = []
    for number in numbers:
        wanted = facts.turns[number]
        first = words(wanted["said"][0]["clean"])
        pairs += [(wanted, turn) for turn in found if first in turn.text][:1]
    assert len(pairs) * 2 > len(numbers), f"only {len(pairs)} of {len(numbers)} turns are found"
    return pairs


def assert_speakers(deliverable, facts, numbers):
    for wanted, turn in paired(deliverable, facts, numbers):
        right = facts.initials[wanted["speaker"]]
        assert turn.initials == right, f"{wanted['said'][0]['clean'][:40]!r} is given to {turn.initials}"


@rubric.critical(
    "Every sentence of the talk is there, in its order",
    brief="I do mind a sentence that went missing",
    attachments={STYLE: "every sentence that was said, in the words of the person who said it"},
)
def every_sentence_is_there(deliverable, facts):
    text, place = whole(deliverable), 0
    for turn in facts.turns:
        for sentence in (each["clean"] for each in turn["said"] if each["tag"] == "plain"):
            found = text.find(words(sentence), place)
            assert found >= 0, f"missing, or not in its place: {sentence}"
            place = found


@rubric.critical(
    "One paragraph per turn: pieces are joined and listening noises are gone",
    brief="one paragraph per turn as the style sheet has it",
    attachments={STYLE: "the turn of the other person goes on as if nothing had been said"},
)
def turns_are_paragraphs(deliverable, facts):
    found = turns(deliverable)
    assert len(found) == len(facts.turns), f"{len(found)} paragraphs with time and initials"
    for turn, wanted in zip(found, facts.turns, strict=True):
        first = words(wanted["said"][0]["clean"])
        assert turn.text.startswith(first), f"the turn at {turn.start} seconds begins {turn.text[:50]!r}"


@rubric.critical(
    "In the first part every turn has the initials of its speaker",
    attachments={STYLE: "AB stands for the initials in `cast.csv`"},
)
def speakers_of_part_one(deliverable, facts):
    assert_speakers(deliverable, facts, range(facts.half))


@rubric.critical(
    "In the second part, too, in which the labels are the other way round",
    attachments={NOTES: "In part 2 the recogniser has it the other way round."},
)
def speakers_of_part_two(deliverable, facts):
    assert_speakers(deliverable, facts, range(facts.half, len(facts.turns)))


@rubric.important(
    "Times are those of the turn's start, cut to seconds, and run on through the second part",
    attachments={STYLE: "fractions of a second are cut off, not rounded", NOTES: "In the transcript the times run on"},
)
def times_run_on(deliverable, facts):
    for wanted, turn in paired(deliverable, facts, range(len(facts.turns))):
        assert turn.start == wanted["start"], f"{wanted['said'][0]['clean'][:40]!r} is given {turn.start} seconds"


@rubric.critical(
    "Fillers are gone, and the same words stay where they mean something",
    attachments={STYLE: "Elsewhere these words mean something and stay."},
)
def fillers_are_gone(deliverable, facts):
    text = whole(deliverable)
    left = [filler for filler in FILLERS if f" {filler} " in text]
    assert not left, f"still there: {left}"
    assert_said(deliverable, facts, "filler", "keyed", "again", "knowing")


@rubric.important(
    "What was said twice in stumbling stands there once, doubling for emphasis stays",
    attachments={STYLE: "Doubling for emphasis (very, very cold) stays."},
)
def stumbling_is_smoothed(deliverable, facts):
    assert_said(deliverable, facts, "stumble", "emphatic")


@rubric.important(
    "Numbers up to twelve are words, from 13 on figures, and years are figures",
    attachments={STYLE: "One to twelve in words, from 13 on in figures."},
)
def numbers_are_in_style(deliverable, facts):
    assert_said(deliverable, facts, "number")


@rubric.important(
    "Names are spelled as in names.csv",
    brief="names that the recogniser does not know",
    attachments={STYLE: "As in `names.csv`"},
)
def names_are_right(deliverable, facts):
    assert_said(deliverable, facts, "name")


@rubric.important(
    "[inaudible], doubtful words and [laughs] stay, other noises are gone",
    attachments={STYLE: "[inaudible] stays, and so does a word with a question mark in brackets"},
)
def brackets_are_right(deliverable, facts):
    text = whole(deliverable)
    left = [noise for noise in NOISES if noise in text]
    assert not left, f"still there: {left}"
    assert_said(deliverable, facts, "bracket")


@rubric.pitfall(
    "Dialect, self-corrections and what is said about the recording stay as spoken",
    attachments={STYLE: "Dialect and grammar stay as spoken"},
)
def nothing_is_improved(deliverable, facts):
    assert_said(deliverable, facts, "own")


@rubric.pitfall(
    "The withheld passage stands in neither file, and its mark in its place",
    brief="If that sentence is withheld, write `withheld` under quote",
    attachments={NOTES: "Withheld by agreement"},
)
def withheld_stays_withheld(deliverable, facts):
    text, rows = whole(deliverable), deliverable.csv(QUOTES).by("topic")
    turn = next(turn for turn in facts.turns if any(each["tag"] == "withheld" for each in turn["said"]))
    secret = [each["clean"] for each in turn["said"] if each["tag"] == "withheld"]
    told = " ".join([text, *(words(row["quote"]) for row in rows.values())])
    assert not any(words(sentence) in told for sentence in secret), "a withheld sentence is there"
    before, after = turn["said"][0]["clean"], turn["said"][len(secret) + 1]["clean"]
    assert text.count(MARK) == 1, f"{MARK} stands there {text.count(MARK)} times"
    assert words(f"{before} {MARK} {after}") in text, f"{MARK} is not in its place"
    row = rows[facts.withheld_topic]
    assert scalars.folded(row["quote"]) == "withheld", f"{row['topic']}: {row['quote'][:60]!r}"


@rubric.critical(
    "Each quote is the whole first sentence in which the guest says the word, as cleaned",
    brief="the whole sentence, exactly as it stands in your transcript",
)
def quotes_are_the_right_sentences(deliverable, facts):
    rows = deliverable.csv(QUOTES).by("topic")
    for quote in facts.quotes:
        found = rows[quote["topic"]]["quote"]
        assert words(found) == words(quote["text"]), f"{quote['topic']}: {found[:80]!r}"


@rubric.important(
    "Each quote has the time of its turn and the initials of the guest, a withheld one neither",
    brief="`time` is the time of the turn it stands in, as HH:MM:SS, and `speaker` the initials",
)
def quotes_have_their_places(deliverable, facts):
    rows = deliverable.csv(QUOTES).by("topic")
    for quote in facts.quotes:
        row = rows[quote["topic"]]
        assert seconds(row["time"]) == quote["start"], f"{quote['topic']}: time is {row['time']}"
        assert row["speaker"].upper() == facts.initials["guest"], f"{quote['topic']}: speaker is {row['speaker']}"
    row = rows[facts.withheld_topic]
    assert not row["time"] + row["speaker"], f"{row['topic']}: time and speaker are {row['time']} {row['speaker']}"


def test_interview_transcript(engagement):
    engagement.assert_complete()
