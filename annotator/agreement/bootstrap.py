"""Intervals of every figure of a report by resampling articles, or sentences where there is one article.

Up to `GROUPS` articles each is left out in turn (`clusters.left_out`): the bootstrap is far too narrow from few. From
more, they are drawn (`intervals`), all figures of a draw from the same articles; but a figure that rests on few of
them, as that of a label which stands in three articles, keeps the interval of leaving out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.clusters import GROUPS, left_out, moving
from annotator.agreement.entity_layout import F1
from annotator.agreement.intervals import DRAWS, SEED, draw_articles, percentile
from annotator.agreement.layouts import Layout
from annotator.agreement.parts import placed
from annotator.agreement.patterns import Floats
from annotator.agreement.report import LAYERS, layout_of, names_under
from annotator.agreement.rows import Rows
from annotator.agreement.tallies import SEP
from annotator.agreement.weighted import Counts
from annotator.progress import tell

_DRAWS_AT_ONCE = 50
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


def resample(rows: Rows, size: int, draws: int = DRAWS, seed: int = SEED) -> Bounds:
    """The interval of every figure that has one, by resampling the homes of the rows: 0 to `size` - 1.

    Fewer than two have no interval.
    """
    if size < 2:
        return {}
    layouts: dict[str, Layout] = {}
    counts: dict[str, Counts] = {}
    for layer in LAYERS:
        layouts[layer], counted = _counted(rows, layer, size)
        if counted is not None:
            counts[layer] = counted
    ends = {layer: _left_out(layouts[layer], own, size) for layer, own in counts.items()}
    if size > GROUPS:
        drawn = _drawn(layouts, counts, size, draws, seed)
        ends = {layer: _where_broad(layouts[layer], ends[layer], drawn[layer]) for layer in ends}
    return {layer: _named(layouts[layer], own) for layer, own in ends.items()}


def _counted(rows: Rows, layer: str, size: int) -> tuple[Layout, Counts | None]:
    parts = rows.parts_of(names_under(layer))
    total: dict[str, Any] = {part.name: part.whole() for part in parts}
    layout = layout_of(layer, total)
    cells = layout.cells
    return layout, Counts(*placed(parts, cells), (size, len(cells))) if cells else None


def _left_out(layout: Layout, counts: Counts, size: int) -> _Ends:
    """Each article left out, or in turn those of a group; which figures rest on many."""
    groups = min(size, GROUPS)
    weights = (np.arange(size) % groups != np.arange(groups)[:, None]).astype(np.uint8)
    without = np.empty((groups, len(layout.paths)))
    _fill(without, layout, counts, weights)
    value = layout.values(layout.n)
    shares = np.array([path[-1] in SHARES for path in layout.paths], bool)
    return _Ends(value, *left_out(value, without, shares), 2 * moving(value, without).sum(0) >= groups)


def _drawn(
    layouts: Mapping[str, Layout], counts: Mapping[str, Counts], size: int, draws: int, seed: int
) -> dict[str, Floats]:
    values: dict[str, Floats] = {layer: np.empty((draws, len(layouts[layer].paths))) for layer in counts}
    for begin in range(0, draws, _DRAWS_AT_ONCE):
        weights = draw_articles(size, min(_DRAWS_AT_ONCE, draws - begin), seed + begin)
        for layer, own in counts.items():
            _fill(values[layer][begin : begin + len(weights)], layouts[layer], own, weights)
        tell("draws of intervals", begin + len(weights), draws)
    return values


def _fill(into: Floats, layout: Layout, counts: Counts, weights: NDArray[Any]) -> None:
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
