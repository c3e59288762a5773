"""Votes as rows, for what looks at annotators: confusion of labels, leave-one-out, bias, Dawid and Skene.

A row is (annotators, labels, sentences): how many sentences these annotators answered so, on one layer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.agreement.annotators import Standing
from annotator.agreement.patterns import Floats
from annotator.agreement.sums import Parts
from annotator.agreement.tallies import SEP
from annotator.agreement.truth import Truth, dawid_skene

Votes = list[tuple[tuple[int, ...], tuple[str, ...], int]]


@dataclass(frozen=True, eq=False)
class Confusion:
    """`table[i][j]`: sentences where the first chose labels[i] and the second labels[j].

    Over all pairs there is no first and second: then the table is symmetric, and a disagreement stands on both sides
    of the diagonal.
    """

    labels: tuple[str, ...]
    table: Floats


def rows(votes: Mapping[str, Mapping[str, Any]], layer: str, without: frozenset[int] = frozenset()) -> Votes:
    """From {annotators: votes} of the tallies, in a fixed order; rows with fewer than two labels are left out."""
    found: dict[tuple[tuple[int, ...], tuple[str, ...]], int] = defaultdict(int)
    for who, own in votes.items():
        people = [int(one) for one in who.split(" ")]
        for joint, n in own.get(layer, {}).items():
            given = [(person, label) for person, label in zip(people, joint.split(SEP), strict=True)
                     if label and person not in without]  # fmt: skip
            if len(given) > 1:
                found[tuple(p for p, _ in given), tuple(label for _, label in given)] += n
    return [(people_, labels, n) for (people_, labels), n in sorted(found.items())]


def confusion(parts: Parts, layer: str, pair: tuple[int, int] | None = None) -> Confusion:
    """The confusion of a layer of few labels: of one pair (rows are its first), or of all."""
    part = parts.get(layer, {})
    wanted = None if pair is None else f"{min(pair)} {max(pair)}"
    labels = tuple(sorted({one for group in part.values() for cell in group for one in cell.split(SEP)}))
    at = {label: i for i, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)))
    for group, cells in part.items():
        if group and wanted in (None, group):
            for cell, n in cells.items():
                first, second = cell.split(SEP)
                table[at[first], at[second]] += n
    if pair is None:
        return Confusion(labels, np.asarray(table + table.T - np.diag(np.diag(table)), np.float64))
    return Confusion(labels, np.asarray(table.T if pair[0] > pair[1] else table, np.float64))


def most_confused(parts: Parts, layer: str, most: int = 50) -> list[tuple[str, str, int]]:
    """The two labels of an open layer that stand against each other most often, and in how many pairs of answers."""
    cells = parts.get(f"{layer} confused", {}).get("", {})
    ordered = sorted(cells.items(), key=lambda one: (-one[1], one[0]))[:most]
    return [(*_two(cell), n) for cell, n in ordered]


def _two(cell: str) -> tuple[str, str]:
    first, second = cell.split(SEP)
    return first, second


@dataclass(frozen=True, eq=False)
class Member:
    """An annotator beside all others: `standing` for `annotators.leave_one_out` and `careless`; `table` (L, L), own
    label in rows and the others' in columns, for `annotators.bias`."""

    labels: tuple[str, ...]
    standing: Standing
    table: Floats


def members(votes: Votes) -> dict[int, Member]:
    """Every annotator of the votes, by id."""
    labels = tuple(sorted({label for _, given, _ in votes for label in given}))
    at = {label: i for i, label in enumerate(labels)}
    tables: dict[int, Floats] = defaultdict(lambda: np.zeros((len(labels), len(labels))))
    shared: dict[int, int] = defaultdict(int)
    for people, given, n in votes:
        for i, person in enumerate(people):
            shared[person] += n
            for j, label in enumerate(given):
                if i != j:
                    tables[person][at[given[i]], at[label]] += n
    return {
        person: Member(labels, Standing(int(np.trace(tables[person])), int(tables[person].sum()), shared[person]),
                       tables[person])
        for person in sorted(shared)
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Inferred:
    """Dawid and Skene's model of the votes: `truth.posterior` has one row per row of the votes."""

    labels: tuple[str, ...]
    people: tuple[int, ...]
    truth: Truth


def infer(votes: Votes, smoothing: float = 0.01) -> Inferred | None:
    """Null where nobody shares a sentence."""
    if not votes:
        return None
    labels = tuple(sorted({label for _, given, _ in votes for label in given}))
    people = tuple(sorted({person for who, _, _ in votes for person in who}))
    label_at, person_at = _numbered(labels), _numbered(people)
    flat = np.array(
        [(unit, person_at[person], label_at[label])
         for unit, (who, given, _) in enumerate(votes) for person, label in zip(who, given, strict=True)]
    )  # fmt: skip
    weights = np.array([n for *_, n in votes], np.float64)
    shape = (len(votes), len(people), len(labels))
    return Inferred(labels, people, dawid_skene(flat[:, 0], flat[:, 1], flat[:, 2], shape, weights, smoothing))


def _numbered(things: Iterable[Any]) -> dict[Any, int]:
    return {thing: i for i, thing in enumerate(things)}


def history(sentences: Sequence[Sequence[tuple[int, str]]], person: int) -> tuple[list[int], list[int]]:
    """Per sentence, (annotator, label) of each answer → agreeing and all pairs of this person, for `drift`."""
    agreeing, pairs = [], []
    for given in sentences:
        own = next((label for who, label in given if who == person), None)
        others = [label for who, label in given if who != person]
        if own is not None and others:
            agreeing.append(others.count(own))
            pairs.append(len(others))
    return agreeing, pairs
