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
    of = groups.of
    for one, met in _met({index: sets[index] for index in distinct}, THRESHOLD):
        for other in met:
            if of[one] != of[other] and _near(sets[one], sets[other]):
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
    """Pairs that may be near."""
    for one, met in _met(sets, threshold):
        smallest = threshold * len(sets[one]) - 1e-9
        for other in sorted(met):
            if len(sets[other]) >= smallest:
                yield other, one


def _met(sets: dict[int, frozenset[str]], threshold: float) -> Iterator[tuple[int, set[int]]]:
    """Each set with those before it that may be near, by the prefix filter; smaller sets come first.

    Sets with a Jaccard of t share t·|x| words at least, so they meet among the rarest
    |x| − ⌈t·|x|⌉ + 1 words of each; the common words are never indexed. Where even the rarest words of
    a text stand in many others (lists, templates), only the last of those are met: they chain into
    one group all the same, and a large import stays linear.
    """
    counts = Counter(word for members in sets.values() for word in members)
    rank = {word: n for n, word in enumerate(sorted(counts, key=lambda word: (counts[word], word)))}
    index: defaultdict[str, list[int]] = defaultdict(list)
    for one in sorted(sets, key=lambda index: len(sets[index])):
        members = sets[one]
        met: set[int] = set()
        rarest = sorted(members, key=rank.__getitem__)
        for word in rarest[: len(members) - math.ceil(threshold * len(members) - 1e-9) + 1]:
            holding = index[word]
            met.update(holding[-MOST_MET:])
            holding.append(one)
        yield one, met


class _Groups:
    """Disjoint sets of the numbers 0 … size − 1. `of[n]` is the same number for all of one set."""

    def __init__(self, size: int) -> None:
        self.of = list(range(size))
        self._members: dict[int, list[int]] = {}  # of sets with more than one

    def join(self, one: int, other: int) -> None:
        left, right = self.of[one], self.of[other]
        if left == right:
            return
        members = self._members
        larger, smaller = members.pop(left, [left]), members.pop(right, [right])
        if len(larger) < len(smaller):
            larger, smaller, left = smaller, larger, right
        for number in smaller:
            self.of[number] = left
        larger += smaller
        members[left] = larger

    def numbers(self) -> list[int]:
        numbers: dict[int, int] = {}
        return [numbers.setdefault(group, len(numbers)) for group in self.of]
