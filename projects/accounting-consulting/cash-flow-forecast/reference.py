"""The accepted forecast, and the slips of a modeller in a hurry."""
# hapi-pytest canary 1fd5acfb-bbb0-4eee-9d94-dcc4c8f273fa

from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import office_bytes

LIVE, TYPED = "monthly-follows-assumptions", "nothing-is-typed-in-monthly"
CASH, TRADE, VAT = "cash-runs-through-the-year", "trade-receipts-come-later", "vat-is-paid-by-quarter"
MATERIALS, RENT, COSTS = "materials-are-paid-a-month-ahead", "rent-follows-the-last-note", "running-costs-are-by-month"
LOAN, SINGLE = "interest-falls-with-the-loan", "single-payments-stand-in-their-months"
LOWEST, COUNT = "lowest-cash-is-named", "months-below-the-minimum-are-counted"
SALES, SOURCES = "planned-sales-are-left-alone", "sources-name-the-right-file"
FLAWS: dict[str, tuple[str, ...]] = {
    "quarter-sums-read-as-months": (SALES, TRADE, MATERIALS, VAT),
    "thousands-overlooked": (TRADE, MATERIALS, VAT),
    "growth-of-the-bank": (SALES, TRADE, MATERIALS, VAT),
    "growth-in-the-till": (SALES,),
    "trade-paid-at-once": (TRADE,),
    "materials-with-their-sales": (MATERIALS,),
    "vat-on-money-received": (VAT,),
    "rent-of-the-september-note": (RENT,),
    "assistant-from-the-spring-plan": (COSTS,),
    "drawings-raised": (COSTS,),
    "interest-on-the-first-balance": (LOAN,),
    "machine-in-the-spring-month": (SINGLE, VAT),
    "insurance-spread": (SINGLE,),
    "spring-opening-cash": (CASH,),
    "vat-rate-typed-into-formulas": (LIVE,),
    "values-pasted": (LIVE, TYPED),
    "zeros-typed": (TYPED,),
    "month-of-lowest-as-its-place": (LOWEST,),
    "count-typed": (COUNT,),
    "all-from-the-spring": (SOURCES,),
}
EQUIVALENTS: dict[str, str] = {
    "real-dates": "months may be dates that are shown as 2027-05",
    "columns-turned-round": "the brief names columns and no order",
    "titles-and-totals": "a title above a table and a row of totals below it are not forbidden, nor another sheet",
    "cents-rounded": "the brief takes cents rounded or unrounded",
    "sources-with-remarks": "the source may say more than the file's name",
}
COLUMNS = ["Month", "Opening cash", "Shop receipts", "Trade receipts", "Materials", "Wages", "Rent", "Other costs"]
COLUMNS += ["Insurance", "Equipment", "VAT paid", "Drawings", "Loan repayment", "Interest", "Closing cash"]
PAYMENTS = COLUMNS[4:14]
BEFORE, MONTHS, LAG = 2, 12, 2


class Model:
    """The places of the assumptions, and the formulas that look at them."""

    def __init__(self, facts: Facts, flaws: frozenset[str]) -> None:
        self.facts, self.flaws = facts, flaws
        self.titles = 2 if "titles-and-totals" in flaws else 0
        self.values = _values(facts, flaws)
        self.sales = _sales(facts, flaws)
        self.first = 2 + self.titles
        self.columns = COLUMNS[::-1] if "columns-turned-round" in flaws else COLUMNS
        self.letters = dict(zip(self.columns, "ABCDEFGHIJKLMNO", strict=True))
        lines = enumerate(self.values, self.first)
        self.keys = {key: f"Assumptions!$B${line}" for line, key in lines}
        self.sales_line = self.first + (len(self.values) + 2 if self.titles else 0)

    def sale(self, column: str, at: int) -> str:
        """Return the place of a month's sales, counted from the first month of the plan."""
        return f"Assumptions!${'EFG'['MST'.index(column)]}${self.sales_line + at}"

    def net(self, at: int) -> str:
        """Return a month's shop and trade sales together."""
        return f"({self.sale('S', at)}+{self.sale('T', at)})"

    def cell(self, column: str, step: int) -> str:
        """Return the place of a month's figure in Monthly."""
        return f"{self.letters[column]}{self.first + step}"

    def span(self, column: str) -> str:
        """Return a column of Monthly as other sheets name it."""
        letter = self.letters[column]
        return f"Monthly!${letter}${self.first}:${letter}${self.first + MONTHS - 1}"

    def formulas(self, step: int) -> dict[str, str]:
        """Return the formulas of a month."""
        key, at, flaws = self.keys, step + BEFORE, self.flaws
        month = self.cell("Month", step)
        typed = f"(1+{self.facts.agreed['vat_rate']})" if "vat-rate-typed-into-formulas" in flaws else None
        gross = f"(1+{key['vat_rate']})"
        bought = at if "materials-with-their-sales" in flaws else at + 1
        hired = f"IF({month}>={key['hire_from']},{key['hire_wages_month']},0)"
        staff = f"({key['wages_month']}+{hired})"
        balance = f"({key['loan_balance']}-{step}*{key['loan_repayment']})"
        insured = f"IF({month}={key['insurance_month']},{key['insurance_year']},0)"
        growth = f"*{1 + self.facts.growth / 100}" if "growth-in-the-till" in flaws else ""
        lines = {
            "Opening cash": self.cell("Closing cash", step - 1) if step else key["opening_cash"],
            "Shop receipts": f"{self.sale('S', at)}*{typed or gross}{growth}",
            "Trade receipts": f"({self.trade(step)})*{typed or gross}",
            "Materials": f"{key['materials_share']}*{self.net(bought)}*{gross}",
            "Wages": f"{staff}*(1+{key['employer_cost_rate']})",
            "Rent": f"IF({month}>={key['rent_new_from']},{key['rent_month_new']},{key['rent_month']})",
            "Other costs": f"{key['other_month']}*{gross}",
            "Insurance": f"{key['insurance_year']}/12" if "insurance-spread" in flaws else insured,
            "Equipment": f"IF({month}={key['equipment_month']},{key['equipment_net']},0)*{gross}",
            "VAT paid": self.vat_paid(step),
            "Drawings": key["drawings_month"],
            "Loan repayment": key["loan_repayment"],
            "Interest": f"{key['loan_balance'] if 'interest-on-the-first-balance' in flaws else balance}"
            f"*{key['loan_rate']}/12",
        }
        plus = "+".join(self.cell(name, step) for name in ("Opening cash", "Shop receipts", "Trade receipts"))
        lines["Closing cash"] = plus + "".join(f"-{self.cell(name, step)}" for name in PAYMENTS)
        return {name: f"=ROUND({text},2)" if "cents-rounded" in flaws else f"={text}" for name, text in lines.items()}

    def trade(self, step: int) -> str:
        """Return what trade customers pay in a month, without VAT."""
        at, shares = step + BEFORE, (self.keys["trade_paid_after_1"], self.keys["trade_paid_after_2"])
        if "trade-paid-at-once" in self.flaws:
            return f"{self.sale('T', at)}*({shares[0]}+{shares[1]})"
        return "+".join(f"{self.sale('T', at - lag)}*{share}" for lag, share in enumerate(shares, 1))

    def vat_paid(self, step: int) -> str:
        """Return the VAT that leaves the bank in a month."""
        if step == LAG - 1:
            return self.keys["vat_brought_forward"]
        start = step - 2 - LAG
        return self.vat(start) if start >= 0 and start % 3 == 0 else "0"

    def vat(self, start: int) -> str:
        """Return the VAT of the quarter that starts with a month of the forecast."""
        key, steps = self.keys, range(start, start + 3)
        sold = "+".join(self.net(step + BEFORE) for step in steps)
        if "vat-on-money-received" in self.flaws:
            sold = "+".join(f"{self.sale('S', step + BEFORE)}+{self.trade(step)}" for step in steps)
        bought = "+".join(f"{key['materials_share']}*{self.net(step + BEFORE + 1)}" for step in steps)
        ends = [self.sale("M", step + BEFORE) for step in (steps[0], steps[-1])]
        when = f"AND({key['equipment_month']}>={ends[0]},{key['equipment_month']}<={ends[1]})"
        machine = f"IF({when},{key['equipment_net']},0)"
        return f"{key['vat_rate']}*({sold}-({bought}+3*{key['other_month']}+{machine}))"

    def month(self, name: str) -> Any:
        """Return a month as it is typed in."""
        import datetime

        is_date = "real-dates" in self.flaws
        return datetime.date(int(name[:4]), int(name[5:]), 1) if is_date else name


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the workbook."""
    import openpyxl

    model = Model(facts, flaws)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Assumptions"
    sheets = {name: book.create_sheet(name) for name in ("Monthly", "Checks")} | {"Assumptions": sheet}
    if model.titles:
        book.create_sheet("Read me", 0).append(["Type in Assumptions only."])
        for table in sheets.values():
            table.append([f"{facts.firm}, cash forecast from {facts.first_name}"])
            table.append([])
    _write_assumptions(sheet, model)
    _write_months(sheets["Monthly"], model)
    _write_checks(sheets["Checks"], model)
    for table in sheets.values():
        for row in table.iter_rows():
            for cell in row:
                is_month = cell.is_date or (str(cell.value).startswith(("=Assumptions!$E", "=INDEX")))
                cell.number_format = "yyyy-mm" if is_month and "real-dates" in flaws else cell.number_format
    return {"forecast.xlsx": office_bytes(book)}


def _values(facts: Facts, flaws: frozenset[str]) -> dict[str, Any]:
    """Return the value of each key, as agreed or as a hasty reader takes it."""
    values, spring = dict(facts.agreed), facts.spring
    slips = {
        "rent-of-the-september-note": {"rent_month_new": facts.asked_rent, "rent_new_from": facts.asked_from},
        "assistant-from-the-spring-plan": {"hire_from": spring["hire_from"]},
        "drawings-raised": {"drawings_month": facts.thought_drawings},
        "machine-in-the-spring-month": {"equipment_month": spring["equipment_month"]},
        "spring-opening-cash": {"opening_cash": spring["opening_cash"]},
    }
    for flaw in sorted(flaws & set(slips)):
        values |= slips[flaw]
    return values


def _sales(facts: Facts, flaws: frozenset[str]) -> list[list[Any]]:
    """Return the plan's months with shop and trade sales, as a careful or hasty reader takes them."""
    rows = []
    for at, (_, shop, trade) in enumerate(facts.sales):
        trade = trade / 1000 if "thousands-overlooked" in flaws and at >= facts.unit_from else trade
        factor = 1 + facts.growth / 100 if "growth-of-the-bank" in flaws else 1
        rows.append([shop * factor, trade * factor])
        if "quarter-sums-read-as-months" in flaws and at >= BEFORE and (at - BEFORE) % 3 == 2:
            last = rows[-3:]
            rows.append([sum(row[0] for row in last), sum(row[1] for row in last)])
    return [[month, *row] for (month, _, _), row in zip(facts.sales, rows, strict=False)]


def _write_assumptions(sheet: Any, model: Model) -> None:
    facts, flaws = model.facts, model.flaws
    lines = [["Key", "Value", "Source"]]
    for key, value in model.values.items():
        source = "assumptions.csv" if "all-from-the-spring" in flaws else facts.documents[facts.sources[key]]
        source = f"From {source}, checked" if "sources-with-remarks" in flaws else source
        lines.append([key, model.month(value) if "-" in str(value) else value, source])
    sales = [["Month", "Shop", "Trade"]] + [[model.month(month), *amounts] for month, *amounts in model.sales]
    for start, column, table in ((model.first - 1, 1, lines), (model.sales_line - 1, 5, sales)):
        for line, row in enumerate(table, start):
            for place, value in enumerate(row, column):
                sheet.cell(line, place, value)


def _write_months(sheet: Any, model: Model) -> None:
    facts, flaws = model.facts, model.flaws
    sheet.append(model.columns)
    for step in range(MONTHS):
        row: dict[str, Any] = {"Month": f"={model.sale('M', step + BEFORE)}"} | model.formulas(step)
        if "zeros-typed" in flaws and row["VAT paid"] in ("=0", "=ROUND(0,2)"):
            row["VAT paid"] = 0
        if "values-pasted" in flaws:
            row |= {name.replace("_", " "): column[step] for name, column in facts.columns.items()}
            row["Opening cash"] = facts.columns["Closing_cash"][step - 1] if step else facts.agreed["opening_cash"]
        sheet.append([row[column] for column in model.columns])
    if model.titles:
        last = model.first + MONTHS - 1
        totals = {name: f"=SUM({model.letters[name]}{model.first}:{model.letters[name]}{last})" for name in PAYMENTS}
        sheet.append([(totals | {"Month": "Total"}).get(column) for column in model.columns])


def _write_checks(sheet: Any, model: Model) -> None:
    flaws = model.flaws
    closing, months = model.span("Closing cash"), model.span("Month")
    place = f"MATCH(MIN({closing}),{closing},0)"
    least = model.keys["minimum_cash"]
    lines: list[list[Any]] = [
        ["Check", "Result"],
        ["Lowest closing cash", f"=MIN({closing})"],
        [
            "Month of lowest closing cash",
            f"={place}" if "month-of-lowest-as-its-place" in flaws else f"=INDEX({months},{place})",
        ],
        ["Months below minimum cash", 4 if "count-typed" in flaws else f'=COUNTIF({closing},"<"&{least})'],
        ["VAT owed at the end", f"={model.vat(MONTHS - 3)}"],
    ]
    for line in lines:
        sheet.append(line[::-1] if "columns-turned-round" in flaws else line)
