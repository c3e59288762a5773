"""Importing lines (JSONL of record, bare sentences, Label Studio): documents and units."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions import corpus, due
from annotator.actions.importing import ImportOptions, ImportReport, add_document
from annotator.actions.importing_answers import import_answers
from annotator.actions.importing_places import Placed, kind_of, match, refuse_far_offsets, text_of
from annotator.actions.importing_reading import ReadAhead, read_ahead
from annotator.actions.near_copies import group_rows
from annotator.errors import Fault, Refused
from annotator.models import COUNTED, Document, Project, Sentence
from annotator.permissions import Actor
from exports.lines import ReadLine


def import_lines(
    session: Session, actor: Actor, project: Project, raw: bytes, options: ImportOptions, ahead: ReadAhead | None
) -> ImportReport:
    """Documents, units and answers of one file of lines."""
    ahead = ahead or read_ahead(raw, options, project.served_kinds)
    report = ImportReport(options.name, notes=list(ahead.notes))
    lines = ahead.lines
    _tell_unknown(lines, report)
    _refuse_repeated_ids(lines, options.name)
    placed = _place(session, project, lines, options)
    units: dict[int, int] = {}  # line number → sentence id
    made: dict[int, int] = {}  # the sentences made here → position
    by_file: dict[str, list[Placed]] = defaultdict(list)
    for place in placed:
        by_file[place.file].append(place)
    for file, places in by_file.items():
        places.sort(key=lambda place: (place.start, place.end))
        units.update(_import_document(session, project, file, places, options, report, made, ahead))
    _keep_groups(session, project, lines, units, report, made)
    import_answers(session, actor, project, lines, units, options, report, made)
    return report


def _tell_unknown(lines: Sequence[ReadLine], report: ImportReport) -> None:
    first: dict[str, int] = {}
    for line in lines:
        for key in line.unknown:
            first.setdefault(key, line.line_number)
    report.notes += [
        Fault("The key “{key}” is not known and was left out.", {"key": key}, file=report.file, line=number)
        for key, number in first.items()
    ]


def _refuse_repeated_ids(lines: Sequence[ReadLine], file: str) -> None:
    seen: dict[str, int] = {}
    for line in lines:
        if line.id is None:
            continue
        if line.id in seen:
            raise Refused("The id “{value}” stands in line {first} already.", path="id", value=line.id,
                          first=seen[line.id]).at(file=file, line=line.line_number)  # fmt: skip
        seen[line.id] = line.line_number


def _place(
    session: Session, project: Project, lines: Sequence[ReadLine], options: ImportOptions
) -> list[Placed]:
    placed = []
    bare = []
    for line in lines:
        if line.document is None:
            bare.append(line)
            continue
        if line.start is None or line.end is None:
            raise Refused("A line that names a document needs its start and end.", path="start").at(
                file=options.name, line=line.line_number
            )
        placed.append(Placed(line, line.document.file, line.start, line.end))
    return placed + list(_place_bare(session, project, bare, options))


def _place_bare(
    session: Session, project: Project, bare: Sequence[ReadLine], options: ImportOptions
) -> Iterator[Placed]:
    """Bare sentences make a document of their own, one a line, named after the file.

    Those that an earlier import of that name brought are already there; the rest make one more
    document, since a document's text never changes.
    """
    if not bare:
        return
    stem = PurePath(options.name)
    there: dict[str, tuple[str, int, int]] = {}
    names = set()
    for row in session.execute(
        select(Document.file, Sentence.start, Sentence.end, Sentence.text)
        .join(Sentence, Sentence.document_id == Document.id)
        .where(Document.project_id == project.id, Document.origin == "lines",
               Document.meta["bare"].as_string() == options.name)
    ):  # fmt: skip
        there[row.text] = (row.file, row.start, row.end)
        names.add(row.file)
    file, count = options.name, 1
    while file in names:
        count += 1
        file = f"{stem.stem}~{count}{stem.suffix}"
    seen: dict[str, int] = {}
    at = 0
    for line in bare:
        if line.text in seen:
            raise Refused("The same sentence stands in line {first} already.", path="text",
                          first=seen[line.text]).at(file=options.name, line=line.line_number)  # fmt: skip
        seen[line.text] = line.line_number
        if line.text in there:
            yield Placed(line, *there[line.text])
        else:
            yield Placed(line, file, at, at + len(line.text))
            at += len(line.text) + 1


def _import_document(
    session: Session,
    project: Project,
    file: str,
    places: Sequence[Placed],
    options: ImportOptions,
    report: ImportReport,
    made: dict[int, int],
    ahead: ReadAhead,
) -> dict[int, int]:
    """The sentence id of each line of one document, made where it is new; then its position in `made` too."""
    document = session.scalar(
        select(Document).where(Document.project_id == project.id, Document.file == file)
    )
    for before, after in zip(places, places[1:], strict=False):
        if after.start < before.end:
            raise Refused(
                "The unit {start}–{end} of “{document}” overlaps the one in line {first}.", path="start",
                start=after.start, end=after.end, document=file, first=before.line.line_number,
            ).at(file=options.name, line=after.line.line_number)  # fmt: skip
    if document is None:
        document = _make_document(session, project, file, places, options, report)
        kinds = [kind_of(place, options.name) for place in places]
        rows = _rows(project, document, places, kinds, ahead)
        _refuse_foreign_ids(session, project, places, options.name)
        if document.event_id is None and not ahead.grouped:
            group_rows(rows, ahead.copies.get(None if places[0].line.document is None else file))
            report.touched.discard(document.id)
        keys = corpus.add_keyed_units(session, project, rows)
        made.update((key, row["position"]) for key, row in zip(keys, rows, strict=True))
        report.sentences += len(rows)
        return {place.line.line_number: key for place, key in zip(places, keys, strict=True)}
    match(session, document, places, options, report)
    ids = dict(
        session.execute(
            select(Sentence.start, Sentence.id).where(Sentence.document_id == document.id)
        ).all()
    )
    return {place.line.line_number: ids[place.start] for place in places}


def _rows(
    project: Project, document: Document, places: Sequence[Placed], kinds: Sequence[str], ahead: ReadAhead
) -> list[dict[str, Any]]:
    """The rows of a new document's units, with how many hold each when its answers have come, each another's."""
    units, overlap = corpus.Units(project, document), project.overlap
    rows = []
    for place, kind in zip(places, kinds, strict=True):
        line = place.line
        row = units.row(place.start, place.end, kind, line.text, uid=line.id, folded=ahead.folded[line.text])
        row["split"], row["near_group"] = line.split, line.group
        if line.annotations:
            row["taken"] = taken = sum(answer.state in COUNTED for answer in line.annotations)
            row["open"] = row["served"] and taken < overlap
        rows.append(row)
    return rows


def _make_document(
    session: Session,
    project: Project,
    file: str,
    places: Sequence[Placed],
    options: ImportOptions,
    report: ImportReport,
) -> Document:
    first = places[0].line.document
    for place in places:
        if place.line.document != first:
            raise Refused(
                "This line tells other particulars of “{document}” than line {first}.", path="document",
                document=file, first=places[0].line.line_number,
            ).at(file=options.name, line=place.line.line_number)  # fmt: skip
    bare = first is None
    refuse_far_offsets(places, options.name)
    text = text_of(places, "\n" if bare else " ")
    about = ImportOptions(
        name=file, outlet=first.outlet if first else options.outlet, event=first.event if first else options.event,
        published=options.published, url=options.url,
    )  # fmt: skip
    document = add_document(
        session, project, file, text, about, origin="lines",
        sha256=(first.sha256 if first else None) or hashlib.sha256(text.encode()).hexdigest(),
        language=first.language if first else None,
    )  # fmt: skip
    if bare:
        meta = {str(place.start): place.line.meta for place in places if place.line.meta}
        document.meta = {"bare": options.name, **({"lines": meta} if meta else {})}
    report.documents += 1
    report.touched.add(document.id)
    return document


def _refuse_foreign_ids(session: Session, project: Project, places: Sequence[Placed], file: str) -> None:
    wanted = {place.line.id: place for place in places if place.line.id is not None}
    for start in range(0, len(wanted), 500):
        some = list(wanted)[start : start + 500]
        for uid in session.scalars(
            select(Sentence.uid).where(Sentence.project_id == project.id, Sentence.uid.in_(some))
        ):
            raise Refused("The id “{value}” belongs to another unit of the project.", path="id", value=uid).at(
                file=file, line=wanted[uid].line.line_number
            )


def _keep_groups(
    session: Session, project: Project, lines: Sequence[ReadLine], units: Mapping[int, int], report: ImportReport,
    made: Mapping[int, int],
) -> None:
    """Groups that came with the lines stay as they came; such documents are not grouped anew."""
    named = [line for line in lines if line.group is not None]
    if any(units[line.line_number] in made for line in named):
        due.groups_due(session, project.id, {line.group for line in named})
        report.touched.clear()
