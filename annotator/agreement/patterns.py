"""The pattern histogram: what every coefficient over several annotators is computed from.

A pattern says how many annotators chose each label of a sentence; the histogram says how many sentences
have it. A million sentences with three annotators and six labels make 83 patterns, so a coefficient, and
a bootstrap of it, costs the same for a thousand sentences as for a million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: A pattern as a key: (label, how many chose it), labels in ascending order.
Key = tuple[tuple[str, int], ...]


def _N(message: str) -> str:
    """Marks a text that is translated where it is shown."""
    return message


#: Up to here, counting every possible pattern is cheaper than sorting those that occur.
_SMALL = 1 << 20

NO_OVERLAP = _N("no overlap")
NO_VARIATION = _N("no variation")


@dataclass(frozen=True, eq=False)
class Patterns:
    """K patterns over L labels, and the number of sentences of each.

    `counts` (K, L): annotators per label; `n` (..., K): sentences; its leading axes are draws of a bootstrap.
    Sentences with one answer may be there: alpha leaves them out, AC1 and Fleiss take them into
    the shares of the labels (docs/agreement.md). `shared()` is without them.
    """

    labels: tuple[str, ...]
    counts: NDArray[np.int64]
    n: NDArray[Any]

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or self.counts.shape[1] != len(self.labels):
            raise ValueError(f"counts of shape {self.counts.shape} do not fit {len(self.labels)} labels")
        if self.n.shape[-1:] != self.counts.shape[:1]:
            raise ValueError(f"n of shape {self.n.shape} does not fit {self.counts.shape[0]} patterns")

    @classmethod
    def from_counter(cls, histogram: Mapping[Key, int], labels: Sequence[str] | None = None) -> Patterns:
        """From {((label, annotators), ...): sentences}. `labels` gives an order, or labels that nobody chose."""
        names = tuple(labels) if labels is not None else _names(histogram)
        column = {name: i for i, name in enumerate(names)}
        counts = np.zeros((len(histogram), len(names)), np.int64)
        for row, key in enumerate(histogram):
            for name, chosen in key:
                counts[row, column[name]] += chosen
        return cls(names, counts, np.fromiter(histogram.values(), np.int64, len(histogram)))

    @classmethod
    def from_matrix(cls, answers: Sequence[Sequence[str | None]], labels: Sequence[str] | None = None) -> Patterns:
        """From sentences x annotators; None is a missing answer. A sentence without any answer is left out."""
        keys = (tuple(sorted(Counter(a for a in row if a is not None).items())) for row in answers)
        return cls.from_counter(Counter(key for key in keys if key), labels)

    @classmethod
    def from_codes(cls, codes: NDArray[np.integer[Any]], labels: Sequence[str]) -> Patterns:
        """From an array sentences x annotators of label numbers; -1 is missing. For millions of sentences."""
        base, size = codes.shape[1] + 1, len(labels)
        if base**size >= 2**62:  # too many possible patterns to number them
            table = np.stack([(codes == label).sum(1) for label in range(size)], axis=1)
            counts, n = np.unique(table, axis=0, return_counts=True)
        else:
            worth = np.array([*(base**label for label in range(size)), 0], np.int64)  # the last: missing
            packed = np.zeros(len(codes), np.int64)
            for column in codes.T:
                packed += worth[column]
            found, n = _numbers(packed, base**size)
            counts = found[:, None] // worth[:-1] % base
        answered = counts.any(1)
        return cls(tuple(labels), counts[answered].astype(np.int64), n[answered].astype(np.int64))

    @cached_property
    def answers(self) -> NDArray[np.int64]:
        """(K,) answers that a sentence of the pattern has."""
        return np.asarray(self.counts.sum(1), np.int64)

    def with_n(self, n: ArrayLike) -> Patterns:
        """The same patterns with other numbers of sentences: draws of a bootstrap, one article, one outlet."""
        return replace(self, n=np.asarray(n))

    def shared(self) -> Patterns:
        """Only the sentences with at least two answers."""
        kept = self.answers >= 2
        return self if kept.all() else Patterns(self.labels, self.counts[kept], self.n[..., kept])

    def totals(self) -> Floats:
        """(..., L) answers per label over the sentences with at least two answers."""
        kept = self.shared()
        return np.asarray(kept.n @ kept.counts.astype(np.float64), np.float64)

    def prevalence(self) -> Floats:
        """(..., L) share of each label among the answers of the shared sentences; NaN where there are none."""
        totals = self.totals()
        shares: Floats = quotient(totals, totals.sum(-1, keepdims=True))
        return shares


def undefined_reason(patterns: Patterns) -> str | None:
    """Why the figures of these patterns are undefined (a gettext id), or None when they are defined.

    Without a sentence that two annotators share there is nothing to compare. Where all their answers are
    one label, chance agreement is 1 and every chance-corrected coefficient is 0/0; percent agreement is
    defined there. `patterns.n` must have no leading axes.
    """
    totals = patterns.totals()
    if not totals.any():
        return NO_OVERLAP
    return NO_VARIATION if np.count_nonzero(totals) == 1 else None


def quotient(above: Any, below: Any) -> Any:
    """above / below, NaN where below is 0; keeps complex numbers, which `intervals.influence` differentiates by."""
    above, below = np.asarray(above), np.asarray(below)
    kind = np.result_type(above, below, np.float64)
    result = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan, kind)
    np.divide(above, below, out=result, where=below != 0)
    return result


def _names(histogram: Mapping[Key, int]) -> tuple[str, ...]:
    return tuple(sorted({name for key in histogram for name, _ in key}))


def _numbers(packed: NDArray[np.int64], below: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct numbers and how often each occurs; without sorting where they are small."""
    if below > _SMALL:
        found, n = np.unique(packed, return_counts=True)
        return found, n
    counted = np.bincount(packed, minlength=1)
    found = np.flatnonzero(counted)
    return found, counted[found]
