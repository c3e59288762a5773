"""Texts and rows as numbers, so that counting is adding up arrays.

Numbers are int64 and never negative. What is counted is a table of columns; its distinct rows are found by putting
the numbers of a row together into one, and by a table of bits instead of sorting where that number is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_ROOM = 2**62  # numbers put together stay below it


class Names(dict[str, int]):
    """Numbers of texts in the order in which they are first asked for; the empty text is 0.

    A dict that numbers what it lacks: asking a million times is one `map`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self[""]

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self.texts)
        self.texts.append(text)
        return number

    def numbers(self, texts: Iterable[str], size: int = -1) -> Ints:
        return np.fromiter(map(self.__getitem__, texts), np.int64, size)


def distinct(numbers: Ints) -> tuple[Ints, Ints]:
    """(N,) → the distinct ones in ascending order (D,), and where each stands among them (N,)."""
    top = int(numbers.max(initial=-1)) + 1
    if not _is_small(top, len(numbers)):
        return _sorted(numbers)
    there = np.zeros(top, np.bool_)
    there[numbers] = True
    found = np.flatnonzero(there)
    place = np.empty(top, np.int64)
    place[found] = np.arange(len(found))
    return found, place[numbers]


def _is_small(top: int, size: int) -> bool:
    """Whether a table of `top` places costs less than putting so many numbers in order."""
    return top <= 8 * size + 1024


def _sorted(numbers: Ints) -> tuple[Ints, Ints]:
    order = np.argsort(numbers, kind="stable")  # what is nearly in order, as rows by group are, costs next to nothing
    ordered = numbers[order]
    begins = np.ones(len(ordered), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    place = np.empty(len(ordered), np.int64)
    place[order] = np.cumsum(begins) - 1
    return ordered[begins], place


def together(columns: Sequence[Ints]) -> Ints:
    """Columns of (N,) → (N,): equal where all are equal, ordered as the columns are, the first before all others."""
    whole, size = columns[0], int(columns[0].max(initial=0)) + 1
    for column in columns[1:]:
        own = int(column.max(initial=0)) + 1
        if size * own >= _ROOM:
            found, whole = distinct(whole)
            size = len(found)
        if size * own >= _ROOM:
            found, column = distinct(column)
            own = len(found)
        whole, size = whole * own + column, size * own
    return whole


def total(columns: Sequence[Ints], counts: Ints | None = None) -> tuple[list[Ints], Ints]:
    """The distinct rows of a table in ascending order, and how often each occurs, or the sum of its `counts`."""
    whole = together(columns)
    top = int(whole.max(initial=-1)) + 1
    if _is_small(top, len(whole)):
        often = np.bincount(whole, minlength=top)
        found = np.flatnonzero(often)
        sums = (often if counts is None else np.bincount(whole, counts, top))[found].astype(np.int64)  # below 2^53
        example = np.empty(top, np.int64)
        example[whole] = np.arange(len(whole))
        examples = example[found]
    else:
        order = np.argsort(whole, kind="stable")
        bounds = runs(whole[order])
        examples = order[bounds[:-1]]
        sums = np.diff(bounds) if counts is None else np.add.reduceat(counts[order], bounds[:-1])
    return [column[examples] for column in columns], sums


def number_rows(rows: Ints) -> tuple[Ints, Ints]:
    """(N, k) → its distinct rows (D, k), and the number among them of each row (N,)."""
    local = distinct(rows.ravel())[1].reshape(rows.shape)
    found, place = distinct(together([local[:, i] for i in range(rows.shape[1])]))
    return rows[_examples(place, len(found))], place


def _examples(place: Ints, size: int) -> Ints:
    """Of each distinct row, where one of its kind stands."""
    found = np.empty(size, np.int64)
    found[place] = np.arange(len(place))
    return found


def places(known: Ints, asked: Ints) -> Ints:
    """Where each of `asked` stands in `known`, which holds nothing twice; -1 where it does not."""
    if not len(known) or not len(asked):
        return np.full(len(asked), -1, np.int64)
    low, top = int(known.min()), int(known.max())
    if top - low < 8 * len(known) + 1024:
        table = np.full(top - low + 2, -1, np.int64)  # the last for all that lies outside
        table[known - low] = np.arange(len(known))
        at: Ints = np.where((asked < low) | (asked > top), top + 1, asked) - low
        return table[at]
    order = np.argsort(known)
    found = order[np.minimum(np.searchsorted(known, asked, sorter=order), len(known) - 1)]
    return np.where(known[found] == asked, found, -1)


def runs(numbers: Ints) -> Ints:
    """Where in an ordered (N,) each run of equal numbers begins, and N at the end."""
    if not len(numbers):
        return np.zeros(1, np.int64)
    return np.concatenate(([0], np.flatnonzero(np.diff(numbers)) + 1, [len(numbers)]))


def spread(sizes: Ints) -> tuple[Ints, Ints]:
    """Sizes (N,) → for each of sum(sizes) things its owner, and its place among the owner's."""
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
