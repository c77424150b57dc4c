"""Rubric: search ads."""
# hapi-pytest canary aabc033a-3e9d-4151-bbc3-80f631cd6d7a

import re

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
HEADLINES = [f"Headline {place}" for place in range(1, 9)]
DESCRIPTIONS = [f"Description {place}" for place in range(1, 4)]
PATHS = ["Path 1", "Path 2"]
TAG = re.compile(r"\{keyword:([^{}]*)\}", re.IGNORECASE)
LITTLE = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}


def ads(deliverable, facts):
    """The first row of each group that has to have one; a lost or further row is minded by one criterion."""
    rows = {}
    for row in deliverable.csv("ads.csv"):
        rows.setdefault(scalars.folded(row["Ad Group"]), row)
    found = {name: rows[scalars.folded(name)] for name in facts.ads if scalars.folded(name) in rows}
    assert 2 * len(found) > len(facts.ads), "ads.csv has hardly any of the ad groups"
    return found.items()


def texts(row, columns):
    return [" ".join(row[column].split()) for column in columns]


def plain(text):
    """Text with straight marks, in which words are compared."""
    return scalars.folded(text.replace("’", "'").replace("–", "-").replace("—", "-"))


def says(text, words):
    """Whether words stand in a text, as words of their own."""
    return re.search(rf"(?<!\w){re.escape(plain(words))}(?!\w)", plain(text)) is not None


def figures(text):
    """Every figure of a text; a point or comma before three digits parts thousands."""
    text = re.sub(r"(?<=\d)[.,\u00a0\u202f](?=\d{3}(?!\d))", "", text[:500])
    return [float(found.replace(",", ".")) for found in re.findall(r"\d+(?:[.,]\d+)?", text)]


def has_price(text):
    return re.search(r"€|\beur\b|\beuros?\b", text, re.IGNORECASE) is not None


@rubric.critical(
    "Header, campaign, status and groups are as the import wants them",
    attachments={"limits.md": "in this order, and there are no other columns"},
    brief="with one row per ad group that has at least one active keyword",
)
def rows_and_columns_are_as_imported(deliverable, facts):
    table = deliverable.csv("ads.csv")
    assert table.header == facts.header.split(", "), f"the header is {table.header}"
    assert list(table.column("Ad Group")) == facts.ads, f"the groups are {list(table.column('Ad Group'))[:9]}"
    for row in table:
        assert row["Campaign"] == facts.campaign, f"{row['Ad Group']} is in the campaign {row['Campaign'][:40]!r}"
        assert row["Status"] == "Paused", f"{row['Ad Group']} has the status {row['Status'][:20]!r}"


@rubric.critical(
    "No headline is longer than 30 characters, whichever active keyword stands in for its tag",
    attachments={
        "limits.md": "if that makes the headline longer than 30 characters for any active keyword of the group"
    },
)
def headlines_fit_when_expanded(deliverable, facts):
    for name, row in ads(deliverable, facts):
        for text in texts(row, HEADLINES):
            for keyword in facts.active[name] if TAG.search(text) else [""]:
                expanded = TAG.sub(keyword, text)
                assert len(expanded) <= 30, f"{name}: {expanded[:60]!r} has {len(expanded)} characters"


@rubric.important(
    "Descriptions have 90 characters at most, paths 15 and only letters, digits and hyphens",
    attachments={"limits.md": "a description 90, a path 15. Paths have letters, digits and hyphens only."},
)
def descriptions_and_paths_fit(deliverable, facts):
    for name, row in ads(deliverable, facts):
        for text in texts(row, DESCRIPTIONS):
            assert 0 < len(text) <= 90, f"{name}: a description has {len(text)} characters"
        for text in texts(row, PATHS):
            assert re.fullmatch(r"[A-Za-z0-9-]{1,15}", text), f"{name}: {text[:40]!r} is no path"


@rubric.important(
    "No field is empty, and no ad says the same in two headlines or two descriptions",
    attachments={"limits.md": "Within one ad no two headlines and no two descriptions are the same."},
)
def every_field_is_filled_once(deliverable, facts):
    for name, row in ads(deliverable, facts):
        empty = [column for column in HEADLINES + DESCRIPTIONS + PATHS if not row[column]]
        assert not empty, f"{name}: {empty} is empty"
        for columns in (HEADLINES, DESCRIPTIONS):
            found = [plain(text) for text in texts(row, columns)]
            assert len(set(found)) == len(found), f"{name} says something twice"


@rubric.critical(
    "At least three headlines without a tag hold an active keyword of their group",
    attachments={"limits.md": "At least three headlines of each ad without a tag hold an active keyword of the group"},
)
def headlines_have_keywords(deliverable, facts):
    for name, row in ads(deliverable, facts):
        untagged = [text for text in texts(row, HEADLINES) if not TAG.search(text)]
        holding = [text for text in untagged if any(says(text, keyword) for keyword in facts.active[name])]
        assert len(holding) >= 3, f"{name}: only {len(holding)} headlines hold an active keyword"


@rubric.important(
    "Each ad has one headline with a tag around an active keyword, and the group with a competitor's name has none",
    attachments={"limits.md": "Only a group with a competitor's name in an active keyword has none"},
)
def tags_are_where_they_may_be(deliverable, facts):
    for name, row in ads(deliverable, facts):
        found = [text for text in texts(row, HEADLINES) if "{" in text or "}" in text]
        assert len(found) == (name != facts.no_tag), f"{name} has {len(found)} headlines with a tag"
        for text in found:
            inner = re.findall(r"\{KeyWord:([^{}]*)\}", text)
            assert len(inner) == 1, f"{name}: {text[:60]!r} has no tag that the tool knows"
            assert plain(inner[0]) in map(plain, facts.active[name]), f"{name}: {inner[0][:40]!r} is no active keyword"
        others = " ".join(texts(row, DESCRIPTIONS + PATHS))
        assert "{" not in others, f"{name} has a tag outside the headlines"


@rubric.critical(
    "One headline of each ad has the price that a customer pays, and nothing else in the ad has one",
    attachments={"limits.md": "One headline of each ad has the price as the customer pays it, with VAT"},
)
def price_is_the_pages(deliverable, facts):
    for name, row in ads(deliverable, facts):
        found = texts(row, HEADLINES + DESCRIPTIONS)
        priced = [text for text in found if has_price(text) or facts.prices[name] in figures(text)]
        if not facts.prices[name]:
            assert not priced, f"{name} has a price, which is on request"
            continue
        assert len(priced) == 1, f"{name} has a price in {len(priced)} places"
        assert priced[0] in texts(row, HEADLINES), f"{name} has no price in a headline"
        sizes = {*facts.figures[name][:3], *facts.general}  # which may stand beside the price
        found = [figure for figure in figures(priced[0]) if figure not in sizes]
        assert found == [facts.prices[name]], f"{name} has another price: {priced[0]!r}"


@rubric.pitfall(
    "Every figure is one that a visitor sees in that product's part of the page or about the firm",
    brief="its figures come from that product's part of the page or from what the\npage says about us in general",
)
def figures_are_on_the_page(deliverable, facts):
    for name, row in ads(deliverable, facts):
        allowed = {*facts.figures[name], *facts.general}
        found = [figure for text in texts(row, HEADLINES + DESCRIPTIONS + PATHS) for figure in figures(text)]
        unknown = [figure for figure in found if figure not in allowed]
        assert not unknown, f"{name} has {unknown[:5]}"


@rubric.critical(
    "Each final URL is where the product's button leads, with the tracking behind it",
    attachments={"limits.md": "where the button in the product's part of the page leads, in full, and behind it"},
)
def links_lead_to_the_product(deliverable, facts):
    for name, row in ads(deliverable, facts):
        assert row["Final URL"] == facts.urls[name], f"{name} leads to {row['Final URL'][:120]!r}"


@rubric.important(
    "The three benefits in bold stand word for word in the descriptions of each ad",
    attachments={"limits.md": "stand in the descriptions of each ad, word for word,"},
)
def benefits_are_word_for_word(deliverable, facts):
    for name, row in ads(deliverable, facts):
        found = texts(row, DESCRIPTIONS)
        missing = [benefit for benefit in facts.benefits if not any(says(text, benefit) for text in found)]
        assert not missing, f"{name} lacks {missing}"


@rubric.important(
    "One description of each ad ends with a call from the list, and only one",
    attachments={"limits.md": "One description of each ad, and only one, ends with one of these calls"},
)
def one_call_per_ad(deliverable, facts):
    calls = tuple(plain(call) for call in facts.calls)
    for name, row in ads(deliverable, facts):
        ending = [text for text in texts(row, DESCRIPTIONS) if plain(text).rstrip(" .").endswith(calls)]
        assert len(ending) == 1, f"{name} has {len(ending)} calls"


@rubric.pitfall(
    "Nothing that is excluded is said: banned words, competitors, negative keywords",
    attachments={"limits.md": "Not in any ad, neither headline, description nor path:"},
)
def nothing_excluded_is_said(deliverable, facts):
    for name, row in ads(deliverable, facts):
        excluded = [*facts.banned, *facts.rivals, *facts.negative[name]]
        whole = " | ".join(
            [*texts(row, HEADLINES + DESCRIPTIONS), *(path.replace("-", " ") for path in texts(row, PATHS))]
        )
        expanded = " | ".join([whole, *facts.active[name]]) if TAG.search(whole) else whole
        assert whole.strip("| "), f"{name} says nothing"
        found = [words for words in excluded if says(expanded, words)]
        assert not found, f"{name} says {found}"


@rubric.important(
    "Headlines are in title case, without exclamation marks",
    attachments={"limits.md": "Headlines are in title case: each word begins with a capital."},
)
def headlines_are_in_title_case(deliverable, facts):
    for name, row in ads(deliverable, facts):
        found = [text for text in texts(row, HEADLINES) if text]
        assert found, f"{name} has no headlines"
        for text in found:
            assert "!" not in text, f"{name}: {text[:60]!r} has an exclamation mark"
            words = TAG.sub("X", text).split()
            letters = [(index, word.lstrip("\"'“‘(&")) for index, word in enumerate(words)]
            small = [
                word
                for index, word in letters
                if word[:1].islower() and (not index or word.strip(",.:;") not in LITTLE)
            ]
            assert not small, f"{name}: {text[:60]!r} has {small} in small letters"


def test_search_ads(engagement):
    engagement.assert_complete()
