"""The accepted press release, and the same release with a slip in it."""
# hapi-pytest canary b0a79118-0ede-4fad-969c-6c7dac6e5f15

import datetime
import re
import textwrap

from hapi_pytest import Facts
from hapi_pytest.writers import office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "embargo-on-the-eve": ("embargo-lifts-on-the-last-working-day", "dateline-has-town-and-embargo-day"),
    "closed-day-forgotten": ("embargo-lifts-on-the-last-working-day", "dateline-has-town-and-embargo-day"),
    "embargo-line-of-the-eve": ("embargo-lifts-on-the-last-working-day",),
    "dateline-of-the-opening": ("dateline-has-town-and-embargo-day",),
    "headline-too-long": ("headline-is-short-and-names-us",),
    "headline-without-the-town": ("headline-is-short-and-names-us",),
    "quote-polished": ("quotes-stand-as-cleared",),
    "quote-cut": ("quotes-stand-as-cleared",),
    "old-function": ("speakers-have-their-present-functions",),
    "future-function": ("speakers-have-their-present-functions",),
    "uncleared-quote-used": ("nothing-unreleased-gets-out",),
    "open-day-left-vague": ("required-facts-are-in",),
    "last-correction-missed": ("corrections-are-followed",),
    "corrections-not-read": ("corrections-are-followed",),
    "figure-worked-out": ("figures-are-from-the-papers",),
    "customer-named": ("nothing-unreleased-gets-out",),
    "old-boilerplate": ("boilerplate-is-word-for-word",),
    "boilerplate-tidied": ("boilerplate-is-word-for-word",),
    "former-press-officer": ("contact-is-the-present-one",),
    "former-number": ("contact-is-the-present-one",),
    "body-too-long": ("body-has-the-asked-length",),
    "news-buried": ("news-stands-in-the-first-paragraph",),
    "word-file-is-the-earlier-draft": ("both-files-say-the-same",),
    "no-word-file": ("both-files-say-the-same",),
}
EQUIVALENTS: dict[str, str] = {
    "another-story": "the papers fix quotes, figures and the lead; the words around them and the order behind the lead "
    "are ours",
    "wrapped-lines": "the rules want plain text with an empty line between paragraphs, and do not say where lines end",
    "contact-in-one-block": "the rules want each part of the contact on a line, not in a paragraph of its own",
    "word-processor-marks": "both files must have the same words; curly quotes, a longer dash and another style are "
    "what a word processor makes of them",
}
DAY = datetime.timedelta(days=1)


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files from the papers."""
    blocks = _blocks(facts, flaws)
    text = "\n\n".join(blocks) + "\n"
    if "wrapped-lines" in flaws:
        text = "\n".join(textwrap.fill(line, 72, break_on_hyphens=False) for line in text.split("\n"))
        text = text.replace("\n", "\r\n")
    files: dict[str, str | bytes] = {"release.txt": text}
    if "no-word-file" not in flaws:
        files["release.docx"] = _document(blocks, flaws)
    return files


def _blocks(facts: Facts, flaws: frozenset[str]) -> list[str]:
    """Return the paragraphs of the release from the embargo line to the contact."""
    embargo = facts.embargo_day
    if "embargo-on-the-eve" in flaws:
        embargo = facts.opening_day - DAY
    if "closed-day-forgotten" in flaws:
        embargo = facts.closed
    day = facts.opening_day if "dateline-of-the-opening" in flaws else embargo
    body = _body(facts, flaws)
    body[0] = f"{facts.town.upper()}, {day:%-d %B %Y} – {body[0]}"
    lifts = facts.opening_day - DAY if "embargo-line-of-the-eve" in flaws else embargo
    boilerplate = facts.old_boilerplate if "old-boilerplate" in flaws else facts.boilerplate
    if "boilerplate-tidied" in flaws:
        boilerplate = boilerplate.replace("more than", "over")
    contact = _contact(facts, flaws)
    return [
        f"EMBARGOED UNTIL 06:00 GMT, {lifts:%A %-d %B %Y}".upper(),
        _headline(facts, flaws),
        *body,
        "ENDS",
        f"About {facts.company}",
        boilerplate,
        "Press contact",
        *(["\n".join(contact)] if "contact-in-one-block" in flaws else contact),
    ]


def _headline(facts: Facts, flaws: frozenset[str]) -> str:
    place = "home" if "headline-without-the-town" in flaws else facts.town
    headline = f"{facts.company} opens new workshop {facts.hall} in {place}"
    if "headline-too-long" in flaws:
        headline += " and moves everything that it does under one single roof at last"
    return headline


def _contact(facts: Facts, flaws: frozenset[str]) -> list[str]:
    name, email, digits = facts.contact_name, facts.contact_email, facts.contact_phone
    if "former-press-officer" in flaws:
        name = facts.officers[0]
        email = f"{name.split()[-1].lower()}@{facts.domain}"
    if "former-number" in flaws:
        digits = facts.former_phone
    return [name, "Press Officer", f"+{digits[:2]} {digits[2:6]} {digits[6:]}", email]


def _body(facts: Facts, flaws: frozenset[str]) -> list[str]:
    """Return the paragraphs between dateline and ENDS."""
    body = [_lead(facts, flaws), _history(facts), _chief(facts, flaws), _work(facts, flaws)]
    body += [_trainer(facts, flaws), _roof(facts), _open_day(facts, flaws)]
    if "another-story" in flaws:
        body = _other_body(facts, flaws)
    if "news-buried" in flaws:
        body[:2] = body[1::-1]
    if "uncleared-quote-used" in flaws:
        body.insert(-1, f'"{facts.council_quote}" said {facts.councillor}.')
    if "body-too-long" in flaws:
        body.insert(-1, LONG.format(company=facts.company, hall=facts.hall))
    return body


LONG = (
    "Nobody at {company} expects the move to be quiet. Benches will be carried through the town, tools "
    "will be looked for and found again, and for a while the kettle will be the only thing that everybody "
    "knows the place of. The people who planned {hall} know this and have left time for it. They have "
    "also left room, because a workshop that is full on its first day is too small on its second. What "
    "will be seen from the gallery is therefore not a show but plain work, with all that belongs to it: "
    "dust, patience, radio music and an argument now and then about the right way to hold a chisel. Those "
    "who come will be welcome to ask, and those who work there have promised to answer, as long as the "
    "glue allows it."
)


def _corrected(facts: Facts, flaws: frozenset[str]) -> tuple[int, int]:
    """Return jobs and floor area."""
    step = 0 if "corrections-not-read" in flaws else 1 if "last-correction-missed" in flaws else 2
    return facts.jobs[step], facts.area[0 if "corrections-not-read" in flaws else 1]


def _lead(facts: Facts, flaws: frozenset[str]) -> str:
    jobs, area = _corrected(facts, flaws)
    return (
        f"{facts.company}, maker of {facts.product}, opens its new workshop, {facts.hall}, in "
        f"{facts.town} on {facts.opening_day:%-d %B %Y} at {facts.opening_time}. The building has "
        f"{area:,} square metres of floor, cost GBP {facts.invest} million and brings {jobs} "
        f"new jobs to {facts.town} by the end of 2028."
    )


def _history(facts: Facts) -> str:
    return (
        f"Founded in {facts.founded}, the firm has until now spread its work over rented sheds at the "
        "edge of town, and every piece went by van from shed to shed, often more than once. Now "
        "everything moves into the new building, where store, machines, benches, finishing and testing "
        f"are under one roof for the first time. The plot on which {facts.hall} stands was a bus depot "
        "once and had stood empty for years. What was left of it has not gone to waste: the front of the "
        "workshop is made of boards from the gates of the old depot."
    )


def _chief_quote(facts: Facts, flaws: frozenset[str]) -> str:
    return facts.chief_quote.replace(facts.itch, facts.polished if "quote-polished" in flaws else facts.itch)


def _chief(facts: Facts, flaws: frozenset[str]) -> str:
    return f'{facts.chief}, {facts.chief_function} of {facts.company}, says: "{_chief_quote(facts, flaws)}"'


def _work(facts: Facts, flaws: frozenset[str]) -> str:
    return (
        f"Once everything runs, {facts.output} {facts.product} a year will leave {facts.hall}. The "
        "workshop is also meant for those who still have to learn how that is done: it has "
        f"{facts.places} apprenticeship places, to be filled from next summer. Every apprentice builds a "
        f"piece of their own and signs it.{_extras(facts, flaws)}"
    )


def _extras(facts: Facts, flaws: frozenset[str]) -> str:
    """Return what should not be there."""
    text = ""
    if "customer-named" in flaws:
        text += f" The first thing to leave the hall is an order of {facts.internal[0]}."
    if "figure-worked-out" in flaws:
        text += f" That makes {facts.staff + facts.jobs[-1]} people in all."
    return text


def _trainer(facts: Facts, flaws: frozenset[str]) -> str:
    quote, function = facts.trainer_quote, facts.trainer_function
    if "old-function" in flaws:
        function = facts.other_functions[0]
    if "future-function" in flaws:
        function = facts.other_functions[1]
    if "quote-cut" in flaws:
        first = quote.split(",")[0]
        return f'"{first}," said {facts.trainer}, {function}, "{quote[len(first) + 2 :]}"'
    if "another-story" in flaws:
        return f'What is taught here, {function} {facts.trainer} sums up as follows: "{quote}"'
    return f'{facts.trainer}, {function}, puts it this way: "{quote}"'


def _roof(facts: Facts) -> str:
    return (
        f"On top of it all is a solar roof with {facts.peak} kilowatts, which covers {facts.share} "
        "percent of the firm's electricity. The hall is heated with the warmth of the machines. Visitors "
        "can watch the work from a gallery without getting in the way, and so see under the same roof "
        "how a piece makes its way from the store over machines and benches to finishing and to the "
        "testing floor."
    )


def _open_day(facts: Facts, flaws: frozenset[str]) -> str:
    day = f"on {facts.open_day:%-d %B %Y}" if "open-day-left-vague" not in flaws else "soon afterwards"
    return (
        f"The neighbours are invited to see all this for themselves: {facts.hall} holds an open day {day} "
        f"from {facts.open_day_time}. No tickets are needed. People from the benches will be there to show "
        f"what they do at {facts.company}, and to answer the questions that come up on the way round."
    )


def _other_body(facts: Facts, flaws: frozenset[str]) -> list[str]:
    """Tell the same in other words and another order."""
    jobs, area = _corrected(facts, flaws)
    day = "Soon afterwards" if "open-day-left-vague" in flaws else f"On {facts.open_day:%-d %B %Y}"
    quote = _chief_quote(facts, flaws)
    return [
        f"{facts.hall}, the new workshop of {facts.company} in {facts.town}, opens on {facts.opening_day:%-d %B %Y} at "
        f"{facts.opening_time}. For GBP {facts.invest} million the maker of {facts.product} gets {area:,} square "
        f"metres under one roof, and {facts.town} gets {jobs} new jobs by the end of 2028.",
        f"{day} everybody from the neighbourhood can come and look: the doors are open from {facts.open_day_time}, and "
        "nobody needs a ticket. People from the benches will be at their places to show what they do there, and they "
        "will answer questions for as long as there are any.",
        f'"{quote}" So says {facts.chief}, {facts.chief_function} of the firm.',
        "For the first time store, machines, benches, finishing and testing stand side by side. Until now the work has "
        "been spread over sheds at the edge of town, all of them rented, and a piece on its way from one shed to the "
        "next went by van, and often more than once. What the machines give off in warmth heats the building, and the "
        f"roof above it carries solar panels of {facts.peak} kilowatts, which cover {facts.share} percent of the "
        "electricity that the firm uses.",
        _trainer(facts, flaws),
        f"There are {facts.places} apprenticeship places to be filled from next summer. Every apprentice builds a "
        "piece of their own and signs it when it is done. With everything "
        f"running, {facts.output} {facts.product} a year are to leave the building.{_extras(facts, flaws)}",
        f"The firm was founded in {facts.founded}. The plot on which it has now built was a bus depot in earlier days, "
        "and then stood empty for years. Something of that time has been kept for all to see, because the front of the "
        "new building is made of boards that come from the gates of the old depot. Inside there is a gallery, from "
        "which visitors can watch the work without getting in the way of those who do it, and follow a "
        "piece with their own eyes from the store to the last test.",
    ]


def _document(blocks: list[str], flaws: frozenset[str]) -> bytes:
    import docx

    document = docx.Document()
    is_marked = "word-processor-marks" in flaws
    for index, block in enumerate(blocks):
        if index == 4 and "word-file-is-the-earlier-draft" in flaws:
            block = block.replace("says", "said")
        if is_marked:
            block = re.sub('"(.+?)"', r"“\1”", block).replace("\N{EN DASH}", "\N{EM DASH}")
        title = "Heading 1" if is_marked else "Title"
        document.add_paragraph(block, style=title if index == 1 else None)
    return office_bytes(document)
