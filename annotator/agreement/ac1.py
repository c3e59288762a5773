"""Gwet's AC1: stays near the percent agreement where one label dominates, which kappa and alpha do not.

Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement.
British Journal of Mathematical and Statistical Psychology 61(1).

    AC1 = (p_a - p_e) / (1 - p_e),   p_e = sum_l pi_l (1 - pi_l) / (L - 1)

p_a and pi as in `fleiss`: sentences answered once count in pi only. L is the number of labels of the layer,
or of those that occur; a layer's own labels give the same figure whoever has used them so far.

AC2 counts near misses of ordered labels: p_a takes w_lk = 1 - ((l - k) / (L - 1))^2 of every pair of answers,
p_e is multiplied by sum_lk w_lk / L.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotator.agreement.fleiss import corrected, observed_and_shares
from annotator.agreement.patterns import Patterns, quotient


def ac1(patterns: Patterns) -> Any:
    """(...) AC1 over all of `patterns.labels`; NaN where no sentence has two answers or one label is all there is."""
    observed, shares = observed_and_shares(patterns)
    used = (shares != 0).sum(-1)
    expected = (shares * (1 - shares)).sum(-1) / max(len(patterns.labels) - 1, 1)
    return np.where(used > 1, corrected(observed, expected), np.nan)


def ac2(patterns: Patterns) -> Any:
    """(...) AC2 with quadratic weights over the order of `patterns.labels`; NaN as for `ac1`."""
    size, counts, m = len(patterns.labels), patterns.counts, patterns.answers
    places = np.arange(size)
    weights = 1 - ((places[:, None] - places) / max(size - 1, 1)) ** 2
    paired = (m >= 2).astype(np.float64)
    near = paired * (counts * (counts @ weights - 1)).sum(1) / np.maximum(m * (m - 1), 1)
    _, shares = observed_and_shares(patterns)
    expected = weights.sum() * (shares * (1 - shares)).sum(-1) / max(size * (size - 1), 1)
    found = corrected(quotient(patterns.n @ near, patterns.n @ paired), expected)
    return np.where((shares != 0).sum(-1) > 1, found, np.nan)
