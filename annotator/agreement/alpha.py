"""Krippendorff's alpha over the pattern histogram.

Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability. Annenberg School for Communication.

    alpha = 1 - D_o / D_e
    D_o = 1/N       * sum over sentences of sum_lk c_l c_k d(l, k) / (m - 1)
    D_e = 1/N(N-1)  * sum_lk n_l n_k d(l, k)

c_l: annotators of the sentence who chose l; m: answers of the sentence; n_l: answers l over all sentences;
N: all answers. Sentences with fewer than two answers are dropped from D_o and D_e alike. d is the squared
difference of the scale: nominal 0 or 1; interval (l - k)^2; ratio ((l - k) / (l + k))^2; ordinal the squared
difference of mid-ranks. For sets see `masi`. Undefined (NaN) where no sentence has two answers or all answers
are the same label: then D_e is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotator.agreement.patterns import Floats, Patterns, quotient


def nominal(patterns: Patterns) -> Any:
    """(...) alpha of unordered labels."""
    kept = patterns.shared()
    counts = kept.counts.astype(np.float64)
    totals = kept.n @ counts
    return from_sums(kept.n @ _agreeing(kept), totals.sum(-1), (totals * totals).sum(-1))


def by_label(patterns: Patterns) -> Any:
    """(..., L) alpha of each label against all others together (one versus rest)."""
    kept = patterns.shared()
    counts = kept.counts.astype(np.float64)
    m = kept.answers[:, None]
    rest = m - counts
    agreeing = kept.n @ ((counts * (counts - 1) + rest * (rest - 1)) / (m - 1))
    totals = kept.n @ counts
    answers = (kept.n @ kept.answers.astype(np.float64))[..., None]
    return from_sums(agreeing, answers, totals**2 + (answers - totals) ** 2)


def from_sums(agreeing: Any, answers: Any, squares: Any) -> Any:
    """Nominal alpha in closed form, for any number of labels: no matrix over labels is ever built.

    agreeing = sum over sentences of sum_l c_l (c_l - 1) / (m - 1); answers = N; squares = sum_l n_l^2.
    alpha = 1 - (N - 1)(N - agreeing) / (N^2 - squares).
    """
    return 1 - quotient((answers - 1) * (answers - agreeing), answers * answers - squares)


def ordinal(patterns: Patterns) -> Any:
    """(...) alpha of labels whose order is that of `patterns.labels`.

    The mid-ranks come from the answers themselves, anew in each draw, so no L x L matrix is needed:
    d(l, k) is the squared difference of the ranks, a polynomial of their first two moments.
    """
    kept = patterns.shared()
    counts = kept.counts.astype(np.float64)
    totals = kept.n @ counts
    answers = totals.sum(-1)
    ranks = np.cumsum(totals, -1) - totals / 2 - (answers / 2)[..., None]
    within = 2 * (kept.answers * (ranks**2 @ counts.T) - (ranks @ counts.T) ** 2)
    observed = (kept.n * within / (kept.answers - 1)).sum(-1)
    expected = 2 * (answers * (totals * ranks**2).sum(-1) - (totals * ranks).sum(-1) ** 2)
    return 1 - quotient((answers - 1) * observed, expected)


def interval(patterns: Patterns, values: Sequence[float] | None = None) -> Any:
    """(...) alpha of numbers; `values` says what each label is worth, else it is read as a number."""
    worth = _worth(patterns, values)
    return weighted(patterns, (worth[:, None] - worth) ** 2)


def ratio(patterns: Patterns, values: Sequence[float] | None = None) -> Any:
    """(...) alpha of numbers from a true zero."""
    worth = _worth(patterns, values)
    sums = worth[:, None] + worth
    return weighted(patterns, ((worth[:, None] - worth) / np.where(sums == 0, 1, sums)) ** 2)


def weighted(patterns: Patterns, distances: Floats) -> Any:
    """(...) alpha of any squared difference d(l, k), given as an (L, L) matrix: symmetric, 0 on the diagonal."""
    kept = patterns.shared()
    counts = kept.counts.astype(np.float64)
    within = ((counts @ distances) * counts).sum(1) / (kept.answers - 1)
    totals = kept.n @ counts
    answers = totals.sum(-1)
    expected = ((totals @ distances) * totals).sum(-1)
    return 1 - quotient((answers - 1) * (kept.n @ within), expected)


def _agreeing(kept: Patterns) -> Floats:
    counts = kept.counts.astype(np.float64)
    return np.asarray((counts * (counts - 1)).sum(1) / (kept.answers - 1), np.float64)


def _worth(patterns: Patterns, values: Sequence[float] | None) -> Floats:
    return np.array([float(label) for label in patterns.labels] if values is None else values, np.float64)
