"""What the votes of a document are made of: answers, layers, strata. Every figure of agreement comes from votes.

Votes tell how many sentences *these annotators answered so* (`votes` counts them, `contents` puts them as they are
stored). They add up, and an annotator can be left out of them again. `sums` makes of them what the coefficients need.
Only submitted answers count, and only sentences that two or more annotators answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotator.agreement.spans import Span

SEP = "\x1f"
#: The layers of one label per answer, primary statement only. `speaker` is the canonical entry, `speaker_raw` the
#: words that the annotator marked, `stance_pair` target and value together.
CHOICES = ("speaker", "speaker_raw", "attribution", "stance_target", "stance", "stance_pair", "claim_type")
SAME_TARGET = "stance_where_same_target"
LABELLED = (*CHOICES, SAME_TARGET)
EXTRA = "extra_statements"
Content = dict[str, dict[str, dict[str, Any]]]  # {stratum: {annotators: votes}}


class Row(NamedTuple):
    """One statement: canonical id of the speaker, speaker as marked, attribution, target, stance value, claim type."""

    speaker: str | None
    raw: str | None
    attribution: str | None
    target: str | None
    stance: str | None
    claim_type: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A submitted answer. `finished` is ISO 8601; `seen`: suggestions were shown; `hidden`: the outlet was not."""

    person: int
    rows: Sequence[Row]
    spans: Sequence[Span]
    finished: str
    guideline: str | None = None
    seen: bool = False
    hidden: bool = False


class Stratum(NamedTuple):
    """What the answers of a sentence have in common. `copy`: another sentence of its near-copies comes first."""

    seen: bool
    hidden: bool
    copy: bool
    week: str
    guideline: str

    def key(self) -> str:
        return f"{self.seen:d}|{self.hidden:d}|{self.copy:d}|{self.week}|{self.guideline}"

    @classmethod
    def parse(cls, key: str) -> Stratum:
        seen, hidden, copy, week, guideline = key.split("|", 4)
        return cls(seen == "1", hidden == "1", copy == "1", week, guideline)


MIXED = "mixed"  # the answers to a sentence were given under different guideline versions


def labels_of(row: Row) -> tuple[str, str, str, str, str, str, str]:
    """The label of each layer of CHOICES; empty where the answer has none."""
    target = row.target or "none"
    stance = row.stance or ""
    raw = (row.raw or row.speaker or "").replace(SEP, " ")
    return (row.speaker or "", raw, row.attribution or "", target, stance, f"{target} {stance}", row.claim_type or "")


def add_one(cells: dict[str, Any], group: str, cell: str, count: int) -> None:
    if count:
        own = cells.setdefault(group, {})
        own[cell] = own.get(cell, 0) + count
