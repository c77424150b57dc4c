"""Rubric: an article from five sources, and its data for the website."""
# hapi-pytest canary 916e51bd-08fd-4d48-b5d8-8d388cc6010b

import functools
import itertools
import math
import re
import unicodedata
from typing import NamedTuple

from hapi_pytest import Rubric

rubric = Rubric()

MARKS = str.maketrans("“”„«»‘’‚`–—\u2010\u2011", '"""""\'\'\'\'----')
TAG = re.compile(r"\[ ?(S[1-5](?: ?[,;] ?S[1-5])*) ?\]")
LISTED = re.compile(r" *(?:[-*+] |\d{1,3}[.)] |[|>])")
FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
ALL_WORDS, SECTION_WORDS, ANSWER_WORDS, PARAGRAPH_WORDS = (600, 720), (60, 130), (25, 45), 60
MOST_CHARACTERS = 20_000


class Paragraph(NamedTuple):
    """A paragraph, and the heading of the second level above it, counted from 1."""

    section: int
    text: str

    @property
    def bare(self):
        """The paragraph without the names of its sources."""
        return " ".join(TAG.sub(" ", self.text).split())

    @property
    def sources(self):
        """The sources that it names, in order."""
        return [name for tag in TAG.findall(self.text) for name in re.findall(r"S\d", tag)]


class Article(NamedTuple):
    """The parts of article.md."""

    headings: list[tuple[int, str]]
    paragraphs: list[Paragraph]
    answers: list[tuple[str, str]]
    """Each question with what stands below it."""
    marked: list[str]
    """Lines of lists, tables and the like."""

    @property
    def bare(self):
        """All paragraphs without the names of sources."""
        return " ".join(paragraph.bare for paragraph in self.paragraphs)


def plain(text):
    """Text with straight quotes, plain dashes, folded white space and no marks of emphasis."""
    text = unicodedata.normalize("NFC", text.translate(MARKS)).replace("…", "...")
    return " ".join(re.sub(r"(\*\*|__|\*)", "", text).split())


def article(deliverable):
    """Read article.md."""
    source = deliverable.text("article.md")
    assert len(source) < MOST_CHARACTERS, "article.md is longer than any article"
    found = parsed(source)
    assert len(found.paragraphs) > 5 and found.paragraphs[-1].section > 2, "article.md is no article with sections"
    return found


@functools.lru_cache(maxsize=16)
def parsed(source):
    """Take an article apart."""
    headings, paragraphs, answers, marked, section = [], [], [], [], 0
    for is_text, lines in itertools.groupby(source.split("\n"), key=lambda line: bool(line.strip()) and line[0] != "#"):
        if is_text:
            lines = list(lines)
            marked += [line[:40] for line in lines if LISTED.match(line)]
            paragraphs.append(Paragraph(section, plain(" ".join(lines))))
            if headings and headings[-1][0] == 3:
                answers.append((headings[-1][1], paragraphs[-1].bare))
            continue
        for line in filter(str.strip, lines):
            level = len(line) - len(line.lstrip("#"))
            headings.append((level, plain(line.strip("#"))))
            section += level == 2
    return Article(headings, paragraphs, answers, marked)


def counts(text):
    """The number of words, with and without dashes that stand alone."""
    words = text.split()
    return {len(words), sum(any(char.isalnum() for char in word) for word in words)}


def is_between(text, bounds):
    """Whether a text has as many words as asked for."""
    return any(bounds[0] <= count <= bounds[1] for count in counts(text))


def figures(text):
    """Every figure of a text; 1,250 is one."""
    return [float(found.replace(",", "")) for found in FIGURE.findall(text)]


def says_day(text, day):
    """Whether a text names a day, in either order."""
    month = f"{day:%B}"
    return re.search(rf"(?<!\d){day.day}(?:st|nd|rd|th)? {month}\b|\b{month} {day.day}(?!\d)", text) is not None


def occurs(phrase, text):
    """How often a phrase stands in a text as words of its own, whatever the case; the text is a plain one."""
    phrase, text = plain(phrase).casefold(), text.casefold()
    return len(re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)) if phrase in text else 0


@rubric.critical(
    "Headline and sections are those of the outline, in its order, with nothing but paragraphs between them",
    brief="No lists, no tables, no links.",
    attachments={"outline.md": "The article has this headline and these sections, worded like this and in this order."},
)
def outline_is_kept(deliverable, facts):
    found = [(level, heading.casefold()) for level, heading in article(deliverable).headings if level != 3]
    wanted = [(1, facts.headline), *((2, getattr(facts, f"h{index}")) for index in range(7))]
    assert found == [(level, plain(heading).casefold()) for level, heading in wanted], f"the headings are {found}"
    marked = article(deliverable).marked
    assert not marked, f"are no plain paragraphs: {marked[:5]}"


@rubric.critical(
    "The article, its sections and its paragraphs have the asked lengths",
    attachments={"notes.md": "The article has 600 to 720 words, each section above the last one 60 to 130."},
)
def lengths_are_kept(deliverable):
    found = article(deliverable)
    assert is_between(found.bare, ALL_WORDS), f"the article has {max(counts(found.bare))} words"
    for section in range(1, 7):
        text = " ".join(one.bare for one in found.paragraphs if one.section == section)
        assert is_between(text, SECTION_WORDS), f"section {section} has {max(counts(text))} words"
    long = [one.bare[:60] for one in found.paragraphs if min(counts(one.bare)) > PARAGRAPH_WORDS]
    assert not long, f"more than {PARAGRAPH_WORDS} words are in: {long}"


@rubric.critical(
    "Each section tells the figures that the outline asks for",
    brief="Everything that the outline asks a section to tell is told in that section",
)
def sections_tell_what_they_have_to(deliverable, facts):
    found = article(deliverable)
    for section, wanted in enumerate(facts.required, 1):
        text = " ".join(one.bare for one in found.paragraphs if one.section == section)
        told = figures(text)
        missing = sum(figure not in told for figure in wanted)
        assert not missing, f"section {section} does not tell {missing} of its figures"
        assert section != 6 or says_day(text, facts.deadline), "section 6 does not tell until when one can apply"


@rubric.critical(
    "Each figure stands in a source that its paragraph names",
    attachments={"notes.md": "each figure in it stands in one of the sources"},
)
def figures_stand_beside_their_sources(deliverable, facts):
    found = article(deliverable)
    assert sum(bool(figures(one.bare)) for one in found.paragraphs) > 4, "hardly any paragraph has a figure"
    for one in found.paragraphs:
        backed = {figure for name in one.sources for figure in facts.figures[name]}
        astray = [figure for figure in figures(one.bare) if figure not in backed]
        assert not astray, f"not in {one.sources or 'any source that is named'}: {astray} in {one.bare[:60]!r}"
    headings = [heading for _, heading in found.headings if figures(heading)]
    assert not headings, f"a heading has a figure: {headings}"


@rubric.critical(
    "What loses against another source is nowhere in the article",
    attachments={"notes.md": "What loses does not appear in the article at all"},
)
def contradictions_are_settled(deliverable, facts):
    text = article(deliverable).bare
    stale = [figure for figure in facts.losing if figure in figures(text)]
    assert not stale, f"another source wins over: {stale}"
    assert not says_day(text, facts.old_deadline), "the council's last word on the day was another one"
    stale = [figure for figure in facts.old_survey if figure in figures(text)]
    assert not stale, f"from a survey that does not count: {stale}"


@rubric.important(
    "The one cleared quote stands whole in its section, beside name, function and shop, and no other quotation does",
    attachments={"notes.md": "with the name and the function that stand there"},
)
def quote_is_as_cleared(deliverable, facts):
    found = article(deliverable)
    text = " ".join(one.bare for one in found.paragraphs if one.section == 5)
    assert f'"{plain(facts.quote)}' in text, "section 5 does not have the cleared quote in one piece"
    for what in (facts.owner, facts.function, facts.shop):
        assert plain(what).casefold() in text.casefold(), f"section 5 does not name {what}"
    assert found.bare.count('"') == 2, "there are other quotation marks in the article"


@rubric.important(
    "The search phrase is in headline and first paragraph, and 5 to 8 times in all",
    attachments={"notes.md": "It stands in the headline, in the first paragraph, and 5 to 8 times in"},
)
def search_phrase_is_used(deliverable, facts):
    found = article(deliverable)
    assert found.headings[0][0] == 1 and occurs(facts.keyword, found.headings[0][1]), "it is not in the headline"
    assert occurs(facts.keyword, found.paragraphs[0].bare), "it is not in the first paragraph"
    count = occurs(facts.keyword, found.bare) + sum(occurs(facts.keyword, heading) for _, heading in found.headings)
    assert 5 <= count <= 8, f"it is there {count} times"


@rubric.important(
    "The last section has three questions, each answered in one paragraph of 25 to 45 words",
    attachments={"outline.md": "one paragraph of 25 to 45 words"},
)
def questions_are_answered(deliverable, facts):
    found = article(deliverable)
    questions = [heading for level, heading in found.headings if level == 3]
    assert [level for level, _ in found.headings][-3:] == [3, 3, 3] and len(questions) == 3, (
        "not three questions at the end"
    )
    assert [question for question, _ in found.answers] == questions, "not one paragraph below each question"
    for question, answer in found.answers:
        assert question.endswith("?"), f"is no question: {question!r}"
        assert is_between(answer, ANSWER_WORDS), f"{question!r} is answered in {max(counts(answer))} words"


@rubric.important(
    "Title, description and slug are built by the notes",
    attachments={"notes.md": "- description: 120 to 155 characters, with the search phrase in it"},
)
def website_texts_are_built_right(deliverable, facts):
    meta = deliverable.json("meta.json")
    title, description = plain(meta["title"].text()), plain(meta["description"].text())
    assert len(title) <= 60, f"the title has {len(title)} characters"
    assert 120 <= len(description) <= 155, f"the description has {len(description)} characters"
    assert occurs(facts.keyword, title) and occurs(facts.keyword, description), "the search phrase is missing"
    assert meta["slug"].text().strip().strip("/") == facts.slug, "the slug is not built as the notes have it"


@rubric.important(
    "meta.json has the sources in the order in which the article names them",
    attachments={"notes.md": "in the order in which the article first names them"},
)
def sources_are_in_order(deliverable):
    named = [name for one in article(deliverable).paragraphs for name in one.sources]
    wanted = list(dict.fromkeys(named))
    told = [node.text().strip() for node in deliverable.json("meta.json")["sources"]]
    assert len(wanted) > 2, "the article hardly names any source"
    assert told == wanted, f"meta.json has {told[:9]}, the article {wanted}"


@rubric.important(
    "meta.json gives the words and minutes that the article has",
    attachments={"notes.md": "- minutes: the words divided by 200, rounded up"},
)
def words_are_counted(deliverable):
    meta, allowed = deliverable.json("meta.json"), counts(article(deliverable).bare)
    words = meta["words"].number()
    assert words in allowed, f"meta.json says {words:g}, the article has {max(allowed)}"
    assert meta["minutes"].number() == math.ceil(words / 200), "the minutes do not follow from the words"


@rubric.important(
    "meta.json repeats the three questions and answers as they stand in the article",
    attachments={"notes.md": "the three questions and answers as in the article, without the brackets"},
)
def website_repeats_the_answers(deliverable):
    told = [(one["question"].text(), one["answer"].text()) for one in deliverable.json("meta.json")["faq"]]
    wanted = article(deliverable).answers
    assert len(wanted) > 0, "the article has no questions"
    assert [(spaced(a), spaced(b)) for a, b in told] == [(spaced(a), spaced(b)) for a, b in wanted], (
        "not the same words"
    )


def spaced(text):
    """Text without space before a full stop or comma, where a bracket may have stood."""
    return re.sub(r" +([.,;:?!])", r"\1", plain(text))


@rubric.pitfall(
    "Neither makers nor what somebody wants to keep to themselves gets into print",
    attachments={"notes.md": "We name no makers and no models, print no codes and no addresses from the web"},
)
def nobody_gets_a_favour(deliverable, facts):
    found, meta = article(deliverable), deliverable.json("meta.json")
    text = " ".join([found.bare, *(heading for _, heading in found.headings)])
    text = plain(f"{text} {meta['title'].text()} {meta['description'].text()}")
    named = [name for name in (facts.maker, facts.model, facts.code) if occurs(name, text)]
    assert not named, f"is in print: {named}"
    assert not re.search(r"https?:|www\.|\.example\b|\]\(", text), "there is an address from the web"
    assert facts.paid not in figures(text), "what the owner paid is in print"
    words = re.findall(r"\w+", plain(facts.hidden).casefold())
    said = " ".join(re.findall(r"\w+", plain(text).casefold()))
    assert not any(" ".join(words[i : i + 5]) in said for i in range(len(words) - 4)), (
        f"{facts.owner} did not clear that"
    )


@rubric.pitfall(
    "None of the words that the notes rule out occurs",
    attachments={"notes.md": "words do not occur at all: {number_words}."},
)
def no_word_that_is_ruled_out(deliverable, facts):
    found = article(deliverable)
    text = " ".join([found.bare, *(heading for _, heading in found.headings)])
    listed = f"{facts.number_words}, {facts.cliches}".split(", ")
    used = [word for word in listed if occurs(word, text)]
    assert not used, f"does not occur in our pages: {used}"


def test_sourced_article(engagement):
    engagement.assert_complete()
