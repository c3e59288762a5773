"""Simulated answers whose sentences come in articles, with the agreement that they have in truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotator.agreement import alpha
from annotator.agreement.patterns import Patterns

LABELS = ("fact", "opinion", "quote")
#: Shares of the labels in four sorts of articles: news is not comment, so one article's sentences are alike.
TOPICS = np.array([[0.85, 0.05, 0.10], [0.10, 0.80, 0.10], [0.30, 0.10, 0.60], [0.34, 0.33, 0.33]])
#: How often an annotator is right in easy and in hard articles.
RIGHT = np.array([0.97, 0.60])
#: Two annotators: the six ways in which their answers fall together.
PAIRS = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 1, 0], [1, 0, 1], [0, 1, 1]])


def shares() -> np.ndarray[Any, Any]:
    """(8, 6) probability of each pattern in each sort of article, all equally frequent."""
    found = []
    for right in RIGHT:
        for topic in TOPICS:
            told = np.full((3, 3), (1 - right) / 2) + np.eye(3) * (right - (1 - right) / 2)  # true label → answer
            both = np.einsum("t,ta,tb->ab", topic, told, told)
            found.append([*np.diag(both), 2 * both[0, 1], 2 * both[0, 2], 2 * both[1, 2]])
    return np.array(found)


def true_alpha() -> float:
    """What alpha tends to with ever more articles."""
    return float(alpha.nominal(Patterns(LABELS, PAIRS, shares().mean(0) * 1e12)))


def articles(rng: np.random.Generator, number: int, independent: bool = False) -> np.ndarray[Any, Any]:
    """(number, 6) sentences of each pattern in each article; articles have 5 to 30 sentences."""
    lengths = rng.integers(5, 31, number)
    if independent:
        return rng.multinomial(lengths, shares().mean(0))
    return rng.multinomial(lengths, shares()[rng.integers(0, len(shares()), number)])


def patterns(per_article: np.ndarray[Any, Any]) -> Patterns:
    return Patterns(LABELS, PAIRS, per_article.sum(0))
