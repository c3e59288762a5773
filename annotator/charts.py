"""Plots, drawn on the server by Vega-Lite as SVG: the same numbers give the same bytes.

A plot is a resource of its own in an `<img>` beside its table, so that no script and no style comes with it.
Text stays text: the reader's browser shapes the Arabic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

FONT = "Noto Sans Arabic, Segoe UI, Noto Naskh Arabic, Geeza Pro, Tahoma, sans-serif"


@dataclass(frozen=True, slots=True)
class Colours:
    """The few colours of a plot; no meaning rests on them alone."""

    ink: str
    soft: str
    line: str
    mark: str
    other: str


LIGHT = Colours(ink="#1f2933", soft="#52606d", line="#d5dae0", mark="#1f6f6b", other="#b4552d")
DARK = Colours(ink="#e6e9ec", soft="#a9b4bf", line="#3d4852", mark="#6cc5bd", other="#e0a07c")
THEMES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval, from 0 (or below) to 1; `value` null is drawn as its name alone.

    `target` is the line that this figure is to reach; a `faint` one rests on too little to lean on.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    faint: bool = False


def dots(
    rows: Sequence[Dot], *, rtl: bool, target: float | None = None, colours: Colours = LIGHT, width: int = 460
) -> bytes:
    """Figures as points, their intervals as bars, one a line; a target for all is a dashed line, its own a tick."""
    values = [dot for dot in rows if dot.value is not None]
    least = min([0.0, *(dot.low if dot.low is not None else dot.value or 0.0 for dot in values)])
    scale = {"domain": [max(-1.0, least), 1.0], "reverse": rtl, "nice": False}
    where = {"field": "name", "type": "nominal", "sort": None, "title": None,
             "axis": {"orient": "right" if rtl else "left"},
             "scale": {"domain": [dot.name for dot in rows]}}  # fmt: skip
    strength = {"condition": {"test": "datum.faint", "value": 0.35}, "value": 1}
    layers: list[dict[str, Any]] = []
    if target is not None:
        layers.append({
            "data": {"values": [{"target": target}]},
            "mark": {"type": "rule", "strokeDash": [4, 4], "color": colours.other, "strokeWidth": 1.5},
            "encoding": {"x": {"field": "target", "type": "quantitative", "scale": scale}},
        })  # fmt: skip
    layers += [
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "strokeWidth": 3, "color": colours.mark, "strokeCap": "round"},
            "encoding": {"y": where, "x": {"field": "low", "type": "quantitative", "scale": scale, "title": None},
                         "x2": {"field": "high"},
                         "opacity": {"condition": {"test": "datum.faint", "value": 0.2}, "value": 0.45}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 90, "color": colours.mark},
            "encoding": {"y": where, "x": {"field": "value", "type": "quantitative", "scale": scale, "title": None},
                         "opacity": strength},
        },
    ]  # fmt: skip
    if any(dot.target is not None for dot in rows):
        layers.append({
            "transform": [{"filter": "isValid(datum.target)"}],
            "mark": {"type": "tick", "color": colours.other, "thickness": 2.5, "size": 20},
            "encoding": {"y": where, "x": {"field": "target", "type": "quantitative", "scale": scale, "title": None}},
        })  # fmt: skip
    data = [{"name": d.name, "value": d.value, "low": d.low, "high": d.high, "target": d.target, "faint": d.faint}
            for d in rows]  # fmt: skip
    return _svg({"data": {"values": data}, "layer": layers, "width": width, "height": {"step": 30}}, colours)


def trend(
    points: Sequence[Dot], marks: Sequence[tuple[str, str]] = (), *,
    rtl: bool, target: float | None = None, colours: Colours = LIGHT,
) -> bytes:  # fmt: skip
    """Figures in time, the oldest first, as a line with its intervals; `marks` (name of a point, text) are changes."""
    values = [dot for dot in points if dot.value is not None]
    least = min([0.0, *(dot.low if dot.low is not None else dot.value or 0.0 for dot in values)])
    names = [dot.name for dot in points]
    along = {"field": "name", "type": "ordinal", "sort": None, "title": None,
             "axis": {"labelAngle": 0, "labelOverlap": "parity", "labelSeparation": 8},
             "scale": {"domain": names, "reverse": rtl}}  # fmt: skip
    up = {"type": "quantitative", "title": None, "scale": {"domain": [max(-1.0, least), 1.0], "nice": False},
          "axis": {"orient": "right" if rtl else "left"}}  # fmt: skip
    layers: list[dict[str, Any]] = []
    if target is not None:
        layers.append({
            "data": {"values": [{"target": target}]},
            "mark": {"type": "rule", "strokeDash": [10, 5], "color": colours.other, "strokeWidth": 1.5},
            "encoding": {"y": {"field": "target", **up}},
        })  # fmt: skip
    layers += _marks(marks, names, along, colours)
    layers += [
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "strokeWidth": 3, "color": colours.mark, "opacity": 0.4, "strokeCap": "round"},
            "encoding": {"x": along, "y": {"field": "low", **up}, "y2": {"field": "high"}},
        },
        {
            "transform": [{"filter": "isValid(datum.value)"}],
            "mark": {"type": "line", "color": colours.mark, "strokeWidth": 1.5, "opacity": 0.7},
            "encoding": {"x": along, "y": {"field": "value", **up}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 60, "color": colours.mark},
            "encoding": {"x": along, "y": {"field": "value", **up},
                         "opacity": {"condition": {"test": "datum.faint", "value": 0.35}, "value": 1}},
        },
    ]  # fmt: skip
    data = [{"name": d.name, "value": d.value, "low": d.low, "high": d.high, "faint": d.faint} for d in points]
    width = max(320, min(900, 60 * len(points)))
    return _svg({"data": {"values": data}, "layer": layers, "width": width, "height": 220}, colours)


def _marks(
    marks: Sequence[tuple[str, str]], names: Sequence[str], along: Mapping[str, Any], colours: Colours
) -> list[dict[str, Any]]:
    there = [{"name": name, "text": text} for name, text in marks if name in names]
    if not there:
        return []
    return [
        {
            "data": {"values": there},
            "mark": {"type": "rule", "color": colours.soft, "strokeDash": [2, 3]},
            "encoding": {"x": along},
        },
        {
            "data": {"values": there},
            "mark": {"type": "text", "color": colours.soft, "fontSize": 12, "baseline": "bottom", "dy": -4},
            "encoding": {"x": along, "y": {"value": 0}, "text": {"field": "text"}},
        },
    ]


def shares(
    rows: Sequence[tuple[str, str, int]], *, rtl: bool, colours: Colours = LIGHT, width: int = 460
) -> bytes:
    """Counts as bars, (panel, name, count) a line: a panel per layer, each with its own shares."""
    totals: dict[str, int] = {}
    for panel, _, count in rows:
        totals[panel] = totals.get(panel, 0) + count
    panels = [
        {
            "title": {"text": panel, "anchor": "end" if rtl else "start"},
            "data": {"values": [{"name": name, "share": n / totals[panel]} for p, name, n in rows if p == panel]},
            "width": width, "height": {"step": 20},
            "mark": {"type": "bar", "color": colours.mark, "opacity": 0.8},
            "encoding": {
                "y": {"field": "name", "type": "nominal", "sort": None, "title": None,
                      "axis": {"orient": "right" if rtl else "left"}},
                "x": {"field": "share", "type": "quantitative", "title": None, "axis": {"format": ".0%"},
                      "scale": {"domain": [0, 1], "reverse": rtl}},
            },
        }
        for panel in totals
    ]  # fmt: skip
    return _svg({"vconcat": panels, "spacing": 18}, colours)


def _svg(spec: Mapping[str, Any], colours: Colours) -> bytes:
    import vl_convert

    axis = {"labelColor": colours.ink, "gridColor": colours.line, "domainColor": colours.line,
            "tickColor": colours.line, "labelFontSize": 13, "titleColor": colours.soft, "labelLimit": 260}  # fmt: skip
    config = {
        "background": None, "font": FONT, "view": {"stroke": None}, "axis": axis,
        "title": {"color": colours.ink, "fontSize": 14},
        "legend": {"labelColor": colours.ink, "titleColor": colours.soft, "labelFontSize": 13},
    }  # fmt: skip
    full = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "autosize": {"type": "pad"},
            "config": config, **spec}  # fmt: skip
    drawn: str = vl_convert.vegalite_to_svg(orjson.dumps(full).decode(), allowed_base_urls=[])
    return drawn.encode()
