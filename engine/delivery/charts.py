"""Charts of reports as static SVG, by Vega-Lite: drawn offline, text as text, each mark with words for a screen reader.

What a chart shows goes in as data only; labels are never put into an expression of Vega.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.cells import cell_len, set_cell_size

from engine.delivery.report_view import cell
from engine.policy.model import Words
from engine.reports.report import Chart, Form, Series
from engine.reports.table import As

WIDTH = 680  # pixels; the width of an A4 page between its margins
COLOURS = ("#2b6ca3", "#dd8a2e", "#4f9a6b", "#a8465a", "#7a68a6", "#4aa3ad", "#b59a22", "#8a8f98", "#c9ccd1")
TONES = {"red": "#b3283a", "amber": "#dd8a2e", "green": "#4f9a6b"}
FONT = "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
LONGEST = 28  # terminal cells of a label; longer ones are cut
_CELL = 6.0  # pixels that a cell of text takes, at most
_LYING = (Form.BARS, Form.STACKED_BARS, Form.GROUPED)
_SHORT = {"en": ((10**9, "bn"), (10**6, "m"), (10**3, "k")), "zh": ((10**8, "亿"), (10**4, "万"))}


def chart_svg(chart: Chart, language: str, words: Mapping[str, Words]) -> str:
    """The chart as an SVG element that needs no script, font or file; markup in names is escaped."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(specification(chart, language, words), vl_version="6.1", allowed_base_urls=[])
    return svg[svg.index("<svg") :]


def legend(chart: Chart, language: str, words: Mapping[str, Words]) -> list[tuple[str, str]]:
    """The colour and name of each series, where there are several."""
    if len(chart.series) < 2:
        return []
    return [(_colour(n, series), cell(series.name, As.WORD, language, words)) for n, series in enumerate(chart.series)]


def short(value: Any, kind: As, language: str) -> str:
    """A value in few signs: 1.2m or 120万; shares as percent."""
    if value is None:
        return ""
    if kind is As.PERCENT:
        return cell(value, kind, language, {})
    for size, unit in _SHORT[language]:
        if abs(value) >= size * Decimal("0.9995"):
            return f"{float(value) / size:.3g}{unit}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{float(value):.3g}"


def specification(chart: Chart, language: str, words: Mapping[str, Words]) -> dict[str, Any]:
    """The chart as Vega-Lite: data, marks and encodings as plain JSON."""
    labels = _unlike([_cut(cell(label, chart.labels_as, language, words)) for label in chart.labels])
    names = _unlike([cell(series.name, As.WORD, language, words) for series in chart.series])
    rows = [
        {
            "label": label, "series": name, "at": n, "value": float(value), "said": short(value, chart.kind, language),
            "aria": f"{label}, {name}: {cell(value, chart.kind, language, {})}",
        }
        for n, (name, series) in enumerate(zip(names, chart.series, strict=True))
        for label, value in zip(labels, series.values, strict=True)
        if value is not None
    ]  # fmt: skip
    along = {"field": "label", "type": "nominal", "sort": None, "title": None, "scale": {"domain": labels}}
    colour = {
        "field": "series", "type": "nominal", "legend": None,
        "scale": {"domain": names, "range": [_colour(n, series) for n, series in enumerate(chart.series)]},
    }  # fmt: skip
    drawn = _lying if chart.form in _LYING else _standing
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 2, "right": 8, "top": 6, "bottom": 4},
        "data": {"values": rows},
        "config": {
            "font": FONT, "view": {"stroke": None}, "background": None,
            "axis": {
                "labelFontSize": 11, "labelColor": "#333", "domainColor": "#999", "gridColor": "#e4e6ea",
                "tickColor": "#999", "labelLimit": 0,
            },
            "text": {"fontSize": 10.5, "color": "#333"},
        },
        **drawn(chart, along, colour, labels, rows, language),
    }  # fmt: skip


def _lying(
    chart: Chart, along: dict[str, Any], colour: dict[str, Any], labels: Sequence[str], rows: list[dict[str, Any]],
    language: str,
) -> dict[str, Any]:  # fmt: skip
    """Bars from left to right, each with its value at its end; stacked ones over an axis."""
    stacked = chart.form is Form.STACKED_BARS
    extent = max((cell_len(label) for label in labels), default=1) * _CELL + 8
    axis = {"domain": False, "ticks": False, "minExtent": extent, "maxExtent": extent}
    value: dict[str, Any] = {
        "field": "value", "type": "quantitative", "title": None, "axis": _axis(chart, language) if stacked else None,
    }  # fmt: skip
    encoding: dict[str, Any] = {"y": {**along, "axis": axis}, "x": value, "color": colour}
    step = 22
    if chart.form is Form.GROUPED and len(chart.series) > 1:
        encoding["yOffset"] = {"field": "series", "type": "nominal", "sort": None, "scale": {"domain": _domain(colour)}}
        step = 15
    height: Any = {"step": step, "for": "position"}
    if "yOffset" in encoding:
        height = {"step": step, "for": "offset"}
    bar = {"mark": {"type": "bar"}, "encoding": {**encoding, "description": {"field": "aria"}}}
    if stacked:
        bar["encoding"]["order"] = {"field": "at"}
        return {"height": height, "layer": [bar]}
    if rows and min(row["value"] for row in rows) >= 0:
        most = max(row["value"] for row in rows) or 1
        value["scale"] = {"domain": [0, most * 1.12], "nice": False}
    said = {
        "mark": {"type": "text", "align": "left", "dx": 4, "aria": False},
        "encoding": {k: v for k, v in encoding.items() if k != "color"} | {"text": {"field": "said"}},
    }
    return {"height": height, "layer": [bar, said]}


def _standing(
    chart: Chart, along: dict[str, Any], colour: dict[str, Any], labels: Sequence[str], rows: list[dict[str, Any]],
    language: str,
) -> dict[str, Any]:  # fmt: skip
    """Columns, or lines, over the course of time."""
    steep = sum(cell_len(label) * _CELL + 10 for label in labels) > WIDTH - 60
    axis = {"labelAngle": -45 if steep else 0, "ticks": False}
    value = {"field": "value", "type": "quantitative", "title": None, "axis": _axis(chart, language)}
    encoding: dict[str, Any] = {"x": {**along, "axis": axis}, "y": value, "color": colour}
    described = {"description": {"field": "aria"}}
    if chart.form is Form.LINES:
        line = {"mark": {"type": "line", "strokeWidth": 2, "aria": False}, "encoding": encoding}
        points = {"mark": {"type": "point", "filled": True, "size": 40}, "encoding": {**encoding, **described}}
        return {"height": 220, "layer": [line, points]}
    bar = {"mark": {"type": "bar", "width": {"band": 0.7}}, "encoding": {**encoding, **described}}
    if chart.form is Form.STACKED:
        bar["encoding"]["order"] = {"field": "at"}
    totals = _totals(chart, labels, language)
    text = {
        "data": {"values": totals},
        "mark": {"type": "text", "dy": -7, "aria": False},
        "encoding": {"x": {**along, "axis": axis}, "y": value, "text": {"field": "said"}},
    }
    return {"height": 220, "layer": [bar, text] if len(labels) <= 16 else [bar]}


def _totals(chart: Chart, labels: Sequence[str], language: str) -> list[dict[str, Any]]:
    """What stands above each column: the sum of its series."""
    found = []
    for n, label in enumerate(labels):
        values = [series.values[n] for series in chart.series if series.values[n] is not None]
        if values and min(values) >= 0:
            total = sum(values)
            found.append({"label": label, "value": float(total), "said": short(total, chart.kind, language)})
    return found


def _axis(chart: Chart, language: str) -> dict[str, Any]:
    """The axis of values. Its words are fixed expressions: no data goes into them."""
    if chart.kind is As.PERCENT:
        return {"format": "~%", "tickCount": 5, "domain": False, "ticks": False}
    count = 5
    if chart.kind is As.INTEGER:
        sums = [
            sum(v for v in values if v is not None) for values in zip(*(s.values for s in chart.series), strict=True)
        ]
        count = max(1, min(count, max(sums, default=1)))
    return {"labelExpr": _AXIS[language], "tickCount": count, "domain": False, "ticks": False}


_AXIS: Mapping[str, str] = {
    "en": "abs(datum.value) >= 1e9 ? format(datum.value / 1e9, '~r') + 'bn' : abs(datum.value) >= 1e6 ? "
    "format(datum.value / 1e6, '~r') + 'm' : abs(datum.value) >= 1e4 ? format(datum.value / 1e3, '~r') + 'k' : "
    "format(datum.value, ',')",
    "zh": "abs(datum.value) >= 1e8 ? format(datum.value / 1e8, '~r') + '亿' : abs(datum.value) >= 1e4 ? "
    "format(datum.value / 1e4, '~r') + '万' : format(datum.value, ',')",
}


def _domain(colour: dict[str, Any]) -> list[str]:
    names: list[str] = colour["scale"]["domain"]
    return names


def _colour(n: int, series: Series) -> str:
    return TONES.get(series.tone) or COLOURS[n % len(COLOURS)]


def _cut(label: str) -> str:
    return label if cell_len(label) <= LONGEST else set_cell_size(label, LONGEST - 1).rstrip() + "…"


def _unlike(labels: Sequence[str]) -> list[str]:
    """The labels, those that look alike told apart by a number: a chart would take them for one."""
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        seen[label] = count = seen.get(label, 0) + 1
        found.append(label if count == 1 else f"{label} ({count})")
    return found
