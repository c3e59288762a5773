"""What is computed from the counts of one layer: names of figures, and their values for one or many draws.

A layout fixes an order of the cells of a part. `values` takes counts (..., C) in that order, whose leading axes are
the draws of a bootstrap, and gives (..., F) figures, NaN where undefined; `paths` names the F figures:
("alpha",), ("labels", label, "alpha"), ("pairs", "a b", "kappa").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from annotator.agreement import COEFFICIENTS, alpha
from annotator.agreement.kappa import mean_over_pairs
from annotator.agreement.patterns import Floats, Patterns, quotient
from annotator.agreement.sums import Cells
from annotator.agreement.tallies import SEP

Path = tuple[str, ...]
_PATTERNS = [c for c in COEFFICIENTS if c.over == "patterns"]
_PAIRS = [c for c in COEFFICIENTS if c.over == "pairs"]


class Layout(Protocol):
    """`n` (C,) are the counts that it was made from; `heavy` is how many doubles a draw holds."""

    paths: list[Path]
    heavy: int
    n: Floats

    @property
    def cells(self) -> Sequence[tuple[str, str]]: ...

    def values(self, n: Floats) -> Floats: ...


def cells_of(part: Cells) -> Iterator[tuple[str, str]]:
    """(group, cell) in an order that depends on nothing but the names."""
    for group in sorted(part):
        for cell in sorted(part[group]):
            yield group, cell


def counts_of(part: Cells, cells: Sequence[tuple[str, str]]) -> Floats:
    """(C,) counts of a part in the order of a layout."""
    return np.array([part.get(group, {}).get(cell, 0) for group, cell in cells], np.float64)


class ChoiceLayout:
    """A layer of one label from a short list: patterns, and confusion tables of pairs of annotators."""

    def __init__(self, part: Cells) -> None:
        self.cells = list(cells_of(part))
        kinds = [cell.split(SEP) for group, cell in self.cells if group == ""]
        self.size = len(kinds)  # cells of the group "" come first
        self.labels = sorted({label for labels in kinds for label in labels})
        column = {label: i for i, label in enumerate(self.labels)}
        self.counts = np.zeros((self.size, len(self.labels)), np.int64)
        for row, labels in enumerate(kinds):
            for label in labels:
                self.counts[row, column[label]] += 1
        self.pairs = sorted({group for group, _ in self.cells if group})
        at = {pair: i for i, pair in enumerate(self.pairs)}
        places = [(at[group], *(column[label] for label in cell.split(SEP))) for group, cell in self.cells if group]
        self._pair, self._row, self._column = np.array(places, np.int64).reshape(-1, 3).T
        self.heavy = max(1, len(self.pairs) * len(self.labels) ** 2)
        self.n = counts_of(part, self.cells)
        self.paths: list[Path] = [
            *((c.name,) for c in COEFFICIENTS),
            *(("labels", label, "alpha") for label in self.labels),
            *(("pairs", pair, name) for name in ("percent", *(c.name for c in _PAIRS)) for pair in self.pairs),
        ]

    def patterns(self, n: Floats) -> Patterns:
        return Patterns(tuple(self.labels), self.counts, n[..., : self.size])

    def tables(self, n: Floats) -> Floats:
        """(..., P, L, L) confusion tables: rows are the labels of the first annotator of the pair."""
        size = len(self.labels)
        tables = np.zeros((*n.shape[:-1], len(self.pairs), size, size), n.dtype)
        tables[..., self._pair, self._row, self._column] = n[..., self.size :]
        return tables

    def values(self, n: Floats) -> Floats:
        patterns, tables = self.patterns(n), self.tables(n)
        shared = tables.sum((-1, -2))
        by_pair = {c.name: c.function(tables) for c in _PAIRS}
        single = [
            c.function(patterns) if c.over == "patterns" else mean_over_pairs(by_pair[c.name], shared)
            for c in COEFFICIENTS
        ]
        percent = quotient(np.trace(tables, axis1=-2, axis2=-1), shared)
        return np.concatenate(
            [np.stack(np.broadcast_arrays(*single), -1), alpha.by_label(patterns), percent, *by_pair.values()], -1
        )


class FewFigures:
    """Figures of a layer on which nothing was counted: all undefined."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.cells: list[tuple[str, str]] = []
        self.paths = list(paths)
        self.heavy = 1
        self.n: Floats = np.zeros(0)

    def values(self, n: Floats) -> Floats:
        return np.full((*n.shape[:-1], len(self.paths)), np.nan)


def no_choice() -> FewFigures:
    return FewFigures([(c.name,) for c in COEFFICIENTS])
