"""A part of many sums as rows of numbers, and the counts of each sum out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.numbering import Ints, Names, distinct, places, runs, together, total
from annotator.agreement.packed import Column, Packed, is_labelled, is_packed
from annotator.agreement.sums import Cells

Columns = tuple[Ints, Ints, Ints, Ints]  # home, group, cell, count
Held = tuple[NDArray[np.int32], ...]  # the same, while there may be millions
Counts = Cells | Packed


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a part of sums, in ascending order: numbers of `groups` and `cells`, both in the order of their
    texts. A home is what is summed by itself: a document, a group of documents, a stratum of an outlet.
    """

    name: str
    groups: list[str]
    cells: list[str]
    home: Ints
    group: Ints
    cell: Ints
    count: Ints

    @classmethod
    def of(cls, name: str, rows: Sequence[Held], texts: list[str]) -> Part:
        home, group, cell, count = (np.concatenate(column).astype(np.int64) for column in zip(*rows, strict=True))
        groups, group = _in_order(group, texts)
        cells, cell = _in_order(cell, texts)
        (home, group, cell), count = total([home, group, cell], count)
        return cls(name, groups, cells, home, group, cell, count)

    def whole(self) -> Counts:
        """The counts of all homes together."""
        return next((counts for _, counts in self.by_sum(np.zeros(self.home.max(initial=-1) + 1, np.int64))), {})

    def by_sum(self, sum_of: Ints) -> Iterable[tuple[int, Counts]]:
        """The counts of each sum, given the number of the one that a home counts in; below 0: in none."""
        rows = self._keyed(sum_of)
        if not is_packed(self.name):
            return self._plain(rows).items()
        labelled = np.array([is_labelled(name) for name in self.groups], np.bool_)[rows[1]]
        return self._packed([column[labelled] for column in rows], [column[~labelled] for column in rows])

    def of_sums(self, sum_of: Ints, homes: int) -> Iterator[tuple[int, Part]]:
        """The same rows sum by sum, each with homes of its own, given the number (sum times `homes` plus home in it)
        that a home counts in; below 0: in none."""
        keyed, group, cell, count = self._keyed(sum_of)
        bounds = runs(keyed // homes).tolist()
        for begin, end in zip(bounds, bounds[1:], strict=False):
            at = slice(begin, end)
            of = keyed[at] % homes
            yield int(keyed[begin]) // homes, replace(self, home=of, group=group[at], cell=cell[at], count=count[at])

    def _keyed(self, sum_of: Ints) -> Columns:
        keyed = sum_of[self.home]
        columns = [keyed, self.group, self.cell, self.count]
        if keyed.min(initial=0) < 0:
            own = keyed >= 0
            columns = [column[own] for column in columns]
        (keyed, group, cell), count = total(columns[:3], columns[3])
        return keyed, group, cell, count

    def _plain(self, rows: Sequence[Ints]) -> dict[int, Cells]:
        keyed, group, cell, count = rows
        found: dict[int, Cells] = {}
        names, counts = [self.cells[one] for one in cell.tolist()], count.tolist()
        for key, own, at in _stretches(keyed, group):
            found.setdefault(key, {})[self.groups[own]] = dict(zip(names[at], counts[at], strict=True))
        return found

    def _packed(self, rows: Sequence[Ints], others: Sequence[Ints]) -> Iterator[tuple[int, Packed]]:
        """From rows of groups that hold labels, and of the others."""
        keyed, group, cell, count = rows
        plain = self._plain(others)
        (key_of, label), _ = total([keyed, cell])
        names = [self.cells[one] for one in label.tolist()]
        labels = {key: at for key, _, at in _stretches(key_of, key_of)}
        number = distinct(together([keyed, cell]))[1]
        columns: dict[int, dict[str, Column]] = {}
        for key, own, at in _stretches(keyed, group):
            columns.setdefault(key, {})[self.groups[own]] = number[at] - labels[key].start, count[at]
        for key in sorted(plain.keys() | columns.keys()):
            yield key, Packed(names[labels.get(key, slice(0))], columns.get(key, {}), plain.get(key, {}))


def _stretches(keyed: Ints, group: Ints) -> Iterator[tuple[int, int, slice]]:
    """Each run of equal pairs in ordered columns: the pair, and where it stands."""
    bounds = runs(together([keyed, group]))
    begins = bounds[:-1]
    for key, own, begin, end in zip(
        keyed[begins].tolist(), group[begins].tolist(), begins.tolist(), bounds[1:].tolist(), strict=True
    ):
        yield key, own, slice(begin, end)


def placed(parts: Sequence[Part], cells: Sequence[tuple[str, str]]) -> tuple[Ints, Ints, Ints]:
    """Rows of parts, of which no two have a group in common → home, place among the (group, cell) `cells`, count."""
    groups, texts = Names(), Names()
    keys = together([
        np.concatenate([groups.numbers(group for group, _ in cells),
                        *(_renumbered(part.group, part.groups, groups) for part in parts)]),
        np.concatenate([texts.numbers(text for _, text in cells),
                        *(_renumbered(part.cell, part.cells, texts) for part in parts)]),
    ])  # fmt: skip
    home, count = (np.concatenate(column) for column in zip(*((part.home, part.count) for part in parts), strict=True))
    return home, places(keys[: len(cells)], keys[len(cells) :]), count


def _renumbered(numbers: Ints, texts: list[str], names: Names) -> Ints:
    found, place = distinct(numbers)
    return names.numbers([texts[number] for number in found.tolist()])[place]


def _in_order(numbers: Ints, texts: list[str]) -> tuple[list[str], Ints]:
    """Numbers of texts (N,) → those that occur, in their order, and the number among them of each (N,)."""
    found, place = distinct(numbers)
    names = [texts[number] for number in found.tolist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return [names[n] for n in order], rank[place]
