"""The plots of the pages of agreement as SVG, and their tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from annotator.context import database
from annotator.errors import NotFound, Refused
from annotator.i18n import direction, language
from annotator.text.whole import whole
from annotator.views.agreement_opening import known_layer, opened
from exports.spreadsheet import guarded

if TYPE_CHECKING:
    from annotator.charts import Colours

agreement_files = Blueprint("agreement_files", __name__, url_prefix="/projects/<int:project_id>/agreement")


def _N(message: str) -> str:
    """Marks a text that is translated where it is shown."""
    return message


_NOT_READY = _N("The figures are being counted; ask again in a moment.")


class Later(Refused):
    """The figures are not there yet (HTTP 503)."""

    status = 503


@agreement_files.get("/plots/<plot>.svg")
def plot(project_id: int, plot: str) -> Response:
    """A plot in the colours of a theme, along the direction of the page's language."""
    from annotator.charts import DARK, LIGHT

    draw: dict[str, Callable[..., bytes]] = {
        "layers": _layers, "labels": _labels, "trend": _trend, "drift": _drift,
    }  # fmt: skip
    if plot not in draw:
        raise NotFound("There is no such plot.")
    colours = DARK if request.args.get("theme") == "dark" else LIGHT
    drawn = draw[plot](project_id, colours, direction(language()) == "rtl")
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _layers(project_id: int, colours: Colours, rtl: bool) -> bytes:
    from annotator.charts import Dot, dots
    from annotator.views import agreement_reading as reading
    from annotator.views.agreement_words import layer_title

    project, _, selection, _ = opened(project_id)
    counts = _there(reading.counted(project_id, selection))
    rows = [
        Dot(layer_title(row["layer"]), row["head"]["value"], row["head"].get("low"), row["head"].get("high"),
            row["target"], row["n"] < reading.LEAN_ON)
        for row in reading.overview(counts, reading.MAIN, project.targets, 0.05)
    ]  # fmt: skip
    return dots(rows, rtl=rtl, colours=colours, width=_width())


def _width() -> int:
    return 190 if "narrow" in request.args else 460


def _labels(project_id: int, colours: Colours, rtl: bool) -> bytes:
    from annotator.charts import Dot, dots
    from annotator.views import agreement_reading as reading
    from annotator.views.agreement_words import labels

    layer = known_layer(request.args.get("layer", ""), reading.LAYERS)
    _, _, selection, _ = opened(project_id)
    own = _there(reading.counted(project_id, selection)).figures["layers"][layer]
    head = "exact_f1" if layer == "entities" else "alpha"
    found = own.get("labels") or own.get("types") or {}
    shown = sorted(found, key=lambda label: (-found[label].get("n", 0), label))[:20]
    with database().read() as session:
        names = labels(session, project_id, shown if layer == "speaker" else ())
    rows = [
        Dot(names(layer, label), found[label][head]["value"], found[label][head].get("low"),
            found[label][head].get("high"), None, found[label].get("n", 0) < reading.LEAN_ON)
        for label in shown
    ]  # fmt: skip
    return dots(rows, rtl=rtl, colours=colours, width=_width())


def _trend(project_id: int, colours: Colours, rtl: bool) -> bytes:
    from annotator.charts import Dot, trend
    from annotator.queries import agreement_parts
    from annotator.views import agreement_reading as reading

    layer = known_layer(request.args.get("layer", ""), reading.LAYERS)
    project, _, selection, _ = opened(project_id)
    with database().read() as session:
        marks = agreement_parts.guideline_weeks(session, project_id)
    rows = reading.breakdown(project_id, layer, selection).rows["week"]
    several = any(row.few != 1 for row in rows)  # beside others a week of one article would look the surest
    points = [
        Dot(row.key, row.figure["value"], *_ends(row.figure, several and row.few == 1), None, row.n < reading.LEAN_ON)
        for row in rows
    ]
    there = {point.name: point for point in points}
    points = [there.get(week) or Dot(week, None) for week in _weeks([*there])]
    return trend(points, marks, rtl=rtl, target=project.targets.get(layer), colours=colours)


def _weeks(told: Sequence[str]) -> list[str]:
    """Every week from the first to the last: a pause is as long as it was, and what changed in it is marked."""
    if not told:
        return []
    first, last = (date.fromisocalendar(int(week[:4]), int(week[6:]), 1) for week in (min(told), max(told)))
    return [f"{first + timedelta(weeks=n):%G-W%V}" for n in range((last - first).days // 7 + 1)]


def _ends(figure: Mapping[str, Any], hidden: bool) -> tuple[float | None, float | None]:
    return (None, None) if hidden else (figure.get("low"), figure.get("high"))


def _drift(project_id: int, colours: Colours, rtl: bool) -> bytes:
    from annotator.agreement.annotators import WINDOW
    from annotator.charts import Dot, trend
    from annotator.views import agreement_team as teams

    layer = known_layer(request.args.get("layer", ""), teams.LAYERS)
    opened(project_id)
    found = _there(teams.drift_of(project_id, request.args.get("person", 0, whole), layer))
    points = [
        Dot(f"{n * WINDOW + 1}–{(n + 1) * WINDOW}", figure["value"], figure.get("low"), figure.get("high"))
        for n, figure in enumerate(teams.windows(found))
    ]
    return trend(points, rtl=rtl, colours=colours)


def _there(found: Any) -> Any:
    if found is None:
        raise Later(_NOT_READY)
    return found


@agreement_files.get("/tables/<table>.csv")
def table(project_id: int, table: str) -> Response:
    """A table of the pages with unrounded figures, for spreadsheets."""
    from annotator.views import agreement_reading as reading
    from annotator.views import agreement_tables

    if table not in agreement_tables.TABLES:
        raise NotFound("There is no such table.")
    project, _, selection, _ = opened(project_id)
    rows = agreement_tables.TABLES[table](project_id, selection, request.args)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows if rows is not None else _there(rows):
        writer.writerow([plain(cell) for cell in row])
    answer = Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    layer = request.args.get("layer", "")
    parts = ["isnad", str(project.id), "agreement", table, layer if layer in reading.LAYERS else ""]
    answer.headers.set("Content-Disposition", "attachment", filename="-".join(filter(None, parts)) + ".csv")
    return answer


def plain(cell: object) -> object:
    """A cell that no spreadsheet computes; numbers stay numbers."""
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else cell
