"""Storing the documents that lines make, and their units."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from annotator.actions import corpus, near_copies
from annotator.actions.importing import ImportOptions, add_document
from annotator.actions.importing_places import Placed
from annotator.actions.importing_reading import ReadAhead
from annotator.actions.importing_rows import Unit
from annotator.actions.importing_turns import Turns
from annotator.models import COUNTED, POSITION_STEP, Project
from exports.lines import ReadLine

UNITS_AT_ONCE = 1000
DOCUMENTS_AT_ONCE = 200


@dataclass(slots=True)
class NewText:
    """A document that the lines make, with the groups of its units' near-copies; `id` and `ordinal` once stored."""

    file: str
    places: Sequence[Placed]
    about: ImportOptions
    text: str
    sha256: str
    language: str | None
    meta: dict[str, Any]
    kinds: Sequence[str]
    uids: Sequence[str]
    groups: Sequence[str | None]
    served: Sequence[bool]
    id: int = 0
    ordinal: int = 0


def store_documents(turns: Turns, project: Project, texts: Sequence[NewText]) -> None:
    waiting = iter(texts)
    while some := list(islice(waiting, DOCUMENTS_AT_ONCE)):
        with turns.turn() as session:
            for one in some:
                row = add_document(session, project, one.file, one.text, one.about, origin="lines",
                                   sha256=one.sha256, language=one.language, meta=one.meta)  # fmt: skip
                one.id, one.ordinal, one.text = row.id, row.ordinal, ""
                session.expunge(row)


def store_units(
    turns: Turns, project: Project, texts: Sequence[NewText], ahead: ReadAhead
) -> Iterator[dict[int, Unit]]:
    """Store the units of the new documents; gives those with answers by line."""
    waiting = chain.from_iterable(_rows(project, text, ahead) for text in texts)
    while some := list(islice(waiting, UNITS_AT_ONCE)):
        with turns.turn() as session:
            keys = corpus.add_keyed_units(session, [row for _, row in some])
        yield {
            line.line_number: Unit(key, row[1], row[9])
            for key, (line, row) in zip(keys, some, strict=True) if line.annotations
        }  # fmt: skip


def _rows(project: Project, text: NewText, ahead: ReadAhead) -> Iterator[tuple[ReadLine, tuple[Any, ...]]]:
    """The rows of a new document's units, with how many hold each when its answers have come, each another's."""
    project_id, overlap, position = project.id, project.overlap, text.ordinal * POSITION_STEP
    for place, kind, uid, served, group in zip(
        text.places, text.kinds, text.uids, text.served, text.groups, strict=True
    ):
        line = place.line
        taken = sum(answer.state in COUNTED for answer in line.annotations) if line.annotations else 0
        yield line, (
            project_id, text.id, uid, place.start, place.end, kind, line.text,
            hashlib.sha256(line.text.encode()).hexdigest(), ahead.folded[line.text], position + place.start,
            int(served), taken, int(served and taken < overlap), group, line.split, 0,
        )  # fmt: skip


def name_made(turns: Turns, changes: near_copies.Regrouped) -> None:
    waiting = iter(changes.made)
    while some := list(islice(waiting, UNITS_AT_ONCE)):
        with turns.turn() as session:
            near_copies.name_groups(session, some)
