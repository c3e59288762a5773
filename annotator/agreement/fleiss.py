"""Fleiss' kappa, for any number of annotators, also with missing answers.

Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76(5).
With missing answers as in Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed.:

    kappa = (p_a - p_e) / (1 - p_e),   p_a = mean over sentences with m >= 2 of sum_l c_l (c_l - 1) / (m (m - 1))
    p_e = sum_l pi_l^2,                pi_l = mean over sentences with m >= 1 of c_l / m

Sentences answered once count in p_e only. Complete answers give Fleiss' own figure; with two annotators
it is Scott's pi.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotator.agreement.patterns import Patterns, quotient


def fleiss(patterns: Patterns) -> Any:
    """(...) kappa; NaN where no sentence has two answers or only one label was used."""
    observed, shares = observed_and_shares(patterns)
    return corrected(observed, (shares * shares).sum(-1))


def observed_and_shares(patterns: Patterns) -> tuple[Any, Any]:
    """p_a (...) and pi (..., L), as in the formula above; Gwet's AC1 starts from the same two."""
    counts, m, n = patterns.counts, patterns.answers, patterns.n
    paired = (m >= 2).astype(np.float64)
    agreeing = paired * (counts * (counts - 1)).sum(1) / np.maximum(m * (m - 1), 1)
    answered = (m >= 1).astype(np.float64)
    shares = quotient(n @ (counts / np.maximum(m, 1)[:, None]), (n @ answered)[..., None])
    return quotient(n @ agreeing, n @ paired), shares


def corrected(observed: Any, expected: Any) -> Any:
    """(observed - expected) / (1 - expected); NaN where nothing but agreement by chance is possible."""
    room = 1 - expected
    return quotient(observed - expected, np.where(np.abs(room) < 1e-12, 0, room))
