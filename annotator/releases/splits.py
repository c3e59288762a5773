"""Train, dev and test: whole groups go to one part, and the labels are spread as evenly as groups allow.

A model that saw a wire copy in training knows the test sentence already. Hence what tells the same story
goes to one part: the sentences of an event (or of a document), and near-copies wherever they stand. The
groups are then dealt out one by one, the largest first, each to the part where it leaves the least
squared error of every label's share (Sechidis, Tsoumakas and Vlahavas 2011, by group instead of by row).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.errors import Refused

PARTS = ("train", "dev", "test")
GROUPINGS = ("event", "document")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a split needs of a sentence. `strata`: the labels whose shares are to be kept; `served`: labelled at all."""

    id: str
    file: str
    event: str | None
    group: str | None
    text: str
    strata: tuple[str, ...] = ()
    served: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How to split: percent per part (they sum to 100), the seed, and what stays together beside near-copies."""

    train: int
    dev: int
    test: int
    seed: int = 0
    by: str = "event"

    @property
    def shares(self) -> dict[str, float]:
        """Each part that is wanted, with its share from 0 to 1."""
        given = {"train": self.train, "dev": self.dev, "test": self.test}
        return {part: percent / 100 for part, percent in given.items() if percent}

    def check(self) -> None:
        """Raises Refused for shares that are none, or an unknown grouping."""
        percents = (self.train, self.dev, self.test)
        if min(percents) < 0 or sum(percents) != 100:
            raise Refused("The shares {train}, {dev} and {test} are no split: whole percents that sum to 100.",
                          train=self.train, dev=self.dev, test=self.test)  # fmt: skip
        if self.by not in GROUPINGS:
            raise Refused("“{value}” is none of {known}.", value=self.by, known=", ".join(GROUPINGS))


def split(units: Sequence[Unit], plan: Plan, copies: Iterable[tuple[int, int]] = ()) -> list[str]:
    """The part of each unit. `copies`: pairs of positions that must not be parted, beside the groups.

    The same units, plan and copies give the same parts on every machine. Raises Refused when there are
    fewer groups than parts.
    """
    plan.check()
    numbers = group(units, plan.by, copies)
    members: dict[int, list[int]] = defaultdict(list)
    for position, number in enumerate(numbers):
        members[number].append(position)
    shares = plan.shares
    if len(members) < len(shares):
        raise Refused(
            "The sentences fall into {groups} groups by {by} and near-copy, too few for {parts} parts. "
            "Group by document, import more, or ask for fewer parts.",
            groups=len(members), by=plan.by, parts=len(shares),
        )  # fmt: skip
    parts = [""] * len(units)
    for number, part in _deal(units, members, shares, plan.seed).items():
        for position in members[number]:
            parts[position] = part
    return parts


def group(units: Sequence[Unit], by: str, copies: Iterable[tuple[int, int]] = ()) -> list[int]:
    """A number per unit, equal for those that must stay together; an event's absence joins nothing."""
    parents = list(range(len(units)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    first: dict[Hashable, int] = {}
    for position, unit in enumerate(units):
        keys: list[Hashable] = [("document", unit.file)]
        if unit.group is not None:
            keys.append(("group", unit.group))
        if by == "event" and unit.event is not None:
            keys.append(("event", unit.event))
        for key in keys:
            parents[root(position)] = root(first.setdefault(key, position))
    for one, other in copies:
        parents[root(one)] = root(other)
    return [root(position) for position in range(len(units))]


def _deal(
    units: Sequence[Unit], members: Mapping[int, Sequence[int]], shares: Mapping[str, float], seed: int
) -> dict[int, str]:
    """The part of each group."""
    weights = {number: _weight(units, positions) for number, positions in members.items()}
    totals: Counter[str] = Counter()
    for weight in weights.values():
        totals.update(weight)
    order = sorted(
        members, key=lambda number: (-len(members[number]), _lot(seed, min(units[p].id for p in members[number])))
    )
    held: dict[str, Counter[str]] = {part: Counter() for part in shares}
    dealt: dict[int, str] = {}
    for left, number in zip(range(len(order), 0, -1), order, strict=True):
        empty = [part for part in shares if not held[part]]
        # the last groups go to the parts that would stay empty
        open_to = empty if len(empty) >= left else list(shares)
        weight = weights[number]
        part = min(open_to, key=lambda part: (_error(held[part], weight, totals, shares[part]), -shares[part]))
        held[part].update(weight)
        dealt[number] = part
    return dealt


def _weight(units: Sequence[Unit], positions: Sequence[int]) -> Counter[str]:
    """How often a group holds each label; every sentence counts as a label of its own name too."""
    weight: Counter[str] = Counter({"": len(positions)})
    for position in positions:
        weight.update(units[position].strata)
    return weight


def _error(held: Counter[str], weight: Counter[str], totals: Counter[str], share: float) -> float:
    """How the squared error of the shares changes when the group comes to this part."""
    change = 0.0
    for label, count in weight.items():
        before = held[label] / totals[label] - share
        after = before + count / totals[label]
        change += (after * after - before * before) * (len(totals) if label == "" else 1)
    return change


def _lot(seed: int, name: str) -> bytes:
    """A seeded order that no version of a random generator changes."""
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()
