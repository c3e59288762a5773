"""The votes of documents as they are stored: {stratum: {annotators: votes}}, each a plain dict without zeros."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from annotator.agreement.answers import columns_of
from annotator.agreement.marks import Carried
from annotator.agreement.numbering import Ints, runs, together
from annotator.agreement.pairing import MEASURES, Pairs
from annotator.agreement.tallies import EXTRA, SEP, Answer, Content
from annotator.agreement.votes import Joints, Votes, votes


def document_content(sentences: Iterable[tuple[str, bool, Sequence[Answer]]], week: Callable[[str], str]) -> Content:
    """The votes of a document: of each sentence its text, whether it is a later near-copy, its answers.

    `week` names the week of a moment.
    """
    return contents(votes(columns_of((0, *sentence) for sentence in sentences), week)).get(0, {})


def contents(counted: Iterable[Votes]) -> dict[int, Content]:
    """The votes of each unit that has some."""
    found: dict[int, Content] = {}
    for one in counted:
        rows = zip(one.unit.tolist(), one.stratum, one.people.tolist(), _by_group(one), strict=True)
        for unit, stratum, people, own in rows:
            found.setdefault(unit, {}).setdefault(stratum, {})[" ".join(map(str, people))] = own
    return found


def _by_group(counted: Votes) -> list[dict[str, Any]]:
    own: list[dict[str, Any]] = [{"n": n} for n in counted.size.tolist()]
    texts = counted.names.texts
    for layer, joints in counted.layers.items():
        for group, cells in _joints(joints, texts):
            own[group][layer] = cells
    k = counted.people.shape[1]
    everybody = [f"{i} {j}" for i, j in combinations(range(k), 2)]
    for group in counted.marks.marked.nonzero()[0].tolist():
        own[group]["spans"] = {pair: {} for pair in everybody}
    cells_of_kind = [*(f"{SEP}{measure}" for measure in MEASURES)]
    for group, i, j, cells in _pairs(counted.marks.pairs, texts, cells_of_kind):
        own[group]["spans"][f"{i} {j}"] = cells
    for group, n in enumerate(counted.marks.tokens.tolist()):
        if n:
            own[group]["tokens"] = {"": {"": n}}
    for group, mask, kinds in _carried(counted.marks.carried, texts):
        own[group].setdefault("tokens", {})[mask] = kinds
    for group, i, j, cells in _pairs(counted.further, texts, list(MEASURES)):
        own[group].setdefault(EXTRA, {})[f"{i} {j}"] = cells
    return own


def _joints(joints: Joints, texts: list[str]) -> Iterator[tuple[int, dict[str, int]]]:
    names = [SEP.join([texts[label] for label in row]) for row in joints.labels.tolist()]
    for group, at, cells in _cells(joints.group, [names[joint] for joint in joints.joint.tolist()], joints.count):
        del at
        yield group, cells


def _pairs(pairs: Pairs, texts: list[str], measures: list[str]) -> Iterator[tuple[int, int, int, dict[str, int]]]:
    names = [
        texts[kind] + measures[measure]
        for kind, measure in zip(pairs.kind.tolist(), pairs.measure.tolist(), strict=True)
    ]
    for _, at, cells in _cells(together([pairs.group, pairs.i, pairs.j]), names, pairs.count):
        yield int(pairs.group[at]), int(pairs.i[at]), int(pairs.j[at]), cells


def _carried(carried: Carried, texts: list[str]) -> Iterator[tuple[int, str, dict[str, int]]]:
    masks = ["".join(map(str, row)) for row in carried.masks.tolist()]
    names = [texts[kind] for kind in carried.kind.tolist()]
    for _, at, cells in _cells(together([carried.group, carried.mask]), names, carried.count):
        yield int(carried.group[at]), masks[carried.mask[at]], cells


def _cells(ordered: Ints, names: list[str], counts: Ints) -> Iterator[tuple[int, int, dict[str, int]]]:
    """Each run of equal numbers: the number, where it begins, {name: count}."""
    bounds, numbers, values = runs(ordered).tolist(), ordered.tolist(), counts.tolist()
    for begin, end in zip(bounds, bounds[1:], strict=False):
        yield numbers[begin], begin, dict(zip(names[begin:end], values[begin:end], strict=True))
