"""The tables of the pages of agreement, row by row, the head first. Loaded when asked for, as `agreement_reading`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from annotator.agreement.annotators import WINDOW
from annotator.agreement.report import NAMES
from annotator.agreement.selection import Selection
from annotator.context import database
from annotator.errors import NotFound
from annotator.forms.agreement import PlanForm
from annotator.queries import agreement_parts
from annotator.text.whole import whole_or
from annotator.views import agreement_reading as reading
from annotator.views import agreement_team as teams
from annotator.views.agreement_opening import known_layer
from annotator.views.agreement_team import Member, Team
from annotator.views.agreement_words import labels as names_of

Rows = Iterable[list[Any]]
Given = MultiDict[str, str]
MANY = 1_000_000
_FIGURE = ("value", "low", "high", "reason")


def _cells(figure: Mapping[str, Any] | None) -> list[Any]:
    return [(figure or {}).get(name) for name in _FIGURE]


def _heads(name: str) -> list[str]:
    return [name, f"{name}_low", f"{name}_high", f"{name}_reason"]


def _called(project_id: int, layer: str, labels: Collection[str]) -> Callable[[str], str]:
    """What the labels of a layer are called: of speakers the entries' names, whose keys say nothing."""
    with database().read() as session:
        return partial(names_of(session, project_id, labels if layer == "speaker" else ()), layer)


def _figures(project_id: int, selection: Selection) -> dict[str, Any] | None:
    counts = reading.counted(project_id, selection)
    return None if counts is None else counts.figures["layers"]


def _layers(among: Sequence[str], project_id: int, selection: Selection, given: Given) -> Rows | None:
    layers = _figures(project_id, selection)
    if layers is None:
        return None
    head = ["layer", "sentences", "annotators", *(cell for name in NAMES for cell in _heads(name))]
    return [head] + [
        [layer, own["n_sentences"], own["n_annotators"], *(cell for name in NAMES for cell in _cells(own.get(name)))]
        for layer, own in layers.items() if layer in among
    ]


def _plan(project_id: int, selection: Selection, given: Given) -> Rows | None:
    counts = reading.counted(project_id, selection)
    if counts is None:
        return None
    width = PlanForm(given).value()
    return [["layer", "sentences", "half_width", "further_sentences"]] + [
        [row["layer"], row["n"], width, row["more"]] for row in reading.overview(counts, reading.MAIN, {}, width)
    ]


def _labels(project_id: int, selection: Selection, given: Given) -> Rows | None:
    layer = known_layer(given.get("layer", ""), reading.LAYERS)
    layers = _figures(project_id, selection)
    if layers is None:
        return None
    own = layers[layer].get("labels") or layers[layer].get("types") or {}
    names = sorted({name for one in own.values() for name, figure in one.items() if isinstance(figure, dict)})
    rows = [["label", "name", "n", "prevalence", *(cell for name in names for cell in _heads(name))]]
    called = _called(project_id, layer, own)
    return rows + [
        [label, called(label), one.get("n"), one.get("prevalence"),
         *(cell for name in names for cell in _cells(one.get(name)))]
        for label, one in own.items()
    ]  # fmt: skip


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
    pair = reading.pair_asked(counts.figures["layers"][layer], given.getlist("pair"))
    with database().read() as session:
        heat = reading.heat(counts, layer, reading.pair_ids(session, pair))
    if heat is None:
        found = reading.confused(counts, layer)
        called = _called(project_id, layer, {label for one in found for label in one[:2]})
        return [["label", "name", "other", "other_name", "pairs"]] + [
            [first, called(first), second, called(second), n] for first, second, n in found
        ]
    return [["label" if pair is None else " / ".join(pair), *heat.labels]] + [
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


def _of_annotator(
    rows: Callable[[Team, Member, Callable[[str], str]], Rows]
) -> Callable[[int, Selection, Given], Rows | None]:
    """A table of the page of the annotator whom `person` names."""

    def told(project_id: int, selection: Selection, given: Given) -> Rows | None:
        layer = known_layer(given.get("layer", "claim_type"), teams.LAYERS)
        team = teams.team(project_id, layer, selection)
        if team is None:
            return None
        member = team.member(_person(given))
        if member is None:
            raise NotFound("This annotator shares no sentence with another here.")
        return rows(team, member, _called(project_id, layer, member.labels()))

    return told


def _person(given: Given) -> int:
    return whole_or(given.get("person", ""), 0)


def _mistakes(team: Team, member: Member, called: Callable[[str], str]) -> Rows:
    return [["own", "own_name", "others", "others_name", "sentences"]] + [
        [own, called(own), usual, called(usual), n] for usual, own, n in member.mistakes(MANY)
    ]


def _bias(team: Team, member: Member, called: Callable[[str], str]) -> Rows:
    return [["label", "name", "own", "others", "difference"]] + [
        [label, called(label), own, others, own - others] for label, own, others in member.bias()
    ]


def _against(truth: str) -> Callable[[Team, Member, Callable[[str], str]], Rows]:
    def rows(team: Team, member: Member, called: Callable[[str], str]) -> Rows:
        pairs = member.consensus if truth == "consensus" else member.decided
        return [[truth, f"{truth}_name", "own", "own_name", "sentences"]] + [
            [true, called(true), own, called(own), n] for (true, own), n in sorted(pairs.items())
        ]

    return rows


def _drift(project_id: int, selection: Selection, given: Given) -> Rows | None:
    layer = known_layer(given.get("layer", "claim_type"), teams.LAYERS)
    found = teams.drift_of(project_id, _person(given), layer)
    if found is None:
        return None
    return [["from", "to", *_heads("agreement")]] + [
        [n * WINDOW + 1, (n + 1) * WINDOW, *_cells(figure)] for n, figure in enumerate(teams.windows(found))
    ]


#: Name → (project, selection, further arguments) → its rows; null while they are being counted.
TABLES: dict[str, Callable[[int, Selection, Given], Rows | None]] = {
    "layers": partial(_layers, reading.LAYERS), "beside": partial(_layers, reading.BESIDE), "plan": _plan,
    "labels": _labels, "pairs": _pairs, "confusion": _confusion, "documents": _documents, "annotators": _annotators,
    "mistakes": _of_annotator(_mistakes), "bias": _of_annotator(_bias), "drift": _drift,
    "consensus": _of_annotator(_against("consensus")), "gold": _of_annotator(_against("gold")),
    **{scope: _slices(scope) for scope in ("week", "outlet", "event", "guideline", "seen")},
}  # fmt: skip
