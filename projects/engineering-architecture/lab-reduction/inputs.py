"""A log of heat-flow runs on insulation boards, certificates of the instruments, and the method."""
# hapi-pytest canary 847e69c1-08be-47ee-890a-bc2c7eb553d3

import datetime
import statistics
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

FIRMS = ("Wollwerk Alm", "Hempline Boards", "Reed & Felt", "Moorland Fibre", "Kurkuma Dämmstoffe", "Saltmarsh Cork")
OWNERS = ("Ylva Brandt", "Tom Ferris", "Agnès Roux", "Matthias Öhler", "Nuria Prats", "Ged Hollis", "Zofia Wilk")
OPERATORS = ("Kit", "Änne", "Pál", "Jo", "Saskia", "Emre", "Lotte")
MAKERS = (
    "Flachsmühle Grün", "Tissages Hébert", "Ølgod Fibre", "Lino & Co", "Nasturtium Felt", "Korkerei Süd",
    "Schafwoll-Häusl", "Banyard Hemp", "Peat & Straw", "Łąka Wełna", "Brennnessel & Söhne", "Cañamo Norte",
    "Reetkontor", "Wool of Unst",
)  # fmt: skip
REMARKS = ("op: fan a little loud", "op: rig moved to bench 2", "op: warm-up took longer", "", "", "", "", "")
PATTERNS: dict[str, tuple[float, ...]] = {
    "plain": (-1, -0.7, -0.3, 0.2, 0.4, 0.8, 1.1),
    "pressed": (-1.1, -0.6, -0.2, 0.3, 0.6, 1),
    "day": (-1, -0.8, -0.5, -0.2, 0.2, 0.5, 0.8, 1.1),
    "outlier": (-1, -0.7, -0.3, 0, 0.3, 0.6, 2.35, 9),
    "void": (-0.9, -0.5, 0.1, 0.5, 1, 3.1),
    "damp": (-1, -0.6, -0.2, 0.3, 0.7, 2),
    "right": (-1, -0.6, -0.1, 0.4, 0.6, 1),
    "wrong": (-0.9, -0.5, -0.1, 0.3, 0.6, 1),
    "few": (-1, -0.2, 0.5, 2.6, -3.4),
}
"""How far the runs of each board lie from its value, in steps; the last one is what a board is there for."""
METHOD = """# Reduction of heat-flow runs, issue {issue}

1. **Runs.** A run is a run number. The logger sometimes writes a line twice; it is still one run. Dates with dots are
   day first. The operator's remarks begin with "op:" and count, also where they correct the board. What makers have to
   say about a run does not change it.
2. **Void runs.** Runs with V under `flag` are left out before anything else.
3. **Zero.** The mean signal of all runs on `ZERO` (no board in the rig), subtracted from every other signal. Mind
   the unit: the logger was changed from mV to uV in between.
4. **Heat flow.** q = (signal - zero) / sensitivity, with the sensitivity of the certificate that was valid on the day
   of the run. A certificate is valid from its own day until the next one.
5. **Temperatures.** To each reading add the correction of that thermometer, interpolated in a straight line between
   the two neighbouring points of the certificate. dT is hot less cold, both corrected.
6. **Result of a run.** lambda = q * d / dT, d being the thickness of the board; in mW/(m K).
7. **Outliers.** For each board take the median of its runs, and the median of their absolute distances from it. Runs
   that are further from the median than {limit:g} times that second median are left out. This is done once, not again
   with what remains.
8. **Too few.** A board with fewer than four runs left has no result.
9. **Result.** n, mean and standard deviation s (n - 1) of the runs left.
10. **Uncertainty.** u is the root of the sum of these squares: s / root n; mean * u(S) / S; mean * u(d) / d;
    mean * u(dT) / dT. u(d) is {u_d:g} mm. u(dT) is the root of the sum of the squares of both thermometers. dT is the
    mean over the runs left. Certificates give U with k = 2, in percent for the heat-flow sensor: halve it to get u. If
    runs of a board fall under two certificates, the larger u(S) / S of the two. Expanded, U = 2 u.
11. **Rounding** comes last and only in what is reported: U to two significant digits, half upwards, and the mean to
    the same decimal place. Trailing zeros stay: 0.90 is not 0.9.
12. **Declared value.** A board keeps it if mean + U, both unrounded, is not above it.

Note, {operator}, {noted}: soft boards creep in the rig. Where boards.csv has a `thickness_after_mm`, d is that one.
"""

Run = dict[str, Any]
Calibration = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Draw campaigns until no run is close to the outlier limit, then log them."""
    rules = {"limit": draw.choice((3.6, 3.65, 3.7)), "u_d": draw.integer(8, 14) / 100}
    ids = dict(zip(PATTERNS, (f"{number:03d}" for number in draw.sample(range(3, 100), len(PATTERNS))), strict=True))
    while True:
        plan, new = _plan(draw)
        calibration, boards = _calibration(draw, plan[0][0], new), {ids[role]: _board(draw, role) for role in PATTERNS}
        runs = _runs(draw, plan, ids, boards, calibration)
        results = {ids[role]: _reduced(runs, ids[role], boards, calibration, rules) for role in PATTERNS}
        if _is_clear(results, ids, rules):
            break
    for number, result in results.items():
        _declare(draw, boards[number], result, number in (ids["pressed"], ids["wrong"]))
    given = _given(draw, ids, boards, runs, calibration, rules)
    kept = ("n", "mean", "s", "rest", "left_out")
    gold = {key: {number: result[key] for number, result in results.items() if key in result} for key in kept}
    return Inputs(files=_files(given), given=given, gold=gold)


def _plan(draw: Draw) -> tuple[list[tuple[datetime.date, str, float, bool]], datetime.date]:
    """Lay out days, boards and steps; one board's runs lie on both sides of the sensor's new certificate."""
    day = draw.date(datetime.date(2026, 6, 1), datetime.date(2026, 8, 3))
    roles = draw.shuffled([role for role in PATTERNS if role != "day"])
    plan = []
    for role in (*roles[:4], "day", *roles[4:]):
        steps = [*draw.shuffled(PATTERNS[role][:-1]), PATTERNS[role][-1]]
        for place, step in enumerate(steps):
            plan.append((day, role, step + draw.integer(-50, 50) / 1000, place == len(steps) - 1))
            day += datetime.timedelta(days=1 if role == "day" or place == len(steps) - 1 else draw.integer(0, 1))
    days = [at for at, role, _, _ in plan if role == "day"]
    # Zeros lie in each part of the campaign, so that both units of the logger occur among them.
    zeros = [plan[0][0], plan[9][0], plan[30][0], plan[44][0], plan[-1][0]]
    plan += [(at, "zero", draw.integer(-12, 12) / 10, False) for at in zeros]
    return sorted(plan, key=lambda run: run[0]), days[4]


def _calibration(draw: Draw, start: datetime.date, new: datetime.date) -> Calibration:
    """Draw two certificates of the sensor and one of each thermometer."""
    first = draw.integer(5900, 6400) / 100
    second = round(first * (1 + draw.choice((-1, 1)) * draw.integer(18, 32) / 1000), 2)
    older = start - datetime.timedelta(days=draw.integer(200, 300))
    sensor = [
        {"from": older, "value": first, "U": draw.choice((1.6, 1.7, 1.8))},
        {"from": new, "value": second, "U": draw.choice((2.0, 2.1, 2.2))},
    ]
    thermometers = {}
    for name, sign in zip(("hot", "cold"), draw.choice(((1, -1), (-1, 1))), strict=True):
        day = start - datetime.timedelta(days=draw.integer(60, 190))
        points = [[at, sign * draw.integer(6, 24) / 100] for at in (5, 15, 25, 35, 45)]
        thermometers[name] = {"from": day, "points": points, "U": draw.integer(8, 14) / 100}
    return {"sensor": sensor, "thermometers": thermometers}


def _board(draw: Draw, role: str) -> dict[str, Any]:
    """Draw a board; two of them scatter so much that their uncertainty has a digit before the point."""
    thickness = draw.integer(380, 620) / 10
    after = round(thickness - draw.integer(9, 19) / 10, 1) if role == "pressed" else None
    step = draw.integer(40, 60) / 100 * (2.6 if role in ("plain", "pressed") else 0.6)
    return {"thickness": thickness, "after": after, "value": draw.integer(36000, 43000) / 1000, "step": step}


def _corrected(thermometer: dict[str, Any], reading: float) -> float:
    points = thermometer["points"]
    low, high = next(pair for pair in zip(points, points[1:], strict=False) if pair[0][0] <= reading <= pair[1][0])
    return reading + float(low[1] + (high[1] - low[1]) * (reading - low[0]) / (high[0] - low[0]))


def _sensor(calibration: Calibration, day: datetime.date) -> dict[str, Any]:
    return next(certificate for certificate in reversed(calibration["sensor"]) if certificate["from"] <= day)


def _difference(calibration: Calibration, run: Run) -> float:
    both = calibration["thermometers"]
    return _corrected(both["hot"], run["hot"]) - _corrected(both["cold"], run["cold"])


def _runs(draw: Draw, plan: Any, ids: dict[str, str], boards: dict[str, Any], calibration: Calibration) -> list[Run]:
    """Log the campaign; signals are in µV here, as finely as the logger resolves them."""
    number, offset, runs = draw.integer(101, 700), draw.integer(60, 140) / 10, []
    for day, role, step, is_last in plan:
        number += draw.integer(1, 3)
        run = {"run": f"R{number}", "day": day, "board": ids.get(role, "ZERO"), "flag": "", "remark": ""}
        run |= {"hot": draw.integer(3400, 3590) / 100, "cold": draw.integer(1000, 1190) / 100, "is_twice": False}
        signal = step + offset
        if role in ids:
            board = boards[ids[role]]
            target = (board["value"] + board["step"] * step) / (board["after"] or board["thickness"])
            signal = offset + target * _difference(calibration, run) * _sensor(calibration, day)["value"]
            is_void = (role == "void" and is_last) or (role == "few" and abs(step) > 2)
            run |= {"flag": "V" if is_void else "", "remark": draw.choice(REMARKS)}
        runs.append(run | {"signal": round(signal, 1), "role": role, "is_last": is_last})
    for run in runs:
        if run["role"] == "void" and run["is_last"]:
            run["remark"] = "op: door of the rig open"
        if run["role"] == "damp" and run["is_last"]:
            run["remark"] = "maker: board was damp, please leave this run out"
        if run["role"] == "right" and run["is_last"]:
            run["remark"] = f"op: label wrong, this was board {run['board']}"
        run["labelled"] = ids["wrong"] if run["role"] == "right" and run["is_last"] else run["board"]
    next(run for run in runs if run["role"] == "void" and not run["flag"])["is_twice"] = True
    return runs


def _reduced(runs: list[Run], number: str, boards: Any, calibration: Calibration, rules: Any) -> dict[str, Any]:
    """Return the result of a board by the method, and how far its runs are from the outlier limit."""
    zero, board = statistics.fmean(run["signal"] for run in runs if run["board"] == "ZERO"), boards[number]
    d = board["after"] or board["thickness"]
    valid = [run for run in runs if run["board"] == number and not run["flag"]]
    values = []
    for run in valid:
        flow = (run["signal"] - zero) / _sensor(calibration, run["day"])["value"]
        values.append(flow * d / _difference(calibration, run))
    shares = _shares(values, rules["limit"])
    kept = [(run, value) for run, value, share in zip(valid, values, shares, strict=True) if share <= 1]
    remaining = [value for _, value in kept]
    left_out = [run["run"] for run in runs if run["board"] == number and run not in [run for run, _ in kept]]
    result = {"n": len(kept), "left_out": left_out, "shares": shares, "again": _shares(remaining, rules["limit"])}
    if len(kept) < 4:
        return result
    both = calibration["thermometers"].values()
    difference = statistics.fmean(_difference(calibration, run) for run, _ in kept)
    parts = [max(_sensor(calibration, run["day"])["U"] for run, _ in kept) / 200, rules["u_d"] / d]
    parts += [thermometer["U"] / 2 / difference for thermometer in both]
    mean, s, rest = statistics.fmean(remaining), statistics.stdev(remaining), sum(part**2 for part in parts) ** 0.5
    return result | {"mean": mean, "s": s, "rest": rest, "U": 2 * (s**2 / len(kept) + (mean * rest) ** 2) ** 0.5}


def _shares(values: list[float], limit: float) -> list[float]:
    """Return the distances from the median as shares of what is allowed."""
    middle = statistics.median(values)
    allowed = limit * statistics.median(abs(value - middle) for value in values)
    return [abs(value - middle) / allowed for value in values]


def _is_clear(results: dict[str, Any], ids: dict[str, str], rules: dict[str, float]) -> bool:
    """Tell whether no run is a close call, one is rejected once, another would be by a second pass, and U differs."""
    for role, number in ids.items():
        result = results[number]
        shares, again = sorted(result["shares"]), sorted(result["again"])
        if role == "outlier":
            if not (shares[-1] > 1.3 and shares[-2] < 0.97 and again[-1] > 1.03):
                return False
        elif role != "few" and shares[-1] > 0.9:
            return False
    sizes = [result["U"] for result in results.values() if "U" in result]
    shown = [f"{r['mean']:.{1 if r['U'] >= 1 else 2}f}" for r in results.values() if "U" in r]
    if not any(text.endswith("0") for text in shown):  # which a spreadsheet would drop
        return False
    # Away from halves of the last digit, so that only the rule of rounding decides.
    is_even = all(abs(size * (10 if size >= 1 else 100) % 1 - 0.5) > 0.02 for size in sizes)
    return is_even and max(sizes) > 1.02 and min(sizes) < 0.98 and not any(0.98 < size < 1.02 for size in sizes)


def _declare(draw: Draw, board: dict[str, Any], result: dict[str, Any], is_between: bool) -> None:
    """Draw the declared value: out of reach, or between the mean and what the uncertainty makes of it."""
    low, high = (30, 70) if is_between or draw.chance(0.3) else (130, 190)
    mean, size = result.get("mean", board["value"]), result.get("U", 1.0)
    board["declared"] = round(mean + size * draw.integer(low, high) / 100, 1)


def _given(
    draw: Draw, ids: dict[str, str], boards: Any, runs: list[Run], calibration: Calibration, rules: Any
) -> dict[str, Any]:
    makers = draw.sample(MAKERS, len(boards))
    shown = ("run", "day", "labelled", "hot", "cold", "signal", "flag", "remark", "is_twice")
    last = runs[-1]["day"]
    return {
        **{f"{role}_board": number for role, number in ids.items()},
        **rules,
        "firm": draw.choice(FIRMS),
        "owner": draw.choice(OWNERS),
        "operator": draw.choice(OPERATORS),
        "issue": draw.integer(3, 9),
        "noted": f"{last - datetime.timedelta(days=draw.integer(3, 9)):%-d %B %Y}",
        "boards": {
            number: {"maker": maker, **{key: board[key] for key in ("thickness", "after", "declared")}}
            for (number, board), maker in zip(sorted(boards.items()), makers, strict=True)
        },
        "runs": [{key: run[key] for key in shown} for run in runs],
        "relabelled": next(run["run"] for run in runs if run["labelled"] != run["board"]),
        "wished_away": next(run["run"] for run in runs if run["remark"].startswith("maker")),
        "micro_from": runs[18]["day"],
        "dots_from": runs[35]["day"],
        "sensor": calibration["sensor"],
        "thermometers": calibration["thermometers"],
    }


def _files(given: dict[str, Any]) -> dict[str, str | bytes]:
    boards = [
        (number, board["maker"], board["thickness"], board["after"], board["declared"])
        for number, board in given["boards"].items()
    ]
    return {
        "runs.csv": _log(given),
        "calibration.csv": _certificates(given),
        "boards.csv": csv_text(("board", "maker", "thickness_mm", "thickness_after_mm", "declared_mW_mK"), boards),
        "method.md": METHOD.format(**given),
    }


def _log(given: dict[str, Any]) -> str:
    """The logger's file: from some day on in other units, and from another with other dates."""
    rows = []
    for run in given["runs"]:
        is_micro, is_dotted = run["day"] >= given["micro_from"], run["day"] >= given["dots_from"]
        signal = f"{run['signal']:.1f}" if is_micro else f"{run['signal'] / 1000:.4f}"
        row = [run["run"], f"{run['day']:%d.%m.%Y}" if is_dotted else run["day"], run["labelled"]]
        row += [f"{run['hot']:.2f}", f"{run['cold']:.2f}", signal, "uV" if is_micro else "mV"]
        row += [run["flag"], run["remark"]]
        rows += [row] * (2 if run["is_twice"] else 1)
    return csv_text(("run", "date", "board", "t_hot", "t_cold", "signal", "unit", "flag", "remark"), rows)


def _certificates(given: dict[str, Any]) -> str:
    rows: list[list[object]] = []
    for certificate in given["sensor"]:
        row = ["heat-flow sensor", certificate["from"], None, f"{certificate['value']:.2f}", "uV/(W/m2)"]
        rows.append([*row, f"{certificate['U']} %"])
    for name, thermometer in given["thermometers"].items():
        for at, value in thermometer["points"]:
            row = [f"thermometer {name}", thermometer["from"], at, f"{value:+.2f}", "K", f"{thermometer['U']:.2f} K"]
            rows.append(row)
    return csv_text(("instrument", "valid_from", "at_degC", "value", "unit", "U (k=2)"), rows, delimiter=";")
