"""What crosses a split: the closest pairs of sentences that stand in different parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.releases.closest import closest
from annotator.releases.splits import Unit
from annotator.text.similarity import near_pairs

#: Word-set Jaccard from which two sentences count as copies though no event joins them. Within an event
#: the near-copy groups (0.3) keep them together already.
COPY = 0.6
LEAST_WORDS = 4  # “He added:” stands in every article and gives nothing away
MOST_REPORTED = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences in different parts; `similarity` is the Jaccard of their folded word sets, 0 to 1."""

    one: Unit
    other: Unit
    parts: tuple[str, str]
    similarity: float

    @property
    def copy(self) -> bool:
        """Whether this pair may not be parted."""
        same_group = self.one.group is not None and self.one.group == self.other.group
        return same_group or self.similarity >= COPY - 1e-9


@dataclass(frozen=True, slots=True)
class Leaks:
    """The closest pairs across parts, the nearest first (at most 20 that are no copies), and how many were near.

    `looked_from`: no pair of this similarity or more was passed over; `near`: pairs of 0.3 or more, where known.
    """

    pairs: tuple[Pair, ...]
    near: int | None
    looked_from: float

    @property
    def copies(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.copy)

    @property
    def highest(self) -> float | None:
        """The highest similarity across parts; null where no pair was found in all that was looked at."""
        if self.pairs:
            return max(pair.similarity for pair in self.pairs)
        return 0.0 if self.looked_from == 0 else None


def copies(units: Sequence[Unit]) -> list[tuple[int, int]]:
    """Positions of the pairs that are copies of each other, wherever they stand."""
    return [(one, other) for one, other, _ in _pairs(units, COPY)]


def parted(units: Sequence[Unit], parts: Sequence[str | None]) -> list[Pair]:
    """The copies and near-copy groups that stand in different parts."""
    crossing = [
        Pair(units[one], units[other], (parts[one] or "", parts[other] or ""), similarity)
        for one, other, similarity in _pairs(units, COPY)
        if parts[one] and parts[other] and parts[one] != parts[other]
    ]
    return crossing + _parted_groups(units, parts, {(pair.one.id, pair.other.id) for pair in crossing})


def leaks(units: Sequence[Unit], parts: Sequence[str | None]) -> Leaks:
    """The closest pairs of served sentences whose parts differ; who has no part is left out."""
    found = parted(units, parts)
    known = {(pair.one.id, pair.other.id) for pair in found}
    search = closest([unit.text for unit in units], [part if unit.served else None for unit, part in
                     zip(units, parts, strict=True)], MOST_REPORTED, LEAST_WORDS)  # fmt: skip
    for one, other, similarity in search.pairs:
        if (units[one].id, units[other].id) not in known:
            found.append(Pair(units[one], units[other], (parts[one] or "", parts[other] or ""), similarity))
    found.sort(key=lambda pair: (not pair.copy, -pair.similarity, pair.one.id, pair.other.id))
    listed = [pair for n, pair in enumerate(found) if pair.copy or n < MOST_REPORTED]
    return Leaks(tuple(listed), search.near, COPY if search.looked_from is None else search.looked_from)


def _pairs(units: Sequence[Unit], threshold: float) -> list[tuple[int, int, float]]:
    served = [position for position, unit in enumerate(units) if unit.served]
    found = near_pairs([units[p].text for p in served], threshold, least_words=LEAST_WORDS)
    return [(served[one], served[other], similarity) for one, other, similarity in found]


def _parted_groups(
    units: Sequence[Unit], parts: Sequence[str | None], known: set[tuple[str, str]]
) -> list[Pair]:
    """A pair for each near-copy group that stands on two sides, however short its sentences."""
    first: dict[tuple[str, str], int] = {}
    found = []
    sides = sorted({part for part in parts if part})
    for position, unit in enumerate(units):
        part = parts[position]
        if unit.group is None or not part:
            continue
        for other_part in (side for side in sides if side != part):
            earlier = first.get((unit.group, other_part))
            if earlier is not None and (units[earlier].id, unit.id) not in known:
                found.append(Pair(units[earlier], unit, (other_part, part), 0.0))
        first.setdefault((unit.group, part), position)
    return found
