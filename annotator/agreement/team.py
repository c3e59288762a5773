"""Votes as rows, for what looks at annotators: confusion of labels, leave-one-out, bias, Dawid and Skene.

A row is (annotators, labels, sentences): how many sentences these annotators answered so, on one layer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotator.agreement.annotators import Standing
from annotator.agreement.patterns import Floats
from annotator.agreement.spans import ALL, Span
from annotator.agreement.sums import ENTITIES, SIZE, Parts
from annotator.agreement.tallies import SEP
from annotator.agreement.truth import Truth, dawid_skene

Votes = list[tuple[tuple[int, ...], tuple[str, ...], int]]
Given = frozenset[tuple[int, str]]  # who gave which label to a sentence


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


@dataclass(slots=True)
class Marker:
    """An annotator's spans beside each other's in the same sentences: exact F1 is sum(matched) / sum(marked).

    By article: `matched` twice the spans that both marked exactly so, `marked` the spans of both. `own` and `others`:
    {type: spans} over the `pairs` of answers to one sentence; `sentences` are the shared ones.
    """

    matched: list[int] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    own: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    pairs: int = 0
    sentences: int = 0

    def bias(self) -> list[tuple[str, float, float]]:
        """(Type, own spans a sentence, the others' there), the farthest apart first."""
        rows = [(kind, self.own[kind] / self.pairs, self.others[kind] / self.pairs) for kind in self.own | self.others]
        return sorted(rows, key=lambda row: (-abs(row[1] - row[2]), row[0]))


def markers(articles: Iterable[Parts]) -> dict[int, Marker]:
    """Every annotator who shares a sentence, by id, from the sum of each article."""
    found: dict[int, Marker] = defaultdict(Marker)
    for parts in articles:
        size, entities = parts.get(SIZE, {}), parts.get(ENTITIES, {})
        here: dict[int, Counter[str]] = defaultdict(Counter)
        for pair, n in size.get("pairs", {}).items():
            cells = {tuple(cell.split(SEP)): count for cell, count in entities.get(pair, {}).items()}
            for person, own, other in _both(pair):
                found[person].pairs += n
                here[person]["matched"] += 2 * cells.get((ALL, "exact"), 0)
                here[person]["marked"] += cells.get((ALL, "a"), 0) + cells.get((ALL, "b"), 0)
                for (kind, measure), count in cells.items():
                    if kind != ALL and measure in (own, other):
                        (found[person].own if measure == own else found[person].others)[kind] += count
        for told, n in size.get("who", {}).items():
            found[int(told)].sentences += n
        for person, counts in here.items():
            found[person].matched.append(counts["matched"])
            found[person].marked.append(counts["marked"])
    return dict(sorted(found.items()))


def _both(pair: str) -> Iterator[tuple[int, str, str]]:
    """Each of a pair: (annotator, the measure of the own spans, that of the other's)."""
    first, second = pair.split(" ")
    yield int(first), "a", "b"
    yield int(second), "b", "a"


def marked_history(
    sentences: Sequence[tuple[int, Sequence[tuple[int, frozenset[Span]]]]], person: int
) -> tuple[list[int], list[int], list[int]]:
    """As `history`, of spans: twice the matched and all spans of this person's pairs, for `drift_of_marks`."""
    matched, marked, articles = [], [], []
    for article, given in sentences:
        own = next((spans for who, spans in given if who == person), None)
        others = [spans for who, spans in given if who != person]
        if own is not None and others:
            matched.append(sum(2 * len(own & other) for other in others))
            marked.append(sum(len(own) + len(other) for other in others))
            articles.append(article)
    return matched, marked, articles


def history(
    sentences: Sequence[tuple[int, Sequence[tuple[int, str]]]], person: int
) -> tuple[list[int], list[int], list[int]]:
    """Per sentence its article and the (annotator, label) of each answer → agreeing and all pairs of this person, and
    articles, for `drift`."""
    agreeing, pairs, articles = [], [], []
    for article, given in sentences:
        own = next((label for who, label in given if who == person), None)
        others = [label for who, label in given if who != person]
        if own is not None and others:
            agreeing.append(others.count(own))
            pairs.append(len(others))
            articles.append(article)
    return agreeing, pairs, articles
