"""Intervals that respect articles without drawing: by leaving each article, or each of some groups, out in turn.

Tukey, J. W. (1958). Bias and confidence in not quite large samples. Annals of Mathematical Statistics 29 (Student's t).
Fisher, R. A. (1921). On the probable error of a coefficient of correlation. Metron 1 (the scale). Kott, P. S. (2001).
The delete-a-group jackknife. Journal of Official Statistics 17(4).

How often such intervals hold the true value is measured: `intervals.HELD`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.agreement.figure import Figure
from annotator.agreement.intervals import student_quantile
from annotator.agreement.patterns import Floats

#: Articles are put into so many groups, in turn; where there are fewer, each is a group.
GROUPS = 100
#: From fewer articles there is no interval: their spread is itself hardly known, so that by luck one figure would look
#: certain and its neighbour unknown.
FEWEST = 5
_MOVED = 4  # so many of them at least must move the figure
_ROUNDING = 1e-12  # sums in another order differ by less, and what an article does by more


def ratio(above: ArrayLike, below: ArrayLike, reason: str | None = None) -> Figure:
    """sum(above) / sum(below) of (D,) clusters, with the interval of `left_out`.

    Undefined for a `reason` where all of `below` is 0.
    """
    over, under = np.asarray(above, np.float64), np.asarray(below, np.float64)
    over, under = over[under > 0], under[under > 0]
    if not len(under):
        return Figure.of(math.nan, reason=reason)
    value = float(over.sum() / under.sum())
    if len(under) < 2:
        return Figure.of(value)
    without = (over.sum() - over) / (under.sum() - under)
    low, high = left_out([value], without[:, None], shares=True)
    return Figure.of(value, float(low[0]), float(high[0]))


def moving(values: Floats, without: Floats) -> NDArray[np.bool_]:
    """(G, F) whether the figure rests on that article or group: whether leaving it out moves the value, and by no
    less than a twentieth of what the article does that moves it most."""
    apart = np.abs(without - values)
    return np.asarray(~((apart < _ROUNDING) | (apart < apart.max(0) / 20)), np.bool_)


def left_out(
    values: ArrayLike, without: ArrayLike, shares: ArrayLike = False, times: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """(F,) values and (G, F) values with one article, or group of them, left out each → low and high (F,), 95 %.

    On Fisher's scale, with Student's t on m - 1 degrees of freedom:

        tanh(artanh v ± t * SE / (1 - v^2)),  SE^2 = (m - 1) / m * sum_g (v_g - v)^2

    m counts the articles that the figure rests on (`moving`): a label of ten articles rests on ten, however many
    there are. `shares` (F,) are not below 0. `times` (G,): so many equal ones a row stands for. NaN from fewer than
    `FEWEST`, where fewer than four move the value, and where it is undefined without one of them.
    """
    middle, each = np.asarray(values, np.float64), np.asarray(without, np.float64)
    often = np.ones(len(each)) if times is None else np.asarray(times, np.float64)
    apart = each - middle
    m = np.einsum("g,gf->f", often, moving(middle, each))
    error = np.sqrt((m - 1).clip(0) / m.clip(1) * np.einsum("g,gf->f", often, apart * apart))
    known = np.isfinite(error) & (np.abs(middle) < 1) & (m >= _MOVED) & (often.sum() >= FEWEST)
    centre = np.where(known, middle, 0.0)
    quantiles = {size: student_quantile(size - 1) for size in np.unique(m[known]).astype(int).tolist()}
    reach = np.array([quantiles.get(int(size), np.nan) for size in m]) * error / (1 - centre * centre)
    low, high = np.tanh(np.arctanh(centre) - reach), np.tanh(np.arctanh(centre) + reach)
    low = np.where(np.asarray(shares), np.maximum(low, 0.0), low)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


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
