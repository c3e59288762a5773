"""Nominal agreement where labels are open: thousands of speakers, most chosen a few times.

The histogram of `patterns` holds K x L cells, too many here. Every nominal coefficient needs only sums that a
sparse list of the chosen labels gives; alpha in closed form (Krippendorff 2011, see `alpha.from_sums`). Figures are
those of `alpha`, `percent`, `fleiss` and `ac1` to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement import alpha
from annotator.agreement.fleiss import corrected
from annotator.agreement.patterns import NO_OVERLAP, NO_VARIATION, Floats, Key, quotient


@dataclass(frozen=True, eq=False)
class OpenPatterns:
    """K patterns over L labels as a list of the cells that are not 0.

    `n` (K,) sentences; `answers` (K,) annotators of each; `row`, `column`, `chosen` (cells,): pattern, label,
    how many chose it. `labels` (L) names the columns.
    """

    labels: tuple[str, ...]
    n: Floats
    answers: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    chosen: Floats

    @classmethod
    def from_counter(cls, histogram: Mapping[Key, int]) -> OpenPatterns:
        """From {((label, annotators), ...): sentences}, as `Patterns.from_counter`."""
        numbers: dict[str, int] = {}
        cells = [
            (row, numbers.setdefault(label, len(numbers)), chosen)
            for row, key in enumerate(histogram)
            for label, chosen in key
        ]
        table = np.array(cells, np.int64).reshape(-1, 3)
        n = np.fromiter(histogram.values(), np.float64, len(histogram))
        answers = np.bincount(table[:, 0], table[:, 2], len(n)).astype(np.int64)
        return cls(tuple(numbers), n, answers, table[:, 0], table[:, 1], table[:, 2].astype(np.float64))

    def totals(self) -> Floats:
        """(L,) answers per label over the sentences with at least two answers."""
        return self._by_label(self.n * (self.answers >= 2))

    def alpha(self) -> float:
        """NaN where undefined, as all here."""
        totals = self.totals()
        agreeing = self._paired_sum() / np.maximum(self.answers - 1, 1)
        return float(alpha.from_sums(self.n @ agreeing, totals.sum(), totals @ totals))

    def percent(self) -> float:
        return float(quotient(self.n @ self._paired_sum(), self.n @ (self.answers * (self.answers - 1))))

    def fleiss(self) -> float:
        observed, shares = self._observed_and_shares()
        return float(corrected(observed, shares @ shares))

    def ac1(self, labels: int | None = None) -> float:
        """`labels`: how many could have been chosen, else how many were."""
        observed, shares = self._observed_and_shares()
        size = len(self.labels) if labels is None else labels
        if np.count_nonzero(shares) < 2:
            return float("nan")
        return float(corrected(observed, (shares * (1 - shares)).sum() / max(size - 1, 1)))

    def alpha_influence(self) -> Floats:
        """(K,) derivative of alpha by the weight of one sentence of each pattern (see `deviation`)."""
        shared = (self.answers >= 2).astype(np.float64)
        size, totals = shared * self.answers, self.totals()
        agreeing = self._paired_sum() / np.maximum(self.answers - 1, 1)
        answers, together = totals.sum(), float(self.n @ agreeing)
        above = (answers - 1) * (answers - together)
        below = answers * answers - totals @ totals
        if below == 0:
            return np.full(len(self.n), np.nan)
        above_by = size * (answers - together) + (answers - 1) * (size - agreeing)
        crowd = np.bincount(self.row, self.chosen * totals[self.column], len(self.n))
        below_by = 2 * (answers * size - shared * crowd)
        return np.asarray(-(above_by * below - above * below_by) / (below * below), np.float64)

    def percent_influence(self) -> Floats:
        """(K,) the same of the percent agreement."""
        pairs = self.answers * (self.answers - 1)
        total = self.n @ pairs
        return np.asarray(quotient(self._paired_sum() - self.percent() * pairs, total), np.float64)

    def undefined_reason(self) -> str | None:
        """As `patterns.undefined_reason`."""
        totals = self.totals()
        if not totals.any():
            return NO_OVERLAP
        return NO_VARIATION if np.count_nonzero(totals) == 1 else None

    def _paired_sum(self) -> Floats:
        """(K,) sum_l c_l (c_l - 1)."""
        return np.bincount(self.row, self.chosen * (self.chosen - 1), len(self.n)).astype(np.float64)

    def _by_label(self, weights: Floats) -> Floats:
        return np.bincount(self.column, self.chosen * weights[self.row], len(self.labels)).astype(np.float64)

    def _observed_and_shares(self) -> tuple[Any, Floats]:
        m, paired = self.answers, self.answers >= 2
        agreeing = self._paired_sum() / np.maximum(m * (m - 1), 1)
        shares = quotient(self._by_label(self.n / np.maximum(m, 1)), self.n[m >= 1].sum())
        return quotient(self.n[paired] @ agreeing[paired], self.n[paired].sum()), np.asarray(shares, np.float64)
