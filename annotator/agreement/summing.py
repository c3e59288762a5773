"""The sums of a whole project from the votes of its documents, by columns: what `sums.reduce` makes of each document.

A home is what decides in which sums a document's votes count: stratum, outlet, event. Every count is a row of numbers
(home, group, cell); groups and cells are numbers of the same names that labels are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.agreement.numbering import Ints, Names, distinct, number_rows, runs, total
from annotator.agreement.packed import Packed, is_labelled, is_packed
from annotator.agreement.pairing import MEASURES
from annotator.agreement.selection import scopes
from annotator.agreement.sums import ENTITIES, OPEN, SIZE, Cells
from annotator.agreement.tallies import EXTRA, SEP, Stratum
from annotator.agreement.votes import Joints, Votes

Home = tuple[str, int | None, int | None]  # stratum, outlet, event
Counts = Cells | Packed


class Sums:
    """Adds up votes whose labels are numbers of `names`."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._homes: dict[Home, int] = {}
        self._rows: dict[str, list[tuple[Ints, Ints, Ints, Ints]]] = {}  # part → home, group, cell, count

    def take(self, votes: Votes, places: Mapping[int, tuple[int | None, int | None]]) -> None:
        """Count the votes of units that have a place: outlet and event."""
        homes = [
            self._homes.setdefault((stratum, *places[unit]), len(self._homes)) if unit in places else -1
            for unit, stratum in zip(votes.unit.tolist(), votes.stratum, strict=True)
        ]
        _Taking(self._names, votes, np.array(homes, np.int64), self._rows).take()

    def parts(self) -> Iterator[tuple[tuple[str, str], bool, str, Counts]]:
        """Each part of each sum: scope and key, whether it counts later near-copies alone, its name, its counts."""
        copy_of = np.array([Stratum.parse(home[0]).copy for home in self._homes], np.int64)
        tables = [_Part.of(part, rows, self._names.texts) for part, rows in self._rows.items()]
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
class _Part:
    """The rows of a part: numbers of `groups` and `cells`, both in the order of their texts."""

    name: str
    groups: list[str]
    cells: list[str]
    home: Ints
    group: Ints
    cell: Ints
    count: Ints

    @classmethod
    def of(cls, name: str, rows: list[tuple[Ints, Ints, Ints, Ints]], texts: list[str]) -> _Part:
        home, group, cell, count = (np.concatenate(column) for column in zip(*rows, strict=True))
        groups, group = _in_order(group, texts)
        cells, cell = _in_order(cell, texts)
        (home, group, cell), count = total([home, group, cell], count)
        return cls(name, groups, cells, home, group, cell, count)

    def by_sum(self, sum_of: Ints) -> Iterator[tuple[int, Counts]]:
        """The counts of each sum, given the number of the one that a home counts in; below 0: in none."""
        keyed = sum_of[self.home]
        own = keyed >= 0
        (keyed, group, cell), count = total(
            [keyed[own], self.group[own], self.cell[own]], self.count[own]
        )
        counts_of = self._packed if is_packed(self.name) else self._plain
        bounds = runs(keyed).tolist()
        for begin, end in zip(bounds, bounds[1:], strict=False):
            at = slice(begin, end)
            yield int(keyed[begin]), counts_of(group[at], cell[at], count[at])

    def _plain(self, group: Ints, cell: Ints, count: Ints) -> Cells:
        return {name: self._counts(cell[at], count[at]) for name, at in self._by_group(group)}

    def _packed(self, group: Ints, cell: Ints, count: Ints) -> Packed:
        columns, plain = {}, {}
        labelled = np.zeros(len(cell), np.bool_)
        for name, at in self._by_group(group):
            labelled[at] = is_labelled(name)
        labels, number = distinct(cell[labelled])
        place = np.zeros(len(cell), np.int64)
        place[labelled] = number
        for name, at in self._by_group(group):
            if is_labelled(name):
                columns[name] = place[at], count[at]
            else:
                plain[name] = self._counts(cell[at], count[at])
        return Packed([self.cells[one] for one in labels.tolist()], columns, plain)

    def _by_group(self, group: Ints) -> Iterator[tuple[str, slice]]:
        bounds = runs(group).tolist()
        return ((self.groups[group[begin]], slice(begin, end)) for begin, end in zip(bounds, bounds[1:], strict=False))

    def _counts(self, cell: Ints, count: Ints) -> dict[str, int]:
        return dict(zip([self.cells[one] for one in cell.tolist()], count.tolist(), strict=True))


def _in_order(numbers: Ints, texts: list[str]) -> tuple[list[str], Ints]:
    """Numbers of texts (N,) → those that occur, in their order, and the number among them of each (N,)."""
    found, place = distinct(numbers)
    names = [texts[number] for number in found.tolist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return [names[n] for n in order], rank[place]


def _scopes(homes: list[Home]) -> Iterator[tuple[list[tuple[str, str]], Ints]]:
    """Each kind of sum: the sums by number, and the number that each home counts in, -1 for none."""
    by_kind: dict[str, tuple[dict[tuple[str, str], int], Ints]] = {}
    for n, (stratum, outlet, event) in enumerate(homes):
        for scope in scopes(Stratum.parse(stratum), outlet, event):
            keys, key_of = by_kind.setdefault(scope[0], ({}, np.full(len(homes), -1, np.int64)))
            key_of[n] = keys.setdefault(scope, len(keys))
    for keys, key_of in by_kind.values():
        yield list(keys), key_of


class _Taking:
    """The rows of one table of votes: `home` (G,) of each group, -1 where it does not count."""

    def __init__(
        self, names: Names, votes: Votes, home: Ints, rows: dict[str, list[tuple[Ints, Ints, Ints, Ints]]]
    ) -> None:
        self._names, self._votes, self._home, self._rows = names, votes, home, rows
        self._k = votes.people.shape[1]
        self._pairs = {(i, j): self._named(votes.people[:, [i, j]], " ") for i, j in combinations(range(self._k), 2)}

    def take(self) -> None:
        self._take_size()
        for layer, joints in self._votes.layers.items():
            if layer in OPEN:
                self._take_open(layer, joints)
            else:
                self._take_closed(layer, joints)
        self._take_spans()

    def _put(self, part: str, of: Ints, group: Ints | int, cell: Ints | int, count: Ints) -> None:
        """`of` (N,): the groups of the votes."""
        home = self._home[of]
        columns = np.broadcast_arrays(home, group, cell, count)
        own = (home >= 0) & (count > 0)
        if own.any():
            (home, group, cell), counts = total([column[own] for column in columns[:3]], count[own])
            self._rows.setdefault(part, []).append((home, group, cell, counts))

    def _named(self, rows: Ints, between: str, after: str = "") -> Ints:
        """Rows of numbers (N, k) → the number of the text of each."""
        found, place = number_rows(rows)
        return self._names.numbers(between.join(map(str, row)) + after for row in found.tolist())[place]

    def _take_size(self) -> None:
        names, people, size = self._names, self._votes.people, self._votes.size
        every = np.arange(len(size))
        self._put(SIZE, every, names["m"], names[str(self._k)], size)
        for i in range(self._k):
            self._put(SIZE, every, names["who"], self._named(people[:, [i]], ""), size)
        for pair in self._pairs.values():
            self._put(SIZE, every, names["pairs"], pair, size)

    def _take_closed(self, layer: str, joints: Joints) -> None:
        names, labels = self._names, joints.labels
        several = (labels > 0).sum(axis=1) > 1
        rows = labels.tolist()
        texts = names.texts
        told = names.numbers(SEP.join(sorted(texts[label] for label in row if label)) for row in rows)
        at = np.flatnonzero(several[joints.joint])
        self._put(layer, joints.group[at], 0, told[joints.joint[at]], joints.count[at])
        for (i, j), pair in self._pairs.items():
            cell = names.numbers(f"{texts[row[i]]}{SEP}{texts[row[j]]}" for row in rows)
            at = np.flatnonzero((labels[:, i] > 0) & (labels[:, j] > 0))
            at = np.flatnonzero(np.isin(joints.joint, at))
            of = joints.group[at]
            self._put(layer, of, pair[of], cell[joints.joint[at]], joints.count[at])

    def _take_open(self, layer: str, joints: Joints) -> None:
        names = self._names
        labels = joints.labels[joints.joint]
        m = (labels > 0).sum(axis=1)
        at = np.flatnonzero(m > 1)
        of, labels, m, count = joints.group[at], labels[at], m[at], joints.count[at]
        sizes = names.numbers(str(n) for n in range(self._k + 1))
        self._put(layer, of, 0, sizes[m], count)
        chosen = np.array([[names[f"of {a} {b}"] for b in range(self._k + 1)] for a in range(self._k + 1)], np.int64)
        for i in range(self._k):
            same = labels == labels[:, i : i + 1]
            one = np.flatnonzero((labels[:, i] > 0) & ~same[:, :i].any(axis=1))
            self._put(layer, of[one], chosen[m[one], same.sum(axis=1)[one]], labels[one, i], count[one])
        for pair in self._pairs:
            self._take_open_pair(layer, pair, of, labels, count)

    def _take_open_pair(self, layer: str, pair: tuple[int, int], of: Ints, labels: Ints, count: Ints) -> None:
        names, people = self._names, self._votes.people[:, list(pair)]
        i, j = pair
        both = np.flatnonzero((labels[:, i] > 0) & (labels[:, j] > 0))
        of, first, second, count = of[both], labels[both, i], labels[both, j], count[both]
        part = f"{layer} pairs"
        self._put(part, of, self._named(people, " ", " a")[of], first, count)
        self._put(part, of, self._named(people, " ", " b")[of], second, count)
        same = first == second
        self._put(part, of[same], self._pairs[pair][of[same]], names["same"], count[same])
        texts = names.texts
        cells, place = number_rows(np.stack((first[~same], second[~same]), axis=1))
        told = names.numbers(SEP.join(sorted((texts[a], texts[b]))) for a, b in cells.tolist())
        self._put(f"{layer} confused", of[~same], 0, told[place], count[~same])

    def _take_spans(self) -> None:
        names, marks = self._names, self._votes.marks
        texts, further = names.texts, self._votes.further
        found = marks.pairs
        cells, place = number_rows(np.stack((found.kind, found.measure), axis=1))
        told = names.numbers(f"{texts[kind]}{SEP}{MEASURES[measure]}" for kind, measure in cells.tolist())[place]
        measures = names.numbers(MEASURES)
        for (i, j), pair in self._pairs.items():
            at = np.flatnonzero((found.i == i) & (found.j == j))
            self._put(ENTITIES, found.group[at], pair[found.group[at]], told[at], found.count[at])
            at = np.flatnonzero((further.i == i) & (further.j == j))
            of = further.group[at]
            self._put(EXTRA, of, pair[of], measures[further.measure[at]], further.count[at])
        groups = names.numbers(f"tokens {self._k} {c}" for c in range(self._k + 1))
        self._put(ENTITIES, np.arange(len(marks.tokens)), groups[0], 0, marks.tokens)
        carried = marks.carried
        said = carried.masks.sum(axis=1)[carried.mask]
        self._put(ENTITIES, carried.group, groups[said], carried.kind, carried.count)
