"""The tables of the pages of agreement, row by row, the head first. Loaded when asked for, as `agreement_reading`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from annotator.agreement.report import NAMES
from annotator.agreement.selection import Selection
from annotator.context import database
from annotator.queries import agreement_parts
from annotator.views import agreement_reading as reading
from annotator.views import agreement_team as teams
from annotator.views.agreement_opening import known_layer

Rows = Iterable[list[Any]]
Given = Mapping[str, str]
_FIGURE = ("value", "low", "high", "reason")


def _cells(figure: Mapping[str, Any] | None) -> list[Any]:
    return [(figure or {}).get(name) for name in _FIGURE]


def _heads(name: str) -> list[str]:
    return [name, f"{name}_low", f"{name}_high", f"{name}_reason"]


def _figures(project_id: int, selection: Selection) -> dict[str, Any] | None:
    counts = reading.counted(project_id, selection)
    return None if counts is None else counts.figures["layers"]


def _layers(project_id: int, selection: Selection, given: Given) -> Rows | None:
    layers = _figures(project_id, selection)
    if layers is None:
        return None
    head = ["layer", "sentences", "annotators", *(cell for name in NAMES for cell in _heads(name))]
    return [head] + [
        [layer, own["n_sentences"], own["n_annotators"], *(cell for name in NAMES for cell in _cells(own.get(name)))]
        for layer, own in layers.items()
    ]


def _labels(project_id: int, selection: Selection, given: Given) -> Rows | None:
    layer = known_layer(given.get("layer", ""), reading.LAYERS)
    layers = _figures(project_id, selection)
    if layers is None:
        return None
    own = layers[layer].get("labels") or layers[layer].get("types") or {}
    names = sorted({name for one in own.values() for name, figure in one.items() if isinstance(figure, dict)})
    rows = [["label", "n", "prevalence", *(cell for name in names for cell in _heads(name))]]
    return rows + [
        [label, one.get("n"), one.get("prevalence"), *(cell for name in names for cell in _cells(one.get(name)))]
        for label, one in own.items()
    ]


def _pairs(project_id: int, selection: Selection, given: Given) -> Rows | None:
    layer = known_layer(given.get("layer", ""), reading.LAYERS)
    layers = _figures(project_id, selection)
    if layers is None:
        return None
    pairs = layers[layer]["pairs"]
    names = sorted({name for pair in pairs for name, figure in pair.items() if isinstance(figure, dict)})
    rows = [["annotator", "other", "sentences", *(cell for name in names for cell in _heads(name))]]
    return rows + [
        [pair["a"], pair["b"], pair["n"], *(cell for name in names for cell in _cells(pair.get(name)))]
        for pair in pairs
    ]


def _confusion(project_id: int, selection: Selection, given: Given) -> Rows | None:
    layer = known_layer(given.get("layer", ""), reading.LAYERS)
    counts = reading.counted(project_id, selection)
    if counts is None:
        return None
    heat = reading.heat(counts, layer, None)
    if heat is None:
        return [["label", "other", "pairs"], *([*one] for one in reading.confused(counts, layer))]
    return [["label", *heat.labels]] + [
        [label, *(int(n) for n in row)] for label, row in zip(heat.labels, heat.table.tolist(), strict=True)
    ]


def _slices(scope: str) -> Callable[[int, Selection, Given], Rows | None]:
    def rows(project_id: int, selection: Selection, given: Given) -> Rows | None:
        layer = known_layer(given.get("layer", ""), reading.LAYERS)
        found = reading.breakdown(project_id, layer, selection)
        return [[scope, *_ROW], *(_row(one) for one in found.rows[scope])] if found.whole else None

    return rows


_ROW = ("sentences", *_heads("headline"), "percent")


def _row(one: reading.Row) -> list[Any]:
    return [one.name, one.n, *_cells(one.figure), (one.percent or {}).get("value")]


def _documents(project_id: int, selection: Selection, given: Given) -> Rows:
    layer = known_layer(given.get("layer", ""), reading.LAYERS)
    yield ["document", *_ROW]
    after: int | None = 0
    while after is not None:
        with database().read() as session:
            found, after = agreement_parts.documents(session, project_id, selection, after=after, limit=500)
        yield from (_row(one) for one in reading.document_lines(found, layer))


def _annotators(project_id: int, selection: Selection, given: Given) -> Rows | None:
    layer = known_layer(given.get("layer", "claim_type"), teams.LAYERS)
    team = teams.team(project_id, layer, selection)
    if team is None:
        return None
    rows = [["annotator", "sentences", *_heads("agreement"), "competence", "sentences_with_gold", *_heads("gold"),
             "median_seconds", "flagged"]]  # fmt: skip
    return rows + [
        [one.email, one.sentences, *_cells(one.figure), one.competence, one.n_gold, *_cells(one.gold), one.seconds,
         None if one.flagged is None else int(one.flagged)]
        for one in team.members
    ]  # fmt: skip


#: Name → (project, selection, further arguments) → its rows; null while they are being counted.
TABLES: dict[str, Callable[[int, Selection, Given], Rows | None]] = {
    "layers": _layers, "labels": _labels, "pairs": _pairs, "confusion": _confusion, "documents": _documents,
    "annotators": _annotators,
    **{scope: _slices(scope) for scope in ("week", "outlet", "event", "guideline", "seen")},
}  # fmt: skip
