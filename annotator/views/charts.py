"""The geometry of the small plots on the project page; templates draw them as SVG without any style of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotator.queries.labelling import Progress

WIDTH = 1000
DAYS = 14


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar, in thousandths of its width."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day: its ISO date, its saves, its height as a share of the highest."""

    date: str
    count: int
    height: float


def bars(members: Sequence[Progress]) -> dict[int, list[Part]]:
    """Each person's answers as parts of one bar; the busiest person's bar is full."""
    longest = max((m.submitted + m.drafts + m.skipped for m in members), default=0) or 1
    return {m.person_id: _parts(m, WIDTH / longest) for m in members}


def _parts(member: Progress, scale: float) -> list[Part]:
    parts, at = [], 0.0
    for kind, count in (("submitted", member.submitted), ("draft", member.drafts), ("skipped", member.skipped)):
        if count:
            parts.append(Part(kind, round(at, 2), round(count * scale, 2)))
            at += count * scale
    return parts


def columns(saves: Mapping[str, int]) -> list[Column]:
    """The last fortnight, day by day, the oldest first; empty when nothing was saved in it."""
    today = datetime.now(UTC).date()
    dates = [(today - timedelta(days=back)).isoformat() for back in range(DAYS - 1, -1, -1)]
    highest = max((saves.get(date, 0) for date in dates), default=0)
    if not highest:
        return []
    return [Column(date, saves.get(date, 0), saves.get(date, 0) / highest) for date in dates]
