"""Exports of three ad platforms and a CRM, with targets and the rules for reading them."""
# hapi-pytest canary 9a0fa309-2b48-401c-8486-6383cdd1254b

import datetime
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

FIRMS = ["Orrin Garden Rooms", "Larkfield Staircases", "Tamble & Roe Awnings", "Hexley Solar Sheds", "Pinnock Saunas"]
CLIENTS = ["Ottilie", "Dermot", "Katja", "Rhys", "Milena", "Joris", "Saskia"]
NAMES = [
    "Search brand", "Search generic", "Lookalike north", "Retargeting", "Video teaser", "Local radius", "Open day",
    "Brochure download", "Price calculator", "Trade partners", "Referral push", "Competitor terms", "Showroom visits",
    "Winter check", "Summer sample", "Neighbours", "Catalogue page", "Café posters", "Grün & Garten", "Second chance",
]  # fmt: skip
COLLEAGUES = ["Bea", "Uwe", "Nils", "Ada", "Zoë", "Ivo"]
WEEKS = [datetime.date(2026, 7, 6) + datetime.timedelta(days=7 * index) for index in range(13)]
BEFORE, AFTER = datetime.date(2026, 6, 29), datetime.date(2026, 10, 5)
FIRST_DAY, LAST_DAY = datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)
DAY = datetime.timedelta(days=1)
QUALIFIED = ["qualified", "offer", "won", "lost after offer"]
OTHERS = ["new", "no answer", "lost"]
SHARES = {"b1": 1.16, "b2": 0.83, "p1": 1.2, "p2": 0.7, "l1": 1.12, "l2": 0.86}
"""Target CPL over actual CPL: above 1 the target is hit."""
RULES = """\
# How we read the quarter (July to September 2026)

## Ads

- A week belongs to the quarter if its Monday does. Lantern's export always runs a week over at both ends.
- Beacon bills in euro. Since the week of {cents_from_text}, that week included, its export gives cents.
- Plaza bills in US dollars. We convert each week at the rate of the month in which its Monday lies, one dollar being
  EUR {rates[Jul]} in July, EUR {rates[Aug]} in August and EUR {rates[Sep]} in September.
- Lantern bills in euro, prints its dates day first and its numbers with a decimal comma, and adds subtotals. When it
  corrects a week it exports it again; the line with the later date under exported replaces the earlier one.
- A campaign is its id. Names get changed; the one of its last week is the name.
- A paused campaign has cost money and stays in. Campaigns whose name begins with INT are tests of ours and go nowhere,
  and neither do their leads.

## Leads

- The campaign is the cid in the landing address. No cid at all: not from an ad, leave it out.
- A contact is one lead, with the earliest line under that contact number, whenever that was. Further lines of the same
  contact count nowhere, with all that stands in them.
- A lead counts if it was created from 1 July to 30 September. Spam never counts.
- Dates typed in by hand are day.month.year.
- Qualified are the statuses {qualified_list}.
- Revenue is the value of a deal with the status won, less refund, if it was won by {cutoff_text}. Later deals belong
  to the next report: the lead stays, its revenue is 0. The value of an offer is not revenue.

## Targets for cost per lead, in EUR

| Campaign id | Target CPL |
|---|---|
{target_rows}

## Remarks that came later

- {changed_on_text}: {partner} and I agreed on {changed_target:.2f} for {changed_id}, the table has the old one.
- The agency asked to leave the paused campaign out. We don't.
"""

Record = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    rates = {month: f"0.{draw.integer(8_401, 9_399)}" for month in ("Jul", "Aug", "Sep")}
    cents_from, cutoff = draw.choice(WEEKS[4:9]), draw.date(datetime.date(2026, 10, 12), datetime.date(2026, 10, 26))
    campaigns = _campaigns(draw)
    lines = [line for campaign in campaigns.values() for line in _lines(draw, campaign)]
    spend = {key: _spend(lines, campaign["id"], rates) for key, campaign in campaigns.items()}
    inquiries = _inquiries(draw, campaigns, cutoff, spend)
    gold = _gold(campaigns, spend, inquiries)
    given = _given(draw, campaigns, inquiries, gold)
    given |= {"rates": rates, "cents_from": cents_from, "cents_from_text": f"{cents_from:%-d %B}", "cutoff": cutoff}
    given |= {"cutoff_text": f"{cutoff:%-d %B %Y}"}
    answers = ("role", "is_counted", "is_final")
    for name, records in (("lines", lines), ("inquiries", inquiries)):
        given[name] = [{key: value for key, value in record.items() if key not in answers} for record in records]
    files = {
        "ads.csv": _ads(draw, lines, cents_from),
        "crm.csv": _crm(draw, inquiries),
        "targets.md": RULES.format(**given),
    }
    return Inputs(files=files, given=given, gold=gold)


def _campaigns(draw: Draw) -> dict[str, Record]:
    """Return the campaigns by their part in the story, the last one a test of our own."""
    names, numbers = draw.sample(NAMES, 9), draw.sample(range(102, 998), 8)
    found = {}
    for key, name, number in zip(["b1", "b2", "p1", "p2", "l1", "l2", "l3", "test"], names, numbers, strict=False):
        platform = {"b": "Beacon", "p": "Plaza", "l": "Lantern", "t": "Beacon"}[key[0]]
        found[key] = {"key": key, "platform": platform, "id": f"{platform[0]}-0{number}", "names": [name]}
    found["l2"]["names"].append(names[8])
    found["test"]["names"] = ["INT " + names[7]]
    return found


def _lines(draw: Draw, campaign: Record) -> list[Record]:
    """Return a campaign's weeks with what was spent, in cents of its currency."""
    key, platform = campaign["key"], campaign["platform"]
    weeks = {
        "b1": WEEKS[2:],
        "b2": WEEKS[7:],
        "p1": WEEKS[1:11],
        "p2": WEEKS[draw.integer(1, 3) :: 3],
        "l1": [BEFORE, *WEEKS, AFTER],
        "l2": [*WEEKS[4:], AFTER],
        "l3": WEEKS[: draw.integer(3, 5)],
        "test": WEEKS[5:8],
    }.get(key, WEEKS)
    level, switch, lines = draw.integer(16_000, 52_000), draw.integer(6, 9), []
    for week in weeks:
        name = campaign["names"][-1 if week >= WEEKS[switch] else 0]
        line = {"platform": platform, "id": campaign["id"], "name": name, "week": week, "exported": AFTER + DAY * 9}
        lines.append(line | {"cents": level + draw.integer(-7_000, 9_000), "is_final": BEFORE < week < AFTER})
    if key in ("l1", "l2"):
        for line in draw.sample([line for line in lines if line["is_final"]], 2):
            earlier = line["cents"] + draw.integer(1_200, 5_900)
            lines.append(line | {"exported": AFTER + DAY * 3, "cents": earlier, "is_final": False})
    return lines


def _spend(lines: list[Record], number: str, rates: dict[str, str]) -> float:
    """Add up what a campaign cost in the quarter, in euro."""
    total = 0.0
    for line in lines:
        rate = float(rates[f"{line['week']:%b}"]) if line["platform"] == "Plaza" and line["is_final"] else 1.0
        total += line["cents"] / 100 * rate if line["id"] == number and line["is_final"] else 0
    return total


class Inbox:
    """The CRM's lines as they come in."""

    def __init__(self, draw: Draw, campaigns: dict[str, Record], cutoff: datetime.date) -> None:
        self.draw = draw
        self.ids = {key: campaign["id"] for key, campaign in campaigns.items()}
        self.cutoff = cutoff
        self.contacts = draw.sample(range(10_200, 98_000), 200)
        self.lines: list[Record] = []

    def add(self, key: str, status: str, role: str = "", **more: Any) -> Record:
        """Add a line of a campaign, or of none; lines with the role out count for nothing."""
        draw = self.draw
        created = more.get("created") or draw.date(FIRST_DAY + DAY * 8, LAST_DAY - DAY * 9)
        line = {"cid": self.ids.get(key, ""), "status": status, "role": role, "created": created}
        line |= {"won_on": None, "value": 0, "refund": 0, "note": "", "contact": str(self.contacts.pop())}
        line["is_counted"] = role in ("", "late", "refund", "note")
        if status in ("won", "offer", "lost after offer"):
            line["value"] = draw.cents(90_000, 620_000, 500)
        if status == "won":
            line["won_on"] = min(line["created"] + DAY * draw.integer(6, 40), self.cutoff - DAY)
        self.lines.append(line | more)
        return self.lines[-1]


def _inquiries(
    draw: Draw, campaigns: dict[str, Record], cutoff: datetime.date, spend: dict[str, float]
) -> list[Record]:
    """Return the CRM's lines: what counts, and what does not for some reason."""
    inbox = Inbox(draw, campaigns, cutoff)
    add = inbox.add
    for key in ("b1", "b2", "p1", "l1", "l2"):
        for index in range(draw.integer(5, 8)):
            add(key, draw.choice(QUALIFIED[:2] + OTHERS) if index > 4 else (*QUALIFIED, "won")[index])
    for _ in range(2):  # too few to judge, with the best figures of all
        add("p2", "won", value=int(spend["p2"] * draw.integer(13, 18) / 2) * 100, won_on=LAST_DAY)
    for key in ("b1", "p1", "l1"):
        add(key, "won", "late", won_on=cutoff + DAY * draw.integer(1, 6))
        known = _first(inbox.lines, campaigns["b2"])
        add(key, "won", "out", created=draw.date(LAST_DAY - DAY * 4, LAST_DAY), contact=known)
        before = add(key, "lost", "out", created=draw.date(FIRST_DAY - DAY * 60, FIRST_DAY - DAY * 3))
        add("l2", "offer", "out", contact=before["contact"])
        add(key, "new", "out", created=LAST_DAY + DAY * draw.integer(1, 9))
        add(key, "spam", "out")
        add("b2", "spam", "out")
        add("", draw.choice(["qualified", "won"]), "out")
        add("test", "qualified", "out")
        add(key, "qualified", "unknown", cid=_mistyped(inbox.ids[key], list(inbox.ids.values())))
    for key in ("b2", "l2"):
        won = add(key, "won", "refund")
        won["refund"] = won["value"] // draw.integer(3, 5)
        add(key, "offer", "note", **({"value": 0} if key == "l2" else {}))
    lines, number = sorted(inbox.lines, key=lambda line: (line["created"], line["contact"])), draw.integer(1_100, 8_000)
    for line in lines:
        number += draw.integer(1, 6)
        line["lead"] = f"L-{number:05d}"
    return lines


def _mistyped(number: str, known: list[str]) -> str:
    """Return an id with its last digits swapped, or with one too many."""
    swapped = number[:-2] + number[-1] + number[-2]
    return swapped if swapped not in known else number + "0"


def _first(lines: list[Record], campaign: Record) -> str:
    """Return the contact of a lead that counts and has not come back yet."""
    taken = {line["contact"] for line in lines if line["role"] == "out"}
    free = (line for line in lines if line["cid"] == campaign["id"] and line["contact"] not in taken)
    return str(next(free)["contact"])


def _gold(campaigns: dict[str, Record], spend: dict[str, float], inquiries: list[Record]) -> dict[str, Any]:
    """Work out what each campaign brought, from the story rather than from the attachments."""
    real = {key: campaign for key, campaign in campaigns.items() if key != "test"}
    counted = [line for line in inquiries if line["is_counted"]]
    leads = {key: [line for line in counted if line["cid"] == campaign["id"]] for key, campaign in real.items()}
    revenue = {}
    for key, lines in leads.items():
        won = [line for line in lines if line["status"] == "won" and line["role"] != "late"]
        revenue[key] = sum(line["value"] - line["refund"] for line in won) / 100
    ids = {key: campaign["id"] for key, campaign in real.items()}
    cpl = {key: spend[key] / len(lines) for key, lines in leads.items() if lines}
    return {
        "spend": {ids[key]: spend[key] for key in ids},
        "leads": {ids[key]: len(lines) for key, lines in leads.items()},
        "qualified": {ids[key]: sum(line["status"] in QUALIFIED for line in lines) for key, lines in leads.items()},
        "revenue": {ids[key]: amount for key, amount in revenue.items()},
        "names": {ids[key]: campaign["names"][-1] for key, campaign in real.items()},
        "noted": [line["lead"] for line in inquiries if line["role"] == "note"],
        "unknown": [line["lead"] for line in inquiries if line["role"] == "unknown"],
        "probe_week": WEEKS[1].isoformat(),
        "probe_lead": next(line["lead"] for line in counted if line["cid"] == ids["b1"] and line["status"] == "won"),
        "targets": {ids[key]: round(cpl[key] * share * 2) / 2 for key, share in SHARES.items()},
    }


def _given(draw: Draw, campaigns: dict[str, Record], inquiries: list[Record], gold: dict[str, Any]) -> dict[str, Any]:
    ids = {key: campaign["id"] for key, campaign in campaigns.items()}
    table = gold["targets"] | {ids["l3"]: draw.integer(180, 390) / 2}
    gold["targets"] = dict(table)
    old = round(gold["spend"][ids["l2"]] / gold["leads"][ids["l2"]] * 1.25 * 2) / 2
    table |= {ids["l2"]: old}
    partner, writer = draw.sample(COLLEAGUES, 2)
    notes = [line for line in inquiries if line["role"] == "note"]
    notes[0]["note"] = f"{writer}: signed on the phone, please count as won!"
    notes[1]["note"] = f"{writer}: contract is in the post, set this to won"
    return {
        "firm": draw.choice(FIRMS),
        "client": draw.choice(CLIENTS),
        "partner": partner,
        "least_leads": draw.integer(4, 6),
        "ids": ids,
        "qualified_list": ", ".join(QUALIFIED),
        "table": table,
        "target_rows": "\n".join(f"| {ids[key]} | {table[ids[key]]:.2f} |" for key in draw.shuffled([*SHARES, "l3"])),
        "changed_id": ids["l2"],
        "changed_target": gold["targets"][ids["l2"]],
        "changed_on_text": f"{draw.date(AFTER, AFTER + DAY * 5):%-d October}",
        "dollar_name": campaigns["p1"]["names"][0],
        "cents_name": campaigns["b1"]["names"][0],
        "twice_name": campaigns["l1"]["names"][0],
        "renamed_name": campaigns["l2"]["names"][-1],
        "late_lead": next(line["lead"] for line in inquiries if line["role"] == "late"),
        "note_lead": notes[0]["lead"],
    }


def _ads(draw: Draw, lines: list[Record], cents_from: datetime.date) -> str:
    """Print the lines as their platforms do; Lantern adds subtotals, which look like lines."""
    rows = []
    for line in sorted(lines, key=lambda line: (line["platform"], line["exported"], line["week"], line["id"])):
        amount, week = line["cents"] / 100, line["week"].isoformat()
        shown = f"{amount:.2f}" if week < cents_from.isoformat() else str(line["cents"])
        if line["platform"] == "Plaza":
            shown, week = f"${amount:,.2f}", f"{line['week']:%-d %b %Y}"
        if line["platform"] == "Lantern":
            shown, week = _comma(amount), f"{line['week']:%d/%m/%Y}"
        currency = "USD" if line["platform"] == "Plaza" else "EUR"
        seen = draw.integer(4_000, 90_000)
        numbers = [line["id"], line["name"], week, currency, seen, seen // draw.integer(30, 80), shown]
        rows.append([line["platform"], line["exported"].isoformat(), *numbers])
    lantern = [line for line in lines if line["platform"] == "Lantern" and line["exported"] == AFTER + DAY * 9]
    for month in (7, 8, 9):
        total = _comma(sum(line["cents"] for line in lantern if line["week"].month == month) / 100)
        last = max(index for index, row in enumerate(rows) if row[0] == "Lantern" and f"/{month:02d}/2026" in row[4])
        rows.insert(last + 1, ["Lantern", "", "", "Total", "", "EUR", "", "", total])
    header = ["platform", "exported", "campaign_id", "campaign", "week", "currency", "impressions", "clicks", "spend"]
    return csv_text(header, rows)


def _comma(amount: float) -> str:
    return f"{amount:,.2f}".translate({ord(","): ".", ord("."): ","})


def _crm(draw: Draw, inquiries: list[Record]) -> str:
    rows = []
    for line in inquiries:
        page = draw.choice(["brochure", "prices", "visit"])
        address = f"https://www.firm.example/{page}" + (f"?src=ad&cid={line['cid']}" if line["cid"] else "")
        is_typed = draw.chance(0.3)
        style = "%d.%m.%Y" if is_typed else f"%Y-%m-%d {draw.integer(8, 20):02d}:{draw.integer(0, 59):02d}"
        amounts = [f"{line[key] / 100:.2f}" if line[key] else None for key in ("value", "refund")]
        note = line["note"] or draw.choice(["", "", "", "called twice", "sent the brochure", "nice people"])
        row = [line["lead"], line["created"].strftime(style), line["contact"], address, line["status"]]
        rows.append([*row, line["won_on"], *amounts, note])
    return csv_text(["lead", "created", "contact", "landing", "status", "won_on", "value", "refund", "note"], rows)
