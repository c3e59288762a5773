"""Which sentences and answers a report counts, and which sum holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.agreement.numbering import Names
from annotator.agreement.rows import Rows
from annotator.agreement.sums import add_votes
from annotator.agreement.tallies import Content, Stratum
from annotator.agreement.votes import Votes, without


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sentences and answers a report counts; null: all. `copies`: "all", or near-copies "once".

    outlet, event, document and `without` (annotators left out) are ids.
    """

    outlet: int | None = None
    event: int | None = None
    document: int | None = None
    guideline: str | None = None
    week: str | None = None
    seen: bool | None = None
    hidden: bool | None = None
    without: frozenset[int] = frozenset()
    copies: str = "all"

    def takes(self, stratum: Stratum) -> bool:
        return (
            (self.guideline is None or stratum.guideline == self.guideline)
            and (self.week is None or stratum.week == self.week)
            and (self.seen is None or stratum.seen == self.seen)
            and (self.hidden is None or stratum.hidden == self.hidden)
            and (self.copies == "all" or not stratum.copy)
        )

    def scope(self) -> tuple[str, str] | None:
        """The sum that holds exactly this selection, but for near-copies; null: it must be added up."""
        if self.document is not None or self.without:
            return None
        set_ = [(name, value) for name, value in (
            ("outlet", self.outlet), ("event", self.event), ("guideline", self.guideline), ("week", self.week),
            ("seen", self.seen), ("hidden", self.hidden),
        ) if value is not None]  # fmt: skip
        if len(set_) > 1:
            return None
        if not set_:
            return "project", ""
        name, value = set_[0]
        return name, str(int(value)) if isinstance(value, bool) else str(value)

    def key(self) -> str:
        """One text for one selection."""
        told = [f"{name}={getattr(self, name)}" for name in self.__slots__ if name != "without"]
        return "&".join([*told, "without=" + ",".join(map(str, sorted(self.without)))])


def scopes(stratum: Stratum, outlet: int | None, event: int | None) -> Iterator[tuple[str, str]]:
    """The sums that a stratum of a document of this outlet and event counts in."""
    yield "project", ""
    if outlet is not None:
        yield "outlet", str(outlet)
    if event is not None:
        yield "event", str(event)
    yield "guideline", stratum.guideline
    yield "week", stratum.week
    yield "seen", str(int(stratum.seen))
    yield "hidden", str(int(stratum.hidden))


def selected(content: Content, selection: Selection) -> dict[str, dict[str, Any]]:
    """The {annotators: votes} of a document that a selection takes."""
    votes: dict[str, dict[str, Any]] = {}
    for key, own in content.items():
        if selection.takes(Stratum.parse(key)):
            add_votes(votes, own)
    return votes


def rows_of(
    batches: Iterable[Iterable[Votes]], selection: Selection, names: Names, *, confused: bool = False
) -> tuple[Rows, list[int]]:
    """What a selection takes of votes, a home for each unit of which it takes something; these units.

    No unit is in two batches, of which one is held at a time; the homes are in the order of the batches and the units.
    """
    rows, units = Rows(names, confused=confused), list[int]()
    for found in batches:
        kept = [own for one in found for own in without(one, selection.without)]
        takes = {key: selection.takes(Stratum.parse(key)) for one in kept for key in one.stratum}
        taken = [np.array([takes[key] for key in one.stratum], np.bool_) for one in kept]
        nobody = np.zeros(0, np.int64)
        here = np.unique(np.concatenate([nobody, *(one.unit[own] for one, own in zip(kept, taken, strict=True))]))
        for one, own in zip(kept, taken, strict=True):
            rows.take(one, np.where(own, len(units) + np.searchsorted(here, one.unit), -1))
        units += here.tolist()
    return rows, units
