"""Counts of many units, weighted and summed for every draw of a bootstrap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.intervals import article_totals
from annotator.agreement.numbering import Ints
from annotator.agreement.patterns import Floats

_RARE = 5  # a cell that fewer units than one in so many have is rare
_BITS = 63  # of a number that is not negative


class Counts:
    """Counts (units, C) to be weighted and summed for each draw.

    Cells that many units have are multiplied as they are. Of the others, as of thousands of speakers, the counts of
    several draws are summed as one number, each in bits of its own.
    """

    def __init__(self, unit: Ints, cell: Ints, count: Ints, shape: tuple[int, int]) -> None:
        units, self._cells = shape
        often = np.bincount(cell, minlength=self._cells) * _RARE > units
        own = often[cell]
        self._often = np.flatnonzero(often)
        self._dense = np.zeros((units, len(self._often)), np.int32)
        self._dense[unit[own], np.searchsorted(self._often, cell[own])] = count[own]
        unit, cell = np.repeat(unit[~own], count[~own]), np.repeat(cell[~own], count[~own])
        sizes = np.bincount(cell, minlength=self._cells)
        self._most = int(sizes.max(initial=0))
        empty = np.flatnonzero(sizes == 0)  # given to a unit that is never drawn, so that there is no empty sum
        unit, cell = np.concatenate((unit, np.full(len(empty), units))), np.concatenate((cell, empty))
        self._unit = unit[np.argsort(cell, kind="stable")]
        self._starts = np.cumsum(sizes.clip(1)) - sizes.clip(1)

    def drawn(self, weights: NDArray[Any]) -> Floats:
        """(draws, units) weights, no negative ones → (draws, C) counts."""
        counts = np.empty((len(weights), self._cells))
        if self._cells > len(self._often):
            self._sum_rare(weights.astype(np.int64), counts)
        counts[:, self._often] = article_totals(weights, self._dense)
        return counts

    def _sum_rare(self, weights: Ints, into: Floats) -> None:
        bits = max(1, (int(weights.max(initial=0)) * self._most).bit_length())
        several, mask = _BITS // bits, (1 << bits) - 1
        together, taken = np.zeros(weights.shape[1] + 1, np.int64), np.empty(len(self._unit), np.int64)
        sums, own = np.empty((2, self._cells), np.int64)  # used again and again: new memory costs more than summing
        for begin in range(0, len(weights), several):
            some = weights[begin : begin + several]
            shifts = bits * np.arange(len(some))[:, None]
            together[:-1] = (some << shifts).sum(0)
            np.add.reduceat(np.take(together, self._unit, out=taken, mode="clip"), self._starts, out=sums)
            for n, row in enumerate(into[begin : begin + several]):
                row[:] = np.bitwise_and(np.right_shift(sums, bits * n, out=own), mask, out=own)
