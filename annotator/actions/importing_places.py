"""Where imported lines stand, and that they fit the document that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions.importing import ImportOptions, ImportReport
from annotator.errors import Refused
from annotator.models import Document, Sentence
from annotator.text.offsets import check_quote
from exports.lines import ReadLine


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and where it stands: file, `[start, end)` and the line itself."""

    line: ReadLine
    file: str
    start: int
    end: int


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
