"""Sums of votes, by columns: `sums` says what a sum is. `Sums` are those of a project, its outlets, weeks …

There a home is what decides in which sums a document's votes count: stratum, outlet, event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.agreement.numbering import Ints, Names, distinct, together
from annotator.agreement.parts import Counts, Part
from annotator.agreement.rows import Rows
from annotator.agreement.selection import scopes
from annotator.agreement.tallies import Stratum
from annotator.agreement.votes import Votes

Place = tuple[int | None, int | None]  # outlet and event of a document
Home = tuple[str, int | None, int | None]  # stratum, outlet, event


class Sums:
    """Adds up votes whose labels are numbers of `names`."""

    def __init__(self, names: Names) -> None:
        self._homes: dict[Home, int] = {}
        self._rows = Rows(names, confused=True)

    def take(self, votes: Votes, places: Mapping[int, Place]) -> None:
        """Count the votes of units that have a place: outlet and event."""
        homes = [
            self._homes.setdefault((stratum, *places[unit]), len(self._homes)) if unit in places else -1
            for unit, stratum in zip(votes.unit.tolist(), votes.stratum, strict=True)
        ]
        self._rows.take(votes, np.array(homes, np.int64))

    def parts(self) -> Iterator[tuple[tuple[str, str], bool, str, Counts]]:
        """Each part of each sum: scope and key, whether it counts later near-copies alone, its name, its counts."""
        copy_of = np.array([Stratum.parse(home[0]).copy for home in self._homes], np.int64)
        tables = self._rows.parts()
        told: dict[bytes, list[tuple[int, bool, str, Counts]]] = {}
        for keys, key_of in _scopes(list(self._homes)):
            same = key_of.tobytes()  # sums that the same documents count in are the same
            if same not in told:
                told[same] = [
                    (number // 2, number % 2 == 1, table.name, counts)
                    for table in tables for number, counts in table.by_sum(key_of * 2 + copy_of)
                ]  # fmt: skip
            for key, copy, part, cells in told[same]:
                yield keys[key], copy, part, cells


@dataclass(frozen=True, slots=True)
class Groups:
    """The articles of a sum in `size` groups: their parts, in which a home is a group."""

    size: int
    parts: list[Part]


def grouped(
    found: Iterable[Votes], places: Mapping[int, Place], names: Names, wanted: Sequence[str], copies: bool, most: int
) -> dict[tuple[str, str], Groups]:
    """Each sum in at most `most` groups of articles, which take turns in the order of their ids; its parts `wanted`.

    `places` of the units: outlet and event. Without `copies`, later near-copies do not count.
    """
    homes: dict[tuple[int, str], int] = {}
    rows = Rows(names)
    for one in found:
        own = [homes.setdefault(home, len(homes)) for home in zip(one.unit.tolist(), one.stratum, strict=True)]
        rows.take(one, np.array(own, np.int64))
    parts = rows.parts_of(wanted)
    unit = np.array([unit for unit, _ in homes], np.int64)
    counts = np.array([copies or not Stratum.parse(stratum).copy for _, stratum in homes], np.bool_)
    told: dict[tuple[str, str], Groups] = {}
    for keys, key_of in _scopes([(stratum, *places[unit]) for unit, stratum in homes]):
        key_of = np.where(counts, key_of, -1)
        turn_of, articles = _turns(key_of, unit, len(keys))
        told |= {key: Groups(min(size, most), []) for key, size in zip(keys, articles.tolist(), strict=True)}
        for part in parts:
            for number, own_part in part.of_sums(np.where(key_of < 0, -1, key_of * most + turn_of % most), most):
                told[keys[number]].parts.append(own_part)
    return told


def _turns(key_of: Ints, unit: Ints, keys: int) -> tuple[Ints, Ints]:
    """Of each home, how many units of its key come before its own; how many a key has."""
    found, place = distinct(together([key_of + 1, distinct(unit)[1]]))
    key = np.empty(len(found), np.int64)
    key[place] = key_of
    sizes = np.bincount(key + 1, minlength=keys + 1)
    before = np.arange(len(found)) - (np.cumsum(sizes) - sizes)[key + 1]
    return before[place], sizes[1:]


def _scopes(homes: list[Home]) -> Iterator[tuple[list[tuple[str, str]], Ints]]:
    """Each kind of sum: the sums by number, and the number that each home counts in, -1 for none."""
    by_kind: dict[str, tuple[dict[tuple[str, str], int], list[int]]] = {}
    for n, (stratum, outlet, event) in enumerate(homes):
        for scope in scopes(Stratum.parse(stratum), outlet, event):
            keys, key_of = by_kind.setdefault(scope[0], ({}, []))
            key_of += [-1] * (n - len(key_of))
            key_of.append(keys.setdefault(scope, len(keys)))
    for keys, key_of in by_kind.values():
        yield list(keys), np.array(key_of + [-1] * (len(homes) - len(key_of)), np.int64)
