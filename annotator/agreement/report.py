"""The figures of agreement, as the page, the command and the API show them: made here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.agreement import COEFFICIENTS
from annotator.agreement.entity_layout import F1, EntityLayout, ExtraLayout
from annotator.agreement.figure import Figure
from annotator.agreement.layouts import ChoiceLayout, FewFigures, Layout, Path, no_choice
from annotator.agreement.open_layout import OpenLayout
from annotator.agreement.patterns import NO_OVERLAP, NO_VARIATION, Floats
from annotator.agreement.sums import ENTITIES, OPEN, SIZE, Parts
from annotator.agreement.tallies import EXTRA, LABELLED, SEP

#: In the order of the page. Those of the contract first come with what stands beside them.
LAYERS = (*LABELLED, ENTITIES, EXTRA)
Bounds = Mapping[str, Mapping[str, tuple[float, float]]]  # layer → path, joined by SEP → (low, high)


@dataclass(frozen=True, eq=False)
class Measured:
    """A layer with its counts and the values of its figures; `layout.paths` names them."""

    layer: str
    layout: Layout
    n: Floats
    values: Floats

    def paths(self) -> Iterator[tuple[Path, float]]:
        return zip(self.layout.paths, self.values.tolist(), strict=True)


def measure(parts: Parts) -> Iterator[Measured]:
    """Every layer of a sum."""
    for layer in LAYERS:
        layout = layout_of(layer, parts)
        yield Measured(layer, layout, layout.n, layout.values(layout.n))


def layout_of(layer: str, parts: Parts) -> Layout:
    part = parts.get(layer, {})
    if layer == ENTITIES:
        return EntityLayout(part)
    if layer == EXTRA:
        return ExtraLayout(part)
    if not part:
        return no_choice()
    return OpenLayout(part, parts.get(f"{layer} pairs", {})) if layer in OPEN else ChoiceLayout(part)


def names_under(layer: str) -> Sequence[str]:
    """The parts of a sum that a layer's layout reads."""
    return (layer, f"{layer} pairs") if layer in OPEN else (layer,)


def report(parts: Parts, emails: Mapping[int, str], bounds: Bounds | None = None) -> dict[str, Any]:
    """layer → its figures, each {"value", "low", "high"} or {"value": null, "reason"}.

    `emails` names the annotators. Without `bounds` the figures have no intervals yet.
    """
    return {one.layer: _layer(one, parts, emails, (bounds or {}).get(one.layer, {})) for one in measure(parts)}


def _layer(
    measured: Measured, parts: Parts, emails: Mapping[int, str], bounds: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    sentences, shared = sizes(measured.layer, parts)
    reason = NO_OVERLAP if sentences == 0 else NO_VARIATION
    figures: dict[Path, dict[str, Any]] = {
        path: Figure.of(value, *bounds.get(SEP.join(path), (np.nan, np.nan)), reason).as_json()
        for path, value in measured.paths()
    }
    annotators = {person for pair in shared for person in pair.split(" ")}
    told: dict[str, Any] = {"n_sentences": sentences, "n_annotators": len(annotators)}
    told |= {path[0]: figure for path, figure in figures.items() if len(path) == 1}
    if measured.layer == ENTITIES:
        told["types"] = _named(figures, "types", _spans(measured))
    elif measured.layer != EXTRA:
        told["labels"] = _named(figures, "labels", _prevalence(measured))
        told["prevalence"] = {label: own["prevalence"] for label, own in told["labels"].items()}
    told["pairs"] = _pairs(figures, emails, shared, OF_PAIR.get(measured.layer, ()))
    return told


def sizes(layer: str, parts: Parts) -> tuple[int, dict[str, int]]:
    """Shared sentences of a layer, and those of each pair "a b" of annotators (ids)."""
    size = parts.get(SIZE, {})
    if layer not in LABELLED or layer in OPEN:
        return sum(size.get("m", {}).values()), size.get("pairs", {})
    part = parts.get(layer, {})
    pairs = {group: sum(cells.values()) for group, cells in part.items() if group}
    return sum(part.get("", {}).values()), pairs


def _named(
    figures: Mapping[Path, dict[str, Any]], kind: str, about: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {name: dict(own) for name, own in about.items()}
    for path, figure in figures.items():
        if path[0] == kind:
            told[path[1]][path[2]] = figure
    return told


def _prevalence(measured: Measured) -> dict[str, dict[str, Any]]:
    """Label → how many answers chose it, and their share."""
    layout, n = measured.layout, measured.n
    if isinstance(layout, FewFigures):
        return {}
    if isinstance(layout, OpenLayout):
        totals, names = layout.totals(n), layout.shown
        every = float(layout.totals(n, shown=False).sum())
    else:
        assert isinstance(layout, ChoiceLayout)
        totals, names = layout.patterns(n).totals(), layout.labels
        every = float(totals.sum())
    return {
        name: {"n": int(total), "prevalence": total / every}
        for name, total in zip(names, totals.tolist(), strict=True)
    }


def _spans(measured: Measured) -> dict[str, dict[str, Any]]:
    """Type → how many spans of it the two annotators of a pair marked, over all pairs."""
    layout = measured.layout
    assert isinstance(layout, EntityLayout)
    return {kind: {"n": int(layout.spans(measured.n, kind))} for kind in layout.types}


def _pairs(
    figures: Mapping[Path, dict[str, Any]], emails: Mapping[int, str], shared: Mapping[str, int],
    names: Iterable[str],
) -> list[dict[str, Any]]:  # fmt: skip
    """One entry per pair, its annotators and the pairs in the order of the addresses.

    A pair who marked nothing at all has no counts, but the same `names` of figures as the others.
    """
    told: dict[str, dict[str, Any]] = {}
    nothing = Figure.of(np.nan, np.nan, np.nan, NO_VARIATION).as_json()
    for pair, n in shared.items():
        a, b = sorted(emails.get(int(person), person) for person in pair.split(" "))
        told[pair] = {"a": a, "b": b, "n": n, **{name: dict(nothing) for name in names}}
    for path, figure in figures.items():
        if path[0] == "pairs" and path[1] in told:
            told[path[1]][path[2]] = figure
    return sorted(told.values(), key=lambda pair: (pair["a"], pair["b"]))


#: The figures of a pair, in layers where a pair may have marked nothing.
OF_PAIR = {ENTITIES: tuple(F1), EXTRA: ("exact_f1",)}
HEADLINES = {**dict.fromkeys(LABELLED, "alpha"), ENTITIES: "exact_f1", EXTRA: "exact_f1"}
#: Names of the figures that a layer can have as a whole, in the order of the page.
NAMES = (*(c.name for c in COEFFICIENTS), *F1, "token_alpha")
