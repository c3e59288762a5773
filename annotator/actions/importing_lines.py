"""Importing lines (JSONL of record, bare sentences, Label Studio): documents and units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from operator import lt
from pathlib import PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions import corpus, due, near_copies
from annotator.actions.importing import ImportOptions, ImportReport
from annotator.actions.importing_answers import Answers
from annotator.actions.importing_bare import bare_text
from annotator.actions.importing_places import Placed, kind_of, match, refuse_far_offsets, text_of
from annotator.actions.importing_reading import ReadAhead
from annotator.actions.importing_rows import Unit
from annotator.actions.importing_texts import (
    NewText,
    Units,
    answered_units,
    described,
    digest,
    name_late,
    name_made,
    store_documents,
    store_units,
)
from annotator.actions.importing_turns import OneTurnNeeded, Turns
from annotator.errors import Fault, Refused
from annotator.models import COUNTED, Document, Project, Sentence
from annotator.permissions import Actor
from exports.lines import ReadLine

Ending = Callable[[Session], ImportReport]


def import_lines(
    turns: Turns, actor: Actor, project: Project, options: ImportOptions, ahead: ReadAhead
) -> Ending:
    """Store documents, units and answers of one file of lines; gives what is left to do in the last turn.

    Raises OneTurnNeeded where there are several turns, but not all texts are new.
    """
    report = ImportReport(options.name, notes=list(ahead.notes))
    _tell_unknown(ahead.lines, report)
    _refuse_repeated_ids(ahead.lines, options.name)
    texts: list[NewText] = []
    units: dict[int, Unit] = {}
    bare = bare_text(turns.session, project, options, ahead)
    if bare is not None:
        texts.append(bare)
    else:
        ahead.spread()
        units = _planned(turns, project, options, ahead, texts, report)
    lines = ahead.lines
    store_documents(turns, project, texts)
    grouped = ahead.grouped and any(group is not None for text in texts for group in text.groups)
    if not grouped:  # groups that came with the lines stay as they came
        report.touched = {text.id for text in texts if text.about.event or ahead.grouped}
    answers = Answers(turns, actor, project, options, report, lines)
    store_units(turns, project, texts)
    units.update(answered_units(texts))
    report.documents, report.sentences = len(texts), sum(len(text.units.uids) for text in texts)
    answers.store(units)
    name_late(turns, texts)
    regrouped = list(near_copies.regroup(turns.session, project, report.touched))
    for changes in regrouped:
        name_made(turns, changes.made)

    def ending(session: Session) -> ImportReport:
        if grouped:
            due.groups_due(session, project.id, {line.group for line in lines})
        answers.end(session)
        for changes in regrouped:
            near_copies.name_groups(session, changes.others)
            near_copies.groups_changed(session, project, changes)
        row = session.get_one(Project, project.id)
        row.documents += len(texts)
        row.served += sum(sum(text.units.served) for text in texts)
        session.flush()
        return report

    return ending


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


def _planned(
    turns: Turns, project: Project, options: ImportOptions, ahead: ReadAhead, texts: list[NewText], report: ImportReport
) -> dict[int, Unit]:
    """The units that are there, by line; the documents that are not come into `texts`."""
    session = turns.session
    by_file: dict[str, list[Placed]] = defaultdict(list)
    for place in _place(session, project, ahead.lines, options):
        by_file[place.file].append(place)
    there = _documents_there(session, project, list(by_file))
    if there and turns.several:
        raise OneTurnNeeded
    units: dict[int, Unit] = {}
    for file, places in by_file.items():
        starts = [place.start for place in places]
        if not all(map(lt, starts, starts[1:])):
            places.sort(key=lambda place: (place.start, place.end))
        _refuse_overlaps(file, places, options.name)
        if file in there:
            units.update(_units_there(session, there[file], places, options, report))
        else:
            texts.append(_new_text(session, project, file, places, options, ahead))
    return units


def _documents_there(session: Session, project: Project, files: Sequence[str]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for start in range(0, len(files), 500):
        some = Document.file.in_(files[start : start + 500])
        for document in session.scalars(select(Document).where(Document.project_id == project.id, some)):
            found[document.file] = document
    return found


def _refuse_overlaps(file: str, places: Sequence[Placed], name: str) -> None:
    for before, after in zip(places, places[1:], strict=False):
        if after.start < before.end:
            raise Refused(
                "The unit {start}–{end} of “{document}” overlaps the one in line {first}.", path="start",
                start=after.start, end=after.end, document=file, first=before.line.line_number,
            ).at(file=name, line=after.line.line_number)  # fmt: skip


def _units_there(
    session: Session, document: Document, places: Sequence[Placed], options: ImportOptions, report: ImportReport
) -> dict[int, Unit]:
    match(session, document, places, options, report)
    ids = dict(
        session.execute(
            select(Sentence.start, Sentence.id).where(Sentence.document_id == document.id)
        ).all()
    )
    return {place.line.line_number: Unit(ids[place.start], document.id, None) for place in places}


def _new_text(
    session: Session, project: Project, file: str, places: Sequence[Placed], options: ImportOptions, ahead: ReadAhead
) -> NewText:
    first = places[0].line.document
    for place in places:
        if place.line.document != first:
            raise Refused(
                "This line tells other particulars of “{document}” than line {first}.", path="document",
                document=file, first=places[0].line.line_number,
            ).at(file=options.name, line=place.line.line_number)  # fmt: skip
    refuse_far_offsets(places, options.name)
    text = text_of(places, "\n" if first is None else " ")
    text_sha256 = digest(text)
    sha256 = (first.sha256 if first else None) or text_sha256
    about = _described(places[0], file, options)
    kinds = [kind_of(place, options.name) for place in places]
    _refuse_foreign_ids(session, project, places, options.name)
    units = _units(project, file, places, kinds, ahead)
    return NewText(
        file, about, text, sha256, text_sha256, first.language if first else None,
        {} if first else _meta_of_bare(places, options), units, _groups(file, places, about, units, ahead),
        {place.line.line_number: n for n, place in enumerate(places) if place.line.annotations},
    )  # fmt: skip


def _described(place: Placed, file: str, options: ImportOptions) -> ImportOptions:
    """What is said of a new document, by its first line or by who imports it."""
    told = place.line.document
    if told is None:
        return described(options, file, options.outlet, options.event)
    try:
        return described(options, file, told.outlet, told.event)
    except Refused as refusal:
        raise refusal.at(file=options.name, line=place.line.line_number, path="document") from None


def _units(
    project: Project, file: str, places: Sequence[Placed], kinds: Sequence[str], ahead: ReadAhead
) -> Units:
    offered, overlap = frozenset(project.served_kinds), project.overlap
    texts = [place.line.text for place in places]
    served = [int(kind in offered) for kind in kinds]
    taken = [sum(answer.state in COUNTED for answer in place.line.annotations) for place in places]
    return Units(
        texts, [ahead.folded[text] for text in texts], [place.start for place in places],
        [place.end for place in places], kinds,
        [place.line.id or corpus.unit_id(file, place.start, place.end) for place in places], served, taken,
        [int(may and held < overlap) for may, held in zip(served, taken, strict=True)],
        [place.line.split for place in places],
    )  # fmt: skip


def _meta_of_bare(places: Sequence[Placed], options: ImportOptions) -> dict[str, Any]:
    meta = {str(place.start): place.line.meta for place in places if place.line.meta}
    return {"bare": options.name, **({"lines": meta} if meta else {})}


def _groups(
    file: str, places: Sequence[Placed], about: ImportOptions, units: Units, ahead: ReadAhead
) -> Iterable[str | None]:
    """The groups that came with the lines, or else those of the document's near-copies; of an event they come later."""
    if ahead.grouped or about.event:
        return [place.line.group for place in places]
    document = None if places[0].line.document is None else file
    grouping = ahead.grouping(document, list(compress(units.folded, units.served)))
    return near_copies.GroupNames(units.uids, units.served, grouping)


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
