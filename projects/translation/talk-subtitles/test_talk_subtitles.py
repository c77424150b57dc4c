"""Rubric: French subtitles of a talk."""
# hapi-pytest canary afa7c8d5-50d0-46a1-8f2e-8e3f42a55d20

import functools
import re
import unicodedata

from hapi_pytest import Rubric

rubric = Rubric()
SHEET = "style-sheet.docx"
BLANK = "[ \u00a0\u202f]"
HARD = "\u00a0\u202f"
ENGLISH = re.compile(
    r"\b(?:the|of|and|with|that|this|you|your|they|was|were|have|has|from|what|when|never)\b", re.IGNORECASE
)


def bare(text):
    """Text without tags."""
    return re.sub(r"<[^<>]{0,20}>", "", text)


@functools.lru_cache(maxsize=1024)
def plain(text):
    """Text on one line in one form of letters, without tags and with straight apostrophes."""
    return unicodedata.normalize("NFC", " ".join(bare(text).split("\n"))).replace("’", "'").strip()


def pairs(deliverable, facts):
    """Return place, English cue and French cue by their beginning; most must be there, or nothing is judged."""
    cues = deliverable.srt("talk.fr.srt")
    assert len(cues) <= 1000, f"there are {len(cues)} cues"
    assert all(len(cue.text) <= 1000 for cue in cues), "a cue has more than 1000 signs"
    by_start = {round(cue.start * 1000): cue for cue in reversed(cues)}
    places = enumerate(facts.cues)
    found = [(place, one, by_start[one["start"]]) for place, one in places if one["start"] in by_start]
    assert len(found) >= 0.8 * len(facts.cues), f"only {len(found)} cues begin where they should"
    changed = [cue for _, one, cue in found if plain(cue.text) and plain(cue.text) != plain(one["english"])]
    assert len(changed) >= 0.6 * len(facts.cues), f"only {len(changed)} cues are translated"
    return found


def spoken(deliverable, facts):
    """Return the pairs in which somebody speaks."""
    return [pair for pair in pairs(deliverable, facts) if pair[1]["kind"] == "speech"]


def has(text, words):
    """Whether a text has words as words of their own, whatever their capitals."""
    return re.search(rf"(?<!\w){re.escape(plain(words).casefold())}(?!\w)", plain(text).casefold()) is not None


def last_mark(text):
    """Return the mark that ends a text, if it ends a sentence; dots of omission do not."""
    end = re.sub(r"[»”\"\s\u00a0\u202f\])-]+$", "", plain(text))
    return end[-1:] if end[-1:] in tuple(".?!") and not end.endswith("..") else ""


@rubric.critical(
    "There are the same cues at the same times",
    brief="the same cues at the same times",
    attachments={SHEET: "One French cue for each English one"},
)
def cues_and_times_kept(deliverable, facts):
    pairs(deliverable, facts)
    times = [(round(cue.start * 1000), round(cue.end * 1000)) for cue in deliverable.srt("talk.fr.srt")]
    wanted = [(cue["start"], cue["end"]) for cue in facts.cues]
    assert len(times) == len(wanted), f"there are {len(times)} cues"
    moved = [number for number, (one, other) in enumerate(zip(times, wanted, strict=True), 1) if one != other]
    assert not moved, f"the cues at places {moved[:10]} have other times"


@rubric.important("Cues are numbered from 1 upwards", attachments={SHEET: "Number the cues from 1 upwards"})
def numbered_from_one(deliverable, facts):
    pairs(deliverable, facts)
    numbers = [cue.number for cue in deliverable.srt("talk.fr.srt")]
    assert numbers == list(range(1, len(numbers) + 1)), "a number is doubled, left out or out of order"


@rubric.critical(
    "No cue has more than two lines, and no line is longer than the new screen allows",
    attachments={SHEET: "Since the new screen: {width} signs a line"},
)
def lines_fit_the_screen(deliverable, facts):
    for _, _, cue in pairs(deliverable, facts):
        lines = [bare(line) for line in cue.lines]
        assert len(lines) <= 2, f"{cue.place} has {len(lines)} lines"
        assert max(map(len, lines), default=0) <= facts.width, f"{cue.place} has a line of {max(map(len, lines))} signs"


@rubric.critical(
    "Every cue can be read in its time at the new speed", attachments={SHEET: "signs a line, {speed} signs a second"}
)
def cues_can_be_read_in_time(deliverable, facts):
    for _, one, cue in spoken(deliverable, facts):
        size, allowed = len(plain(cue.text)), facts.speed * (one["end"] - one["start"]) / 1000
        assert size <= allowed + 1e-6, f"{cue.place} has {size} signs, {int(allowed)} can be read"


@rubric.important(
    "No first line of two ends in one of the words that the style sheet names",
    attachments={SHEET: "The first of two lines does not end in one of these words"},
)
def first_lines_end_well(deliverable, facts):
    for _, _, cue in spoken(deliverable, facts):
        for line in cue.lines[:-1]:
            words = re.findall(r"[\w-]+", plain(line).casefold())
            assert not words or words[-1] not in facts.weak or line[-1:] in tuple(".?!,;:"), f"{cue.place}: {line!r}"


@rubric.critical(
    "Every figure is there, by French habit, and miles are kilometres",
    brief="please change them as the style sheet\nsays, miles included",
)
def figures_the_french_way(deliverable, facts):
    for place, _, cue in spoken(deliverable, facts):
        for form in facts.figures[place]:
            blank = f"{BLANK}?" if re.search(r"[^\d\s]", form) else BLANK
            pattern = re.escape(form).replace(r"\ ", blank)
            found = re.search(rf"(?<![\d,.]){pattern}(?!\d|[,.]\d)", plain(cue.text))
            assert found, f"{cue.place} lacks a figure, or has it in another form: {cue.text!r}"


@rubric.critical(
    "Persons and places are called as in the list", attachments={SHEET: "names.csv is right, the robot is not"}
)
def persons_and_places_right(deliverable, facts):
    for _, one, cue in spoken(deliverable, facts):
        for name, heard in zip(one["names"], one["heard"], strict=True):
            assert has(cue.text, name), f"{cue.place} does not name whom or what {heard!r} stands for"


@rubric.critical(
    "The sponsor has its long form first and the short form ever after",
    attachments={SHEET: "when it is first spoken of, and the short form ever after"},
)
def sponsor_long_then_short(deliverable, facts):
    _, long, letters = facts.sponsor
    name = long.split(" ", 1)[1]
    for _, one, cue in spoken(deliverable, facts):
        if one["sponsor"] == 1:
            assert has(cue.text, name) and f"({letters})" in plain(cue.text), f"{cue.place}: {cue.text!r}"
        if one["sponsor"] == 2:
            assert has(cue.text, f"la {letters}") and not has(cue.text, name), f"{cue.place}: {cue.text!r}"


@rubric.important(
    "Terms of the list are used in every cue in which they are said",
    attachments={SHEET: "A term of the list is used in every cue in which it is said."},
)
def terms_of_the_list(deliverable, facts):
    for _, one, cue in spoken(deliverable, facts):
        for term in one["terms"]:
            french = facts.terms[term][0]
            assert has(cue.text, french) or has(cue.text, f"{french}s"), f"{cue.place} says {term!r} otherwise"


@rubric.important(
    "Sentences end in the cue in which they end in English, with the same mark",
    attachments={SHEET: "A sentence ends in the cue in which it ends in English, with the same mark"},
)
def sentences_end_in_their_cue(deliverable, facts):
    for _, one, cue in spoken(deliverable, facts):
        mark = last_mark(one["english"])
        assert last_mark(cue.text) == mark, f"{cue.place} should end with {mark or 'no end mark'}: {cue.text!r}"


@rubric.important(
    "No-break spaces and quotation marks are French",
    attachments={SHEET: "A no-break space (U+00A0 or U+202F) stands before ? ! : ; and », and behind «."},
)
def french_signs(deliverable, facts):
    for _, _, cue in spoken(deliverable, facts):
        text = bare(cue.text)
        assert not re.search(r'["“”„]', text), f"{cue.place} has quotation marks that are not French"
        assert not re.search(rf"(?<![{HARD}?!])[?!:;»]|«(?![{HARD}])", text), f"{cue.place} lacks a no-break space"
        assert text.count("«") == text.count("»"), f"{cue.place} opens a quotation and does not end it, or the reverse"


@rubric.critical(
    "Every cue is a translation of its own, and nothing is left in English",
    brief="keep every cue a translation of its own English cue",
)
def all_is_in_french(deliverable, facts):
    for _, one, cue in spoken(deliverable, facts):
        text = plain(cue.text)
        assert text.casefold() != plain(one["english"]).casefold(), f"{cue.place} is not translated"
        assert not ENGLISH.search(text), f"{cue.place} holds English words: {text!r}"
        assert len(text) >= 0.3 * len(plain(one["english"])), f"{cue.place} leaves out most of what is said: {text!r}"


@rubric.important(
    "Sounds, loudspeakers and two voices are marked as the style sheet says, and advertising is gone",
    attachments={SHEET: "Where the robot advertises itself, the cue stays and reads"},
)
def sounds_and_voices_marked(deliverable, facts):
    for _, one, cue in pairs(deliverable, facts):
        if one["kind"] != "speech":
            assert plain(cue.text).casefold() == one["french"][0], f"{cue.place} reads {cue.text[:60]!r}"
        if "<i>" in one["english"]:
            assert cue.text.strip().startswith("<i>") and cue.text.strip().endswith("</i>"), f"{cue.place}: no <i> tags"
        if "\n" in one["english"]:
            assert len(cue.lines) == 2 and all(line[:1] in tuple("-–—‑") for line in cue.lines), f"{cue.place}: dashes"


@rubric.pitfall("The audience is never tu", attachments={SHEET: "The audience is vous, never tu."})
def audience_is_vous(deliverable, facts):
    for _, _, cue in spoken(deliverable, facts):
        assert not re.search(r"\b(?:tu|toi|tes)\b|\bt'", plain(cue.text).casefold()), f"{cue.place}: {cue.text!r}"


def test_talk_subtitles(engagement):
    engagement.assert_complete()
