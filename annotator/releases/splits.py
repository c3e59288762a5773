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
from typing import Any

from annotator.errors import Refused

PARTS = ("train", "dev", "test")
GROUPINGS = ("event", "document")
FAR = 5  # points of percent that a share may miss without a word


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
    members = check_groups(units, plan, copies)
    shares = plan.shares
    parts = [""] * len(units)
    for number, part in _deal(units, members, shares, plan.seed).items():
        for position in members[number]:
            parts[position] = part
    return parts


def check_groups(units: Sequence[Unit], plan: Plan, copies: Iterable[tuple[int, int]] = ()) -> dict[int, list[int]]:
    """The positions of each group. Raises Refused for a plan that is none, and for fewer groups than parts."""
    plan.check()
    members = _members(group(units, plan.by, copies))
    if len(members) < len(plan.shares):
        raise _too_few(len(members), plan)
    return members


def _too_few(groups: int, plan: Plan) -> Refused:
    """One sentence for each case: no word of the program, and no number that a language must bend words for."""
    if plan.by == "event" and groups < 2:
        return Refused("All sentences fall into one group by event and near-copy, too few to be parted. Group by "
                       "document, or import more.", path="by")  # fmt: skip
    if plan.by == "event":
        return Refused("The sentences fall into two groups by event and near-copy, too few for three parts. Group by "
                       "document, import more, or ask for two parts.", path="by")  # fmt: skip
    if groups < 2:
        return Refused("All sentences fall into one group by document and near-copy, too few to be parted. Import "
                       "more.", path="by")  # fmt: skip
    return Refused("The sentences fall into two groups by document and near-copy, too few for three parts. Import "
                   "more, or ask for two parts.", path="by")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Largest:
    """The group that holds the most units: how many, of how many documents, and the event or file it is known by;
    and how many groups there are."""

    groups: int
    units: int
    documents: int
    event: str | None
    file: str


def largest(units: Sequence[Unit], by: str, copies: Iterable[tuple[int, int]] = ()) -> Largest:
    """The largest of the groups that are never parted. There must be units."""
    members = _members(group(units, by, copies))
    held = min(members.values(), key=lambda held: (-len(held), min(units[position].id for position in held)))
    files = Counter(units[position].file for position in held)
    events = Counter(event for position in held if by == "event" and (event := units[position].event))
    named = [min(found, key=lambda name: (-found[name], name), default=None) for found in (events, files)]
    return Largest(len(members), len(held), len(files), named[0], named[1] or "")


def reached(units: Mapping[str, int]) -> dict[str, float]:
    """The share that each part has of the units with a part, from 0 to 1."""
    total = sum(units.get(part, 0) for part in PARTS)
    return {part: units.get(part, 0) / total if total else 0.0 for part in PARTS}


def dealt(manifest: Mapping[str, Any]) -> tuple[dict[str, float], bool] | None:
    """The shares that a release reached, and whether they are far from its plan; null for one without a plan."""
    plan, units = manifest["split"], manifest["splits"]
    return None if plan is None else (reached(units), far(plan, units))


def far(plan: Mapping[str, int], units: Mapping[str, int]) -> bool:
    """Whether the share of a part lies more than five points from the one that the plan asked for."""
    return any(abs(100 * share - plan[part]) > FAR for part, share in reached(units).items())


def _members(numbers: Sequence[int]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for position, number in enumerate(numbers):
        members[number].append(position)
    return members


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
