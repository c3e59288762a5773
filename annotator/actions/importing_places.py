"""Where the lines of a file stand in their document, and the text that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.errors import Refused
from annotator.models import POSITION_STEP
from annotator.text.kinds import KINDS
from exports.lines import ReadLine

UNCOVERED_LIMIT = 16_000_000  # characters of a document that no line covers


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and where it stands: file, `[start, end)` and the line itself."""

    line: ReadLine
    file: str
    start: int
    end: int


def refuse_far_offsets(places: Sequence[Placed], file: str) -> None:
    """A short line must not ask for a text of gigabytes."""
    uncovered = at = 0
    for place in places:
        uncovered, at = uncovered + place.start - at, place.end
        if uncovered > UNCOVERED_LIMIT or place.end >= POSITION_STEP:
            raise Refused(
                "The unit {start}–{end} lies too far in its document: at most {limit} characters may be in no line.",
                path="start", start=place.start, end=place.end, limit=UNCOVERED_LIMIT,
            ).at(file=file, line=place.line.line_number)  # fmt: skip


def text_of(places: Sequence[Placed], gap: str) -> str:
    """Each text at its start; code points that no line covers are `gap`."""
    parts = []
    at = 0
    for place in places:
        parts += [gap * (place.start - at), place.line.text]
        at = place.end
    return "".join(parts)


def kind_of(place: Placed, file: str) -> str:
    kind = place.line.kind or "sentence"
    if kind not in KINDS:
        raise Refused("“{value}” is none of {known}.", path="kind", value=kind, known=", ".join(KINDS)).at(
            file=file, line=place.line.line_number
        )
    return kind
