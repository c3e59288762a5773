"""Standard errors without drawing, for long tables: the infinitesimal jackknife.

Jaeckel, L. (1972). The infinitesimal jackknife. Efron, B. (1982). The Jackknife, the Bootstrap and Other
Resampling Plans, 6. For clusters: Binder, D. A. (1983). On the variances of asymptotically normal estimators from
complex surveys. International Statistical Review 51.

With u_i the derivative of the coefficient by the weight of sentence i (1 each),

    SE^2 = n / (n - 1) * sum_i (u_i - mean u)^2

which is what a bootstrap with ever more draws tends to, to first order. Where articles are resampled, u_i is first
summed over each article. All sentences of a pattern have the same u_i.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.agreement.figure import Figure
from annotator.agreement.intervals import LEVEL, normal_quantile
from annotator.agreement.patterns import Floats, Patterns

Function = Callable[[Patterns], Any]
_STEP = 1e-30
_ROWS = 256


def influence(function: Function, patterns: Patterns) -> Floats:
    """(K,) derivative of a coefficient by the weight of one sentence of each pattern.

    Exact to rounding for every coefficient of the package: each is a quotient of sums, so it may be computed at
    n + ih, whose imaginary part over h is the derivative (Squire, W., Trapp, G. 1998. SIAM Review 40(1)).
    """
    size = len(patterns.counts)
    found = np.empty(size)
    for begin in range(0, size, _ROWS):
        rows = np.arange(begin, min(begin + _ROWS, size))
        stepped = np.tile(patterns.n.astype(np.complex128), (len(rows), 1))
        stepped[np.arange(len(rows)), rows] += 1j * _STEP
        found[rows] = np.imag(function(patterns.with_n(stepped))) / _STEP
    return found


def alpha_influence(patterns: Patterns) -> Floats:
    """`influence` of nominal alpha in closed form; (K,), also for thousands of patterns."""
    n, counts, m = patterns.n, patterns.counts.astype(np.float64), patterns.answers
    shared = (m >= 2).astype(np.float64)
    size = shared * m
    agreeing = shared * (counts * (counts - 1)).sum(1) / np.maximum(m - 1, 1)
    totals = (n * shared) @ counts
    answers, together = totals.sum(), float(n @ agreeing)
    above = (answers - 1) * (answers - together)
    below = answers * answers - (totals * totals).sum()
    if below == 0:
        return np.full(len(n), np.nan)
    above_by = size * (answers - together) + (answers - 1) * (size - agreeing)
    below_by = 2 * (answers * size - shared * (counts @ totals))
    return np.asarray(-(above_by * below - above * below_by) / (below * below), np.float64)


def standard_error(influences: Floats, n: NDArray[Any]) -> float:
    """From (K,) influences and (K,) sentences; NaN with fewer than two sentences or an undefined coefficient."""
    total = float(n.sum())
    if total < 2:
        return float("nan")
    mean = (n * influences).sum() / total
    return float(np.sqrt(total / (total - 1) * (n * (influences - mean) ** 2).sum()))


def clustered_error(sums: ArrayLike) -> float:
    """From (D,) influences summed over each of D articles; NaN with fewer than two articles."""
    each = np.asarray(sums, np.float64)
    if len(each) < 2:
        return float("nan")
    return float(np.sqrt(len(each) / (len(each) - 1) * ((each - each.mean()) ** 2).sum()))


def article_influences(influences: Floats, per_article: NDArray[Any]) -> Floats:
    """(K,) influences and (D, K) sentences per article and pattern → (D,) their sums, for `clustered_error`."""
    return np.asarray(per_article @ influences, np.float64)


def design_effect(influences: Floats, per_article: NDArray[Any]) -> float:
    """Variance by articles over variance by sentences: how much a sentence is worth less for standing among its
    neighbours. 1 where articles do not matter; never below 1 here, since a plan must not count on luck."""
    by_sentence = standard_error(influences, per_article.sum(0))
    by_article = clustered_error(article_influences(influences, per_article))
    ratio = (by_article / by_sentence) ** 2 if by_sentence > 0 else 1.0
    return max(1.0, ratio) if np.isfinite(ratio) else 1.0


def normal_figure(value: float, error: float, reason: str | None = None, level: float = LEVEL) -> Figure:
    """value ± z · error, cut at 1: a coefficient cannot be higher."""
    reach = normal_quantile(level) * error
    return Figure.of(value, value - reach, min(value + reach, 1.0), reason)
