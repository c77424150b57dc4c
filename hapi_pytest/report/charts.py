"""Charts as static SVG, drawn by Vega-Lite without network or browser; the page's CSS gives them its colours."""

from collections.abc import Sequence
from typing import Any

from hapi_pytest.model import Arm
from hapi_pytest.report.figures import Figure

INK, GRID = "#1b1b1a", "#d0d0ce"
COLOURS = {Arm.ALONE: "#0072b2", Arm.RETRY: "#6b6b6b", Arm.REVIEWED: "#b84a00"}
"""Told apart also by those who do not see red or green; the CSS replaces them where the page is dark."""
SHAPES = {Arm.ALONE: "circle", Arm.RETRY: "square", Arm.REVIEWED: "triangle-up"}
WIDTH = 340
"""Of the whole chart, in pixels at which its text has its nominal size: what a telephone has."""
FONT, LETTER = 12, 7


def dots(figures: Sequence[Figure]) -> str:
    """Return a chart of rates from 0 to 100 %, a row for each name, a mark for each arm, a line for each interval."""
    import vl_convert

    shown = [figure for figure in figures if figure.value is not None]
    if not shown:
        return ""
    counts = {figure.name: sorted({other.of for other in shown if other.name == figure.name}) for figure in shown}
    names = {name: f"{name}|n = {' to '.join(map(str, dict.fromkeys((of[0], of[-1]))))}" for name, of in counts.items()}
    arms = [arm for arm in Arm if any(figure.arm is arm for figure in shown)]
    rows = [
        {
            "name": names[figure.name],
            "arm": str(figure.arm),
            "value": figure.value,
            "low": figure.interval.low if figure.interval else figure.value,
            "high": figure.interval.high if figure.interval else figure.value,
        }
        for figure in shown
    ]
    # Nothing may be fetched, whatever a name says.
    svg: str = vl_convert.vegalite_to_svg(_chart(rows, [*names.values()], arms), allowed_base_urls=[])
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)  # what it shows is told by the figure's label


def _chart(rows: list[dict[str, Any]], names: list[str], arms: list[Arm]) -> dict[str, Any]:
    has_groups = len(rows) > len(names)
    by_row = {
        "y": {"field": "name", "type": "nominal", "sort": names, "axis": _labels(names)},
        "color": _by_arm({arm: COLOURS[arm] for arm in arms}),
        **({"yOffset": {"field": "arm", "type": "nominal", "sort": [*arms]}} if has_groups else {}),
    }
    shape = _by_arm({arm: SHAPES[arm] for arm in arms})
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "height": {"step": 16 if has_groups else 40},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": rows},
        "encoding": by_row,
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {"field": "low", **_SHARE}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 75, "opacity": 1},
                "encoding": {"x": {"field": "value", **_SHARE}, "shape": shape},
            },
        ],
        "config": _CONFIG,
    }


def _labels(names: list[str]) -> dict[str, Any]:
    longest = max(len(part) for name in names for part in name.split("|"))
    return {
        "title": None,
        "ticks": False,
        "labelExpr": "split(datum.label, '|')",
        "labelPadding": 10,
        "minExtent": LETTER * longest + 10,  # the browser's font may be wider than the one that the library measures
    }


def _by_arm(looks: dict[Arm, str]) -> dict[str, Any]:
    scale = {"domain": [*looks], "range": [*looks.values()]}
    return {"field": "arm", "type": "nominal", "legend": None, "scale": scale}


_SHARE = {
    "type": "quantitative",
    "scale": {"domain": [0, 1]},
    "axis": {
        "title": None,
        "format": ".0%",
        "values": [0, 0.25, 0.5, 0.75, 1],
        "labelExpr": "datum.value * 2 % 1 ? '' : datum.label",
        "labelFlush": True,
    },
}
_CONFIG = {
    "background": "transparent",
    "font": "sans-serif",
    "view": {"stroke": None},
    "scale": {"bandPaddingInner": 0.35, "offsetBandPaddingInner": 0.1},
    "axis": {
        "labelColor": INK, "labelFontSize": FONT, "labelLimit": 200, "gridColor": GRID, "domainColor": GRID,
        "tickColor": GRID,
    },
}  # fmt: skip
