"""Token alpha: the chance-corrected companion of the span F1.

Each type of entity is a layer of its own over the tokens: a token carries the type when a span of it shares a code
point with the token. The units of alpha (Krippendorff 2011, see `alpha`) are the tokens. Tokens are runs of what is
not white space. Types may nest in one another; nested spans of one type fall together.

    alpha of a type = 1 - D_o / D_e;   micro = 1 - sum over types of D_o / sum over types of D_e

Tokens of a sentence go together, so an interval resamples sentences or articles, never tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from annotator.agreement.patterns import quotient
from annotator.agreement.spans import Span

_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Sums over tokens: `answers` = annotators of each token; per type, how many answers carry it (`carrying`), and
    `differing` = sum over tokens of 2 c (m - c) / (m - 1), c of the m annotators saying that the token carries it."""

    answers: int = 0
    carrying: Mapping[str, int] = field(default_factory=dict)
    differing: Mapping[str, float] = field(default_factory=dict)

    def __add__(self, other: TokenCounts) -> TokenCounts:
        types = {**self.carrying, **other.carrying}
        return TokenCounts(
            self.answers + other.answers,
            {kind: self.carrying.get(kind, 0) + other.carrying.get(kind, 0) for kind in types},
            {kind: self.differing.get(kind, 0) + other.differing.get(kind, 0) for kind in types},
        )

    def alphas(self) -> dict[str, float]:
        """Type → alpha; NaN where every answer says the same."""
        types = sorted(self.carrying)
        values, _ = token_alpha(self.answers, [self.carrying[t] for t in types], [self.differing[t] for t in types])
        return dict(zip(types, values.tolist(), strict=True))

    def micro(self) -> float:
        types = sorted(self.carrying)
        _, micro = token_alpha(self.answers, [self.carrying[t] for t in types], [self.differing[t] for t in types])
        return float(micro)


def bounds(text: str) -> tuple[list[int], list[int]]:
    """Where the tokens begin, and where they end."""
    found = tokens(text)
    return [start for start, _ in found], [end for _, end in found]


def tokens(text: str) -> list[tuple[int, int]]:
    """The runs of what is not white space, as half-open offsets in code points."""
    return [match.span() for match in _TOKEN.finditer(text)]


def count_tokens(places: Sequence[tuple[int, int]], answers: Sequence[Iterable[Span]]) -> TokenCounts:
    """One sentence: its tokens, and the spans of each annotator who finished it. Nothing with fewer than two."""
    m = len(answers)
    if m < 2:
        return TokenCounts()
    carried: dict[str, list[int]] = {}
    for spans in answers:
        for kind, touched in _touched(places, spans).items():
            row = carried.setdefault(kind, [0] * len(places))
            for place in touched:
                row[place] += 1
    return TokenCounts(
        m * len(places),
        {kind: sum(row) for kind, row in carried.items()},
        {kind: sum(2 * c * (m - c) for c in row) / (m - 1) for kind, row in carried.items()},
    )


def token_alpha(answers: ArrayLike, carrying: ArrayLike, differing: ArrayLike) -> tuple[Any, Any]:
    """Summed counts → alpha of each type (..., T) and micro (...). `answers` (...), the others (..., T).

    NaN for a type that no answer or every answer carries, and for micro where all types are such.
    """
    total = np.asarray(answers, np.float64)[..., None]
    ones, observed = np.asarray(carrying, np.float64), np.asarray(differing, np.float64)
    expected = 2 * ones * (total - ones)  # times 1 / N (N - 1); D_o is times 1 / N
    room = total - 1
    micro = 1 - quotient(room[..., 0] * observed.sum(-1), expected.sum(-1))
    return 1 - quotient(room * observed, expected), micro


def _touched(places: Sequence[tuple[int, int]], spans: Iterable[Span]) -> dict[str, set[int]]:
    """Type → the tokens that carry it."""
    found: dict[str, set[int]] = {}
    for start, end, kind in spans:
        found.setdefault(kind, set()).update(
            place for place, (first, last) in enumerate(places) if max(start, first) < min(end, last)
        )
    return found
