"""Rubric: a working procedure from notes."""
# hapi-pytest canary ed67a4a3-71b5-4cd9-9dd8-2d0809691110

import re
import unicodedata

from hapi_pytest import Rubric

rubric = Rubric()

DASHES = re.compile("[\u2010-\u2015\u2212]")


def labels(text):
    """Every label such as V-12 in a text, with any dash."""
    return re.findall(r"\b[A-Z]-\d{2}\b", DASHES.sub("-", text))


def plain(text):
    """Text in one form of letters, with one kind of dot between units."""
    return re.sub("[\u22c5\u2219\u2022]", "·", unicodedata.normalize("NFKC", text))


def tells(text, value):
    """Whether a text has a figure with its unit: spaces may be missing or hard, the unit is as written."""
    parts = r"\s*".join(re.escape(part) for part in plain(value).split())
    parts = parts.replace(r"pH\s*", r"pH\D{0,15}")  # pH ≥ 7, pH at least 7
    return re.search(rf"(?<![\w.,]){parts}(?![\w/·]|[.,]\d)", plain(text)) is not None


def outline(deliverable, facts):
    """Steps and warnings from top to bottom as (labels, text); a warning has None for labels."""
    found = []
    elements = deliverable.html("procedure.html").all(".step, .warning")
    assert len(elements) <= 200, f"{len(elements)} steps and warnings are no page to work from"
    for element in elements:
        is_step = "step" in element.attribute("class").split()
        tags = [label for tag in element.all(".tag") for label in labels(tag.text)]
        found.append((tags if is_step else None, element.text))
    known = {label for tags, _ in found for label in tags or ()} & set(facts.order)
    assert len(known) * 2 > len(facts.order), f"only {sorted(known)} are marked up as steps"
    return found


def positions(deliverable, facts):
    """Label to the numbers, from 1, of the steps that handle it."""
    result = {}
    steps = [tags for tags, _ in outline(deliverable, facts) if tags is not None]
    for number, tags in enumerate(steps, 1):
        for label in tags:
            result.setdefault(label, []).append(number)
    return result


@rubric.critical("Every step of the job is on the page", brief="with every step of the job")
def every_step_is_there(deliverable, facts):
    missing = set(facts.order) - set(positions(deliverable, facts))
    assert not missing, f"no step handles {sorted(missing)}"


@rubric.critical(
    "What has to be done first stands first",
    brief="Nobody wrote down that order, but the slips say what has to be done before what.",
)
def steps_in_an_order_that_works(deliverable, facts):
    at = positions(deliverable, facts)
    for first, then in facts.before:
        if first in at and then in at:
            assert min(at[first]) <= min(at[then]), f"{then} comes before {first}"


@rubric.critical(
    "Each step tells its figures with units as on the slips that hold",
    brief=[
        "Where two slips disagree the younger one counts, unless another slip says outright",
        "Copy the figures and units as they stand on the slips",
    ],
)
def figures_as_on_the_slips(deliverable, facts):
    texts = {}
    for tags, text in outline(deliverable, facts):
        for label in tags or ():
            texts[label] = f"{texts.get(label, '')} {text}"
    for label, values in facts.figures.items():
        for value in values:
            assert label not in texts or tells(texts[label], value), f"step {label} does not tell one of its figures"


@rubric.critical(
    "Every danger on the slips is told in a warning with its figure",
    brief="Every danger that the slips mention gets a warning, with its figure",
)
def every_danger_is_told(deliverable, facts):
    warnings = [text for tags, text in outline(deliverable, facts) if tags is None]
    for label, value in facts.hazards.items():
        assert any(tells(text, value) for text in warnings), f"no warning for the danger at {label}"


@rubric.critical(
    "Each warning stands directly above the step it belongs to",
    brief="directly above the step it belongs to",
    attachments={"template.html": 'Each warning is an element of class "warning" above its step, not inside it'},
)
def warnings_stand_above_their_step(deliverable, facts):
    found = outline(deliverable, facts)
    above = []
    for index, (tags, text) in enumerate(found):
        if tags is None:
            above.append((text, next((after for after, _ in found[index:] if after is not None), [])))
    assert above, "there is no warning"
    for label, value in facts.hazards.items():
        below = [tags for text, tags in above if tells(text, value)]
        assert not below or any(label in tags for tags in below), f"the warning for {label} is not above that step"


@rubric.important(
    "Tools and material are listed with the article numbers in force",
    brief="with article numbers from the stores list",
)
def tools_with_article_numbers(deliverable, facts):
    listed = deliverable.html("procedure.html").one("#tools").text
    numbers = set(re.findall(r"[0-9]+", listed))
    missing = [name for name, article in facts.needed.items() if article not in numbers]
    assert not missing, f"the article number is missing or wrong: {missing}"


@rubric.important(
    "The checklist has exactly the readings that go into the log, with limits",
    brief="one row for every reading that goes into the log, and no others",
)
def checklist_has_the_readings(deliverable, facts):
    rows = [(labels(row["tag"]), row["limit"]) for row in deliverable.csv("checklist.csv")]
    assert sorted(tags for tags, _ in rows) == sorted([label] for label in facts.readings), "other readings"
    for tags, limit in rows:
        assert tells(limit, facts.readings[tags[0]]), f"the limit of {tags[0]} is {limit!r}"


@rubric.important(
    "The checklist's step numbers are those of the page",
    brief="the number of that step on your page, counting from 1",
)
def checklist_numbers_match_the_page(deliverable, facts):
    at = positions(deliverable, facts)
    table = deliverable.csv("checklist.csv")
    assert len(table) > 0, "the checklist is empty"
    for row in table:
        tags = labels(row["tag"])
        assert len(tags) == 1, f"{row.place}: no single label in {row['tag']!r}"
        assert row.number("step") in at.get(tags[0], []), f"{tags[0]} is not step {row['step']}"


@rubric.important(
    "The table at the top is filled in for the new edition",
    brief="Fill in the table at the top for the new edition.",
    attachments={"template.html": "The document number stays, the revision is the next free number."},
)
def edition_is_filled_in(deliverable, facts):
    page = deliverable.html("procedure.html")
    assert page.one("#document").text.strip() == facts.document
    revision = re.findall(r"[0-9]{1,6}", page.one("#revision").text)
    assert revision and [int(number) for number in revision] == [facts.revision], "not the next free number"
    assert re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", page.one("#valid-from").text) == [facts.valid_from]


@rubric.pitfall(
    "No figure that no longer holds is left on the page",
    brief='what no longer holds must not appear anywhere on the page, not even as "formerly"',
)
def no_superseded_figure(deliverable, facts):
    outline(deliverable, facts)
    text = deliverable.html("procedure.html").text
    assert not any(tells(text, value) for value in facts.superseded), "an old figure is on the page"


@rubric.pitfall(
    "No step is there that this job does not have (any more)",
    attachments={"notes.txt": "That step is dead, for good."},
)
def no_step_that_is_dead(deliverable, facts):
    others = set(positions(deliverable, facts)) - set(facts.order)
    assert not others, f"this job has no step at {sorted(others)}"


@rubric.pitfall(
    "No two steps are folded into one: each is marked with exactly one label",
    brief="One step handles one labelled part; please do not fold two into one",
    attachments={"template.html": 'holds exactly one element of class "tag"'},
)
def one_label_per_step(deliverable, facts):
    for tags, text in outline(deliverable, facts):
        assert tags is None or len(tags) == 1, f"marked with {tags}: {text[:80]}"


@rubric.pitfall("The list of tools holds nothing that the job does not need", brief="and nothing else")
def nothing_the_job_does_not_need(deliverable, facts):
    listed = deliverable.html("procedure.html").one("#tools").text
    numbers = set(re.findall(r"[0-9]{4,}", listed))
    assert numbers, "no article number is listed"
    surplus = {**facts.spare, **facts.withdrawn}
    found = [name for name, article in surplus.items() if article in numbers or article.lstrip("0") in numbers]
    assert not found, f"listed without need or withdrawn: {found}"


@rubric.optional("The page works without internet", brief="The page must work without internet")
def works_without_internet(deliverable, facts):
    outline(deliverable, facts)
    page = deliverable.html("procedure.html")
    outside = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
    loaded = [element.attribute("src") for element in page.all("[src]")]
    loaded += [element.attribute("href") for element in page.all("link[href]")]
    assert not [address for address in loaded if outside.match(address)], "something is loaded from the web"
    assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", page.source, re.IGNORECASE)


def test_procedure_page(engagement):
    engagement.assert_complete()
