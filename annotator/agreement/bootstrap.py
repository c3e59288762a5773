"""Intervals of every figure of a report by resampling articles, or sentences where there is one article.

Up to `GROUPS` articles each is left out in turn (`clusters.left_out`): the bootstrap is far too narrow from few. From
more, they are drawn (`intervals`), all figures of a draw from the same articles; but a figure that rests on few of
them, as that of a label which stands in three articles, keeps the interval of leaving out.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.clusters import GROUPS, left_out, moving
from annotator.agreement.entity_layout import F1
from annotator.agreement.intervals import DRAWS, SEED, draw_articles, percentile
from annotator.agreement.layouts import Layout
from annotator.agreement.patterns import Floats
from annotator.agreement.report import LAYERS, cells_under, layout_of
from annotator.agreement.sums import Parts
from annotator.agreement.tallies import SEP

_DRAWS_AT_ONCE = 50
_DENSE = 5_000_000  # doubles of a table of units by cells that is multiplied as it is
_HEAVY = 4_000_000  # doubles that one step of a layout may hold

#: Figures that are shares: from 0 to 1.
SHARES = frozenset(("percent", *F1))
Bounds = dict[str, dict[str, tuple[float, float]]]  # layer → path of the figure, joined by SEP → (low, high)


@dataclass(frozen=True, eq=False)
class _Ends:
    """(F,) values and their intervals, NaN where there is none; `broad`: which rest on half of the groups or more."""

    value: Floats
    low: Floats
    high: Floats
    broad: NDArray[np.bool_]


class _Counts:
    """Counts of a layer per unit, to be weighted and summed for each draw."""

    def __init__(self, layer: str, layout: Layout) -> None:
        self._layer = layer
        self._number = {cell: i for i, cell in enumerate(layout.cells)}
        self._rows = array("i")  # unit, cell, count, one after the other: 12 bytes each
        self._dense: Floats | None = None

    def take(self, unit: int, parts: Parts) -> None:
        for group, cells in cells_under(self._layer, parts).items():
            for cell, n in cells.items():
                self._rows.extend((unit, self._number[group, cell], n))

    def close(self, units: int) -> None:
        """All units are in."""
        table = np.frombuffer(self._rows, np.int32).reshape(-1, 3) if self._rows else np.zeros((0, 3), np.int32)
        unit, cell, n = table.T
        if units * len(self._number) <= _DENSE:
            self._dense = np.zeros((units, len(self._number)))
            self._dense[unit, cell] = n
            return
        order = np.argsort(cell, kind="stable")
        self._unit, self._n = unit[order], n[order].astype(np.float32)
        self._present, self._starts = np.unique(cell[order], return_index=True)

    def drawn(self, weights: NDArray[Any]) -> Floats:
        """(draws, units) weights → (draws, C) counts."""
        if self._dense is not None:
            return np.asarray(weights.astype(np.float64) @ self._dense, np.float64)
        counts = np.zeros((len(weights), len(self._number)))
        if len(self._starts):
            weighted = weights[:, self._unit] * self._n
            counts[:, self._present] = np.add.reduceat(weighted, self._starts, axis=-1, dtype=np.float64)
        return counts


def resample(
    total: Parts, units: Iterable[Parts], draws: int = DRAWS, seed: int = SEED,
    told: Callable[[float], None] | None = None,
) -> tuple[int, Bounds]:
    """How many units there are, and the interval of every figure that has one.

    `units` are the articles (or sentences) whose sum is `total`; fewer than two have no interval. `told` hears how
    far it is, from 0 to 1.
    """
    layouts = {layer: layout_of(layer, total) for layer in LAYERS}
    counts = {layer: _Counts(layer, layout) for layer, layout in layouts.items() if len(layout.n)}
    size = 0
    for parts in units:
        for own in counts.values():
            own.take(size, parts)
        size += 1
    if size < 2:
        return size, {}
    for own in counts.values():
        own.close(size)
    found = {layer: _left_out(layouts[layer], own, size) for layer, own in counts.items()}
    if size > GROUPS:
        drawn = _drawn(layouts, counts, size, draws, seed, told)
        found = {layer: _where_broad(layouts[layer], found[layer], drawn[layer]) for layer in found}
    return size, {layer: _named(layouts[layer], ends) for layer, ends in found.items()}


def _left_out(layout: Layout, counts: _Counts, size: int) -> _Ends:
    """Each article left out, or in turn those of a group; which figures rest on many."""
    groups = min(size, GROUPS)
    weights = (np.arange(size) % groups != np.arange(groups)[:, None]).astype(np.uint8)
    without = np.empty((groups, len(layout.paths)))
    _fill(without, layout, counts, weights)
    value = layout.values(layout.n)
    shares = np.array([path[-1] in SHARES for path in layout.paths], bool)
    return _Ends(value, *left_out(value, without, shares), 2 * moving(value, without).sum(0) >= groups)


def _drawn(
    layouts: Mapping[str, Layout], counts: Mapping[str, _Counts], size: int, draws: int, seed: int,
    told: Callable[[float], None] | None,
) -> dict[str, Floats]:  # fmt: skip
    values: dict[str, Floats] = {layer: np.empty((draws, len(layouts[layer].paths))) for layer in counts}
    for begin in range(0, draws, _DRAWS_AT_ONCE):
        weights = draw_articles(size, min(_DRAWS_AT_ONCE, draws - begin), seed + begin)
        for layer, own in counts.items():
            _fill(values[layer][begin : begin + len(weights)], layouts[layer], own, weights)
        if told is not None:
            told(min(1.0, (begin + len(weights)) / draws))
    return values


def _fill(into: Floats, layout: Layout, counts: _Counts, weights: NDArray[Any]) -> None:
    step = max(1, _HEAVY // layout.heavy)
    for begin in range(0, len(weights), step):
        into[begin : begin + step] = layout.values(counts.drawn(weights[begin : begin + step]))


def _where_broad(layout: Layout, ends: _Ends, drawn: Floats) -> _Ends:
    """The middle 95 % of the draws, for the figures that rest on many articles."""
    low, high = percentile(drawn)
    taken = ends.broad & np.isfinite(low) & np.isfinite(ends.low)
    return _Ends(
        ends.value,
        np.where(taken, np.fmin(low, ends.value), ends.low),
        np.where(taken, np.fmax(high, ends.value), ends.high),
        ends.broad,
    )


def _named(layout: Layout, ends: _Ends) -> dict[str, tuple[float, float]]:
    return {
        SEP.join(path): (low, high)
        for path, low, high in zip(layout.paths, ends.low.tolist(), ends.high.tolist(), strict=True)
        if np.isfinite(low)
    }
