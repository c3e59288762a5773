"""Percent agreement: the share of pairs of annotators that give a shared sentence the same label.

    sum over sentences of sum_l c_l (c_l - 1)  /  sum over sentences of m (m - 1)

with c_l the annotators who chose label l and m all who answered. It is the mean of the agreement of every
two annotators, weighted by the sentences that they share; with two annotators the plain share. Not
corrected for chance.
"""

from __future__ import annotations

from typing import Any

from annotator.agreement.patterns import Patterns, quotient


def percent(patterns: Patterns) -> Any:
    """(...) share from 0 to 1; NaN where no sentence has two answers."""
    counts, m = patterns.counts, patterns.answers
    return quotient(patterns.n @ (counts * (counts - 1)).sum(1), patterns.n @ (m * (m - 1)))
