"""Best one-to-one matchings between the spans of two annotators: most pairs, or heaviest pairs.

`most`: augmenting paths (Kuhn, H. W. 1955; Berge, C. 1957). `heaviest`: the Hungarian method with potentials,
O(n^3) (Munkres, J. 1957. Algorithms for the assignment and transportation problems. J. SIAM 5(1)). Each group
of spans that touch one another is matched by itself, so n is the size of such a group: hardly ever above three.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.numbering import distinct, runs, together

#: Left → the right ones it may be matched with.
Edges = Mapping[int, list[int]]


def most(edges: Edges) -> int:
    """How many pairs the largest matching has."""
    if _settled(edges):
        return len(edges)
    taken: dict[int, int] = {}  # right → left
    return sum(_augment(left, edges, taken) for left in sorted(edges))


def largest(owner: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[Any, Any]:
    """`most` of many graphs at once. Edges (E,): the graph of each, its ends; → the graphs (D,) and their sizes (D,).

    Graphs are small, and few of them differ but in their names: each kind is searched once.
    """
    graphs, place = distinct(owner)
    sizes = np.bincount(place, minlength=len(graphs))
    for side in (left, right):
        _, end = distinct(together([place, side]))
        shared = np.bincount(end)[end] > 1  # an end with several edges: now a matching must be looked for
        sizes[place[shared]] = -1
    own = np.flatnonzero(sizes[place] < 0)
    own = own[np.lexsort((right[own], left[own], place[own]))]
    begins = runs(place[own]).tolist()
    edges = list(zip(left[own].tolist(), right[own].tolist(), strict=True))
    for begin, end in zip(begins, begins[1:], strict=False):
        sizes[place[own[begin]]] = _most_of(tuple(edges[begin:end]))
    return graphs, sizes


@lru_cache(10_000)
def _most_of(edges: tuple[tuple[int, int], ...]) -> int:
    found: dict[int, list[int]] = {}
    for left, right in edges:
        found.setdefault(left, []).append(right)
    return most(found)


def heaviest(edges: Edges, weights: Mapping[tuple[int, int], float]) -> float:
    """The largest sum of weights of a matching; weights are positive."""
    if _settled(edges):
        return math.fsum(weights.values())
    return math.fsum(_heaviest_of(lefts, rights, weights) for lefts, rights in groups(edges))


def _settled(edges: Edges) -> bool:
    """Whether each has one partner to choose from, and none has two suitors: nearly always so."""
    return all(len(rights) == 1 for rights in edges.values()) and len({r[0] for r in edges.values()}) == len(edges)


def groups(edges: Edges) -> Iterator[tuple[list[int], list[int]]]:
    """Left and right ones that hang together, group by group."""
    back: dict[int, list[int]] = {}
    for left, near in edges.items():
        for right in near:
            back.setdefault(right, []).append(left)
    unseen = set(edges)
    while unseen:
        lefts: set[int] = set()
        rights: set[int] = set()
        waiting = [min(unseen)]
        while waiting:
            left = waiting.pop()
            if left not in lefts:
                lefts.add(left)
                for right in edges[left]:
                    rights.add(right)
                    waiting += back[right]
        unseen -= lefts
        yield sorted(lefts), sorted(rights)


def _augment(start: int, edges: Edges, taken: dict[int, int]) -> bool:
    """Finds `start` a partner, moving others to another of theirs where that helps. Breadth first, no recursion."""
    came: dict[int, int] = {}  # right → the left from which it was reached
    waiting = [start]
    for left in waiting:  # grows while we walk
        for right in edges[left]:
            if right in came:
                continue
            came[right] = left
            if right not in taken:
                _turn(right, start, came, taken)
                return True
            waiting.append(taken[right])
    return False


def _turn(right: int, start: int, came: Mapping[int, int], taken: dict[int, int]) -> None:
    partners = {left: right for right, left in taken.items()}
    while True:
        left = came[right]
        before = partners.get(left)
        taken[right] = left
        if left == start or before is None:
            return
        right = before


def _heaviest_of(lefts: list[int], rights: list[int], weights: Mapping[tuple[int, int], float]) -> float:
    if len(lefts) == 1 or len(rights) == 1:
        return max(weights[left, right] for left in lefts for right in rights)
    size = max(len(lefts), len(rights))
    cost = [[0.0] * (size + 1) for _ in range(size + 1)]
    for i, left in enumerate(lefts, 1):
        for j, right in enumerate(rights, 1):
            cost[i][j] = -weights.get((left, right), 0.0)
    partner = _assign(cost, size)
    return -math.fsum(sorted(cost[partner[j]][j] for j in range(1, size + 1)))


def _assign(cost: list[list[float]], size: int) -> list[int]:
    """Column → row of the cheapest assignment; rows, columns and the result count from 1."""
    rows, columns, partner, way = [0.0] * (size + 1), [0.0] * (size + 1), [0] * (size + 1), [0] * (size + 1)
    for row in range(1, size + 1):
        partner[0], column = row, 0
        least, used = [math.inf] * (size + 1), [False] * (size + 1)
        while partner[column]:
            used[column] = True
            here, step, following = partner[column], math.inf, 0
            for j in range(1, size + 1):
                if not used[j]:
                    slack = cost[here][j] - rows[here] - columns[j]
                    if slack < least[j]:
                        least[j], way[j] = slack, column
                    if least[j] < step:
                        step, following = least[j], j
            for j in range(size + 1):
                if used[j]:
                    rows[partner[j]] += step
                    columns[j] -= step
                else:
                    least[j] -= step
            column = following
        while column:
            partner[column] = partner[way[column]]
            column = way[column]
    return partner
