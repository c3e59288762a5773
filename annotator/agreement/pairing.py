"""What two annotators of a sentence have, and what both have: spans, or statements beyond the first, by columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.agreement.numbering import Ints, together, total

#: What is counted of two annotators, `a` and `b`; a pair's measure is an index of it.
MEASURES = ("a", "b", "exact", "overlap", "boundary", "untyped", "matched")
A, B, EXACT, OVERLAP, BOUNDARY, UNTYPED, MATCHED = range(len(MEASURES))


@dataclass(frozen=True, slots=True)
class Places:
    """Where answers stand in a table of R sentences with k answers each: `group` (R,); of each answer (A,) its `row`,
    -1 where its sentence is none of these, and its `position` among the k."""

    group: Ints
    row: Ints
    position: Ints
    k: int

    def of(self, answer: Ints, *columns: Ints) -> tuple[Ints, ...]:
        """Things of answers (N,) and what is known of them → row, position and the same, of those in the table."""
        row = self.row[answer]
        mine = row >= 0
        return row[mine], self.position[answer[mine]], *(column[mine] for column in columns)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Counts of the answers at positions i and j of a group's sentences: distinct rows, in ascending order."""

    group: Ints
    i: Ints
    j: Ints
    kind: Ints
    measure: Ints
    count: Ints


def pairs(pieces: Sequence[tuple[Ints | int, ...]]) -> Pairs:
    """Pieces of (group, i, j, kind, measure, count), of which the first is (N,), added up."""
    full = [np.broadcast_arrays(*piece) for piece in pieces]
    *columns, counts = (np.concatenate([piece[n] for piece in full]) for n in range(6))
    some = counts > 0
    (group, i, j, kind, measure), sums = total([column[some] for column in columns], counts[some])
    return Pairs(group, i, j, kind, measure, sums)


def each_side(group: Ints, position: Ints, kind: Ints, count: Ints, k: int) -> list[tuple[Ints | int, ...]]:
    """How many the first and the second of every pair has: pieces for `pairs`."""
    at = [np.flatnonzero(position == i) for i in range(k)]
    return [
        (group[at[side]], i, j, kind[at[side]], measure, count[at[side]])
        for i, j in combinations(range(k), 2) for side, measure in ((i, A), (j, B))
    ]  # fmt: skip


def shared(row: Ints, position: Ints, thing: Ints, k: int) -> tuple[Ints, Ints]:
    """Where the same thing stands in two answers of one row: its index in the first and in the second. (N,) each;
    no answer has a thing twice."""
    same = together([row, thing])
    order = np.argsort(same * k + position, kind="stable")
    ordered = same[order]
    first, second = [], []
    for apart in range(1, k):
        at = np.flatnonzero(ordered[apart:] == ordered[:-apart])
        first.append(order[at])
        second.append(order[at + apart])
    return np.concatenate(first), np.concatenate(second)
