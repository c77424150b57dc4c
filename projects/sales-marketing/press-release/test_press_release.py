"""Rubric: press release."""
# hapi-pytest canary b0a79118-0ede-4fad-969c-6c7dac6e5f15

import itertools
import re
from typing import NamedTuple

from hapi_pytest import Rubric

rubric = Rubric()
MARKS = str.maketrans("“”„«»‘’‚–—‑−", '"""""' + "'''" + "----")


def plain(text):
    """Text with straight quotes, plain dashes and folded white space; none of these is anybody's mistake."""
    return re.sub(r"-+", "-", " ".join(text.translate(MARKS).replace("…", "...").split()))


class Release(NamedTuple):
    """The parts of release.txt."""

    first: str
    headline: str
    dateline: str
    lead: str
    body: str
    """From behind the dateline down to the line before ENDS."""
    tail: list[str]


def release(deliverable, facts):
    """Split release.txt; where the dateline is not found, the third line is taken for it."""
    lines = [plain(line) for line in deliverable.text("release.txt").split("\n")]
    filled = [index for index, line in enumerate(lines) if line]
    assert len(filled) > 3, "release.txt has hardly any lines"
    town = plain(facts.town).casefold()
    start = next((i for i in filled[1:] if lines[i].casefold().startswith(f"{town},")), filled[2])
    ends = next((i for i in filled if lines[i].strip(" -#*.").casefold() == "ends" and i > start), len(lines))
    body = re.sub(r"^.{0,60}?\b20[0-9]{2} ?- ?", "", plain(" ".join(lines[start:ends])))
    assert len(body.split()) > 50, "release.txt has hardly any body"
    return Release(
        first=lines[filled[0]],
        headline=plain(" ".join(lines[filled[0] + 1 : start])),
        dateline=lines[start],
        lead=plain(" ".join(itertools.takewhile(bool, lines[start:]))),
        body=body,
        tail=[line for line in lines[ends:] if line],
    )


def figures(text):
    """Every figure of a text; 1,850 is one, a date's day and year are one each."""
    return [float(found.replace(",", "")) for found in re.findall(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?", text)]


def has_day(text, day):
    """Whether a text names a day, as in 4 March."""
    month = f"{day:%B}"
    either = rf"\b0?{day.day}(?:st|nd|rd|th)?\s+(?:of\s+)?{month}\b|\b{month}\s+{day.day}\b"
    return re.search(either, text, re.IGNORECASE) is not None


@rubric.critical(
    "The first line lifts the embargo on the last working day before the opening",
    attachments={"press-rules.md": "The embargo lifts at 06:00 on the last working day before the event."},
)
def embargo_lifts_on_the_last_working_day(deliverable, facts):
    first = release(deliverable, facts).first
    assert first.rstrip(".") == plain(facts.embargo_line), f"the first line is {first[:80]!r}"


@rubric.important(
    "The dateline has the town in capitals and the day on which the embargo lifts",
    attachments={"press-rules.md": "the town in capitals, the day on which the embargo lifts, a dash"},
)
def dateline_has_town_and_embargo_day(deliverable, facts):
    dateline = release(deliverable, facts).dateline
    assert re.match(re.escape(plain(facts.dateline)) + " ?-", dateline), f"the first paragraph begins {dateline[:50]!r}"


@rubric.important(
    "The headline has 90 characters at most and names the firm and the town",
    attachments={"press-rules.md": "90 characters at most with spaces. It names us and the town."},
)
def headline_is_short_and_names_us(deliverable, facts):
    headline = release(deliverable, facts).headline
    assert len(headline) <= 90, f"the headline has {len(headline)} characters"
    for name in (facts.company, facts.town):
        assert plain(name).casefold() in headline.casefold(), f"the headline does not name {name}"
    assert "!" not in headline, "the headline has an exclamation mark"


@rubric.critical(
    "Both cleared quotes stand in the body in one piece, exactly as cleared",
    brief="a quote goes in exactly as it was cleared and in one piece",
)
def quotes_stand_as_cleared(deliverable, facts):
    body = release(deliverable, facts).body
    for speaker, quote in ((facts.chief, facts.chief_quote), (facts.trainer, facts.trainer_quote)):
        assert plain(quote).rstrip(".") in body, f"the quote of {speaker} is not as cleared"


@rubric.important(
    "Both speakers stand with the function that they have on the day the embargo lifts",
    attachments={"press-rules.md": "Functions and contact data are those in contacts.csv on the day"},
)
def speakers_have_their_present_functions(deliverable, facts):
    body = release(deliverable, facts).body.casefold()
    speakers = ((facts.chief, facts.chief_function), (facts.trainer, facts.trainer_function))
    for name, function in speakers:
        found = re.finditer(re.escape(name.casefold()), body)
        around = " | ".join(body[max(0, m.start() - 120) : m.end() + 120] for m in found)
        assert function.casefold() in around, f"{name} stands without the present function"
        other = [other for other in facts.other_functions if other.casefold() in around]
        assert not other, f"not the present function: {other}"


@rubric.critical(
    "Cost, output, apprenticeships, opening and open day are in the body",
    brief='Everything under "Has to be in" has to be in.',
)
def required_facts_are_in(deliverable, facts):
    body = release(deliverable, facts).body
    found = figures(body)
    for wanted in facts.required:
        assert wanted in found or round(wanted * 1_000_000) in found, "a figure that has to be in is not"
    assert has_day(body, facts.opening_day), "the day of the opening is not in the body"
    assert has_day(body, facts.open_day), "the open day is not in the body"


@rubric.critical(
    "Jobs and floor area are those of the last correction",
    brief="Colleagues kept writing into it, so read it to the end before you start.",
)
def corrections_are_followed(deliverable, facts):
    text = release(deliverable, facts)
    found = figures(f"{text.headline}\n{text.body}")
    for wanted in facts.corrected:
        assert wanted in found, "a corrected figure is not in the body"
    stale = [figure for figure in (*facts.jobs[:-1], *facts.area[:-1]) if figure in found]
    assert not stale, f"was corrected later: {stale}"


@rubric.pitfall(
    "No figure in the headline or the body is from outside the papers",
    brief="no figure may turn up in the headline or the body that is not in our papers",
)
def figures_are_from_the_papers(deliverable, facts):
    text = release(deliverable, facts)
    unknown = [figure for figure in figures(f"{text.headline}\n{text.body}") if figure not in facts.allowed]
    assert not unknown, f"not in the papers: {unknown}"


@rubric.pitfall(
    "The quote that nobody cleared, the customer of the first order and the second site stay out",
    brief=[
        "one that is not cleared stays out",
        "what is marked as internal or not public in `facts.md` must not even be hinted at",
    ],
)
def nothing_unreleased_gets_out(deliverable, facts):
    text = release(deliverable, facts)
    whole = " ".join([text.headline, text.lead, text.body, *text.tail]).casefold()
    named = [name for name in facts.internal if name.removeprefix("the ").casefold() in whole]
    assert not named, f"is not public: {named}"
    words = re.findall(r"\w+", plain(facts.council_quote).casefold())
    said = " ".join(re.findall(r"\w+", whole))
    runs = [" ".join(words[i : i + 6]) for i in range(len(words) - 5)]
    assert not any(run in said for run in runs), f"words of {facts.councillor} were not cleared"


@rubric.critical(
    "The boilerplate in force stands after ENDS, word for word",
    attachments={"press-rules.md": "then the boilerplate that is in force, not a word or comma changed"},
)
def boilerplate_is_word_for_word(deliverable, facts):
    tail = plain(" ".join(release(deliverable, facts).tail))
    assert plain(facts.boilerplate) in tail, "the boilerplate in force is not there as it is"


@rubric.important(
    "The press contact is the present Press Officer with the present number and address",
    attachments={"press-rules.md": "the Press Officer's name, the function, telephone and e-mail"},
)
def contact_is_the_present_one(deliverable, facts):
    tail = release(deliverable, facts).tail
    start = next((i for i, line in enumerate(tail) if line.casefold().startswith("press contact")), None)
    assert start is not None, "there is no line Press contact after ENDS"
    block = " ".join(tail[start:])
    assert facts.contact_name.casefold() in block.casefold(), "the press contact is somebody else"
    assert facts.contact_phone in re.sub(r"[^0-9]", "", block), "the telephone number is another one"
    assert facts.contact_email in block.casefold(), "the e-mail address is another one"


@rubric.important("The body has 350 to 450 words", brief="The body should have between 350 and 450 words.")
def body_has_the_asked_length(deliverable, facts):
    text = release(deliverable, facts).body
    counts = [len(text.split()), len(re.findall(r"\S*\w\S*", text))]
    assert any(350 <= count <= 450 for count in counts), f"the body has {counts[0]} words"


@rubric.important(
    "release.docx has the words of release.txt in the same order",
    brief="Both must say the same, word for word.",
)
def both_files_say_the_same(deliverable):
    texts = deliverable.text("release.txt"), deliverable.docx("release.docx").text
    ours, theirs = (re.findall(r"[\w@+%!?.,:;'&-]*\w[\w@+%!?.,:;'&-]*", plain(text).casefold()) for text in texts)
    assert ours, "release.txt is empty"
    for mine, other in zip(ours, theirs, strict=False):
        assert mine == other, f"release.txt has {mine!r} where release.docx has {other!r}"
    assert len(ours) == len(theirs), f"release.txt has {len(ours)} words, release.docx {len(theirs)}"


@rubric.optional(
    "The first paragraph says who opens what, where and on which day",
    attachments={"press-rules.md": "It says who opens what, where and on which day, before anything else."},
)
def news_stands_in_the_first_paragraph(deliverable, facts):
    text = release(deliverable, facts)
    for name in (facts.company, facts.hall, facts.town):
        assert plain(name).casefold() in text.lead.casefold(), f"the first paragraph does not name {name}"
    assert has_day(text.lead, facts.opening_day), "the first paragraph does not say when"


def test_press_release(engagement):
    engagement.assert_complete()
