"""Near copies: the same wire story in several articles.

Two texts are near copies when they are equal after folding or share at least three in ten of their
words (word-set Jaccard; 0.29 was the best threshold on hand-marked Arabic pairs). Being near is
passed on: a copy of a copy is in the group.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from annotator.text.arabic import fold
from annotator.text.words import words

THRESHOLD = 0.3
MOST_MET = 100  # texts that one word brings together at most


def word_set(text: str) -> frozenset[str]:
    """The folded words of the text."""
    folded = fold(text)
    return frozenset(folded[start:end] for start, end in words(folded))


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    """Shared words over all words, 0 to 1; 1 for two empty sets."""
    left, right = frozenset(one), frozenset(other)
    union = len(left | right)
    return len(left & right) / union if union else 1.0


def near_groups(texts: Sequence[str]) -> list[int]:
    """A group number for each text, counted from 0 in the order in which groups first occur."""
    groups = _Groups(len(texts))
    sets = [word_set(text) for text in texts]
    first: dict[frozenset[str] | str, int] = {}
    for index, (text, members) in enumerate(zip(texts, sets, strict=True)):
        # Texts without a single word are near only when they are equal.
        groups.join(first.setdefault(members or fold(text), index), index)
    distinct = [index for key, index in first.items() if not isinstance(key, str)]
    for one, other in _candidates({index: sets[index] for index in distinct}, THRESHOLD):
        if not groups.together(one, other) and _near(sets[one], sets[other]):
            groups.join(one, other)
    return groups.numbers()


def near_pairs(
    texts: Sequence[str], threshold: float = THRESHOLD, *, least_words: int = 1
) -> list[tuple[int, int, float]]:
    """Pairs of positions (the lower first) whose word sets have at least this Jaccard, with it; in order.

    Texts of fewer distinct words than `least_words` are left out. Where one text stands often, each of
    its places is paired with the first of them, not with all.
    """
    first: dict[frozenset[str], int] = {}
    found = []
    for index, text in enumerate(texts):
        members = word_set(text)
        if len(members) < least_words:
            continue
        earlier = first.setdefault(members, index)
        if earlier != index:
            found.append((earlier, index, 1.0))
    sets = {index: members for members, index in first.items()}
    for one, other in _candidates(sets, threshold):
        similarity = jaccard(sets[one], sets[other])
        if similarity >= threshold - 1e-9:
            found.append((min(one, other), max(one, other), similarity))
    return sorted(found)


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= THRESHOLD * (len(one) + len(other) - shared) - 1e-9


def _candidates(sets: dict[int, frozenset[str]], threshold: float) -> Iterator[tuple[int, int]]:
    """Pairs that may be near, by the prefix filter.

    Sets with a Jaccard of t share t·|x| words at least, so they meet among the rarest
    |x| − ⌈t·|x|⌉ + 1 words of each; the common words are never indexed. Where even the rarest words of
    a text stand in many others (lists, templates), only the last of those are met: they chain into
    one group all the same, and a large import stays linear.
    """
    counts = Counter(word for members in sets.values() for word in members)
    index: defaultdict[str, list[int]] = defaultdict(list)
    for one in sorted(sets, key=lambda index: len(sets[index])):
        members = sets[one]
        smallest = threshold * len(members) - 1e-9
        met: set[int] = set()
        rarest = sorted(members, key=lambda word: (counts[word], word))
        for word in rarest[: len(members) - math.ceil(smallest) + 1]:
            met.update(index[word][-MOST_MET:])
            index[word].append(one)
        for other in sorted(met):
            if len(sets[other]) >= smallest:
                yield other, one


class _Groups:
    """Disjoint sets of the numbers 0 … size − 1."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def _root(self, index: int) -> int:
        parents = self._parents
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    def together(self, one: int, other: int) -> bool:
        return self._root(one) == self._root(other)

    def join(self, one: int, other: int) -> None:
        left, right = sorted((self._root(one), self._root(other)))
        self._parents[right] = left

    def numbers(self) -> list[int]:
        numbers: dict[int, int] = {}
        return [numbers.setdefault(self._root(index), len(numbers)) for index in range(len(self._parents))]
