"""Near-copies: sentences that several outlets took from one source with small changes.

Equal after folding, or word-set Jaccard of at least 0.3: the plainest measure that finds wire copy in
Arabic news. `token_set_ratio` and its kin count a short sentence inside a long one as a copy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from annotator.text.arabic import fold
from annotator.text.words import words

THRESHOLD = 0.3


def word_set(text: str) -> frozenset[str]:
    """The distinct folded words of a text."""
    return frozenset(fold(text[start:end]) for start, end in words(text))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """|A ∩ B| / |A ∪ B|, from 0 to 1; two empty sets are alike."""
    union = len(first | second)
    return len(first & second) / union if union else 1.0


def near_groups(texts: Sequence[str]) -> list[int]:
    """The group number of each text: near-copies, and near-copies of near-copies, share one.

    Only pairs that share one of a text's rarer words are compared: two sets of Jaccard ≥ t share
    more than (1 - t) of neither side's words can hide (prefix filter, Chaudhuri et al. 2006).
    """
    parent = list(range(len(texts)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    exact: dict[str, int] = {}
    sets = [word_set(text) for text in texts]
    for n, text in enumerate(texts):
        parent[root(n)] = root(exact.setdefault(fold(text).strip(), n))
    frequency = Counter(word for words_of in sets for word in words_of)
    index: dict[str, list[int]] = defaultdict(list)
    for n, words_of in enumerate(sets):
        rare_first = sorted(words_of, key=lambda word: (frequency[word], word))
        prefix = rare_first[: len(rare_first) - -(-3 * len(rare_first) // 10) + 1]
        for other in {m for word in prefix for m in index[word]}:
            if root(other) != root(n) and jaccard(sets[other], words_of) >= THRESHOLD:
                parent[root(n)] = root(other)
        for word in prefix:
            index[word].append(n)
    return [root(n) for n in range(len(texts))]
