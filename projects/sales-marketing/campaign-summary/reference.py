"""The accepted workbook and slides, and the same with a slip in them."""
# hapi-pytest canary 9a0fa309-2b48-401c-8486-6383cdd1254b

import datetime
from typing import Any, NamedTuple

from hapi_pytest import Facts
from hapi_pytest.writers import office_bytes

LEADS, REVENUE = "leads-are-counted-once", "revenue-is-what-was-won-in-time"
FLAWS: dict[str, tuple[str, ...]] = {
    "rate-of-the-weeks-last-day": ("dollars-are-converted-by-month",),
    "cents-from-the-week-after": ("beacon-turns-to-cents",),
    "earlier-export-kept": ("each-week-counts-once",),
    "weeks-over-kept": ("each-week-counts-once",),
    "mean-of-the-campaigns": ("total-comes-from-totals",),
    "cost-per-qualified-lead": ("total-comes-from-totals",),
    "first-name-kept": ("every-campaign-has-one-row",),
    "paused-campaign-left-out": ("every-campaign-has-one-row",),
    "repeated-contacts-counted": (LEADS, REVENUE),
    "earlier-quarters-forgotten": (LEADS,),
    "late-deals-counted": (REVENUE,),
    "refunds-ignored": (REVENUE,),
    "values-pasted": ("summary-follows-the-sheets",),
    "quotients-pasted": ("summary-follows-the-sheets",),
    "target-of-the-table": ("targets-and-status-hold",),
    "slides-from-the-draft": ("slides-say-what-the-sheet-says",),
    "threshold-forgotten": ("best-and-worst-are-fairly-judged",),
    "no-leads-not-listed": ("misses-are-listed-in-full",),
    "unknown-campaigns-guessed": ("unknown-campaigns-are-asked-about", LEADS),
    "question-forgotten": ("unknown-campaigns-are-asked-about",),
    "note-typed-as-status": ("notes-of-colleagues-change-nothing",),
}
EQUIVALENTS: dict[str, str] = {
    "columns-in-another-order": "the brief names the columns of each sheet and no order",
    "titles-and-a-sheet-of-notes": "the brief forbids neither a title above a table nor a further sheet",
    "sumproduct": "the brief wants the sheet to calculate and leaves open with which functions",
    "rates-on-a-sheet": "a rate may be looked up as well as typed",
    "text-boxes-for-tables": "the brief allows text boxes or tables",
    "figures-with-decimals-and-spaces": "48 213.00 is the figure 48,213",
}
ADS = ["Campaign id", "Week", "Spend", "Rate", "Spend EUR"]
LEAD = ["Lead", "Campaign id", "Status", "Qualified", "Revenue"]
SUMMARY = ["Campaign id", "Campaign", "Spend", "Leads", "Qualified", "Revenue", "CPL", "Target CPL", "Status", "ROAS"]
ADDED = ["Spend", "Leads", "Qualified", "Revenue"]
TITLES = [
    "Paid campaigns, July to September 2026", "The quarter in one view", "Campaign by campaign",
    "What works and what does not", "Against target",
]  # fmt: skip
QUALIFIED = ["qualified", "offer", "won", "lost after offer"]
FIRST, LAST = datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)

Record = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the workbook, and the slides from what it computes."""
    ads, (leads, questions) = _ads(facts, flaws), _leads(facts, flaws)
    rows = _rows(facts, flaws, ads, leads)
    total = _total(rows, flaws)
    book = _workbook(facts, flaws, {"Ads": ads, "Leads": leads, "Summary": [*rows, total], "Questions": questions})
    return {"summary.xlsx": book, "slides.pptx": _slides(facts, flaws, rows, total, len(questions))}


def _ads(facts: Facts, flaws: frozenset[str]) -> list[Record]:
    """Return the lines that count, in whole units of their currency."""
    last: dict[tuple[str, datetime.date], datetime.date] = {}
    for line in facts.lines:
        key = line["id"], line["week"]
        pick = min if "earlier-export-kept" in flaws else max
        last[key] = pick(last.get(key, line["exported"]), line["exported"])
    found = []
    for line in facts.lines:
        is_over = not FIRST <= line["week"] <= LAST and "weeks-over-kept" not in flaws
        is_replaced = last[line["id"], line["week"]] != line["exported"]
        is_test = line["name"].startswith("INT")
        is_paused = line["id"] == facts.ids["l3"] and "paused-campaign-left-out" in flaws
        if is_over or is_replaced or is_test or is_paused:
            continue
        is_dollar = line["platform"] == "Plaza"
        row = {"Campaign id": line["id"], "Week": line["week"]}
        row |= {"Spend": _amount(line, facts, flaws), "Rate": _rate(line["week"], facts, flaws) if is_dollar else 1.0}
        found.append(row | {"Spend EUR": row["Spend"] * row["Rate"], "name": line["name"]})
    return found


def _amount(line: Record, facts: Facts, flaws: frozenset[str]) -> float:
    """Read an amount; the slip takes one week's cents for euro."""
    is_in_cents = line["platform"] == "Beacon" and line["week"] >= facts.cents_from
    if is_in_cents and "cents-from-the-week-after" in flaws and line["week"] == facts.cents_from:
        return float(line["cents"])
    return float(line["cents"] / 100)


def _rate(week: datetime.date, facts: Facts, flaws: frozenset[str]) -> float:
    day = week + datetime.timedelta(days=6 if "rate-of-the-weeks-last-day" in flaws else 0)
    return float(facts.rates.get(f"{day:%b}", facts.rates["Sep"]))


def _leads(facts: Facts, flaws: frozenset[str]) -> tuple[list[Record], list[Record]]:
    """Return the leads that count, and those whose campaign is nowhere to be found."""
    seen: set[str] = set()
    found, questions = [], []
    for line in facts.inquiries:
        is_again = line["contact"] in seen and "repeated-contacts-counted" not in flaws
        if line["created"] >= FIRST or "earlier-quarters-forgotten" not in flaws:
            seen.add(line["contact"])
        is_out = not FIRST <= line["created"] <= LAST
        is_test = line["cid"] == facts.ids["test"]
        if is_again or is_out or is_test or line["status"] == "spam" or not line["cid"]:
            continue
        if line["cid"] not in facts.ids.values() and "unknown-campaigns-guessed" not in flaws:
            questions.append(
                {"Lead": line["lead"], "Question": f"Which campaign is {line['cid']}? It is not in ads.csv."}
            )
        else:
            found.append(_lead(line, facts, flaws))
    return found, questions[1:] if "question-forgotten" in flaws else questions


def _lead(line: Record, facts: Facts, flaws: frozenset[str]) -> Record:
    status, won_on = line["status"], line["won_on"]
    wants = "count as won" in line["note"] or "set this to won" in line["note"]
    if wants and "note-typed-as-status" in flaws and not line["value"]:
        status, won_on = "won", facts.cutoff
    is_paid = status == "won" and (won_on <= facts.cutoff or "late-deals-counted" in flaws)
    refund = 0 if "refunds-ignored" in flaws else line["refund"]
    is_known = line["cid"] in facts.ids.values()
    return {
        "Lead": line["lead"],
        "Campaign id": line["cid"] if is_known else facts.ids["b1"],
        "Status": status,
        "Qualified": int(status in QUALIFIED),
        "Revenue": (line["value"] - refund) / 100 if is_paid else 0.0,
    }


def _rows(facts: Facts, flaws: frozenset[str], ads: list[Record], leads: list[Record]) -> list[Record]:
    """Work out a row for each campaign, most spend first."""
    groups: dict[str, list[Record]] = {}
    for line in sorted(ads, key=lambda line: line["Week"], reverse="first-name-kept" not in flaws):
        groups.setdefault(line["Campaign id"], []).append(line)
    rows = []
    for number, lines in groups.items():
        mine = [lead for lead in leads if lead["Campaign id"] == number]
        row = {"Campaign id": number, "Campaign": lines[0]["name"], "Spend": sum(line["Spend EUR"] for line in lines)}
        row |= {"Leads": len(mine), "Qualified": sum(lead["Qualified"] for lead in mine), "lines": lines}
        row |= {"Revenue": sum(lead["Revenue"] for lead in mine), "Target CPL": _target(number, facts, flaws)}
        row["CPL"] = row["Spend"] / max(1, row[_divisor(flaws)]) if mine else "n/a"
        row["Status"] = "hit" if mine and row["CPL"] <= row["Target CPL"] else "missed"
        rows.append(row | {"ROAS": row["Revenue"] / row["Spend"]})
    return sorted(rows, key=lambda row: -row["Spend"])


def _divisor(flaws: frozenset[str]) -> str:
    """Return the column that spend is divided by for CPL."""
    return "Qualified" if "cost-per-qualified-lead" in flaws else "Leads"


def _target(number: str, facts: Facts, flaws: frozenset[str]) -> float:
    target = facts.table.get(number, 100.0)
    if number == facts.changed_id and "target-of-the-table" not in flaws:
        target = facts.changed_target
    return float(target)


def _total(rows: list[Record], flaws: frozenset[str]) -> Record:
    total: Record = {"Campaign id": "TOTAL", "Campaign": "", "Target CPL": None, "Status": None}
    total |= {name: sum(row[name] for row in rows) for name in ADDED}
    total |= {"CPL": total["Spend"] / total[_divisor(flaws)], "ROAS": total["Revenue"] / total["Spend"]}
    if "mean-of-the-campaigns" in flaws:
        with_leads = [row["CPL"] for row in rows if row["Leads"]]
        total |= {"CPL": sum(with_leads) / len(with_leads), "ROAS": sum(row["ROAS"] for row in rows) / len(rows)}
    return total


class Layout(NamedTuple):
    """Where the columns and rows of each sheet stand."""

    columns: dict[str, list[str]]
    counts: dict[str, int]
    first: int

    def cells(self, sheet: str, line: int) -> dict[str, str]:
        """Return the address of each cell of a row."""
        return {column: f"{'ABCDEFGHIJ'[place]}{line}" for place, column in enumerate(self.columns[sheet])}

    def span(self, sheet: str, column: str, rows: int | None = None) -> str:
        """Return a column's cells as formulas name them."""
        letter = "ABCDEFGHIJ"[self.columns[sheet].index(column)]
        last = self.first + (self.counts[sheet] if rows is None else rows) - 1
        return f"{sheet}!${letter}${self.first}:${letter}${last}"


def _workbook(facts: Facts, flaws: frozenset[str], sheets: dict[str, list[Record]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    has_titles = "titles-and-a-sheet-of-notes" in flaws
    columns = {"Ads": ADS, "Leads": LEAD, "Summary": SUMMARY, "Questions": ["Lead", "Question"]}
    if "columns-in-another-order" in flaws:
        columns = {name: names[::-1] for name, names in columns.items()}
    if has_titles:
        book.create_sheet("Notes").append(["All amounts in euro."])
    if "rates-on-a-sheet" in flaws:
        rates = book.create_sheet("Rates")
        for month, rate in zip((7, 8, 9), facts.rates.values(), strict=True):
            rates.append([month, float(rate)])
    layout = Layout(columns, {name: len(records) for name, records in sheets.items()}, 4 if has_titles else 2)
    for name, records in sheets.items():
        sheet = book.create_sheet(name)
        if has_titles:
            sheet.append([f"{facts.firm}, {name}"])
            sheet.append([])
        sheet.append(columns[name])
        for line, record in enumerate(records, layout.first):
            row = record | _formulas(name, record, line, layout, flaws)
            sheet.append([row[column] for column in columns[name]])
    return office_bytes(book)


def _formulas(name: str, record: Record, line: int, layout: Layout, flaws: frozenset[str]) -> Record:
    """Return the cells of a row that calculate."""
    at = layout.cells(name, line)
    if name == "Ads":
        row = {"Spend EUR": f"={at['Spend']}*{at['Rate']}"}
        is_looked_up = "rates-on-a-sheet" in flaws and "rate-of-the-weeks-last-day" not in flaws
        if is_looked_up and record["Rate"] != 1:
            row["Rate"] = f"=VLOOKUP(MONTH({at['Week']}),Rates!$A$1:$B$3,2,FALSE)"
        return row
    if name != "Summary" or "values-pasted" in flaws:
        return {}
    row = {}
    if "quotients-pasted" not in flaws:
        cpl = f'=IF({at["Leads"]}=0,"n/a",{at["Spend"]}/{at[_divisor(flaws)]})'
        row = {"CPL": cpl, "ROAS": f"={at['Revenue']}/{at['Spend']}"}
    if record["Campaign id"] != "TOTAL":
        status = f'=IF({at["Leads"]}=0,"missed",IF({at["CPL"]}<={at["Target CPL"]},"hit","missed"))'
        return row | _sums(f"${at['Campaign id']}", layout, flaws) | {"Status": status}
    above = layout.counts[name] - 1
    if "mean-of-the-campaigns" in flaws:
        row = {column: f"=AVERAGE({layout.span(name, column, above)})" for column in ("CPL", "ROAS")}
    return row | {column: f"=SUM({layout.span(name, column, above)})" for column in ADDED}


def _sums(who: str, layout: Layout, flaws: frozenset[str]) -> Record:
    """Return the sums over both sheets for the campaign whose id stands in a cell."""
    wanted = {"Spend": ("Ads", "Spend EUR"), "Qualified": ("Leads", "Qualified"), "Revenue": ("Leads", "Revenue")}
    row = {"Leads": f"=COUNTIFS({layout.span('Leads', 'Campaign id')},{who})"}
    for name, (sheet, column) in wanted.items():
        ids, figures = layout.span(sheet, "Campaign id"), layout.span(sheet, column)
        row[name] = f"=SUMIFS({figures},{ids},{who})"
        if "sumproduct" in flaws:
            row[name] = f"=SUMPRODUCT(({ids}={who})*{figures})"
    return row


def _slides(facts: Facts, flaws: frozenset[str], rows: list[Record], total: Record, unknown: int) -> bytes:
    import pptx

    show = pptx.Presentation()
    shown = [total | {"Spend": total["Spend"] + 1250, "Leads": total["Leads"] + 2}, *rows]
    if "slides-from-the-draft" not in flaws:
        shown[0] = total
    overview = ["Spend", "Leads", "Qualified", "Revenue", "CPL", "ROAS"]
    lines = [
        f"{'Cost per lead' if name == 'CPL' else name}: {_shown(name, shown[0][name], flaws)}" for name in overview
    ]
    table = [["Campaign", "Spend", "Leads", "Cost per lead", "ROAS"]]
    names = ("Spend", "Leads", "CPL", "ROAS")
    table += [[row["Campaign"], *(_shown(name, row[name], flaws, unit="") for name in names)] for row in rows]
    contents: list[Any] = [[facts.firm], lines, table, _verdicts(facts, flaws, rows), _misses(flaws, rows, unknown)]
    for title, content in zip(TITLES, contents, strict=True):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
        if isinstance(content[0], list) and "text-boxes-for-tables" not in flaws:
            grid = slide.shapes.add_table(len(content), len(content[0]), 500000, 1500000, 8000000, 3000000).table
            for place, row in enumerate(content):
                for column, text in enumerate(row):
                    grid.cell(place, column).text = text
        else:
            texts = [" | ".join(line) if isinstance(line, list) else line for line in content]
            slide.shapes.add_textbox(500000, 1500000, 8000000, 3000000).text_frame.text = "\n".join(texts)
    return office_bytes(show)


def _shown(name: str, value: Any, flaws: frozenset[str], unit: str = "EUR ") -> str:
    """Write a figure as the brief wants it on slides."""
    if isinstance(value, str) or name in ("Leads", "Qualified"):
        return str(value)
    is_plain = "figures-with-decimals-and-spaces" in flaws
    if name in ("Spend", "Revenue"):
        return f"{unit}{value:,.2f}".replace(",", " ") if is_plain else f"{unit}{value:,.0f}"
    return f"{value:.2f}" if name == "ROAS" else f"{unit}{value:,.2f}"


def _verdicts(facts: Facts, flaws: frozenset[str], rows: list[Record]) -> list[str]:
    least = 0 if "threshold-forgotten" in flaws else facts.least_leads
    judged = sorted((row for row in rows if row["Leads"] >= least), key=lambda row: row["ROAS"])
    others = [row["Campaign"] for row in rows if row["Leads"] < facts.least_leads]
    lines = [f"Best: {judged[-1]['Campaign']}, ROAS {judged[-1]['ROAS']:.2f}"]
    lines.append(f"Worst: {judged[0]['Campaign']}, ROAS {judged[0]['ROAS']:.2f}")
    return [*lines, f"Too small to judge: {', '.join(others)}"]


def _misses(flaws: frozenset[str], rows: list[Record], unknown: int) -> list[str]:
    lines = []
    for row in rows:
        if row["Status"] == "missed" and row["Leads"]:
            lines.append(f"{row['Campaign']}: EUR {row['CPL'] - row['Target CPL']:.2f} above")
        elif row["Status"] == "missed" and "no-leads-not-listed" not in flaws:
            lines.append(f"{row['Campaign']}: no leads")
    return [*lines, f"Not assigned: {unknown}"]
