"""The campaign reduced from the log alone, and slips that people make."""
# hapi-pytest canary 847e69c1-08be-47ee-890a-bc2c7eb553d3

import statistics
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, pdf_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "zeros-of-board-numbers-lost": ("one-row-for-each-board",),
    "zero-runs-listed-as-a-board": ("one-row-for-each-board",),
    "zero-not-subtracted": ("means-are-calibrated", "certificate-of-the-day"),
    "corrections-subtracted": ("means-are-calibrated", "certificate-of-the-day"),
    "thickness-before-the-rig": ("means-are-calibrated",),
    "newest-certificate-for-all": ("means-are-calibrated", "certificate-of-the-day"),
    "certificate-of-a-board's-first-day": ("certificate-of-the-day",),
    "outlier-by-three-deviations": ("outlier-is-left-out-once",),
    "outliers-until-none-is-left": ("outlier-is-left-out-once",),
    "void-run-used": ("void-and-double-lines",),
    "double-line-counted-twice": ("void-and-double-lines",),
    "makers-wish-followed": ("makers-wish-changes-nothing",),
    "label-not-corrected": ("label-is-corrected",),
    "deviation-of-a-population": ("deviation-of-a-sample",),
    "certificates-not-halved": ("uncertainties-are-combined",),
    "scatter-of-a-single-run": ("uncertainties-are-combined",),
    "two-decimals-everywhere": ("reported-as-the-method-rounds",),
    "trailing-zeros-dropped": ("reported-as-the-method-rounds",),
    "rounded-down": ("reported-as-the-method-rounds",),
    "declared-against-the-mean": ("declared-value-is-judged",),
    "result-from-three-runs": ("too-few-runs-give-no-result", "report-gives-the-results"),
    "row-of-the-thin-board-filled": ("too-few-runs-give-no-result",),
    "report-from-an-earlier-table": ("report-gives-the-results",),
    "results-beside-other-boards": ("report-gives-the-results",),
    "report-of-three-pages": ("report-gives-the-results", "report-lists-the-runs-left-out"),
    "double-line-listed-as-left-out": ("report-lists-the-runs-left-out",),
    "boards-left-off-the-list": ("report-lists-the-runs-left-out",),
    "outliers-not-listed": ("report-lists-the-runs-left-out",),
}
EQUIVALENTS: dict[str, str] = {
    "columns-in-another-order": "the brief names the columns and no order",
    "four-decimals": "the brief asks for four decimals or more",
    "boards-as-measured": "the brief gives the boards no order",
    "semicolons-and-a-mark": "the brief asks for csv and names neither separator nor byte-order mark",
    "report-as-a-table": "the brief leaves the looks of the report to us",
}
HEADER = (
    "board", "n", "mean", "s", "u_combined", "u_expanded", "value_reported", "u_reported", "keeps_declared", "left_out",
)  # fmt: skip

Run = dict[str, Any]
Result = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Reduce the runs and write table and report."""
    boards = list(facts.boards)
    if "boards-as-measured" in flaws:
        boards = list(dict.fromkeys(run["labelled"] for run in facts.runs if run["labelled"] != "ZERO"))
    results = {board: _reduced(facts, flaws, board) for board in boards}
    return {"results.csv": _table(facts, flaws, results), "report.pdf": _report(facts, flaws, results)}


def _board_of(facts: Facts, flaws: frozenset[str], run: Run) -> str:
    is_wrong = run["run"] == facts.relabelled and "label-not-corrected" not in flaws
    return str(run["remark"].split()[-1] if is_wrong else run["labelled"])


def _runs_of(facts: Facts, flaws: frozenset[str], board: str) -> tuple[list[Run], list[Run]]:
    """Return the runs of a board that are used and those that are left out."""
    right = frozenset[str]()
    runs = []
    for run in facts.runs:
        if _board_of(facts, flaws, run) == board:
            runs += [run] * (2 if run["is_twice"] and "double-line-counted-twice" in flaws else 1)
    void = [run for run in runs if run["flag"] and not ("void-run-used" in flaws and board == facts.void_board)]
    if "makers-wish-followed" in flaws:
        void += [run for run in runs if run["run"] == facts.wished_away]
    used = [run for run in runs if run not in void]
    values = [_lambda(facts, right, board, run) for run in used]
    far = _far(facts, flaws, values)
    if "outliers-until-none-is-left" in flaws:
        while again := _far(facts, flaws, [value for value in values if value not in far]):
            far += again
    # A run that was taken for another board's, or an extra one, must not shift the limit for the rest.
    if board == facts.outlier_board:
        void += [run for run, value in zip(used, values, strict=True) if value in far]
    return [run for run in used if run not in void], void


def _far(facts: Facts, flaws: frozenset[str], values: list[float]) -> list[float]:
    """Return the values that are further from the middle than allowed."""
    if "outlier-by-three-deviations" in flaws:
        middle, allowed = statistics.fmean(values), 3 * statistics.stdev(values)
    else:
        middle = statistics.median(values)
        allowed = facts.limit * statistics.median(abs(value - middle) for value in values)
    return [value for value in values if abs(value - middle) > allowed]


def _difference(facts: Facts, run: Run, sign: int) -> float:
    return _corrected(facts.thermometers["hot"], run["hot"], sign) - _corrected(
        facts.thermometers["cold"], run["cold"], sign
    )


def _corrected(thermometer: dict[str, Any], reading: float, sign: int) -> float:
    points = thermometer["points"]
    for (low, below), (high, above) in zip(points, points[1:], strict=False):
        if low <= reading < high:
            return reading + sign * float(below + (above - below) * (reading - low) / (high - low))
    raise ValueError(f"no certificate covers {reading}")


def _certificate(facts: Facts, flaws: frozenset[str], board: str, run: Run) -> dict[str, Any]:
    day = run["day"]
    if "certificate-of-a-board's-first-day" in flaws:
        day = min(other["day"] for other in facts.runs if _board_of(facts, flaws, other) == board)
    valid = [certificate for certificate in facts.sensor if certificate["from"] <= day]
    return dict(facts.sensor[-1] if "newest-certificate-for-all" in flaws else valid[-1])


def _lambda(facts: Facts, flaws: frozenset[str], board: str, run: Run) -> float:
    zeros = [other["signal"] for other in facts.runs if other["labelled"] == "ZERO"]
    zero = 0.0 if "zero-not-subtracted" in flaws else statistics.fmean(zeros)
    flow = (run["signal"] - zero) / _certificate(facts, flaws, board, run)["value"]
    after = None if "thickness-before-the-rig" in flaws else facts.boards[board]["after"]
    sign = -1 if "corrections-subtracted" in flaws else 1
    return float(flow * (after or facts.boards[board]["thickness"]) / _difference(facts, run, sign))


def _reduced(facts: Facts, flaws: frozenset[str], board: str) -> Result:
    """Return everything that is told about a board."""
    used, left_out = _runs_of(facts, flaws, board)
    result: Result = {"n": len(used), "left_out": list(dict.fromkeys(run["run"] for run in left_out))}
    least = 3 if "result-from-three-runs" in flaws or "row-of-the-thin-board-filled" in flaws else 4
    if len(used) < least:
        return result
    result["mean"] = statistics.fmean(_lambda(facts, flaws, board, run) for run in used)
    right = [_lambda(facts, frozenset(), board, run) for run in used]
    result["s"] = statistics.pstdev(right) if "deviation-of-a-population" in flaws else statistics.stdev(right)
    result["u"] = _combined(facts, flaws, board, used, result)
    size = Decimal(2 * result["u"])
    digits = Decimal("0.01") if size < Decimal("0.995") or "two-decimals-everywhere" in flaws else Decimal("0.1")
    mode = ROUND_DOWN if "rounded-down" in flaws else ROUND_HALF_UP
    shown = [str(value.quantize(digits, mode)) for value in (Decimal(result["mean"]), size)]
    result["shown"] = [f"{float(text):g}" for text in shown] if "trailing-zeros-dropped" in flaws else shown
    added = 0 if "declared-against-the-mean" in flaws else 2 * result["u"]
    result["keeps"] = "yes" if result["mean"] + added <= facts.boards[board]["declared"] else "no"
    return result


def _combined(facts: Facts, flaws: frozenset[str], board: str, used: list[Run], result: Result) -> float:
    k = 1 if "certificates-not-halved" in flaws else 2
    count = 1 if "scatter-of-a-single-run" in flaws else len(used)
    d = facts.boards[board]["after"] or facts.boards[board]["thickness"]
    difference = statistics.fmean(_difference(facts, run, 1) for run in used)
    sensor = max(_certificate(facts, frozenset(), board, run)["U"] for run in used) / 100 / k
    shares = [sensor, facts.u_d / d] + [facts.thermometers[name]["U"] / k / difference for name in ("hot", "cold")]
    scatter = result["s"] ** 2 / count
    return float((scatter + sum((result["mean"] * share) ** 2 for share in shares)) ** 0.5)


def _table(facts: Facts, flaws: frozenset[str], results: dict[str, Result]) -> str:
    rows: list[list[object]] = []
    for board, result in results.items():
        number = board.lstrip("0") if "zeros-of-board-numbers-lost" in flaws else board
        figures: list[object] = [None] * 7
        if "mean" in result:
            figures = [result["mean"], result["s"], result["u"], 2 * result["u"], *result["shown"], result["keeps"]]
            if "four-decimals" in flaws:
                figures[:4] = [
                    f"{figure:.4f}" for figure in (result["mean"], result["s"], result["u"], 2 * result["u"])
                ]
        rows.append([number, result["n"], *figures, " ".join(result["left_out"])])
    if "zero-runs-listed-as-a-board" in flaws:
        rows.append(["ZERO", 5, *[None] * 8])
    lines = [list(HEADER), *rows]
    lines = [line[::-1] for line in lines] if "columns-in-another-order" in flaws else lines
    is_odd = "semicolons-and-a-mark" in flaws
    text = csv_text([str(name) for name in lines[0]], lines[1:], delimiter=";" if is_odd else ",")
    return "\ufeff" + text if is_odd else text


def _report(facts: Facts, flaws: frozenset[str], results: dict[str, Result]) -> bytes:
    """Write the report as lines or as tables."""
    import fpdf

    document = fpdf.FPDF()
    document.set_font("Helvetica", size=11)
    document.add_page()
    for heading, rows in (
        ("Results", _lines(facts, flaws, results)),
        ("Runs left out", _left_out(facts, flaws, results)),
    ):
        document.set_font("Helvetica", "B", 13)
        document.cell(0, 12, heading, new_x="LMARGIN", new_y="NEXT")
        document.set_font("Helvetica", size=11)
        if "report-as-a-table" in flaws:
            with document.table() as table:
                for row in rows:
                    table.row(row)
        else:
            for row in rows:
                document.cell(0, 7, "   ".join(row), new_x="LMARGIN", new_y="NEXT")
        if "report-of-three-pages" in flaws:
            document.add_page()
    return pdf_bytes(document)


def _lines(facts: Facts, flaws: frozenset[str], results: dict[str, Result]) -> list[list[str]]:
    rows = []
    for board, result in results.items():
        told = "no result"
        if "mean" in result and not ("row-of-the-thin-board-filled" in flaws and board == facts.few_board):
            value, size = result["shown"]
            if "report-from-an-earlier-table" in flaws and board == facts.plain_board:
                value = str(Decimal(value) + Decimal("0.1"))
            told = f"{value} ± {size} mW/(m K)"
        rows.append([f"Board {board}", told])
    if "results-beside-other-boards" in flaws:
        one, other = (rows[list(results).index(board)] for board in (facts.plain_board, facts.pressed_board))
        one[1], other[1] = other[1], one[1]
    return rows


def _left_out(facts: Facts, flaws: frozenset[str], results: dict[str, Result]) -> list[list[str]]:
    rows = []
    flagged = [run["run"] for run in facts.runs if run["flag"]]
    for board, result in results.items():
        for run in result["left_out"]:
            if run in flagged or "outliers-not-listed" not in flaws:
                named = "-" if "boards-left-off-the-list" in flaws else f"board {board}"
                rows.append([run, named, "void" if run in flagged else "outlier"])
    if "double-line-listed-as-left-out" in flaws:
        twice = next(run for run in facts.runs if run["is_twice"])
        rows.append([twice["run"], f"board {twice['labelled']}", "written twice"])
    return rows
