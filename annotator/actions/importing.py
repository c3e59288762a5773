"""Importing a file: whole or nothing, and nothing twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions import corpus
from annotator.actions.importing_turns import OneTurn, Turns
from annotator.actions.log import write_log
from annotator.actions.near_copies import group_near_copies
from annotator.errors import Fault, Refused
from annotator.models import POSITION_STEP, Document, Event, Outlet, Project
from annotator.permissions import Actor
from annotator.prepared import driver, roomy
from annotator.text.decoding import decode
from annotator.text.sentences import split

if TYPE_CHECKING:
    from annotator.actions.importing_reading import ReadAhead

FORMATS = ("text", "jsonl", "label-studio")
#: From other tools: they hold entities only, which come as begun answers.
FOREIGN = ("doccano", "prodigy", "conll", "webanno")
LONG_UNIT = 10_000  # characters: accepted, but told
FORBIDDEN = frozenset(map(chr, (*range(32), 127, *range(0xD800, 0xE000)))) | frozenset('/\\:"<>|?*')
LONGEST_NAME = 255
_CONTROL = re.compile(r"[\0-\x1f\x7f]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the importer says about a file. `name` is the file's name without folders."""

    name: str
    format: str = "text"
    outlet: str | None = None
    event: str | None = None
    published: str | None = None
    url: str | None = None
    encoding: str | None = None
    new_speakers: bool = False
    new_annotators: bool = False
    annotator: str | None = None  # whose the marks of a foreign file are, where it names nobody
    annotators: Mapping[str, str] = field(default_factory=dict)  # name there → e-mail address
    predictions_as: str | None = None  # whose drafts the predictions of Label Studio become; null: left out
    labels: Mapping[str, str] = field(default_factory=dict)  # label there → label here
    utf16: bool | None = None  # whether a foreign file counts UTF-16 units; null: unsaid


@dataclass(slots=True)
class ImportReport:
    """What an import did. `notes` are worth telling but no reason to refuse."""

    file: str
    documents: int = 0
    sentences: int = 0
    annotations: int = 0
    already_there: int = 0
    notes: list[Fault] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)  # ids of documents made whose near-copies are still to be found


def import_file(
    session: Session,
    actor: Actor,
    project: Project,
    raw: bytes,
    options: ImportOptions,
    ahead: ReadAhead | None = None,
) -> ImportReport:
    """Import one file. Raises Refused naming file, line, field and value; then nothing was changed.

    `ahead`: what `read_ahead` read of it before the transaction was begun.
    """
    check_options(options)
    with roomy(driver(session)):
        if options.format != "text":
            from annotator.actions.importing_reading import read_ahead

            ahead = ahead or read_ahead(raw, options, project.served_kinds)
            return import_in_turns(OneTurn(session), actor, project, options, ahead)
        report = _import_article(session, project, raw, options)
        group_near_copies(session, project, report.touched)
    _log(session, actor, project, options, report)
    return report


def import_in_turns(
    turns: Turns, actor: Actor, project: Project, options: ImportOptions, ahead: ReadAhead
) -> ImportReport:
    """Import a file of lines that has been read. `project` is only read from."""
    from annotator.actions.importing_lines import import_lines

    ending = import_lines(turns, actor, project, options, ahead)
    with turns.last() as session:
        report = ending(session)
        _log(session, actor, project, options, report)
    return report


def _log(session: Session, actor: Actor, project: Project, options: ImportOptions, report: ImportReport) -> None:
    write_log(session, actor, "import", project_id=project.id,
              content={"file": report.file, "format": options.format, "documents": report.documents,
                       "sentences": report.sentences, "annotations": report.annotations})  # fmt: skip


def try_file(
    session: Session,
    actor: Actor,
    project: Project,
    raw: bytes,
    options: ImportOptions,
    ahead: ReadAhead | None = None,
) -> ImportReport:
    """The same within a trial of several files: what is refused leaves no trace that the next one would meet."""
    with session.begin_nested():
        return import_file(session, actor, project, raw, options, ahead)


def check_options(options: ImportOptions) -> None:
    known = (*FORMATS, *FOREIGN)
    if options.format not in known:
        raise Refused("“{value}” is none of {known}.", path="format", value=options.format, known=", ".join(known))
    _check_name(options.name)
    if options.published is not None and not _is_date(options.published):
        raise Refused("“{value}” is no date: write it as 2026-01-31.", path="published", value=options.published)
    if options.url is not None and not options.url.startswith(("http://", "https://")):
        raise Refused("“{value}” is no web address: it must begin with http:// or https://.",
                      path="url", value=options.url)  # fmt: skip
    _refuse_without_effect(options)


def _check_name(name: str) -> None:
    """Documents keep the name of their file, and downloads take it on: it must be one on every system."""
    bad = next((character for character in name if character in FORBIDDEN), None)
    if bad is not None and bad.isprintable():
        raise Refused("The file name “{value}” holds the character {character}, which some systems allow in no file "
                      "name. Rename the file.", path="file", value=name[:300], character=bad)  # fmt: skip
    if bad is not None:
        raise Refused("The file name “{value}” holds a control character. Rename the file.",
                      path="file", value="".join(c if c.isprintable() else "\ufffd" for c in name[:300]))  # fmt: skip
    if not 1 <= len(name) <= LONGEST_NAME or name in (".", ".."):
        raise Refused("“{value}” is no file name: it must have 1 to {limit} characters.",
                      path="file", value=name[:300], limit=LONGEST_NAME)  # fmt: skip


def _is_date(written: str) -> bool:
    """Whether it is a day of the calendar, as 2026-01-31."""
    with suppress(ValueError):
        return bool(_DATE.match(written) and date.fromisoformat(written))
    return False


def _refuse_without_effect(options: ImportOptions) -> None:
    """What is said of a file must be of use: silence would leave somebody in the belief that it was done."""
    given = {
        "annotator": (options.annotator is not None or bool(options.annotators), (*FOREIGN, "label-studio")),
        "map": (bool(options.labels), FOREIGN),
        "offsets": (options.utf16 is not None, ("doccano",)),
        "predictions_as": (options.predictions_as is not None, ("label-studio",)),
    }
    faults = [
        Fault("This has no effect on files of the format {format}, but on those of {known}: leave it out.",
              {"format": options.format, "known": ", ".join(formats)}, path)
        for path, (said, formats) in given.items() if said and options.format not in formats
    ]  # fmt: skip
    if faults:
        raise Refused(faults)


def _import_article(session: Session, project: Project, raw: bytes, options: ImportOptions) -> ImportReport:
    decoded = decode(raw, file=options.name, encoding=options.encoding)
    text, digest = decoded.text, hashlib.sha256(decoded.text.encode()).hexdigest()
    if len(text) >= POSITION_STEP:
        raise Refused("The text has {length} characters; the limit is {limit}.",
                      length=len(text), limit=POSITION_STEP).at(file=options.name)  # fmt: skip
    same = session.scalar(select(Document.file).where(Document.project_id == project.id, Document.sha256 == digest))
    if same is not None:
        raise Refused("This article is in the project already, as “{file}”; nothing was imported.",
                      file=same).at(file=options.name)  # fmt: skip
    if session.scalar(select(Document.id).where(Document.project_id == project.id, Document.file == options.name)):
        raise Refused("The project has another text of this file name; rename the file.").at(file=options.name)
    document = add_document(session, project, options.name, text, options, sha256=digest, text_sha256=digest,
                            origin="text")  # fmt: skip
    units = corpus.Units(project, document)
    rows = [units.row(unit.start, unit.end, unit.kind, text[unit.start : unit.end]) for unit in split(text)]
    corpus.add_units(session, project, rows)
    project.documents += 1
    report = ImportReport(options.name, 1, len(rows), notes=list(decoded.notes), touched={document.id})
    report.notes += [
        Fault("The unit at {start} has {length} characters: is a full stop or line break missing?",
              {"start": row["start"], "length": len(row["text"])}, file=options.name)
        for row in rows if len(row["text"]) > LONG_UNIT
    ]  # fmt: skip
    return report


def add_document(
    session: Session,
    project: Project,
    file: str,
    text: str,
    options: ImportOptions,
    *,
    sha256: str,
    text_sha256: str,
    origin: str,
    language: str | None = None,
    meta: dict[str, Any] | None = None,
) -> Document:
    """A new document row, with its outlet and event made where they are new."""
    document = Document(
        project_id=project.id, file=file, ordinal=corpus.next_ordinal(session, project), text=text,
        sha256=sha256, text_sha256=text_sha256, origin=origin,
        language=language or project.language, published=options.published, url=options.url, meta=meta or {},
        outlet_id=_named(session, Outlet, project.id, options.outlet),
        event_id=_named(session, Event, project.id, options.event),
    )  # fmt: skip
    session.add(document)
    session.flush()
    return document


def _named(session: Session, table: type[Outlet] | type[Event], project_id: int, name: str | None) -> int | None:
    name = checked_name(table, name)
    if name is None:
        return None
    found = session.scalar(select(table.id).where(table.project_id == project_id, table.name == name))
    if found is not None:
        return found
    row = table(project_id=project_id, name=name)
    session.add(row)
    session.flush()
    return row.id


def checked_name(table: type[Outlet] | type[Event], name: str | None) -> str | None:
    """The name of an outlet or event; null for none."""
    if name is None or not name.strip():
        return None
    name = name.strip()
    if _CONTROL.search(name):
        raise Refused("“{value}” holds a control character, which no name does.",
                      path="outlet" if table is Outlet else "event", value=name[:60])  # fmt: skip
    if len(name) > corpus.NAME_LIMIT:
        raise Refused("“{value}” is longer than {limit} characters.", value=name[:60], limit=corpus.NAME_LIMIT)
    return name
