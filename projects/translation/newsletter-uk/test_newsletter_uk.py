"""Rubric: British edition of an American newsletter."""
# hapi-pytest canary a744163a-53f0-41dd-8f31-c050501dc308

import functools
import re
import unicodedata

from hapi_pytest import Rubric

rubric = Rubric()
GUIDE = "guide.docx"
MARKS = str.maketrans("“”„«»‘’‚–—‑−", '"""""' + "'''" + "----")
LINKS = ("link", "other")


@functools.lru_cache(maxsize=4096)
def plain(text):
    """Text with straight quotes, plain dashes and folded white space; a unit may stand close to its number."""
    text = " ".join(unicodedata.normalize("NFC", text).translate(MARKS).replace("…", "...").split())
    text = re.sub(r" +(?=[.,;:!?)°])", "", text)
    return re.sub(r"(?<=[0-9]) ?(?=(?:cm|m|kg|g|litres)\b)", " ", text)


@functools.lru_cache(maxsize=4)
def contents(page):
    """Return the text of each block by id, the alternative text for a picture, and all addresses of links."""
    elements = page.all("[id]")
    assert len(elements) <= 500, f"{len(elements)} elements with an id"
    texts = {}
    for element in elements:
        is_picture = element.name == "img" and element.has("alt")
        texts.setdefault(element.attribute("id"), plain(element.attribute("alt") if is_picture else element.text))
    return texts, [link.attribute("href").strip() for link in page.all("a[href]")]


def blocks(deliverable, facts):
    """Return the texts of the blocks that are there; most must be, or nothing is judged."""
    texts, _ = contents(deliverable.html("news_uk.html"))
    found = {name: texts[name] for name in facts.pieces if name in texts}
    assert len(found) >= 0.8 * (len(facts.pieces) - len(facts.us_only)), f"only {len(found)} blocks are there"
    return found


def count(form, text):
    """Count a form in a text where it stands as a word or a number of its own."""
    form, text, found = plain(form).casefold(), text.casefold(), 0
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        before, after = text[max(0, start - 1) : start], text[end : end + 2]
        is_longer = before.isalnum() or after[:1].isalnum() or (after[:1] in (".", ",") and after[1:].isdigit())
        is_longer = is_longer or (form[:1].isdigit() and before in tuple(".,$£"))
        found += not is_longer
        start = text.find(form, end)
    return found


def whole(facts, name, number):
    """Return a block's American (0) or expected (1) text."""
    pairs = zip(facts.pieces[name], facts.forms[name], strict=True)
    return plain("".join((uk or us) if number else us for (kind, us), uk in pairs if kind not in LINKS))


def places(facts, kinds, is_hidden=False):
    """Yield block, American and British form of each place of some kinds."""
    for name, pieces in facts.pieces.items():
        if name not in facts.us_only and (name in facts.hidden) == is_hidden:
            for (kind, us), uk in zip(pieces, facts.forms[name], strict=True):
                if kind in kinds:
                    yield name, us, uk


def assert_changed(deliverable, facts, kinds, is_hidden=False):
    """Assert that the places of some kinds have their British form, and none keeps the American one."""
    found = blocks(deliverable, facts)
    for name, us, uk in places(facts, kinds, is_hidden):
        if name in found:
            wanted, text = whole(facts, name, 1), found[name]
            assert count(uk, text) >= count(uk, wanted), f"{name}: {us!r} does not read as the guide asks"
            assert count(us, text) <= count(us, wanted), f"{name}: {us!r} is left"


@rubric.critical(
    "The page is British English and has all blocks in their order, without those that are not for Britain",
    brief=["so they stay, in the same order", "Set the language of the page to en-GB."],
    attachments={GUIDE: 'Blocks with data-region="us" are left out.'},
)
def blocks_in_their_places(deliverable, facts):
    page = deliverable.html("news_uk.html")
    wanted = [name for name in facts.pieces if name not in facts.us_only]
    names = [element.attribute("id") for element in page.all("[id]")]
    assert [name for name in names if name in facts.pieces] == wanted, "blocks are lost, moved, doubled or kept"
    assert page.one("html").attribute("lang").strip().casefold() == "en-gb", "the language is another one"


@rubric.critical(
    "Words of the list have their British form",
    attachments={GUIDE: "words.csv has our words, in whatever form they occur"},
)
def words_are_british(deliverable, facts):
    assert_changed(deliverable, facts, ["word"])


@rubric.pitfall(
    "Words that change in one sense only are left alone in every other sense",
    attachments={GUIDE: "Where the third column says something, the word changes in that sense only."},
)
def other_senses_left_alone(deliverable, facts):
    found = blocks(deliverable, facts)
    for name, us, _ in places(facts, ["sense"]):
        assert count(us, found.get(name, us)) >= 1, f"{name}: {us!r} was changed in a sense in which it stays"


@rubric.critical(
    "Dates are written the British way",
    attachments={GUIDE: "As in 4 March or 4 March 2026, with the year only where the American text has it."},
)
def dates_are_british(deliverable, facts):
    assert_changed(deliverable, facts, ["date"])


@rubric.critical(
    "Live events have the day and time at which a reader in London switches on",
    attachments={GUIDE: "Give the day and time at which a reader in London has to switch on"},
)
def live_events_in_london_time(deliverable, facts):
    assert_changed(deliverable, facts, ["event"])


@rubric.critical(
    "Amounts without a British price are converted at the rate of the day that counts, and rounded",
    attachments={GUIDE: "a day without a rate uses the last one before it"},
)
def amounts_at_the_rate(deliverable, facts):
    assert_changed(deliverable, facts, ["money"])


@rubric.important(
    "Products of the British list cost what it says for the day of the issue",
    attachments={GUIDE: "costs what that list says for the day the issue goes out"},
)
def listed_prices_from_the_list(deliverable, facts):
    assert_changed(deliverable, facts, ["price"])


@rubric.critical(
    "Measures are converted and rounded as in the guide, and miles stay",
    attachments={GUIDE: "Convert with these figures and round to the nearest"},
)
def measures_converted(deliverable, facts):
    assert_changed(deliverable, facts, ["unit"])
    found = blocks(deliverable, facts)
    for name, us, _ in places(facts, ["miles"]):
        assert count(us, found.get(name, us)) >= 1, f"{name}: {us!r} was converted"


@rubric.important(
    "Telephone numbers, pages and mailboxes are the British ones where there are any",
    attachments={GUIDE: "An American number without a British one stays and is written as in"},
)
def numbers_and_links_lead_to_britain(deliverable, facts):
    assert_changed(deliverable, facts, ["phone"])
    _, addresses = contents(deliverable.html("news_uk.html"))
    for name, us, uk in places(facts, LINKS):
        assert uk in addresses, f"{name}: no link leads to where {us} should lead"
        assert us == uk or us not in addresses, f"{name}: a link still leads to {us}"


@rubric.pitfall(
    "What people say, and registered names, stand as they stood",
    attachments={GUIDE: "What people say stays as they said it, with their dollars and degrees"},
)
def what_people_say_and_names_stay(deliverable, facts):
    found = blocks(deliverable, facts)
    for name, us, _ in places(facts, ["quote", "name"]):
        assert plain(us) in found.get(name, plain(us)), f"{name}: {us!r} was changed"


@rubric.pitfall(
    "Every other word is as it was", brief="let people\nsay what they said, and leave every other sentence as it is"
)
def every_other_word_as_it_was(deliverable, facts):
    for name, text in blocks(deliverable, facts).items():
        pieces = [(kind, plain(us)) for kind, us in facts.pieces[name] if kind not in LINKS]
        place, room = 0, 0
        for kind, us in pieces:
            if kind not in ("", "label"):
                room += 20 + 2 * len(us) if name != "n-legal" else 1000
            elif re.search(r"\w", us):
                at = text.find(us, place)
                assert 0 <= at <= place + room + 2, f"{name}: {us!r} is not there, or something is before it"
                place, room = at + len(us), 0
            else:
                room += len(us) + 2
        assert len(text) <= place + room + 2, f"{name}: something stands behind {text[:place][-40:]!r}"


@rubric.important(
    "Title, preview line and alternative texts are British too",
    attachments={GUIDE: "the title of the page, the preview line and the alternative texts of pictures are texts too"},
)
def texts_that_do_not_show(deliverable, facts):
    assert_changed(deliverable, facts, ["word", "date", "money", "unit"], is_hidden=True)


@rubric.important(
    "The small print is that of the guide, to the letter",
    attachments={GUIDE: "The last block is replaced by this, to the letter"},
)
def small_print_replaced(deliverable, facts):
    text = blocks(deliverable, facts).get("n-legal", "")
    assert text == plain(facts.legal_uk), f"the small print reads {text[:80]!r}"


@rubric.critical(
    "changes.csv lists every place that was changed, by block and kind, and nothing else",
    brief=["one row for every place, with the id of the block", "Please list nothing that you did not\nchange"],
)
def changes_complete_and_true(deliverable, facts):
    found, (_, addresses) = blocks(deliverable, facts), contents(deliverable.html("news_uk.html"))
    listed = {}
    table = deliverable.csv("changes.csv")
    assert len(table) <= 400, f"{len(table)} rows are more than there is to change"
    for row in table:
        name, kind, us, uk = (plain(row[column]) for column in ("block", "kind", "us", "uk"))
        pieces, kind = facts.pieces.get(name), kind.casefold()
        assert pieces, f"{row.place}: there is no block {name!r}"
        before = [whole(facts, name, 0), *(piece for _, piece in pieces)]
        us, uk = (text.removesuffix("...").strip() for text in (us, uk))
        assert us and any(us in text for text in before), f"{row.place}: {us!r} did not stand in {name}"
        if kind == "removed":
            assert name not in found, f"{row.place}: {name} was not left out"
        else:
            assert us != uk and uk, f"{row.place}: nothing changed here"
            is_there = any(uk in text for text in (found.get(name, ""), *addresses))
            assert is_there, f"{row.place}: {uk!r} is not in {name}"
            stood = count(us, before[0])
            assert not stood or count(us, found.get(name, "")) < stood, f"{row.place}: {us!r} still stands in {name}"
        listed.setdefault((name, kind), []).append(us)
    for name, pieces in facts.pieces.items():
        if name not in found:
            if name in facts.us_only:
                assert listed.get((name, "removed")), f"{name} is left out, and no row says so"
            continue
        assert_listed(listed, facts, name, pieces, [found[name], *addresses])


def assert_listed(listed, facts, name, pieces, after):
    """Assert a row for each place of a block in which the American form is gone."""
    made = {}
    for kind, us in pieces:
        is_left = us in after if kind == "link" else count(us, after[0]) > count(us, whole(facts, name, 1))
        if kind in ("word", "date", "event", "money", "price", "unit", "phone", "link", "legal") and not is_left:
            made.setdefault("money" if kind == "price" else kind, []).append(plain(us))
    for kind, forms in made.items():
        rows = listed.get((name, kind), [])
        for us in forms:
            is_part = kind in ("link", "legal")
            is_there = any(us in row or (row in us and (is_part or 2 * len(row) >= len(us))) for row in rows)
            assert is_there, f"no row lists the {kind} {us!r} in {name}"
        assert len(rows) >= len(forms), f"{len(rows)} rows for {len(forms)} changes of kind {kind} in {name}"


def test_newsletter_uk(engagement):
    engagement.assert_complete()
