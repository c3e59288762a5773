"""What changed between two texts, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  # unchanged lines shown beside a change


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of either text. `kind`: same, added, removed; or gap, where unchanged lines are left out."""

    kind: str
    text: str = ""


def line_changes(old: str, new: str) -> list[LineChange]:
    """The lines that differ with some around them, in the order of the new text; empty for equal texts."""
    return list(_changes(old.splitlines(), new.splitlines())) if old != new else []


def _changes(old: list[str], new: list[str]) -> Iterator[LineChange]:
    end = 0
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND):
        if group[0][1] > end:
            yield LineChange("gap")
        for what, left, left_end, right, right_end in group:
            if what == "equal":
                yield from (LineChange("same", line) for line in old[left:left_end])
                continue
            yield from (LineChange("removed", line) for line in old[left:left_end])
            yield from (LineChange("added", line) for line in new[right:right_end])
        end = group[-1][2]
    if end < len(old):
        yield LineChange("gap")
