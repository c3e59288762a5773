"""Where the lines of a file stand in their document: the text that they make, or that they fit the one there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions.importing import ImportOptions, ImportReport
from annotator.errors import Refused
from annotator.models import POSITION_STEP, Document, Sentence
from annotator.text.kinds import KINDS
from annotator.text.offsets import check_quote
from exports.lines import ReadLine

UNCOVERED_LIMIT = 16_000_000  # characters of a document that no line covers


class Placed(NamedTuple):
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
    kind = "sentence" if place.line.kind is None else place.line.kind
    if kind not in KINDS:
        raise Refused("“{value}” is none of {known}.", path="kind", value=kind, known=", ".join(KINDS)).at(
            file=file, line=place.line.line_number
        )
    return kind


def match(
    session: Session, document: Document, places: Sequence[Placed], options: ImportOptions, report: ImportReport
) -> None:
    """Each line of a document that is there must be one of its units, word for word."""
    text = session.scalar(select(Document.text).where(Document.id == document.id)) or ""
    units: Mapping[int, int] = dict(
        session.execute(
            select(Sentence.start, Sentence.end).where(Sentence.document_id == document.id)
        ).all()
    )
    for place in places:
        try:
            _match_one(document, text, units, place)
        except Refused as refusal:
            raise refusal.at(file=options.name, line=place.line.line_number) from None
        report.already_there += 1


def _match_one(document: Document, text: str, units: Mapping[int, int], place: Placed) -> None:
    told = place.line.document.sha256 if place.line.document else None
    if told is not None and told != document.sha256:
        raise Refused("“{value}” is not the SHA-256 of “{document}” here, which is {known}.", path="document.sha256",
                      value=told, document=document.file, known=document.sha256)  # fmt: skip
    try:
        check_quote(text, place.start, place.end, place.line.text)
    except Refused as refusal:
        raise refusal.at(path="end" if place.end > len(text) else "text") from None
    if units.get(place.start) != place.end:
        raise Refused("“{document}” has no unit {start}–{end}.", path="start", document=document.file,
                      start=place.start, end=place.end)  # fmt: skip
