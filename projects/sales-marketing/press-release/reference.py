"""The accepted press release, and the same release with a slip in it."""

import datetime

from hapi_pytest import Facts
from hapi_pytest.writers import office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "embargo-on-the-eve": ("embargo-lifts-on-the-last-working-day", "dateline-has-town-and-embargo-day"),
    "closed-day-forgotten": ("embargo-lifts-on-the-last-working-day", "dateline-has-town-and-embargo-day"),
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
DAY = datetime.timedelta(days=1)


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files from the papers."""
    blocks = _blocks(facts, flaws)
    files: dict[str, str | bytes] = {"release.txt": "\n\n".join(blocks) + "\n"}
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
    boilerplate = facts.old_boilerplate if "old-boilerplate" in flaws else facts.boilerplate
    if "boilerplate-tidied" in flaws:
        boilerplate = boilerplate.replace("more than", "over")
    return [
        f"EMBARGOED UNTIL 06:00 GMT, {embargo:%A %-d %B %Y}".upper(),
        _headline(facts, flaws),
        *body,
        "ENDS",
        f"About {facts.company}",
        boilerplate,
        "Press contact",
        *_contact(facts, flaws),
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
    lead = [_lead(facts, flaws), _history(facts)]
    if "news-buried" in flaws:
        lead.reverse()
    body = [*lead, _chief(facts, flaws), _work(facts, flaws), _trainer(facts, flaws), _roof(facts)]
    if "uncleared-quote-used" in flaws:
        body.append(f'"{facts.council_quote}" said {facts.councillor}.')
    body.append(_open_day(facts, flaws))
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


def _lead(facts: Facts, flaws: frozenset[str]) -> str:
    step = 0 if "corrections-not-read" in flaws else 1 if "last-correction-missed" in flaws else 2
    area = facts.area[0 if "corrections-not-read" in flaws else 1]
    return (
        f"{facts.company}, maker of {facts.product}, opens its new workshop, {facts.hall}, in "
        f"{facts.town} on {facts.opening_day:%-d %B %Y} at {facts.opening_time}. The building has "
        f"{area:,} square metres of floor, cost GBP {facts.invest} million and brings {facts.jobs[step]} "
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


def _chief(facts: Facts, flaws: frozenset[str]) -> str:
    quote = facts.chief_quote
    if "quote-polished" in flaws:
        quote = quote.replace(facts.itch, facts.polished)
    return f'{facts.chief}, {facts.chief_function} of {facts.company}, says: "{quote}"'


def _work(facts: Facts, flaws: frozenset[str]) -> str:
    text = (
        f"Once everything runs, {facts.output} {facts.product} a year will leave {facts.hall}. The "
        "workshop is also meant for those who still have to learn how that is done: it has "
        f"{facts.places} apprenticeship places, to be filled from next summer. Every apprentice builds a "
        "piece of their own and signs it."
    )
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


def _document(blocks: list[str], flaws: frozenset[str]) -> bytes:
    import docx

    document = docx.Document()
    for index, block in enumerate(blocks):
        if index == 4 and "word-file-is-the-earlier-draft" in flaws:
            block = block.replace("says", "said")
        document.add_paragraph(block, style="Title" if index == 1 else None)
    return office_bytes(document)
