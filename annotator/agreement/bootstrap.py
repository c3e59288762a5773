"""Intervals of every figure of a report by resampling articles, or sentences where there is one article.

See `intervals` for the method. All figures of a draw come from the same draw of articles.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.intervals import DRAWS, SEED, draw_articles, percentile
from annotator.agreement.layouts import Layout
from annotator.agreement.patterns import Floats
from annotator.agreement.report import LAYERS, cells_under, layout_of
from annotator.agreement.sums import Parts
from annotator.agreement.tallies import SEP

_DRAWS_AT_ONCE = 50
_DENSE = 5_000_000  # doubles of a table of units by cells that is multiplied as it is
_FEWEST = 20  # defined draws that an interval is made of
_HEAVY = 4_000_000  # doubles that one step of a layout may hold


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


def bootstrap(
    total: Parts, units: Iterable[Parts], draws: int = DRAWS, seed: int = SEED,
    told: Callable[[float], None] | None = None,
) -> tuple[int, dict[str, dict[str, tuple[float, float]]]]:
    """How many units there are, and layer → path of the figure, joined by SEP → (low, high).

    `units` are the articles (or sentences) whose sum is `total`; fewer than two have no interval. Undefined
    intervals are left out. `told` hears how far it is, from 0 to 1.
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
    values = {layer: np.empty((draws, len(layouts[layer].paths))) for layer in counts}
    for begin in range(0, draws, _DRAWS_AT_ONCE):
        weights = draw_articles(size, min(_DRAWS_AT_ONCE, draws - begin), seed + begin)
        for layer, own in counts.items():
            _fill(values[layer][begin : begin + len(weights)], layouts[layer], own, weights)
        if told is not None:
            told(min(1.0, (begin + len(weights)) / draws))
    bounds = {}
    for layer, drawn in values.items():
        layout = layouts[layer]
        bounds[layer] = _bounds(layout, layout.values(layout.n), drawn)
    return size, bounds


def _fill(into: Floats, layout: Layout, counts: _Counts, weights: NDArray[Any]) -> None:
    step = max(1, _HEAVY // layout.heavy)
    for begin in range(0, len(weights), step):
        into[begin : begin + step] = layout.values(counts.drawn(weights[begin : begin + step]))


def _bounds(layout: Layout, value: Floats, drawn: Floats) -> dict[str, tuple[float, float]]:
    """The middle 95 % of the draws; of those in which the figure is defined, where it often is not.

    A label that stands in few articles is missing from many draws: its interval then holds for draws that have it.
    The interval is widened to its value where, with few articles, it would not hold it.
    """
    low, high = percentile(drawn)
    found = {}
    for i, path in enumerate(layout.paths):
        ends = (low[i], high[i])
        if np.isnan(low[i]):
            defined = drawn[np.isfinite(drawn[:, i]), i]
            ends = percentile(defined) if len(defined) >= _FEWEST else (np.nan, np.nan)
        if np.isfinite(value[i]) and np.isfinite(ends[0]):
            found[SEP.join(path)] = (float(min(ends[0], value[i])), float(max(ends[1], value[i])))
    return found
