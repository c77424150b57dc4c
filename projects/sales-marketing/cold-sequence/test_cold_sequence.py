"""Rubric: cold sequence."""
# hapi-pytest canary b97e3442-f5a7-4237-9dd0-838a4e93e370

import datetime
import re
from typing import NamedTuple

from hapi_pytest import Rubric

rubric = Rubric()
MARKS = str.maketrans("“”„«»‘’‚–—‑−", '"""""' + "'''" + "----")
TAG = re.compile(r"\{\{([^{}]*)\}\}")
WITH_GAPS, WITHOUT = ("first_name", "town"), ("company",)
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%-d.%-m.%Y", "%d/%m/%Y")


def plain(text):
    """Text with straight quotes, plain dashes and folded white space; none of these is anybody's mistake."""
    return " ".join(text.translate(MARKS).replace("…", "...").split())


class Mail(NamedTuple):
    """The parts of a mail."""

    subject: str
    preview: str
    body: list[str]
    """Lines with something on them, from the greeting to the link."""
    tail: list[str]

    @property
    def text(self):
        """All that the recipient reads above the sign-off."""
        return "\n".join([self.subject, self.preview, *self.body])


def mail(deliverable, number):
    """Split a mail; what stands below the last line of two dashes is the sign-off."""
    lines = [line.strip() for line in deliverable.text(f"mails/{number}.md").split("\n")]
    lines = [line for line in lines if line]
    assert len(lines) > 4, f"mail {number} has hardly any lines"
    head = [re.match(r"(subject|preview):(.*)", line, re.IGNORECASE) for line in lines[:2]]
    assert all(head) and lines[0][:1] in "Ss", f"mail {number} does not begin with Subject and Preview"
    ends = [index for index, line in enumerate(lines) if line in ("--", "—", "–")]
    end = ends[-1] if ends else len(lines)
    assert end > 3, f"mail {number} has hardly any body"
    return Mail(head[0][2].strip(), head[1][2].strip(), lines[2:end], lines[end + 1 :])


def mails(deliverable):
    return [mail(deliverable, number) for number in range(1, 6)]


def table(deliverable):
    rows = deliverable.json("sequence.json")["mails"].list()
    assert len(rows) == 5, f"sequence.json has {len(rows)} mails"
    return rows


def figures(text, deadline):
    """Every figure of a text, without links and without the deadline as a date in figures."""
    text = re.sub(r"https?:\S*", " ", text)
    for form in DATES:
        text = text.replace(f"{deadline:{form}}", " ")
    return [float(found.replace(",", "")) for found in re.findall(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?", text)]


def has_day(text, day):
    """Whether a text names a day, as in 4 March."""
    month = f"{day:%b}(?:{f'{day:%B}'[3:]})?"
    either = rf"\b0?{day.day}(?:st|nd|rd|th)?\s+(?:of\s+)?{month}\b|\b{month}\s+{day.day}\b"
    return re.search(either, text, re.IGNORECASE) or any(f"{day:{form}}" in text for form in DATES)


@rubric.critical(
    "Each mail goes out on the day that the rules give",
    attachments={"style.md": "The next gap runs from the day on which the mail before really goes out."},
)
def send_days_are_counted_right(deliverable, facts):
    for number, (row, offset) in enumerate(zip(table(deliverable), facts.offsets, strict=True), 1):
        wanted = facts.start + datetime.timedelta(days=offset)
        assert row["send_on"].text().strip() == wanted.isoformat(), f"mail {number}: {row['send_on'].text()[:20]!r}"


@rubric.critical(
    "Each mail has the one proof on its topic that may be used that day, word for word and nowhere else",
    brief="carries the one proof on that topic that we may use in it, its sentence word for word and nowhere else",
)
def each_mail_has_its_proof(deliverable, facts):
    sentences = {proof["id"]: plain(proof["sentence"]) for proof in facts.proofs}
    texts = [plain(one.text) for one in mails(deliverable)]
    for number, (text, row, wanted) in enumerate(zip(texts, table(deliverable), facts.wanted, strict=True), 1):
        assert sentences[wanted] in text, f"mail {number} does not have its proof word for word"
        others = [name for name, sentence in sentences.items() if name != wanted and sentence in text]
        assert not others, f"mail {number} has {others}, too"
        assert row["proof"].text().strip() == wanted, f"sequence.json has another proof for mail {number}"


@rubric.pitfall(
    "No customer is named whose proof is not used",
    brief="Customers whose proof you don't use stay out altogether, even in passing.",
)
def forbidden_customers_are_not_named(deliverable, facts):
    whole = plain("\n".join(one.text for one in mails(deliverable))).casefold()
    named = [name for name in facts.unnamed if plain(name).casefold() in whole]
    assert not named, f"may not be named: {named}"


@rubric.critical(
    "Each body has as many words as its mail may have",
    attachments={"style.md": "Length of the body in words, greeting and link included."},
)
def bodies_keep_their_length(deliverable, facts):
    for number, (one, (low, high)) in enumerate(zip(mails(deliverable), facts.lengths, strict=True), 1):
        count = len(" ".join(one.body).split())
        assert low <= count <= high, f"the body of mail {number} has {count} words"


def longest(text, recipients):
    """The most characters that a line has once its tags are filled for somebody."""
    columns = ("first_name", "last_name", "company", "town")

    def filled(row):
        def value(tag):
            name, _, fallback = tag[1].partition("|")
            return dict(zip(columns, row, strict=False)).get(name.strip(), "") or fallback.strip()

        return TAG.sub(value, text)

    return max(len(filled(row)) for row in recipients)


@rubric.critical(
    "Subject and preview keep their limits for every recipient",
    attachments={"style.md": "both with the tags filled, for every single recipient"},
)
def subjects_fit_every_recipient(deliverable, facts):
    for number, one in enumerate(mails(deliverable), 1):
        assert one.subject and one.preview, f"mail {number} lacks a subject or a preview"
        for text, limit in ((one.subject, facts.limit), (one.preview, 90)):
            length = longest(text[:500], facts.recipients)
            assert length <= limit, f"mail {number}: {text[:60]!r} has {length} characters for somebody"


@rubric.important(
    "Mails 2 and 4 have the subject of the mail before with Re: in front",
    attachments={"style.md": "Their subject is `Re: ` and the subject of mail 1 or 3, unchanged."},
)
def replies_keep_their_subject(deliverable):
    subjects = [plain(one.subject) for one in mails(deliverable)]
    for number in (2, 4):
        assert subjects[number - 1] == f"Re: {subjects[number - 2]}", f"mail {number}: {subjects[number - 1][:60]!r}"
    for number in (1, 3, 5):
        assert not subjects[number - 1].startswith("Re:"), f"mail {number} is no reply"


@rubric.important(
    "Merge tags are of the list, with words to stand in where a column has gaps, and each mail greets by first name",
    attachments={"style.md": "the tag needs words to stand in, behind a bar"},
)
def merge_tags_are_safe(deliverable):
    for number, one in enumerate(mails(deliverable), 1):
        assert "first_name" in " ".join(TAG.findall(one.body[0])), f"mail {number} does not greet by first name"
        for tag in TAG.findall(one.text):
            name, _, fallback = (part.strip() for part in tag.partition("|"))
            assert name in WITH_GAPS + WITHOUT, f"mail {number}: there is no tag {name[:30]!r}"
            assert fallback or name in WITHOUT, f"mail {number}: {name} has nothing to stand in"
        assert not re.search(r"[{}]", TAG.sub("", one.text)), f"mail {number} has a broken tag"


@rubric.critical(
    "Each mail has one link, that of the table, alone on the last line of its body",
    attachments={"style.md": "One link, the one of offer.md, bare, alone on the last line of the body."},
)
def one_link_at_the_end(deliverable, facts):
    for number, (one, link) in enumerate(zip(mails(deliverable), facts.links, strict=True), 1):
        assert one.body[-1] == link, f"mail {number} ends with {one.body[-1][:60]!r}"
        rest = "\n".join([one.subject, one.preview, *one.body[:-1], *one.tail]).casefold()
        assert not re.search(r"https?:|www\.", rest), f"mail {number} has a second link"


@rubric.critical(
    "Mail 3 has the price of its day, no other mail has money in it, and mail 5 has the last day to sign up",
    brief="with the price that holds on the day that mail goes out",
)
def price_and_deadline_hold(deliverable, facts):
    texts = [one.text for one in mails(deliverable)]
    found = figures(texts[2], facts.deadline)
    assert facts.price in found, "mail 3 does not have the price of its day"
    assert facts.other_price not in found, "mail 3 has a price that does not hold on its day"
    for number, text in enumerate(texts, 1):
        has_money = re.search(r"€|\beuros?\b|\beur\b", text, re.IGNORECASE) or any(
            price in figures(text, facts.deadline) for price in facts.prices
        )
        assert number == 3 or not has_money, f"mail {number} has money in it"
    assert has_day(texts[4], facts.deadline), "mail 5 does not say by which day to sign up"


@rubric.pitfall(
    "Every figure in a mail is one of the offer's first section or of its own proof",
    brief="every figure in a mail is one from the first section of offer.md or from that mail's own proof",
)
def figures_are_the_offers(deliverable, facts):
    offer = [facts.firms, facts.setup, facts.trial, facts.call, *facts.prices]
    offer += [part for day in (facts.deadline, facts.change) for part in (day.day, day.year)]
    for number, (one, topic) in enumerate(zip(mails(deliverable), facts.topics, strict=True), 1):
        own = " ".join(proof["sentence"] for proof in facts.proofs if proof["topic"] == topic)
        allowed = {*offer, *figures(own, facts.deadline)}
        unknown = [figure for figure in figures(one.text, facts.deadline) if figure not in allowed]
        assert not unknown, f"mail {number} has {unknown}"


@rubric.important(
    "Each mail ends with the sign-off, line by line as it is", attachments={"style.md": "The sign-off, line by line:"}
)
def sign_off_is_unchanged(deliverable, facts):
    for number, one in enumerate(mails(deliverable), 1):
        assert [plain(line) for line in one.tail] == [plain(line) for line in facts.sign_off], f"mail {number}"


@rubric.pitfall(
    "Nothing of the list of banned phrases, no exclamation mark and no bracket is in any mail",
    attachments={"style.md": "No exclamation marks, no brackets such as [this], and never, in any part of a file:"},
)
def nothing_banned_is_said(deliverable, facts):
    for number, one in enumerate(mails(deliverable), 1):
        text = plain("\n".join([one.text, *one.tail])).casefold()
        found = [phrase for phrase in facts.banned if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)]
        found += [mark for mark in "![]" if mark in text]
        assert not found, f"mail {number} has {found}"


@rubric.important(
    "Numbers, subjects, links and word counts in sequence.json are those of the mails",
    brief="`words`: the words of its body",
)
def table_and_mails_agree(deliverable):
    for number, (row, one) in enumerate(zip(table(deliverable), mails(deliverable), strict=True), 1):
        assert row["mail"].number() == number, f"place {number} is mail {row['mail'].number():g}"
        assert plain(row["subject"].text()) == plain(one.subject), f"mail {number} has another subject"
        assert row["link"].text().strip() in "\n".join(one.body), f"mail {number} has another link"
        count = len(" ".join(one.body).split())
        assert row["words"].number() == count, f"mail {number} has {count} words"


@rubric.important(
    "No two mails have the same first three words below the greeting",
    attachments={"style.md": "No two mails have the same first three words below the greeting."},
)
def openings_differ(deliverable):
    words = [plain(one.body[1]).casefold().split()[:3] for one in mails(deliverable)]
    openings = [" ".join(word.strip(".,:;?-\"'") for word in three) for three in words]
    assert all(openings) and len(set(openings)) == 5, f"the mails begin with {openings}"


def test_cold_sequence(engagement):
    engagement.assert_complete()
