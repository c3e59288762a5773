"""The closest pairs of texts across parts, found exactly, or an honest word of how far the search came.

Two texts with a Jaccard of t share one word at least among the rarest |x| − ⌈t·|x|⌉ + 1 words of either (the prefix
filter). So the search begins where few texts meet, and goes down until enough pairs are found. What a step will cost
is counted before it is taken: the answer hangs on the texts alone, never on how fast the machine is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from annotator.text.similarity import word_set

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

NEAR = 0.3
#: Jaccard down to which all pairs are looked at, one after the other; 0: every pair that shares a word.
STEPS = (NEAR, 0.2, 0.1, 0.0)
MOST_WORK = 50_000_000  # meetings of two texts in one word that a step may cost: some seconds
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Closest:
    """`pairs`: positions and similarity, the nearest first. No pair of `looked_from` or more is missing among the
    nearest; null where not even the first step was affordable. `near`: how many have 0.3 or more, where it is known."""

    pairs: tuple[tuple[int, int, float], ...]
    looked_from: float | None
    near: int | None


def closest(texts: Sequence[str], parts: Sequence[str | None], wanted: int, least_words: int) -> Closest:
    """The closest pairs of texts whose parts differ. Who has no part, or too few words, is left out."""
    search = _Search(texts, parts, least_words)
    found: list[tuple[int, int, float]] = []
    looked: float | None = None
    near: int | None = None
    for threshold in STEPS:
        if search.work(threshold) > MOST_WORK:
            break
        found, count = search.step(threshold, wanted)
        looked = threshold
        near = count if near is None else near
        if len(found) >= wanted:
            break
    return Closest(tuple(found), looked, near)


class _Search:
    """Texts as numbered words, the rarest first. The parts stand one after the other, the largest first; each text
    is compared with those of the parts before its own."""

    def __init__(self, texts: Sequence[str], parts: Sequence[str | None], least_words: int) -> None:
        import numpy as np  # for who makes a release, not for every start

        sizes = Counter(part for part in parts if part)
        order = {part: n for n, part in enumerate(sorted(sizes, key=lambda part: (-sizes[part], part)))}
        members: dict[tuple[int, frozenset[str]], int] = {}
        for position, (text, part) in enumerate(zip(texts, parts, strict=True)):
            if part and len(words := word_set(text)) >= least_words:
                members.setdefault((order[part], words), position)  # a text that stands there twice is met once
        held = sorted(members, key=lambda key: (key[0], members[key]))
        self.positions = [members[key] for key in held]
        self.sets = [words for _, words in held]
        counts = Counter(chain.from_iterable(self.sets))
        rank = {word: n for n, word in enumerate(sorted(counts, key=lambda word: (counts[word], word)))}
        self.words = [np.array(sorted(rank[word] for word in words), dtype=np.int64) for words in self.sets]
        self.lengths = np.array([len(words) for words in self.sets], dtype=np.int64)
        flat = np.concatenate(self.words) if self.words else np.empty(0, dtype=np.int64)
        owners = np.repeat(np.arange(len(held)), self.lengths)
        by_word = np.argsort(flat, kind="stable")
        self.holding = owners[by_word]
        self.first = np.concatenate(([0], np.cumsum(np.bincount(flat, minlength=len(rank)))))
        starts = [next((n for n, key in enumerate(held) if key[0] == part), len(held)) for part in range(len(order))]
        #: per part after the first: where it begins, where it ends, how many texts before it hold each word
        self.turns = [
            (start, end, np.bincount(flat[owners < start], minlength=len(rank)))
            for start, end in zip(starts[1:], [*starts[2:], len(held)], strict=True)
        ] if len(order) > 1 else []  # fmt: skip

    def work(self, threshold: float) -> int:
        """How many meetings a step costs."""
        return sum(
            int(before[self.words[one][: _prefix(len(self.words[one]), threshold)]].sum())
            for start, end, before in self.turns for one in range(start, end)
        )  # fmt: skip

    def step(self, threshold: float, wanted: int) -> tuple[list[tuple[int, int, float]], int]:
        """The nearest pairs of this similarity or more, as many as are wanted, and how many pairs there are."""
        found: list[tuple[int, int, float]] = []
        least, total = threshold, 0
        for start, end, before in self.turns:
            for one in range(start, end):
                others, alike = self._met(one, before, threshold)
                total += len(others)
                close = alike >= least
                for other, similarity in zip(others[close].tolist(), alike[close].tolist(), strict=True):
                    here, there = self.positions[one], self.positions[other]
                    found.append((min(here, there), max(here, there), similarity))
                if len(found) > _KEPT:
                    found = _nearest(found, wanted)
                    least = found[-1][2]
        return _nearest(found, wanted), total

    def _met(self, one: int, before: Numbers, threshold: float) -> tuple[Numbers, Numbers]:
        """The texts that are similar enough to this one, and how similar they are."""
        import numpy as np

        size = len(self.words[one])
        rarest = self.words[one][: _prefix(size, threshold)]
        places = [self.holding[self.first[word] : self.first[word] + before[word]] for word in rarest]
        others, shared = np.unique(np.concatenate(places), return_counts=True)
        if len(rarest) < size:
            most = shared + (size - len(rarest))  # as if the words not looked at were all shared
            others = others[most >= threshold * (size + self.lengths[others] - most) - 1e-9]
            shared = np.array([len(self.sets[one] & self.sets[other]) for other in others], dtype=np.int64)
        alike = shared / (size + self.lengths[others] - shared)
        enough = alike >= threshold - 1e-9
        return others[enough], alike[enough]


def _prefix(size: int, threshold: float) -> int:
    return min(size, size - math.ceil(threshold * size - 1e-9) + 1)


def _nearest(pairs: list[tuple[int, int, float]], wanted: int) -> list[tuple[int, int, float]]:
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))[:wanted]
