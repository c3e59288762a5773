"""Standard errors that respect articles where no formula by sentences is at hand: of ratios, and by leaving groups out.

Cochran, W. G. (1977). Sampling Techniques, 6.4 (ratios). Kott, P. S. (2001). The delete-a-group jackknife. Journal of
Official Statistics 17(4).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.agreement.deviation import clustered_error, normal_figure
from annotator.agreement.figure import Figure
from annotator.agreement.patterns import Floats

#: Articles are put into so many groups, in turn; where there are fewer, each is a group.
GROUPS = 100


def ratio(above: ArrayLike, below: ArrayLike, reason: str | None = None) -> Figure:
    """sum(above) / sum(below) of (D,) clusters, with the linearised 95 % interval, cut at 0 and 1.

    Undefined for a `reason` where all of `below` is 0; without an interval where fewer than two clusters count.
    """
    over, under = np.asarray(above, np.float64), np.asarray(below, np.float64)
    over, under = over[under > 0], under[under > 0]
    if not len(under):
        return Figure.of(math.nan, reason=reason)
    value = float(over.sum() / under.sum())
    return share_figure(value, clustered_error((over - value * under) / under.sum()))


def share_figure(value: float, error: float) -> Figure:
    """A share with the interval of its standard error; without one where the error is NaN."""
    if not math.isfinite(error):
        return Figure.of(value)
    figure = normal_figure(value, error)
    return Figure.of(value, max(figure.low or 0.0, 0.0), figure.high if figure.high is not None else math.nan)


def grouped_error(value: float, without: Floats) -> float:
    """SE from the (G,) values with one group of articles left out each: sqrt((G - 1) / G * sum (v_g - v)^2).

    NaN with fewer than two groups, or where one of the values is undefined.
    """
    groups = len(without)
    if groups < 2:
        return math.nan
    return float(np.sqrt((groups - 1) / groups * ((without - value) ** 2).sum()))


def trend(shares: NDArray[np.float64]) -> tuple[float, float] | None:
    """(z, two-sided p) of a linear trend of (N,) shares in their order; null where they do not vary.

    Mantel, N. (1963). Chi-square tests with one degree of freedom. JASA 58: z^2 = (N - 1) r^2. Of shares that are 0 or
    1 it is Cochran and Armitage's, with N - 1 for N. It assumes that any order was as likely: sentences of one article
    hang together, so give it one share an article.
    """
    order = np.arange(len(shares), dtype=np.float64)
    if len(shares) < 3 or np.ptp(shares) == 0:
        return None
    z = math.sqrt(len(shares) - 1) * float(np.corrcoef(order, shares)[0, 1])
    return z, math.erfc(abs(z) / math.sqrt(2))
