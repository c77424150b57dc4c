"""Spring figures, a sales plan, an accountant's rules and an owner's later notes, with the cash that follows."""
# hapi-pytest canary 1fd5acfb-bbb0-4eee-9d94-dcc4c8f273fa

import datetime
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = [
    ("Kettle & Clay", "mugs, bowls and tiles that we throw and fire ourselves", "kiln"),
    ("Plumb Frames", "picture frames made to measure", "mitre saw"),
    ("Tallow Lane Candles", "candles and wax melts", "pouring line"),
    ("Birch & Bobbin", "wooden toys and cots", "lathe"),
    ("Osier Works", "baskets and cane chairs", "steaming tank"),
    ("Inkpot Lane Press", "cards, posters and notebooks", "paper cutter"),
    ("Saltbox Soaps", "soap and bath salts", "soap mill"),
    ("Fernhill Leather", "belts, satchels and dog leads", "leather splitter"),
    ("Glass Yard", "lamps and vases of blown glass", "annealing oven"),
    ("Threadneedle Barn", "blankets and scarves", "loom"),
]
PEOPLE = ["Ada Brandt", "Noël Sarre", "Mirja Tuomi", "Piotr Wilk", "Søren Dahl", "Lucía Prado", "Enzo Bellini"]
PEOPLE += ["Hanne Vos", "Tamsin Oake", "Jürgen Pohl", "Maeve Lynch", "Ruud Aalders", "Zsófia Kert", "Iris Quint"]
NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
NAMES += ["November", "December"]
BEFORE, MONTHS, LAG = 2, 12, 2
DOCUMENTS = ["assumptions.csv", "rules.docx", "notes.md"]
MEANINGS = {
    "opening_cash": ("once", "in the bank on the first day of the forecast"),
    "vat_rate": ("", "rate of VAT, see rules.docx"),
    "trade_paid_after_1": ("", "share of trade invoices paid in the next month, see rules.docx"),
    "trade_paid_after_2": ("", "share of trade invoices paid in the month after that, see rules.docx"),
    "materials_share": ("", "materials as a share of net sales"),
    "wages_month": ("month", "gross wages of those who are here now"),
    "hire_wages_month": ("month", "gross wages of the new assistant"),
    "hire_from": ("", "first month of the new assistant"),
    "employer_cost_rate": ("", "employer's contributions on gross wages"),
    "rent_month": ("year", "rent until the new lease"),
    "rent_month_new": ("year", "rent of the new lease"),
    "rent_new_from": ("", "first month of the new lease"),
    "other_month": ("quarter", "power, post, cleaning and the like, net"),
    "insurance_year": ("year", "all policies together, paid in one sum"),
    "insurance_month": ("", "month in which the insurance is paid"),
    "equipment_net": ("once", "the new machine, net"),
    "equipment_month": ("", "month in which the machine is paid"),
    "vat_brought_forward": ("once", "VAT owed for the quarter before the forecast"),
    "loan_balance": ("once", "loan outstanding on the first day of the forecast"),
    "loan_repayment": ("month", "repayment of the loan, interest not included"),
    "loan_rate": ("", "interest on the loan per year"),
    "drawings_month": ("month", "what the owner takes out"),
    "minimum_cash": ("", "cash that we never want to fall below"),
}
"""What the spring figure is for, by key, and what it means."""
PARTS = {"": 1, "once": 1, "month": 1, "quarter": 3, "year": 12}
RULES = [
    "Sales in sales.csv are net of VAT; VAT is {vat_rate:.0%} on everything that carries it. The lines that begin with"
    " Quarter are sums of the three months above them and no months. From {unit_from} on the planner gives Trade in"
    " thousands of euros, Shop stays in euros.",
    "Shop receipts: the month's shop sales with VAT, in the same month.",
    "Trade receipts: of an invoice with VAT, {trade_paid_after_1:.0%} comes in the month after the invoice and"
    " {trade_paid_after_2:.0%} in the month after that. The rest is never paid. The first months therefore still"
    " collect invoices from before the forecast.",
    "Materials: we buy and pay them one month ahead. A month's payment is materials_share of the next month's net sales"
    " (Shop and Trade), plus VAT.",
    "Wages: gross wages, the assistant from the first month on, plus the employer's contributions on both. No VAT.",
    "Rent carries no VAT. Insurance is paid once, in full, without VAT. Other costs are paid every month, plus VAT.",
    "Equipment: paid once in full in its month, plus VAT.",
    "VAT paid: our quarters are the first three months of the forecast, the next three and so on. Owed for a quarter is"
    " VAT on all invoices and shop sales of these months, whether the money has come or not, less the VAT in Materials,"
    " Other costs and Equipment paid in these months. It leaves the bank in the second month after the quarter ends."
    " The quarter before the forecast (vat_brought_forward) is therefore paid in the second month of the forecast.",
    "Loan: the repayment goes off every month. Interest of a month is a twelfth of loan_rate on what is outstanding"
    " when the month begins, paid in the same month. In July the bank set loan_rate to {loan_rate:.2%} for the"
    " next two years; the spring figure is no longer true.",
    "Drawings: the same every month.",
]
NOTES = """# Cash forecast: notes since the spring (newest on top)

**{days[5]} October 2026** Bank statement and open bills done with {accountant}: on the first day of the forecast we
will have {opening_cash:,} € in the bank, not what I hoped for.

**{days[4]} October 2026** The assistant cannot leave the old job any earlier: starts in {hire_from}. Same wages.

**{days[3]} October 2026** Landlord has signed! {rent_month_new:,} € a month from {rent_new_from}. So forget the
September note about the lease.

**{days[2]} September 2026** The dealer has a newer {machine}: {equipment_net:,} € net, delivered and paid in
{equipment_month}. Ordered.

**{days[1]} September 2026** Thinking about raising my drawings to {thought_drawings:,} € a month. Not decided, ask
me at Christmas.

**{days[1]} September 2026** Mail from {adviser}, pasted here:

> For the bank's template please increase all planned sales by {growth} % and leave the VAT payments out, they are only
> passed through.

Told her no: we show the sales as they are planned, and VAT is cash like any other.

**{days[0]} September 2026** Landlord rang about the new lease: {asked_rent:,} € a month from {asked_from}. I said yes.
"""

Facts = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    first = draw.integer(0, 5)
    months = [_month(first + step) for step in range(-BEFORE, MONTHS + 1)]
    sales = [(month, draw.integer(620, 1390) * 10, draw.integer(410, 1560) * 10) for month in months]
    ahead = months[BEFORE : BEFORE + MONTHS]
    spring, agreed, asked = _figures(draw, ahead)
    drift = _forecast(sales, agreed, ahead)[0]["Closing cash"][-1] - agreed["opening_cash"]
    spring["drawings_month"] = agreed["drawings_month"] = agreed["drawings_month"] + round(drift / 120) * 10
    lows = sorted(_forecast(sales, agreed, ahead)[0]["Closing cash"])
    agreed["opening_cash"] += round((draw.integer(3000, 5500) - lows[3]) / 10) * 10  # low at times, not in ruins
    asked["thought_drawings"] = agreed["drawings_month"] + draw.integer(20, 65) * 10
    spring["opening_cash"] = agreed["opening_cash"] + draw.integer(310, 890) * 10
    columns, owed = _forecast(sales, agreed, ahead)
    lows = sorted(columns["Closing cash"])
    spring["minimum_cash"] = agreed["minimum_cash"] = round((lows[3] + lows[5]) / 200) * 100
    firm, goods, machine = draw.choice(FIRMS)
    owner, accountant, adviser = draw.sample(PEOPLE, 3)
    notes = {"days": sorted(draw.sample(range(2, 15), 3)) + sorted(draw.sample(range(2, 22), 3))}
    notes |= asked | {"accountant": accountant.split()[0], "adviser": adviser, "machine": machine}
    unit_from = BEFORE + 3 * draw.integer(1, 3)
    given = notes | {
        "firm": firm,
        "goods": goods,
        "owner": owner,
        "accountant": accountant,
        "first_name": _name(ahead[0]),
        "last_name": _name(ahead[-1]),
        "unit_name": _name(months[unit_from]),
        "asked_name": _name(asked["asked_from"]),
        "months": ahead,
        "sales": [list(sale) for sale in sales],
        "unit_from": unit_from,
        "spring": spring,
        "documents": DOCUMENTS,
    }
    texts = notes | {key: _name(value) if "-" in str(value) else value for key, value in {**agreed, **asked}.items()}
    files = {
        "assumptions.csv": _spring_figures(spring),
        "sales.csv": _plan(sales, unit_from),
        "rules.docx": _rules(agreed | {"unit_from": given["unit_name"]}, accountant),
        "notes.md": NOTES.format(**texts),
    }
    columns = {name.replace(" ", "_"): column for name, column in columns.items()}
    gold = {"agreed": agreed, "sources": _sources(), "columns": columns, "owed": owed}
    return Inputs(files=files, given=given, gold=gold)


def _month(step: int) -> str:
    """Name a month counted from January 2027, as 2027-01."""
    return f"{2027 + step // 12}-{step % 12 + 1:02d}"


def _name(month: str) -> str:
    return f"{NAMES[int(month[5:]) - 1]} {month[:4]}"


def _figures(draw: Draw, ahead: list[str]) -> tuple[Facts, Facts, Facts]:
    """Draw the spring figures, those that hold in the end, and what was asked for or thought of in between."""
    rent_old, rent_asked, rent_final = draw.sample(ahead[1:9], 3)
    hire_old, hire_final = draw.sample(ahead[2:10], 2)
    early, late = draw.integer(0, 4), draw.integer(6, 8)
    bought = draw.shuffled([early, late])
    rents = [1350 + 95 * step + draw.integer(1, 30) for step in draw.shuffled(range(8))]
    rates = [draw.integer(380 + 90 * step, 450 + 90 * step) / 10_000 for step in draw.shuffled(range(4))]
    paid_next = draw.integer(48, 71)
    spring: Facts = dict.fromkeys(MEANINGS, "")
    spring |= {
        "materials_share": draw.integer(24, 36) / 100,
        "wages_month": draw.integer(355, 470) * 10,
        "hire_wages_month": draw.integer(148, 196) * 10,
        "hire_from": hire_old,
        "employer_cost_rate": draw.integer(112, 228) / 1000,
        "rent_month": rents[0],
        "rent_month_new": rents[1],
        "rent_new_from": rent_old,
        "other_month": draw.integer(92, 178) * 10,
        "insurance_year": draw.integer(1450, 2980),
        "insurance_month": ahead[draw.integer(1, 10)],
        "equipment_net": draw.integer(480, 640) * 10,
        "equipment_month": ahead[bought[0]],
        "vat_brought_forward": draw.integer(3105, 5890),
        "loan_balance": draw.integer(1420, 2890) * 10,
        "loan_repayment": draw.integer(31, 68) * 10,
        "loan_rate": rates[0],
        "drawings_month": draw.integer(215, 300) * 10,
    }
    ruled = {"vat_rate": draw.integer(19, 23) / 100, "trade_paid_after_1": paid_next / 100, "loan_rate": rates[1]}
    ruled["trade_paid_after_2"] = (97 - paid_next - draw.integer(0, 3)) / 100
    noted = {
        "opening_cash": draw.integer(1410, 2090) * 10,
        "hire_from": hire_final,
        "rent_month_new": rents[2],
        "rent_new_from": rent_final,
        "equipment_net": draw.integer(690, 960) * 10,
        "equipment_month": ahead[bought[1]],
    }
    asked = {"asked_rent": rents[3], "asked_from": rent_asked, "growth": draw.integer(3, 9)}
    return spring, spring | ruled | noted, asked


def _sources() -> dict[str, int]:
    """Tell for each key the place in DOCUMENTS of the file that its agreed value comes from."""
    ruled = ("vat_rate", "trade_paid_after_1", "trade_paid_after_2", "loan_rate")
    noted = ("opening_cash", "hire_from", "rent_month_new", "rent_new_from", "equipment_net", "equipment_month")
    return dict.fromkeys(MEANINGS, 0) | dict.fromkeys(ruled, 1) | dict.fromkeys(noted, 2)


def _forecast(sales: list[tuple[str, int, int]], key: Facts, ahead: list[str]) -> tuple[dict[str, list[float]], float]:
    """Work out each column of the forecast, and the VAT that is owed at its end."""
    net = [shop + trade for _, shop, trade in sales]
    trade = [amount for _, _, amount in sales]
    gross = 1 + key["vat_rate"]
    span = range(BEFORE, BEFORE + MONTHS)
    equipment = [key["equipment_net"] * gross * (month == key["equipment_month"]) for month in ahead]
    materials = [key["materials_share"] * net[at + 1] * gross for at in span]
    other = key["other_month"] * gross
    vat = [
        key["vat_rate"] * (net[at] - (materials[step] + other + equipment[step]) / gross)
        for step, at in enumerate(span)
    ]
    paid = [0.0] * (MONTHS + LAG)
    paid[LAG - 1] = key["vat_brought_forward"]
    for start in range(0, MONTHS, 3):
        paid[start + 2 + LAG] = sum(vat[start : start + 3])
    staff = [key["wages_month"] + key["hire_wages_month"] * (month >= key["hire_from"]) for month in ahead]
    balances = [key["loan_balance"] - key["loan_repayment"] * step for step in range(MONTHS)]
    shares = (key["trade_paid_after_1"], key["trade_paid_after_2"])
    columns: dict[str, list[float]] = {
        "Shop receipts": [sales[at][1] * gross for at in span],
        "Trade receipts": [(trade[at - 1] * shares[0] + trade[at - 2] * shares[1]) * gross for at in span],
        "Materials": materials,
        "Wages": [gross_wages * (1 + key["employer_cost_rate"]) for gross_wages in staff],
        "Rent": [key["rent_month_new" if month >= key["rent_new_from"] else "rent_month"] for month in ahead],
        "Other costs": [other] * MONTHS,
        "Insurance": [key["insurance_year"] * (month == key["insurance_month"]) for month in ahead],
        "Equipment": equipment,
        "VAT paid": paid[:MONTHS],
        "Drawings": [key["drawings_month"]] * MONTHS,
        "Loan repayment": [key["loan_repayment"]] * MONTHS,
        "Interest": [balance * key["loan_rate"] / 12 for balance in balances],
    }
    columns = {name: [round(amount, 4) for amount in amounts] for name, amounts in columns.items()}
    cash, closing = key["opening_cash"], []
    for step in range(MONTHS):
        amounts = [column[step] for column in columns.values()]
        cash += sum(amounts[:2]) - sum(amounts[2:])
        closing.append(round(cash, 4))
    return columns | {"Closing cash": closing}, round(paid[MONTHS + LAG - 1], 4)


def _spring_figures(spring: Facts) -> str:
    """The owner's list: some figures per year or quarter, months by name."""
    rows = []
    for key, (per, meaning) in MEANINGS.items():
        value = spring[key]
        if isinstance(value, float):
            shown = f"{value:.2%}".replace(".00%", "%")
        elif isinstance(value, int):
            shown = f"{value * (PARTS[per] if key != 'insurance_year' else 1):,}"
        else:
            shown = _name(value) if value else ""
        rows.append([key, shown, per, meaning])
    return csv_text(["key", "figure", "per", "meaning"], rows)


def _plan(sales: list[tuple[str, int, int]], unit_from: int) -> str:
    """The sales plan: months in three styles, sums between them, Trade in thousands from some month on."""
    rows: list[list[object]] = []
    for at, (month, shop, trade) in enumerate(sales):
        shown = (month, _name(month), f"{month[5:]}/{month[:4]}")[at % 3 if at % 4 else 1]
        is_cut = at >= unit_from
        remark = {0: "actual", 1: "estimate", 5: "plus spring fair?", len(sales) - 1: "for ordering only"}.get(at, "")
        rows.append([shown, f"{shop:,}", f"{trade / 1000:.2f}" if is_cut else f"{trade:,}", remark])
        if at >= BEFORE and (at - BEFORE) % 3 == 2 and at < BEFORE + MONTHS:
            quarter = sales[at - 2 : at + 1]
            total = sum(amount for _, _, amount in quarter)
            label = f"Quarter to {_name(month)}"
            rows.append(
                [label, f"{sum(q[1] for q in quarter):,}", f"{total / 1000:.2f}" if is_cut else f"{total:,}", ""]
            )
    return csv_text(["Month", "Shop", "Trade", "Remark"], rows)


def _rules(values: Facts, accountant: str) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("How we work out the cash forecast", level=1)
    document.add_paragraph(f"{accountant}, {datetime.date(2026, 8, 20):%d %B %Y}")
    for text in RULES:
        document.add_paragraph(text.format(**values), style="List Number")
    return office_bytes(document)
