"""What each part of a sum is made of, from votes: rows of (home, group, cell, count). `sums` names groups and cells.

Groups and cells are numbers of the same names that labels are.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np

from annotator.agreement.numbering import Ints, Names, number_rows, total
from annotator.agreement.pairing import MEASURES
from annotator.agreement.parts import Held, Part
from annotator.agreement.sums import ENTITIES, OPEN, SIZE, Parts
from annotator.agreement.tallies import EXTRA, SEP
from annotator.agreement.votes import Joints, Votes


class Rows:
    """Collects the rows of votes whose labels are numbers of `names`; what was confused in open layers where wanted."""

    def __init__(self, names: Names, *, confused: bool = False) -> None:
        self._names, self._confused = names, confused
        self._rows: dict[str, list[Held]] = {}

    def take(self, votes: Votes, home: Ints) -> None:
        """`home` (G,) of each group of the votes; -1 where it does not count."""
        taking = _Taking(self._names, votes, home, self._rows)
        taking.take()
        if self._confused:
            taking.take_confused()

    def parts(self) -> list[Part]:
        """Each part of which something was taken."""
        return self.parts_of(self._rows)

    def parts_of(self, names: Iterable[str]) -> list[Part]:
        """The same of those named: millions of rows are better not held as parts all at once."""
        return [Part.of(name, self._rows[name], self._names.texts) for name in names if name in self._rows]

    def whole(self) -> Parts:
        """The sum of all homes."""
        found: dict[str, Any] = {part.name: part.whole() for part in self.parts()}
        return found

    def by_home(self, homes: int) -> list[Parts]:
        """The sum of each home, from 0."""
        found: list[dict[str, Any]] = [{} for _ in range(homes)]
        for part in self.parts():
            for home, counts in part.by_sum(np.arange(homes)):
                found[home][part.name] = counts
        return found


class _Taking:
    """The rows of one table of votes: `home` (G,) of each group, -1 where it does not count."""

    def __init__(self, names: Names, votes: Votes, home: Ints, rows: dict[str, list[Held]]) -> None:
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
            held = (column.astype(np.int32) for column in (home, group, cell, counts))
            self._rows.setdefault(part, []).append((*held,))

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

    def take_confused(self) -> None:
        """Of open layers, which two labels stand against each other."""
        texts = self._names.texts
        for layer in OPEN & self._votes.layers.keys():
            joints = self._votes.layers[layer]
            labels = joints.labels[joints.joint]
            both = [(labels[:, i], labels[:, j]) for i, j in self._pairs]
            at = [np.flatnonzero((a > 0) & (b > 0) & (a != b)) for a, b in both]
            found = [np.stack((a[own], b[own]), axis=1) for (a, b), own in zip(both, at, strict=True)]
            cells, place = number_rows(np.sort(np.concatenate(found), axis=1))
            told = self._names.numbers(SEP.join(sorted((texts[a], texts[b]))) for a, b in cells.tolist())
            row = np.concatenate(at)
            self._put(f"{layer} confused", joints.group[row], 0, told[place], joints.count[row])

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
