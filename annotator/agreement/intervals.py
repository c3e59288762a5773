"""Intervals: percentile bootstrap by sentences and by articles, Wilson's of a share, and Student's t.

Efron, B., Tibshirani, R. (1993). An Introduction to the Bootstrap, chapters 13 and 8.
Davison, A. C., Hinkley, D. V. (1997). Bootstrap Methods and their Application, 3.8 (clusters are resampled whole).
Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22.

Sentences of one article resemble each other. Resampling single sentences then gives intervals that are too narrow,
so where sentences come in articles the articles are resampled, each with all its sentences. A coefficient of
counts sees one draw as the sum of the articles' counts, each times how often the article was drawn.
Seeds are fixed: the same counts give the same interval wherever it is shown. `errors` has standard errors without
drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.agreement.figure import Figure
from annotator.agreement.patterns import Floats, Patterns

DRAWS = 1000
SEED = 19790101
LEVEL = 0.95
#: Below so many articles the article interval comes out too narrow; the pages say so.
FEW_ARTICLES = 200
#: (From so many articles on, how often an interval of 95 % held the true value): the least that was measured there,
#: see docs/agreement.md. Up to 100 articles by leaving each out, from more by drawing.
HELD = ((5, 0.91), (8, 0.93), (15, 0.94))
#: An interval wants at least this share of the draws to be defined.
_DEFINED = 0.9
#: So many multiplications BLAS does in one thread. Of more, its threads wait for one another, and all that time counts
#: where others use the processors.
_ALONE = 250_000
_ROWS = 64  # draws at a time


def draw_sentences(patterns: Patterns, draws: int = DRAWS, seed: int = SEED) -> Patterns:
    """Resamples sentences: the patterns with n of shape (draws, K). Exact and fast: one multinomial per draw."""
    total = int(patterns.n.sum())
    if total == 0:
        return patterns.with_n(np.zeros((draws, len(patterns.n)), np.int64))
    rng = np.random.default_rng(seed)
    return patterns.with_n(rng.multinomial(total, patterns.n / total, size=draws))


def draw_counts(counts: ArrayLike, draws: int = DRAWS, seed: int = SEED) -> NDArray[np.int64]:
    """Resamples sentences of any table of counts, as of confusion tables (L, L): (draws, ...) tables."""
    table = np.asarray(counts)
    total = int(table.sum())
    shares = table.ravel() / max(total, 1)
    drawn = np.random.default_rng(seed).multinomial(total, shares, size=draws) if total else np.zeros(
        (draws, table.size), np.int64
    )  # fmt: skip
    return drawn.reshape(draws, *table.shape)


def draw_articles(articles: int, draws: int = DRAWS, seed: int = SEED) -> NDArray[np.uint8]:
    """(draws, articles) how often each article was drawn; a row sums to `articles`. 25 MB for 25,000 articles.

    One byte is enough: with at most 255 articles no count is higher, and with more none comes near.
    """
    rng = np.random.default_rng(seed)
    weights = np.zeros((draws, articles), np.uint8)
    for row in weights:
        row[:] = np.bincount(rng.integers(0, articles, articles), minlength=articles)
    return weights


def article_totals(weights: NDArray[Any], per_article: NDArray[Any]) -> Floats:
    """(draws, D) weights and (D, ...) counts → (draws, ...) counts of each draw, in blocks: memory is bounded."""
    flat = per_article.reshape(len(per_article), -1)
    total = np.zeros((len(weights), flat.shape[1]))
    some = max(1, _ALONE // (_ROWS * max(1, flat.shape[1])))
    for begin in range(0, len(flat), some):
        own = flat[begin : begin + some].astype(np.float64)
        for first in range(0, len(weights), _ROWS):
            part = slice(first, first + _ROWS)
            total[part] += weights[part, begin : begin + some].astype(np.float64) @ own
    return total.reshape(len(weights), *per_article.shape[1:])


def held(articles: int) -> float:
    """How often the interval of so many articles, five or more, held the true value in simulations."""
    return [share for least, share in HELD if least <= articles][-1]


def percentile(values: NDArray[Any], level: float = LEVEL) -> tuple[Any, Any]:
    """(draws, ...) → low and high (...): the middle `level` of the draws. NaN where too many draws are undefined."""
    drawn = np.asarray(values, np.float64)
    tail = (1 - level) / 2
    enough = np.isfinite(drawn).mean(0) >= _DEFINED
    kept = np.where(enough, drawn, 0.0)
    low, high = np.nanquantile(kept, (tail, 1 - tail), axis=0)
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def figures(
    value: ArrayLike, drawn: NDArray[Any], reasons: Sequence[str | None] | str | None = None, level: float = LEVEL
) -> list[Figure]:
    """Figures of (M,) values and (draws, M) values of the draws; `reasons` for those that are undefined."""
    values = np.atleast_1d(np.asarray(value, np.float64))
    low, high = percentile(drawn.reshape(len(drawn), len(values)), level)
    why = [reasons] * len(values) if reasons is None or isinstance(reasons, str) else reasons
    return [Figure.of(*cells) for cells in zip(values.tolist(), low.tolist(), high.tolist(), why, strict=True)]


def wilson(successes: float, trials: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a share; (0, 1) without trials."""
    if trials <= 0:
        return 0.0, 1.0
    z = normal_quantile(level)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    room = 1 + z * z / trials
    low = (centre - spread) / room if successes > 0 else 0.0  # exactly: rounding must not lift it off the ground
    return low, (centre + spread) / room if successes < trials else 1.0


def normal_quantile(level: float) -> float:
    """1.96 for 0.95: how many standard errors a two-sided interval reaches to each side."""
    return NormalDist().inv_cdf((1 + level) / 2)


@cache
def student_quantile(freedom: int, level: float = LEVEL) -> float:
    """The same of Student's t: 12.7 for one degree of freedom, 2.26 for nine. From its distribution in closed form
    (Abramowitz, M., Stegun, I. A. 1964. Handbook of Mathematical Functions, 26.7.3 and 26.7.4)."""
    low, high = 0.0, math.pi / 2
    while high - low > 1e-14:  # the angle whose tangent is t / sqrt(freedom)
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < level else (low, middle)
    return math.tan(low) * math.sqrt(freedom)


def _within(angle: float, freedom: int) -> float:
    sine, squared, odd = math.sin(angle), math.cos(angle) ** 2, freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for n in range(2 + odd, freedom - 1, 2):
        term *= (n - 1) / n * squared
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
