"""Alpha for answers that are sets, with the MASI distance.

Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation.
LREC 2006.

    d(A, B) = 1 - J * M,   J = |A n B| / |A u B|,   M = 1 equal, 2/3 one inside the other, 1/3 overlapping, 0 disjoint

By convention d({}, {}) = 0 and d({}, X) = 1. DKPro takes the Jaccard distance times M instead, which is
another figure. The empty set is an answer ("none applies"); who has not answered is missing.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np

from annotator.agreement.alpha import weighted
from annotator.agreement.patterns import Floats, Patterns


def masi(patterns: Patterns, sets: tuple[Set[str], ...]) -> Any:
    """(...) alpha; `sets[i]` is the set that `patterns.labels[i]` stands for."""
    return weighted(patterns, distances(sets))


def distances(sets: tuple[Set[str], ...]) -> Floats:
    """(L, L) MASI distance of every two sets."""
    return np.array([[distance(a, b) for b in sets] for a in sets], np.float64).reshape(len(sets), len(sets))


def distance(a: Set[str], b: Set[str]) -> float:
    if a == b:
        return 0.0
    shared = len(a & b)
    if not shared:
        return 1.0
    monotone = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - monotone * shared / len(a | b)


def jaccard(a: Set[str], b: Set[str]) -> float:
    """1 - J: the distance that laymen know, for comparison."""
    return 0.0 if a == b else 1 - len(a & b) / len(a | b)
