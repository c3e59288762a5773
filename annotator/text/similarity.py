"""Near copies: the same wire story in several articles.

Two texts are near copies when they are equal after folding or share at least three in ten of their
words (word-set Jaccard; 0.29 was the best threshold on hand-marked Arabic pairs). Being near is
passed on: a copy of a copy is in the group.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from annotator.text.arabic import fold
from annotator.text.words import words

THRESHOLD = 0.3
MOST_MET = 100  # texts that one word brings together at most
ENOUGH_MET = 400  # texts that the rarest words of a text bring it together with; after that the others bring few
FEW_MET = 10
FEW = 500  # texts that are grouped without numpy


class _Words(dict[str, str]):
    """What stands between blanks → the word in it, or nothing: tokens repeat, so each is looked at once."""

    def __missing__(self, token: str) -> str:
        if token.isalnum():
            self[token] = token
            return token
        found = words(token)  # one at most: a word goes on to the last letter of its token
        self[token] = word = token[slice(*found[0])] if found else ""
        return word


class _Ids(dict[str, int]):
    """What stands between blanks → a number for the word in it, counted from 1; 0: it holds none."""

    def __init__(self) -> None:
        self._word, self._numbers = _Words().__getitem__, {"": 0}

    def __missing__(self, token: str) -> int:
        number = self[token] = self._numbers.setdefault(self._word(token), len(self._numbers))
        return number


def word_set(text: str) -> frozenset[str]:
    """The folded words of the text."""
    return _word_sets([fold(text)])[0]


def _word_sets(folded: Sequence[str]) -> list[frozenset[str]]:
    word, none = _Words().__getitem__, frozenset([""])
    return [frozenset(map(word, text.split())) - none for text in folded]


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    """Shared words over all words, 0 to 1; 1 for two empty sets."""
    left, right = frozenset(one), frozenset(other)
    union = len(left | right)
    return len(left & right) / union if union else 1.0


def near_groups(texts: Sequence[str], *, folded: bool = False) -> list[int]:
    """A group number for each text, counted from 0 in the order in which groups first occur.

    `folded`: the texts are folded already.
    """
    plain = texts if folded else [fold(text) for text in texts]
    return _few_groups(plain) if len(plain) <= FEW else groups_of(plain)


def groups_of(plain: Iterable[str]) -> list[int]:
    """The groups of very many folded texts, none of which is kept."""
    import numpy as np  # not for every start of the server, nor for an article

    from annotator.text.meeting import near_labels
    from annotator.text.word_sets import sets_of

    number, ids, lengths = _Ids().__getitem__, array("i"), array("i")
    wordless: dict[int, str] = {}
    for index, text in enumerate(plain):
        found = list(map(number, text.split()))
        lengths.append(len(found))
        ids.extend(found)
        if not any(found):
            wordless[index] = text
    del number  # all the words
    sets = sets_of(np.frombuffer(ids, np.int32), np.frombuffer(lengths, np.int32))
    first: dict[bytes | str, int] = {}
    words, starts = sets.words.tobytes(), (4 * sets.starts).tolist()
    # Texts without a single word are near only when they are equal.
    of = [
        first.setdefault(words[start:end] or wordless[index], index)
        for index, (start, end) in enumerate(pairwise(starts))
    ]
    distinct = np.fromiter((index for key, index in first.items() if type(key) is bytes), np.int64)
    del first
    distinct = distinct[np.argsort(sets.sizes[distinct], kind="stable")]
    labels = np.arange(len(of))
    labels[distinct] = distinct[near_labels(sets.some(distinct), THRESHOLD)]
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels[of].tolist()]


def _few_groups(plain: Sequence[str]) -> list[int]:
    groups = _Groups(len(plain))
    sets = _word_sets(plain)
    first: dict[frozenset[str] | str, int] = {}
    for index, (text, members) in enumerate(zip(plain, sets, strict=True)):
        # Texts without a single word are near only when they are equal.
        earlier = first.setdefault(members or text, index)
        if earlier != index:
            groups.join(earlier, index)
    distinct = [index for key, index in first.items() if not isinstance(key, str)]
    of = groups.of
    sizes = [len(members) for members in sets]
    for met in _met({index: sets[index] for index in distinct}, THRESHOLD, ENOUGH_MET):
        one, mine = met.one, sets[met.one]
        least = met.least(len(mine))
        others = [n for n, count in met.counts.items() if count >= least[sizes[n]] and of[n] != of[one]]
        while others:
            found = next((other for other in others if _near(mine, sets[other])), None)
            if found is None:
                break
            groups.join(one, found)
            others = [other for other in others if of[other] != of[one]]
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
    for met in _met(sets, threshold):
        smallest = threshold * len(sets[met.one]) - 1e-9
        for other in sorted(met.counts):
            if len(sets[other]) >= smallest:
                yield other, met.one


@dataclass(slots=True)
class _Met:
    """A set with those before it that may be near: how many of its rarer words each was seen to share.

    `cut`: not all of those that hold a word were looked at. `passed`: words that were not counted.
    """

    one: int
    counts: Counter[int]
    cut: bool
    passed: int

    def least(self, size: int) -> list[int]:
        """The count below which a set of each size, up to `size`, is not near this one of `size` words.

        All but ⌈t·size⌉ − 1 of the shared words are among the rarer words of both (PPJoin, Xiao and others 2011).
        Where not all were looked at, two will do: copies have more than one rare word in common.
        """
        if self.cut:
            return [max(1, min(n, 2) - self.passed) for n in _least(size)]
        return [max(1, n - self.passed) for n in _least(size)] if self.passed else _least(size)


@lru_cache(1024)
def _least(size: int) -> list[int]:
    common = math.ceil(THRESHOLD * size - 1e-9) - 1
    share = THRESHOLD / (1 + THRESHOLD)
    return [max(1, math.ceil(share * (size + other) - 1e-9) - common) for other in range(size + 1)]


def _met(sets: dict[int, frozenset[str]], threshold: float, enough: float = math.inf) -> Iterator[_Met]:
    """Each set with those before it that may be near, by the prefix filter; smaller sets come first.

    Sets with a Jaccard of t share t·|x| words at least, so they meet among the rarest
    |x| − ⌈t·|x|⌉ + 1 words of each; the common words are never indexed. Where even the rarest words of
    a text stand in many others (lists, templates), only the last of those are met: they chain into
    one group all the same, and a large import stays linear. For the same reason the commoner words of a
    text that has met `enough` others bring together only the last few.
    """
    counts = Counter(chain.from_iterable(sets.values()))
    rank = {word: n for n, word in enumerate(sorted(counts, key=lambda word: (counts[word], word)))}
    index: list[list[int]] = [[] for _ in rank]  # by the rank of a word
    for one in sorted(sets, key=lambda index: len(sets[index])):
        members = sets[one]
        rarest = sorted([rank[word] for word in members])
        held: list[list[int]] = []
        seen, cut, passed = 0, False, 0
        for word in rarest[: len(members) - math.ceil(threshold * len(members) - 1e-9) + 1]:
            holding = index[word]
            if holding:
                latest = holding[-MOST_MET if seen < enough else -FEW_MET :]
                cut = cut or len(latest) < len(holding)
                if held and latest == held[-1]:  # words that always come together
                    passed += 1
                else:
                    held.append(latest)
                    seen += len(latest)
            holding.append(one)
        yield _Met(one, Counter(chain.from_iterable(held)), cut, passed)


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
