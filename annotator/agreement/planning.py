"""How many more sentences must be labelled twice until a coefficient is known well enough.

A standard error shrinks with the square root of the sentences (Cochran, W. G. 1977. Sampling Techniques, 4.6), and
where sentences come in articles it is larger by the root of the design effect (Kish, L. 1965. Survey Sampling, 8.2).
Sentences to come are taken to be like those at hand, with as many to an article.
"""

from __future__ import annotations

import math

from annotator.agreement.deviation import alpha_influence, standard_error
from annotator.agreement.intervals import LEVEL, normal_quantile
from annotator.agreement.patterns import Patterns

#: Below so many shared sentences their own spread says too little to plan by.
LEAST = 25
#: Below so many articles the width of an interval is itself hardly known: Student's t makes it wide, and it narrows
#: faster than with the root of the sentences.
LEAST_ARTICLES = 10


def sentences_needed(n: float, error: float, half_width: float, level: float = LEVEL) -> int:
    """All shared sentences that make the interval ± `half_width`, given the `error` at `n` of them."""
    if not half_width > 0:
        raise ValueError("the half width must be above 0")
    return math.ceil(n * (normal_quantile(level) * error / half_width) ** 2 - 1e-9)


def more_needed(patterns: Patterns, half_width: float, design_effect: float = 1.0, level: float = LEVEL) -> int | None:
    """Further shared sentences until alpha's interval is ± `half_width`; 0 when it is.

    None where nothing can be planned yet: fewer than 25 shared sentences, or no disagreement at all (an error of 0
    says only that none has been seen). `design_effect` from `deviation.design_effect`.
    """
    shared = patterns.shared()
    n = float(shared.n.sum())
    if n < LEAST:
        return None
    error = standard_error(alpha_influence(shared), shared.n) * math.sqrt(design_effect)
    if not math.isfinite(error) or error == 0:
        return None
    return max(0, math.ceil(sentences_needed(n, error, half_width, level) - n))


def more_by_interval(n: float, low: float, high: float, half_width: float, articles: int) -> int | None:
    """The same from a figure's 95 % interval over n shared sentences of `articles`, for any coefficient and any layer.

    An interval by articles has the design effect in it. None as for `more_needed`, and from fewer than 10 articles.
    """
    error = (high - low) / 2 / normal_quantile(LEVEL)
    if n < LEAST or articles < LEAST_ARTICLES or not math.isfinite(error) or error <= 0:
        return None
    return max(0, math.ceil(sentences_needed(n, error, half_width) - n))
