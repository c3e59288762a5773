"""How one annotator stands beside the others: agreement with them, bias, carelessness, drift.

Everything is counted over pairs: the annotator's answer to a sentence beside each other answer to it. A verdict on a
person wants 50 shared sentences at least; below, there is none. Mild weakness does not show in agreement, only
in answers to sentences whose gold is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.clusters import ratio, trend
from annotator.agreement.figure import Figure
from annotator.agreement.intervals import wilson
from annotator.agreement.patterns import NO_OVERLAP, Floats, quotient

Counts = NDArray[np.int64]
#: Shared sentences below which nobody is judged.
LEAST = 50
#: Articles below which no trend is told.
LEAST_ARTICLES = 10
#: How far below the team's median the upper bound must lie, and the level of that bound.
MARGIN = 0.05
FLAG_LEVEL = 0.99
#: Shared sentences in one window of the drift.
WINDOW = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one annotator: pairs with others' answers, how many agree, and over how many shared sentences."""

    agreeing: int
    pairs: int
    sentences: int

    @property
    def share(self) -> float:
        return self.agreeing / self.pairs if self.pairs else float("nan")


@dataclass(frozen=True, slots=True)
class Drift:
    """The windows of an annotator, oldest first, and whether the latest lies below the one before it.

    `trend` is (z, p) over the shares of all `articles`, in windows or not; null below `LEAST` sentences or
    `LEAST_ARTICLES`, or where nothing varies.
    """

    windows: tuple[Figure, ...]
    fell: bool
    trend: tuple[float, float] | None = None
    articles: int = 0


def leave_one_out(standing: Standing) -> Figure:
    """Share of agreeing pairs with Wilson's 95 % interval.

    The pairs of one sentence hang together, so the interval is approximate; `careless` was measured with it.
    """
    if not standing.pairs:
        return Figure(None, None, None, NO_OVERLAP)
    return Figure(standing.share, *wilson(standing.agreeing, standing.pairs))


def standing(table: NDArray[Any], sentences: int) -> Standing:
    """From (L, L) pairs, the annotator's label in rows and the other's in columns, summed over all others."""
    return Standing(int(np.trace(table)), int(table.sum()), sentences)


def careless(team: Mapping[str, Standing]) -> dict[str, bool | None]:
    """Who agrees with the others clearly less than the team does; None where there are too few shared sentences.

    Flagged: upper bound of Wilson's 99 % interval < median of the team - 0.05. Measured in simulated teams of twelve
    who are right in 88 %, three to a sentence: a good annotator is flagged in less than 0.1 % of the verdicts; one
    who is right in half in 96 % at 50 sentences, one who is right in three quarters in 13 %.
    """
    verdicts: dict[str, bool | None] = dict.fromkeys(team)
    shares = [one.share for one in team.values() if one.pairs]
    line = median(shares) - MARGIN if shares else 0.0
    for name, one in team.items():
        if one.pairs and one.sentences >= LEAST:
            verdicts[name] = wilson(one.agreeing, one.pairs, FLAG_LEVEL)[1] < line
    return verdicts


def bias(table: NDArray[Any]) -> Floats:
    """(..., L, L) pairs as for `standing` → (..., L): own rate of each label minus the others' there."""
    own, others = table.sum(-1), table.sum(-2)
    found: Floats = quotient(own - others, table.sum((-1, -2))[..., None])
    return found


def drift(
    agreeing: Sequence[int], pairs: Sequence[int], articles: Sequence[int], window: int = WINDOW
) -> Drift:
    """From one entry per shared sentence, in the order in which the last annotator finished it; `articles` are ids.

    Windows of equal count, complete ones only, aligned to the latest sentence; Wilson's 95 % interval each. It fell
    when the whole interval of the latest window lies below the value of the window before.
    """

    def figure(right: Counts, both: Counts) -> Figure:
        return leave_one_out(Standing(int(right.sum()), int(both.sum()), window))

    return _drift(agreeing, pairs, articles, window, figure)


def drift_of_marks(
    matched: Sequence[int], marked: Sequence[int], articles: Sequence[int], window: int = WINDOW
) -> Drift:
    """The same of exact F1, from twice the matched and all spans of the pairs of each shared sentence."""
    return _drift(matched, marked, articles, window, lambda above, below: ratio(above, below, NO_OVERLAP))


def _drift(
    above: Sequence[int], below: Sequence[int], articles: Sequence[int], window: int,
    figure: Callable[[Counts, Counts], Figure],
) -> Drift:  # fmt: skip
    over, under = np.asarray(above, np.int64), np.asarray(below, np.int64)
    begin = len(over) % window
    parts = (part[begin:].reshape(-1, window) for part in (over, under))
    figures = tuple(figure(*rows) for rows in zip(*parts, strict=True))
    shares = _by_article(over, under, articles)
    enough = int((under > 0).sum()) >= LEAST and len(shares) >= LEAST_ARTICLES
    found = trend(shares) if enough else None
    fell = False
    if len(figures) > 1 and figures[-1].high is not None and figures[-2].value is not None:
        fell = figures[-1].high < figures[-2].value
    return Drift(figures, fell, found, len(shares))


def _by_article(over: Counts, under: Counts, articles: Sequence[int]) -> Floats:
    """(A,) share of each article, in the order of the middle of its sentences."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, article in enumerate(articles):
        if under[place] > 0:
            places[article].append(place)
    ordered = sorted(places.values(), key=lambda own: (sum(own) / len(own), own[0]))
    return np.array([over[own].sum() / under[own].sum() for own in ordered], np.float64)
