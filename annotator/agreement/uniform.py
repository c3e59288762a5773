"""Chance as even odds over the labels: S, also known as Brennan and Prediger's and Randolph's kappa.

Bennett, E., Alpert, R., Goldstein, A. (1954). Communications through limited response questioning.
Brennan, R. L., Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and alternatives.
Randolph, J. J. (2005). Free-marginal multirater kappa.

    S = (p_a - 1/L) / (1 - 1/L)

p_a as in `fleiss`; L is the number of `patterns.labels`. The figure grows with labels that nobody uses.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotator.agreement.fleiss import corrected, observed_and_shares
from annotator.agreement.patterns import Patterns


def uniform(patterns: Patterns) -> Any:
    """(...) S; NaN where no sentence has two answers or the layer has fewer than two labels."""
    observed, _ = observed_and_shares(patterns)
    return corrected(observed, np.float64(1 / max(len(patterns.labels), 1)))
