"""Very many sets of words as arrays, and which pairs of them are near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Bits = NDArray[np.uint64]
Flags = NDArray[np.bool_]

PARTS = 8  # of a signature
SIGNED_AT_ONCE = 8192  # sets, whose words fit into the processor's cache
SLACK = 1e-9  # of a share that is reckoned in floating point
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Sets:
    """Set `n` is `words[starts[n]:starts[n + 1]]`. A word is its rank among all words: 0 is the rarest."""

    words: Small
    starts: Ints

    @property
    def sizes(self) -> Ints:
        return np.diff(self.starts)

    def some(self, which: Ints) -> Sets:
        """These sets, in this order."""
        sizes = self.sizes[which]
        starts = starts_of(sizes)
        return Sets(self.words[ranges(self.starts[which], sizes)], starts)


def starts_of(lengths: Ints) -> Ints:
    """Where stretches of these lengths begin, one after the other, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))


def ranges(first: Ints, lengths: Ints) -> Ints:
    """`first[n]`, `first[n] + 1` … of each stretch, one stretch after the other."""
    starts = starts_of(lengths)
    return np.arange(starts[-1], dtype=np.int64) + np.repeat(first - starts[:-1], lengths)


def sets_of(ids: Small, lengths: Small) -> Sets:
    """The sets out of lists of word ids: the next `lengths[n]` are of set n, in any order, some often; 0 is no word."""
    pairs: Ints = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    pairs <<= 32
    pairs |= ids
    if not ids.all():
        pairs = pairs[ids > 0]
    pairs.sort()
    pairs = pairs[np.concatenate(([True], pairs[1:] != pairs[:-1]))[: len(pairs)]]
    found = pairs & 0xFFFFFFFF
    counts = np.bincount(found)
    rank = np.empty(len(counts), dtype=np.int64)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(counts))
    pairs -= found
    pairs |= rank[found]
    pairs.sort()
    return Sets((pairs & 0xFFFFFFFF).astype(np.int32), starts_of(np.bincount(pairs >> 32, minlength=len(lengths))))


def mixed(values: Bits) -> Bits:
    """Each value as 64 bits that look drawn; equal ones alike."""
    values = (values + np.uint64(1)) * _ODD
    values ^= values >> np.uint64(32)
    values *= _ODD
    return values ^ (values >> np.uint64(29))


class Near:
    """Which sets are near: first by a signature, which tells the most that they can share, then by their words."""

    def __init__(self, sets: Sets, threshold: float) -> None:
        self._sets = sets
        self.sizes = sets.sizes
        sums = np.arange(2 * int(self.sizes.max(initial=0)) + 2)
        #: What two sets share at least when they are near, by how many words they have together, counted in each.
        self.least = np.maximum(np.ceil(threshold / (1 + threshold) * sums - SLACK).astype(np.int64), 1)
        self._spare = (sums - 2 * self.least).astype(np.int32)  # words that may be in one of them alone
        self._short = self.sizes.astype(np.int32)
        self._fine = _signatures(sets)
        self._coarse = np.stack([np.bitwise_or.reduce(self._fine[:, n::2], axis=1) for n in (0, 1)], axis=1)

    def likely(self, one: Small, other: Small) -> Flags:
        """Whether the sets of each pair may be near: each bit in which they differ is a word that one of them lacks."""
        bits = np.bitwise_count(self._coarse.take(one, axis=0) ^ self._coarse.take(other, axis=0))
        likely: Flags = bits[:, 0] + bits[:, 1] <= self._spare.take(self._short.take(one) + self._short.take(other))
        return likely

    def pairs(self, ones: Small, others: Small) -> tuple[Ints, Ints]:
        """Those of the pairs that are near, each once."""
        one, other = np.divmod(np.unique(ones.astype(np.int64) * len(self.sizes) + others), len(self.sizes))
        bits = np.bitwise_count(self._fine[one] ^ self._fine[other]).sum(axis=1, dtype=np.int64)
        kept = bits <= self._spare[self.sizes[one] + self.sizes[other]]
        one, other = one[kept], other[kept]
        kept = self._shared(one, other) >= self.least[self.sizes[one] + self.sizes[other]]
        return one[kept], other[kept]

    def _shared(self, one: Ints, other: Ints) -> Ints:
        """How many words each pair shares."""
        sets, lengths = self._sets, self.sizes[one]
        of_pair = np.repeat(np.arange(len(one), dtype=np.int64), lengths)
        words = sets.words[ranges(sets.starts[one], lengths)]
        low, last = sets.starts[other][of_pair], sets.starts[other + 1][of_pair] - 1
        step = 1 << int(self.sizes[other].max(initial=0)).bit_length() >> 1
        while step:  # all are looked for at once, by halves: the last place whose word is not greater
            further = np.minimum(low + step, last)
            low = np.where(sets.words[further] <= words, further, low)
            step >>= 1
        held = sets.words[low] == words
        return np.bincount(of_pair[held], minlength=len(one))


def _signatures(sets: Sets) -> Bits:
    """64 bits in each of PARTS parts for each set, `[sets, PARTS]`, one of all for each word.

    Two sets differ in as many words as in bits, or in more.
    """
    signatures = np.zeros(len(sets.sizes) * PARTS, dtype=np.uint64)
    for first in range(0, len(sets.sizes), SIGNED_AT_ONCE):
        starts = sets.starts[first : first + SIGNED_AT_ONCE + 1]
        bits = mixed(sets.words[starts[0] : starts[-1]].astype(np.uint64)) >> np.uint64(32)
        places = np.repeat(PARTS * np.arange(first, first + len(starts) - 1, dtype=np.int64), np.diff(starts))
        places += ((bits >> np.uint64(6)) % np.uint64(PARTS)).astype(np.int64)
        np.bitwise_or.at(signatures, places, np.uint64(1) << (bits & np.uint64(63)))
    return signatures.reshape(-1, PARTS)
