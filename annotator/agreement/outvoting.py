"""Where answers tell who is right: the limits of Dawid and Skene's model (see `truth`).

Were each annotator right with one probability, a or b, how often two of them agree would tell (2a − 1)(2b − 1) alone
(of two labels). Between two annotators, or any that only ever meet across two sides, such products leave it open whose
the errors are; a circle of an odd number of annotators fixes it. With a confusion matrix for each, the model is
identified by sentences with three answers (Allman, E. S., Matias, C., Rhodes, J. A. (2009). Identifiability of
parameters in latent structure models with many observed variables. Annals of Statistics 37(6A)). What it says of two
answers that differ is measured in the tests: it is far surer than it is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TypeVar

from annotator.agreement.annotators import LEAST

FEWEST = 3  # answers to a sentence, of which one can be outvoted
T = TypeVar("T", int, str)


def met(groups: Iterable[tuple[Iterable[T], int]]) -> Counter[tuple[T, T]]:
    """How often each two annotators answered the same sentence, from who answered one and how many such there are."""
    found: Counter[tuple[T, T]] = Counter()
    for who, n in groups:
        for pair in combinations(sorted(set(who)), 2):
            found[pair] += n
    return found


def told_apart(meetings: Mapping[tuple[T, T], int], least: int = LEAST) -> set[T]:
    """Annotators who stand in a part of the graph of those who share `least` sentences that has an odd circle."""
    beside: dict[T, set[T]] = {}
    for (one, other), n in meetings.items():
        if n >= least:
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
    found: set[T] = set()
    side: dict[T, bool] = {}
    for start in beside:
        if start not in side:
            part, odd = _part(start, beside, side)
            found |= part if odd else set()
    return found


def _part(start: T, beside: Mapping[T, set[T]], side: dict[T, bool]) -> tuple[set[T], bool]:
    """All that can be reached, and whether two on the same of two sides are neighbours."""
    side[start], part, waiting, odd = True, {start}, [start], False
    while waiting:
        one = waiting.pop()
        for other in beside[one]:
            if other not in side:
                side[other] = not side[one]
                part.add(other)
                waiting.append(other)
            odd = odd or side[other] == side[one]
    return part, odd


def decided(people: Iterable[T], known: set[T]) -> bool:
    """Whether these answers to a sentence tell its label."""
    return sum(person in known for person in people) >= FEWEST
