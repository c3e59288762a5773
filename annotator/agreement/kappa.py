"""Cohen's kappa and Scott's pi of two annotators, from their confusion tables.

Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20(1).
Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70(4).
Scott, W. A. (1955). Reliability of content analysis. Public Opinion Quarterly 19(3).

    kappa = 1 - sum_lk v_lk p_lk / sum_lk v_lk p_l. p_.k        pi: p_l. and p_.k both replaced by their mean

p_lk: share of the shared sentences that the first labels l and the second k; v: 0 on the diagonal and 1 else,
or |l - k| (linear), or (l - k)^2 (quadratic) by the order of the labels. A table has one annotator's labels in
rows and the other's in columns; leading axes are pairs of annotators or draws of a bootstrap.
Undefined (NaN) where nothing is shared, or both used one and the same label only.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.patterns import Floats, quotient

Weights = Literal["nominal", "linear", "quadratic"]


def cohen(tables: NDArray[Any], weights: Weights = "nominal") -> Any:
    """(..., L, L) tables → (...) kappa."""
    return _kappa(tables, tables.sum(-1), tables.sum(-2), weights)


def scott(tables: NDArray[Any], weights: Weights = "nominal") -> Any:
    """(..., L, L) tables → (...) pi."""
    mean = (tables.sum(-1) + tables.sum(-2)) / 2
    return _kappa(tables, mean, mean, weights)


def percent(tables: NDArray[Any]) -> Any:
    """(..., L, L) tables → (...) share of the shared sentences with the same label."""
    return quotient(np.trace(tables, axis1=-2, axis2=-1), tables.sum((-1, -2)))


def chance(tables: NDArray[Any]) -> Any:
    """(..., L, L) tables → (...) the agreement that Cohen expects by chance, sum_l p_l. p_.l."""
    total = tables.sum((-1, -2))
    return quotient((tables.sum(-1) * tables.sum(-2)).sum(-1), total * total)


def mean_over_pairs(values: NDArray[Any], shared: NDArray[Any]) -> Any:
    """(..., P) values of P pairs, (..., P) sentences that each shares → (...) mean weighted by them.

    A pair whose value is undefined is left out with its sentences; NaN where no pair has a value.
    """
    defined = ~np.isnan(values)
    weight = np.where(defined, shared, 0)
    return quotient((np.where(defined, values, 0) * weight).sum(-1), weight.sum(-1))


def _kappa(tables: NDArray[Any], rows: NDArray[Any], columns: NDArray[Any], weights: Weights) -> Any:
    total = tables.sum((-1, -2))
    if weights == "nominal":  # 1 - v is the diagonal: no L x L product
        observed = total - np.trace(tables, axis1=-2, axis2=-1)
        expected = total * total - (rows * columns).sum(-1)
    else:
        far = _far(tables.shape[-1], weights)
        observed = (tables * far).sum((-1, -2))
        expected = ((rows @ far) * columns).sum(-1)
    return 1 - quotient(total * observed, expected)


def _far(size: int, weights: Weights) -> Floats:
    places = np.arange(size, dtype=np.float64)
    steps = np.abs(places[:, None] - places)
    return steps if weights == "linear" else steps**2
