"""Votes by columns out of votes as they are stored: what `contents` made, back again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from annotator.agreement.marks import Carried, Marks
from annotator.agreement.numbering import Ints, Names
from annotator.agreement.pairing import MEASURES, Pairs
from annotator.agreement.tallies import EXTRA, LABELLED, SEP, Content
from annotator.agreement.votes import Joints, Votes

_MEASURE = {name: i for i, name in enumerate(MEASURES)}
_Stored = tuple[int, str, str, Mapping[str, Any]]  # unit, stratum, annotators, their votes


def tables(found: Iterable[tuple[int, Content]], names: Names, layers: Sequence[str] = LABELLED) -> Iterator[Votes]:
    """The votes of units, those of two annotators, of three and so on; the others of LABELLED are not read."""
    by_size: dict[int, list[_Stored]] = {}
    for unit, content in found:
        for stratum, by_who in content.items():
            for who, own in by_who.items():
                by_size.setdefault(who.count(" ") + 1, []).append((unit, stratum, who, own))
    for k, rows in sorted(by_size.items()):
        yield _table(rows, k, names, layers)


def _table(rows: Sequence[_Stored], k: int, names: Names, layers: Sequence[str]) -> Votes:
    units, strata, people, votes = zip(*rows, strict=True)
    return Votes(
        names, np.array(units, np.int64), list(strata), np.array(" ".join(people).split(" "), np.int64).reshape(-1, k),
        np.array([own["n"] for own in votes], np.int64),
        {layer: _joints([own.get(layer, {}) for own in votes], k, names) for layer in layers},
        _marks(votes, k, names), _pairs([own.get(EXTRA, {}) for own in votes], names, ""),
    )  # fmt: skip


def _joints(cells: Sequence[Mapping[str, int]], k: int, names: Names) -> Joints:
    group, joint, count, texts = _flat(cells)
    labels = names.numbers(chain.from_iterable(text.split(SEP) for text in texts)).reshape(-1, k)
    return Joints(group, joint, count, labels)


def _marks(votes: Sequence[Mapping[str, Any]], k: int, names: Names) -> Marks:
    tokens = [own.get("tokens", {}) for own in votes]
    return Marks(
        np.array([one.get("", {}).get("", 0) for one in tokens], np.int64),
        np.array(["spans" in own for own in votes], np.bool_),
        _pairs([own.get("spans", {}) for own in votes], names, SEP), _carried(tokens, k, names),
    )  # fmt: skip


def _pairs(votes: Sequence[Mapping[str, Mapping[str, int]]], names: Names, between: str) -> Pairs:
    """{pair: {cell: count}} of each group; a cell is a measure, or a type and a measure with something `between`."""
    owner, pair, cells, told = _inner(votes)
    ends = np.array(" ".join(told).split(" ") if told else [], np.int64).reshape(-1, 2)
    row, cell, count, texts = _flat(cells)
    parted = [text.rpartition(between) if between else ("", "", text) for text in texts]
    kind = names.numbers(name for name, _, _ in parted)
    measure = np.array([_MEASURE[name] for _, _, name in parted], np.int64)
    i, j = ends[pair[row]].T
    return Pairs(owner[row], i, j, kind[cell], measure[cell], count)


def _carried(votes: Sequence[Mapping[str, Mapping[str, int]]], k: int, names: Names) -> Carried:
    owner, mask, cells, told = _inner([{mask: own for mask, own in one.items() if mask} for one in votes])
    masks = np.array([list(text) for text in told], np.int64).reshape(-1, k)
    row, cell, count, texts = _flat(cells)
    return Carried(owner[row], mask[row], names.numbers(texts)[cell], count, masks)


def _inner(
    votes: Sequence[Mapping[str, Mapping[str, int]]],
) -> tuple[Ints, Ints, list[Mapping[str, int]], list[str]]:
    """{name: cells} of each owner → of all cells their owner, the number of their name, they themselves; the names."""
    owner = np.repeat(np.arange(len(votes)), [len(one) for one in votes])
    number, told = _numbered(chain.from_iterable(votes), len(owner))
    return owner, number, list(chain.from_iterable(one.values() for one in votes)), told


def _flat(cells: Sequence[Mapping[str, int]]) -> tuple[Ints, Ints, Ints, list[str]]:
    """{text: count} of each owner → owners, numbers of the texts, counts; the texts by number."""
    owner = np.repeat(np.arange(len(cells)), [len(one) for one in cells])
    number, told = _numbered(chain.from_iterable(cells), len(owner))
    count = np.fromiter(chain.from_iterable(one.values() for one in cells), np.int64, len(owner))
    return owner, number, count, told


def _numbered(texts: Iterable[str], size: int) -> tuple[Ints, list[str]]:
    """Numbers of texts among those that occur, and these."""
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    return np.fromiter(map(number.__getitem__, texts), np.int64, size), list(number)
