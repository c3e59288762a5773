"""The votes of many documents at once: how many sentences *these annotators answered so*, counted by columns.

Sentences of equally many answers are counted together: theirs is a table of k columns, the annotators in the order
of their ids. A group is what the votes of a tally are kept by: unit, stratum, annotators.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np

from annotator.agreement.answers import Answers
from annotator.agreement.marks import Carried, Marks, count_marks
from annotator.agreement.numbering import Ints, Names, distinct, number_rows, together, total
from annotator.agreement.pairing import MATCHED, Pairs, Places, each_side, pairs, shared
from annotator.agreement.tallies import CHOICES, MIXED, SAME_TARGET, Stratum


@dataclass(frozen=True, slots=True)
class Joints:
    """Combinations of labels: row n is joint `joint[n]` in group `group[n]`, `count[n]` times; `labels` (J, k)."""

    group: Ints
    joint: Ints
    count: Ints
    labels: Ints


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes of G groups of sentences with k answers: `people` (G, k), `size` (G,) sentences."""

    names: Names
    unit: Ints
    stratum: list[str]
    people: Ints
    size: Ints
    layers: dict[str, Joints]
    marks: Marks
    further: Pairs


def votes(answers: Answers, week: Callable[[str], str]) -> Iterator[Votes]:
    """The votes of sentences with two answers, with three, and so on. `week` names the week of a moment."""
    sizes = np.bincount(answers.sentence, minlength=len(answers.unit))
    first = np.cumsum(sizes) - sizes
    strata = _strata(answers, sizes, first, week) if len(answers.sentence) else None
    for k in np.flatnonzero(np.bincount(sizes)).tolist():
        if k > 1 and strata is not None:
            yield _votes(answers, np.flatnonzero(sizes == k), first, k, strata)


def without(counted: Votes, people: Collection[int]) -> Iterator[Votes]:
    """The votes of the others; groups of which one annotator is left are no longer there."""
    kept = ~np.isin(counted.people, list(people))
    if kept.all():
        yield counted
        return
    patterns, pattern = number_rows(kept.astype(np.int64))
    for n, row in enumerate(patterns.tolist()):
        own = [i for i, stays in enumerate(row) if stays]
        if len(own) > 1:
            yield _left(counted, np.flatnonzero(pattern == n), own)


def _left(counted: Votes, groups: Ints, own: list[int]) -> Votes:
    """Of these groups, the annotators at these positions."""
    row = np.full(len(counted.unit), -1, np.int64)
    row[groups] = np.arange(len(groups))
    marks = counted.marks
    carried = marks.carried
    masks = carried.masks[:, own]
    said = np.flatnonzero((row[carried.group] >= 0) & (masks.sum(axis=1)[carried.mask] > 0))
    return Votes(
        counted.names, counted.unit[groups], [counted.stratum[group] for group in groups.tolist()],
        counted.people[groups][:, own], counted.size[groups],
        {layer: _joints_left(joints, row, own) for layer, joints in counted.layers.items()},
        Marks(marks.tokens[groups], marks.marked[groups], _pairs_left(marks.pairs, row, own),
              Carried(row[carried.group[said]], carried.mask[said], carried.kind[said], carried.count[said], masks)),
        _pairs_left(counted.further, row, own),
    )  # fmt: skip


def _joints_left(joints: Joints, row: Ints, own: list[int]) -> Joints:
    at = np.flatnonzero(row[joints.group] >= 0)
    return Joints(row[joints.group[at]], joints.joint[at], joints.count[at], joints.labels[:, own])


def _pairs_left(found: Pairs, row: Ints, own: list[int]) -> Pairs:
    place = np.full(max(own[-1], int(found.j.max(initial=0))) + 1, -1, np.int64)
    place[own] = np.arange(len(own))
    i, j = place[found.i], place[found.j]
    at = np.flatnonzero((row[found.group] >= 0) & (i >= 0) & (j >= 0))
    return Pairs(row[found.group[at]], i[at], j[at], found.kind[at], found.measure[at], found.count[at])


def _strata(answers: Answers, sizes: Ints, first: Ints, week: Callable[[str], str]) -> tuple[Ints, list[str]]:
    """The stratum of each sentence as a number (S,), and the keys by number. Of sentences without answers: any."""
    answered = np.flatnonzero(sizes)
    starts = first[answered]
    weeks = Names()
    week_of = np.array([weeks[week(moment)] for moment in answers.moments], np.int64)
    guideline = np.minimum.reduceat(answers.guideline, starts)
    # a version of its own number says that there was more than one
    mixed = np.maximum.reduceat(answers.guideline, starts) != guideline
    columns = [
        np.logical_or.reduceat(answers.seen, starts).astype(np.int64),
        np.logical_and.reduceat(answers.hidden, starts).astype(np.int64),
        answers.copy[answered].astype(np.int64),
        week_of[np.maximum.reduceat(answers.moment, starts)],
        np.where(mixed, answers.names[MIXED], guideline),
    ]
    found, number = distinct(together(columns))
    rows = np.empty((len(found), len(columns)), np.int64)
    rows[number] = np.stack(columns, axis=1)
    keys = [
        Stratum(bool(seen), bool(hidden), bool(copy), weeks.texts[own], answers.names.texts[version]).key()
        for seen, hidden, copy, own, version in rows.tolist()
    ]
    whole = np.zeros(len(sizes), np.int64)
    whole[answered] = number
    return whole, keys


def _votes(answers: Answers, sentences: Ints, first: Ints, k: int, strata: tuple[Ints, list[str]]) -> Votes:
    own = first[sentences][:, None] + np.arange(k)  # (R, k): the answers to each sentence
    teams, team = number_rows(answers.person[own])
    columns = [answers.unit[sentences], strata[0][sentences], team]
    found, group = distinct(together(columns))
    rows = np.empty((len(found), len(columns)), np.int64)
    rows[group] = np.stack(columns, axis=1)
    row = np.full(len(answers.unit), -1, np.int64)
    row[sentences] = np.arange(len(sentences))
    places = Places(group, row[answers.sentence], np.arange(len(answers.sentence)) - first[answers.sentence], k)
    return Votes(
        answers.names, rows[:, 0], [strata[1][n] for n in rows[:, 1].tolist()], teams[rows[:, 2]],
        np.bincount(group, minlength=len(found)), dict(_layers(answers, own, group)),
        count_marks(answers, sentences, places), _further(answers, places),
    )  # fmt: skip


def _layers(answers: Answers, own: Ints, group: Ints) -> Iterator[tuple[str, Joints]]:
    for layer, labels in zip(CHOICES, answers.labels, strict=True):
        yield layer, _joints(group, labels[own])
    by_layer = dict(zip(CHOICES, answers.labels, strict=True))
    yield SAME_TARGET, _same_target(group, by_layer["stance_target"][own], by_layer["stance"][own], answers.names)


def _joints(group: Ints, labels: Ints) -> Joints:
    """Rows of labels (R, k), one for each sentence, and their groups (R,)."""
    joints, joint = number_rows(labels)
    (group, joint), count = total([group, joint])
    return Joints(group, joint, count, joints)


def _same_target(group: Ints, targets: Ints, stances: Ints, names: Names) -> Joints:
    """The stances of those who named one target, for each target that several named; empty for the others."""
    groups, rows = [], []
    for i in range(targets.shape[1] - 1):
        same = targets == targets[:, i : i + 1]
        named = (targets[:, i] != names["none"]) & ~same[:, :i].any(axis=1) & same[:, i + 1 :].any(axis=1)
        groups.append(group[named])
        rows.append(np.where(same, stances, 0)[named])
    return _joints(np.concatenate(groups), np.concatenate(rows))


def _further(answers: Answers, places: Places) -> Pairs:
    """Statements beyond the first: how many each of two annotators has, and how many they have in common."""
    (row, position, statement), count = total([*places.of(answers.further_answer, answers.further)])
    pieces = each_side(places.group[row], position, np.zeros_like(row), count, places.k)
    first, second = shared(row, position, statement, places.k)
    group, common = places.group[row[first]], np.minimum(count[first], count[second])
    return pairs([*pieces, (group, position[first], position[second], 0, MATCHED, common)])
