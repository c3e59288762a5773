"""Near-copies among very many sets of words: which sets meet, and which chains the near ones make.

A set of n words that is near another, of n', shares at least o = ⌈t/(1+t)·(n + n')⌉ words with it. Order the words
from the rarest to the commonest: the first two that both share stand among the first n − o + 2 of each (the prefix
filter of PPJoin, lengthened by one as in AdaptJoin, Wang and others 2012). So sets meet by a *key*: the first of
the two where it is rare, else both. Few sets have a pair of words in common by chance, so not many meet that are not
near. Sets that may be near with a single word in common are so small that each of their words is a key.

All is exact as long as no pair of common words is a key of more than MOST_MET sets. Where more have it, as in lists
and templates, a set meets the last of them only: they chain into one group all the same, and the work stays linear.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.text.word_sets import SLACK, Bits, Flags, Ints, Near, Sets, Small, mixed, ranges, starts_of

MOST_MET = 100  # sets that a set meets by one key
RARE = MOST_MET + 1  # sets among whose rarer words a rare word stands at most: who has it meets all others
ENOUGH_MET = 400  # sets that a set meets by pairs, on the average
PAIRED = 16  # words of a set, from its first common one on, that make pairs
KEYS_AT_ONCE = 500_000  # 4 MB, and ten times that for what is made of them
PAIRS_AT_ONCE = 200_000
CHUNK = 65_536


def near_labels(sets: Sets, threshold: float) -> Ints:
    """A number for each set, equal for sets that are near each other or joined by others that are.

    The smallest set comes first: sets are in the order of their sizes.
    """
    near = Near(sets, threshold)
    prefix = _prefix(sets, near, threshold)
    labels: Ints = np.arange(len(sets.sizes), dtype=np.int64)
    labels = _join(labels, near, _words(prefix), enough=None)
    for keys in _pairs(prefix):
        labels = _join(labels, near, keys, enough=ENOUGH_MET)
        if not labels.any():  # all are of one group: the other keys tell nothing new
            break
    return labels


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The words by which sets may meet: `words[i]` stands at place `at[i]` of set `of[i]`, rarest first.

    By its first `mine[n]` words set n meets sets of any size, by the first `all[n]` smaller ones; the second word of
    a pair may stand one place later. `small` sets may be near with one word in common.
    """

    words: Small
    of: Small
    at: Small
    common: Flags
    mine: Ints
    all: Ints
    small: Flags


def _prefix(sets: Sets, near: Near, threshold: float) -> _Prefix:
    sizes = sets.sizes
    smallest = np.ceil(threshold * sizes - SLACK).astype(np.int64)  # that may be near
    least = near.least[sizes + smallest]
    mine, every = sizes - near.least[2 * sizes] + 1, sizes - least + 1
    lengths = np.minimum(every + 1, sizes)
    of = np.repeat(np.arange(len(sizes), dtype=np.int32), lengths)
    words = sets.words[ranges(sets.starts[:-1], lengths)]
    at = ranges(np.zeros_like(lengths), lengths).astype(np.int32)
    counts = np.bincount(words[at < every[of]], minlength=int(words.max(initial=0)) + 1)
    return _Prefix(words, of, at, counts[words] > RARE, mine, every, least == 1)


@dataclass(frozen=True, slots=True)
class _Keys:
    """Who has a key, key after key: of each key first the sets that meet any, then those that meet smaller ones.

    `sets[i]` meets the `met[i]` entries that stand before entry `before[i]`, all of the same key.
    """

    sets: Small
    runs: Ints  # where each key begins, and the end
    before: Small
    met: NDArray[np.uint8]


def _words(prefix: _Prefix) -> _Keys:
    """A key for each rare word of a set, and for each word of a small one."""
    of, at = prefix.of, prefix.at
    kept = (at < prefix.all[of]) & (~prefix.common | prefix.small[of])
    of = of[kept]
    bits = _bits_of(len(prefix.mine))
    return _keys(_packed(mixed(prefix.words[kept].astype(np.uint64)), at[kept] >= prefix.mine[of], of, bits), bits)


def _pairs(prefix: _Prefix) -> Iterator[_Keys]:
    """A key for each common word of a set with each later word, so many at a time."""
    table, common, later = _table(prefix)
    held = table >= 0
    columns = [(one, other) for one in range(PAIRED) for other in range(one + 1, PAIRED) if held[other].any()]
    count = sum(int(np.count_nonzero(common[one] & held[other])) for one, other in columns)
    shares = 1 + count // KEYS_AT_ONCE
    first = mixed(table.astype(np.uint64))
    of_share = (first % np.uint64(shares)).astype(np.int16)

    bits = _bits_of(table.shape[1])

    def keys_of(share: int) -> _Keys | None:
        packed = []
        mine = common & (of_share == share)
        for one, other in columns:
            rows = np.flatnonzero(mine[one] & held[other])
            keys = mixed(first[one].take(rows) + table[other].take(rows).astype(np.uint64))
            packed.append(_packed(keys, later[other].take(rows), rows, bits))
        return _keys(np.concatenate(packed), bits) if packed else None

    with ThreadPoolExecutor(1) as ahead:  # sorting keeps no other thread from comparing
        coming = ahead.submit(keys_of, 0)
        for share in range(shares):
            keys = coming.result()
            if share + 1 < shares:
                coming = ahead.submit(keys_of, share + 1)
            if keys is not None:
                yield keys


def _table(prefix: _Prefix) -> tuple[Small, Flags, Flags]:
    """A column for each set: its words from the first common one on (−1: none); which are common, which come late."""
    count = len(prefix.mine)
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, prefix.of[prefix.common], prefix.at[prefix.common])
    row = prefix.at - first[prefix.of]
    kept = (row >= 0) & (row < PAIRED)
    place = row[kept], prefix.of[kept]
    table = np.full((PAIRED, count), -1, dtype=np.int32)
    common, later = np.zeros(table.shape, dtype=np.bool_), np.zeros(table.shape, dtype=np.bool_)
    table[place] = prefix.words[kept]
    common[place] = prefix.common[kept]
    later[place] = (prefix.at > prefix.mine[prefix.of])[kept]
    return table, common, later


def _bits_of(count: int) -> np.uint64:
    """How many bits tell one of so many sets."""
    return np.uint64(count.bit_length())


def _packed(keys: Bits, later: Flags, sets: Ints | Small, bits: np.uint64) -> Bits:
    """Each entry as one number: its key, whether it comes late, its set."""
    packed: Bits = keys << (bits + np.uint64(1))
    packed |= later.astype(np.uint64) << bits
    packed |= sets.astype(np.uint64)
    return packed


def _keys(packed: Bits, bits: np.uint64) -> _Keys:
    """Entries in order, without those whose key nobody else has. Chance that two keys are alike only costs time."""
    packed.sort()
    begins = _begins(packed >> (bits + np.uint64(1)))
    packed = packed[~(begins[:-1] & begins[1:])]
    runs = np.flatnonzero(_begins(packed >> (bits + np.uint64(1))))
    later = (packed >> bits & np.uint64(1)) == np.uint64(1)
    lengths = np.diff(runs)
    early = starts_of(~later)
    ends = early[runs[1:]] - early[runs[:-1]]
    before = np.where(later, np.repeat((runs[:-1] + ends).astype(np.int32), lengths),
                      np.arange(len(packed), dtype=np.int32))  # fmt: skip
    met = np.minimum(before - np.repeat(runs[:-1].astype(np.int32), lengths), MOST_MET).astype(np.uint8)
    return _Keys((packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int32), runs, before, met)


def _begins(keys: Bits) -> Flags:
    """Whether each entry begins a run of equal keys; the end counts as one more."""
    return np.concatenate(([True], keys[1:] != keys[:-1], [True]))[: len(keys) + 1]


def _join(labels: Ints, near: Near, keys: _Keys, enough: int | None) -> Ints:
    """The labels when those that meet have been compared: first each with the one before it, which is often enough."""
    sets, before, met = keys.sets, keys.before, keys.met
    kept = np.flatnonzero(met)
    labels = _joined(labels, near, *_apart(labels, near, sets, sets[kept], before[kept] - 1))
    kept = np.flatnonzero((met > 1) & ~_of_one(labels[sets], keys.runs))
    kept = kept[np.argsort(~met[kept], kind="stable")]  # so that who meets many comes first
    own, before, meeting = sets[kept], before[kept], np.bincount(met[kept], minlength=MOST_MET + 1)[::-1].cumsum()[::-1]
    most = MOST_MET
    while enough is not None and most > 1 and meeting[2 : most + 1].sum() > enough * len(labels):
        most //= 2
    waiting: list[tuple[Small, Small]] = []
    for distance in range(2, most + 1):
        count = meeting[distance]
        waiting.append(_apart(labels, near, sets, own[:count], before[:count] - distance))
        if distance == most or sum(len(one) for one, _ in waiting) > PAIRS_AT_ONCE:
            ones, others = zip(*waiting, strict=True)
            labels = _joined(labels, near, np.concatenate(ones), np.concatenate(others))
            waiting = []
    return labels


def _of_one(labels: Ints, runs: Ints) -> Flags:
    """For each entry, whether all that have its key are of one group already."""
    if not len(labels):
        return np.zeros(0, dtype=np.bool_)
    same = np.minimum.reduceat(labels, runs[:-1]) == np.maximum.reduceat(labels, runs[:-1])
    return np.repeat(same, np.diff(runs))


def _apart(labels: Ints, near: Near, sets: Small, one: Small, other: Small) -> tuple[Small, Small]:
    """Those of the sets `one`, each with that of entry `other`, that are of different groups and may be near."""
    ones, others = [], []
    for at in range(0, len(one), CHUNK):  # small enough for the processor's cache
        own, its = one[at : at + CHUNK], sets.take(other[at : at + CHUNK])
        likely = np.flatnonzero(near.likely(own, its))
        own, its = own[likely], its[likely]
        apart = labels[own] != labels[its]
        ones.append(own[apart])
        others.append(its[apart])
    return (np.concatenate(ones), np.concatenate(others)) if ones else (one, other)


def _joined(labels: Ints, near: Near, ones: Small, others: Small) -> Ints:
    """The labels when those of these pairs that are near have been joined. A label is the number of a set."""
    one, other = near.pairs(ones, others)
    while len(one):
        low, high = np.minimum(labels[one], labels[other]), np.maximum(labels[one], labels[other])
        parents: Ints = np.arange(len(labels), dtype=np.int64)
        np.minimum.at(parents, high, low)
        while not np.array_equal(further := parents[parents], parents):
            parents = further
        labels = parents[labels]
        apart = labels[one] != labels[other]
        one, other = one[apart], other[apart]
    return labels
