"""Rubric: campaign summary."""
# hapi-pytest canary 9a0fa309-2b48-401c-8486-6383cdd1254b

import re

from hapi_pytest import Rubric
from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars

rubric = Rubric()
CENT, SHOWN = 0.02, 0.0051
"""What a line rounded by hand adds up to, and what two decimals leave open."""
COLUMNS = ["Campaign id", "Campaign", "Spend", "Leads", "CPL", "ROAS"]
TITLES = [
    "Paid campaigns, July to September 2026", "The quarter in one view", "Campaign by campaign",
    "What works and what does not", "Against target",
]  # fmt: skip
STEP = 1000


def summary(book):
    """The campaigns' rows of Summary and the row with TOTAL."""
    campaigns = []
    for row in book.sheet("Summary").table(*COLUMNS):
        if scalars.folded(row["Campaign id"]).rstrip(" :") == "total":
            assert campaigns, "Summary has no campaigns above TOTAL"
            return campaigns, row
        campaigns.append(row)
    raise AssertionError("Summary has no row with TOTAL under Campaign id")


def campaign(book, number):
    """The first row of a campaign; a second one is minded by another criterion."""
    found = [row for row in summary(book)[0] if row["Campaign id"] == number]
    assert found, f"{number} is not on Summary"
    return found[0]


def assert_figures(deliverable, column, expected, tolerance, paused=None):
    book = deliverable.xlsx("summary.xlsx")
    for number, wanted in expected.items():
        if number == paused and not any(row["Campaign id"] == number for row in summary(book)[0]):
            continue  # which another criterion minds
        found = campaign(book, number).number(column)
        assert abs(found - wanted) < tolerance, f"{number} has {column} {found:.2f}"


def assert_spend(deliverable, facts, *keys):
    expected = {facts.ids[key]: facts.spend[facts.ids[key]] for key in keys}
    assert_figures(deliverable, "Spend", expected, 10 * CENT, facts.ids["l3"])


def has_no_leads(row):
    return row.number("Leads") < 0.5


def cpl(row):
    return None if has_no_leads(row) else row.number("CPL")


def is_missed(row):
    """Whether a campaign missed its target by its own row."""
    return has_no_leads(row) or row.number("CPL") > row.number("Target CPL") + 1e-9


@rubric.critical(
    "Spend in dollars is converted at the rate of the month in which the week's Monday lies",
    attachments={"targets.md": "We convert each week at the rate of the month in which its Monday lies"},
)
def dollars_are_converted_by_month(deliverable, facts):
    assert_spend(deliverable, facts, "p1", "p2")


@rubric.critical(
    "Beacon's spend is read as euro before the change and as cents from it on",
    attachments={"targets.md": "Since the week of {cents_from_text}, that week included, its export gives cents."},
)
def beacon_turns_to_cents(deliverable, facts):
    assert_spend(deliverable, facts, "b1", "b2")


@rubric.critical(
    "Each of Lantern's weeks in the quarter counts once, as last exported",
    attachments={"targets.md": "the line with the later date under exported replaces the earlier one"},
)
def each_week_counts_once(deliverable, facts):
    assert_spend(deliverable, facts, "l1", "l2", "l3")


@rubric.critical(
    "The bottom row adds up the rows above it, and CPL and ROAS are quotients of their own row, there as well",
    brief="its CPL and ROAS come from the totals",
)
def total_comes_from_totals(deliverable):
    campaigns, total = summary(deliverable.xlsx("summary.xlsx"))
    for column in ("Spend", "Leads", "Qualified", "Revenue"):
        wanted = sum(row.number(column) for row in campaigns)
        assert abs(total.number(column) - wanted) < CENT, f"TOTAL has {column} {total[column]}"
        assert total.number(column) > 0, f"TOTAL has no {column}"
    for row in (*campaigns, total):
        for column, upper, lower in (("CPL", "Spend", "Leads"), ("ROAS", "Revenue", "Spend")):
            if row.number(lower) > 0:
                found, wanted = row.number(column), row.number(upper) / row.number(lower)
                assert abs(found - wanted) < SHOWN, f"{row['Campaign id']} has {column} {found:.4f}"


@rubric.important(
    "Summary has each campaign of the quarter once, under its latest name, with most spend first",
    brief="one row per campaign, most spend first",
    attachments={"targets.md": "A paused campaign has cost money and stays in."},
)
def every_campaign_has_one_row(deliverable, facts):
    campaigns = summary(deliverable.xlsx("summary.xlsx"))[0]
    found = [row["Campaign id"] for row in campaigns]
    assert sorted(found) == sorted(facts.names), f"Summary has {found}"
    for row in campaigns:
        name = facts.names[row["Campaign id"]]
        assert scalars.folded(row["Campaign"]) == scalars.folded(name), f"{row['Campaign id']} has another name"
    spend = [row.number("Spend") for row in campaigns]
    assert spend == sorted(spend, reverse=True), "the campaigns are not in the order of their spend"


@rubric.critical(
    "Leads and qualified leads are counted by the rules",
    attachments={"targets.md": "A contact is one lead, with the earliest line under that contact number"},
)
def leads_are_counted_once(deliverable, facts):
    assert_figures(deliverable, "Leads", facts.leads, 0.5, facts.ids["l3"])
    assert_figures(deliverable, "Qualified", facts.qualified, 0.5, facts.ids["l3"])


@rubric.critical(
    "Revenue is the value of deals won by the cut-off, less what was paid back",
    attachments={"targets.md": "less refund, if it was won by {cutoff_text}"},
)
def revenue_is_what_was_won_in_time(deliverable, facts):
    assert_figures(deliverable, "Revenue", facts.revenue, CENT, facts.ids["l3"])


def address(sheet, column, **key):
    """Address of a cell by its column and what stands in other columns of its row."""
    from openpyxl.utils import get_column_letter

    wanted = {name.replace("_", " ").casefold(): text for name, text in key.items()}
    places: dict[str, int] = {}
    for line, cells in enumerate(sheet.values, 1):
        texts = [scalars.text(cell).strip() for cell in cells]
        names = [scalars.folded(text) for text in texts]
        if not places and {column.casefold(), *wanted} <= set(names):
            places = {name: place for place, name in enumerate(names) if name}
        elif places and all(texts[places[name]] == text for name, text in wanted.items()):
            return f"{get_column_letter(places[column.casefold()] + 1)}{line}"
    raise DeliverableError(f"{sheet.place}: there is no row with {wanted}")


@rubric.critical(
    "Another spend, revenue or target moves all figures that hang on it",
    brief="if I correct a Spend or a Revenue on the first two sheets, or a Target CPL, everything on `Summary`",
)
def summary_follows_the_sheets(deliverable, facts):
    book, ids = deliverable.xlsx("summary.xlsx"), facts.ids
    ads, leads, sheet = (book.sheet(name) for name in ("Ads", "Leads", "Summary"))
    spend = address(ads, "Spend", Campaign_id=ids["p1"], Week=facts.probe_week)
    rate = ads.number(address(ads, "Rate", Campaign_id=ids["p1"], Week=facts.probe_week))
    revenue = address(leads, "Revenue", Lead=facts.probe_lead)
    targets = [("Summary", address(sheet, "Target CPL", Campaign_id=ids[key])) for key in ("l1", "b2")]
    changes = {("Ads", spend): ads.number(spend) + STEP, ("Leads", revenue): leads.number(revenue) + STEP}
    changed = book.changed(changes | {targets[0]: 0.01, targets[1]: 99_999})
    moves = (("Spend", "p1", STEP * rate), ("Revenue", "b1", STEP))
    for column, key, step in moves:
        rows = [(campaign(one, ids[key]), summary(one)[1]) for one in (book, changed)]
        for before, after in zip(*rows, strict=True):
            moved = after.number(column) - before.number(column)
            assert abs(moved - step) < CENT, f"{column} of {after['Campaign id']} moves by {moved:.2f}"
            for quotient in ("CPL", "ROAS") if column == "Spend" else ("ROAS",):
                moved = after.number(quotient) - before.number(quotient)
                assert abs(moved) > 1e-9, f"{quotient} of {after['Campaign id']} stands still"
    found = [scalars.folded(campaign(changed, ids[key])["Status"]) for key in ("l1", "b2")]
    assert found == ["missed", "hit"], "Status does not follow the target"


@rubric.important(
    "Targets are those in force, and Status follows from them, n/a and missed without leads",
    brief="Without a single lead CPL reads n/a and Status missed.",
    attachments={"targets.md": "for {changed_id}, the table has the old one"},
)
def targets_and_status_hold(deliverable, facts):
    book = deliverable.xlsx("summary.xlsx")
    found = {row["Campaign id"]: row for row in summary(book)[0]}
    missing = facts.targets.keys() - found.keys() - {facts.ids["l3"]}  # which another criterion minds
    assert not missing, f"not on Summary: {sorted(missing)}"
    for number, row in found.items():
        wanted = "missed" if is_missed(row) else "hit"
        assert scalars.folded(row["Status"]) == wanted, f"{number} has the status {row['Status']!r}"
        if number in facts.targets:
            target = row.number("Target CPL")
            assert abs(target - facts.targets[number]) < SHOWN, f"{number} has the target {target:.2f}"
        if has_no_leads(row):
            assert scalars.folded(row["CPL"]) in ("n/a", "na", "#n/a"), f"{number} has the CPL {row['CPL']!r}"


def figures(text):
    """Every figure of a line; a space between digits may part thousands or two figures, so it is read both ways."""
    joined = re.sub(r"(?<=\d)[ \u00a0\u202f'](?=\d{3}(?!\d))", "", text[:500])
    found = re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", f"{text[:500]}\t{joined}")
    return [float(figure.replace(",", "")) for figure in found]


def lines(deliverable, number):
    """The lines of a slide, cells of a table with tabs between them, and without what only the speaker sees."""
    slides = deliverable.pptx("slides.pptx")
    assert len(slides) >= number, f"there are {len(slides)} slides"
    shown = ("\n" + slides[number - 1]).split("\nNotes: ")[0]
    return [line.strip() for line in shown.splitlines() if line.strip()]


def has_figure(text, wanted, tolerance):
    return any(abs(found - wanted) <= tolerance for found in figures(text))


@rubric.critical(
    "Slides 1 to 5 have their titles, and slides 2 and 3 the figures of the workbook",
    brief="with the figures of your workbook",
)
def slides_say_what_the_sheet_says(deliverable):
    campaigns, total = summary(deliverable.xlsx("summary.xlsx"))
    slides = deliverable.pptx("slides.pptx")
    assert len(slides) == len(TITLES), f"there are {len(slides)} slides"
    for number, title in enumerate(TITLES, 1):
        assert scalars.folded(title) in map(scalars.folded, lines(deliverable, number)), (
            f"slide {number} has no {title!r}"
        )
    overview = lines(deliverable, 2)
    for name in ("Spend", "Leads", "Qualified", "Revenue", "Cost per lead", "ROAS"):
        line = next((line for line in overview if scalars.folded(line).lstrip("-•* ").startswith(name.casefold())), "")
        wanted = total.number("CPL" if name == "Cost per lead" else name)
        assert has_figure(line, wanted, tolerance(name)), f"slide 2 has another {name}: {line[:60]!r}"
    for row in campaigns:
        line = line_of(lines(deliverable, 3), row["Campaign"])
        for name in ("Spend", "Leads", "ROAS"):
            assert has_figure(line, row.number(name), tolerance(name)), f"slide 3: {row['Campaign']}, {name}"
        wanted = cpl(row)
        assert "n/a" in line.casefold() if wanted is None else has_figure(line, wanted, SHOWN), (
            f"slide 3: {line[:60]!r}"
        )


def tolerance(name):
    return 0.5001 if name in ("Spend", "Revenue") else SHOWN


def line_of(found, name):
    """The line that names a campaign."""
    wanted = scalars.folded(name)
    return next((line for line in found if wanted and wanted in scalars.folded(line)), "")


@rubric.important(
    "Slide 4 names the best and the worst by ROAS among campaigns with enough leads, and lists the others",
    brief="Only campaigns with {least_leads} leads or more are judged",
)
def best_and_worst_are_fairly_judged(deliverable, facts):
    campaigns = summary(deliverable.xlsx("summary.xlsx"))[0]
    judged = [row for row in campaigns if row.number("Leads") > facts.least_leads - 0.5]
    judged.sort(key=lambda row: row.number("ROAS"))
    assert judged, "no campaign has enough leads"
    whole = scalars.folded(" ".join(lines(deliverable, 4)))
    parts = re.split(r"(best:|worst:|too small to judge:)", whole[:5000])
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    for label, row in (("best:", judged[-1]), ("worst:", judged[0])):
        part = said.get(label, "")
        assert scalars.folded(row["Campaign"]) in part, f"{label} names another campaign"
        assert has_figure(part, row.number("ROAS"), SHOWN), f"{label} has another ROAS"
    for row in campaigns:
        is_listed = scalars.folded(row["Campaign"]) in said.get("too small to judge:", "")
        assert is_listed == (row.number("Leads") < facts.least_leads - 0.5), f"too small to judge: {row['Campaign']}"


@rubric.important(
    "Slide 5 lists each campaign that missed, by how much, and how many leads are not assigned",
    brief="a line for each campaign that missed, its name and by how many euro its CPL is above target",
)
def misses_are_listed_in_full(deliverable):
    book, found = deliverable.xlsx("summary.xlsx"), lines(deliverable, 5)
    questions = [row for row in book.sheet("Questions").table("Lead", "Question") if row["Lead"]]
    for row in summary(book)[0]:
        line = line_of(found, row["Campaign"])
        assert bool(line) == is_missed(row), f"slide 5 and {row['Campaign']}"
        if line and has_no_leads(row):
            assert "no leads" in line.casefold(), f"slide 5: {line[:60]!r}"
        elif line:
            above = row.number("CPL") - row.number("Target CPL")
            assert has_figure(line, above, 2 * SHOWN), f"slide 5: {line[:60]!r}"
    assert has_figure(line_of(found, "Not assigned"), len(questions), 0.01), "slide 5 does not say how many"


def leads(book):
    found = {row["Lead"]: row for row in book.sheet("Leads").table(*("Lead", "Campaign id", "Status", "Revenue"))}
    assert found, "Leads has no rows"
    return found


@rubric.pitfall(
    "Leads of campaigns that do not exist are asked about and not placed",
    brief="goes here instead of into `Leads`",
)
def unknown_campaigns_are_asked_about(deliverable, facts):
    book = deliverable.xlsx("summary.xlsx")
    asked = [row["Lead"] for row in book.sheet("Questions").table("Lead", "Question") if row["Question"]]
    assert sorted(asked) == sorted(facts.unknown), f"Questions has {asked[:9]}"
    placed = [lead for lead in facts.unknown if lead in leads(book)]
    assert not placed, f"on Leads: {placed}"


@rubric.pitfall(
    "What colleagues type into the note column changes no status",
    brief="status, dates and amounts are what counts",
)
def notes_of_colleagues_change_nothing(deliverable, facts):
    rows = leads(deliverable.xlsx("summary.xlsx"))
    for lead in facts.noted:
        assert lead in rows, f"{lead} is not on Leads"
        assert scalars.folded(rows[lead]["Status"]) == "offer", f"{lead} has the status {rows[lead]['Status']!r}"


def test_campaign_summary(engagement):
    engagement.assert_complete()
