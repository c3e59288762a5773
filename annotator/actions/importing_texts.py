"""Storing the documents that lines make, and their units."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from annotator.actions import corpus, near_copies
from annotator.actions.importing import ImportOptions, add_document, checked_name
from annotator.actions.importing_rows import Unit
from annotator.actions.importing_turns import Turns
from annotator.models import POSITION_STEP, Event, Outlet, Project
from annotator.progress import tell

DOCUMENTS_AT_ONCE = 200


class Units(NamedTuple):
    """The units of a new document in columns. `taken`: how many hold each once its answers have come."""

    texts: Sequence[str]
    folded: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    kinds: Sequence[str]
    uids: Sequence[str]
    served: Sequence[int]
    taken: Sequence[int]
    open: Sequence[int]
    splits: Sequence[str | None]


@dataclass(slots=True)
class NewText:
    """A document that the lines make, with the groups of its units' near-copies.

    `answered`: the number of a line with answers → its unit, from 0. `id`, `ordinal`, `keys` of the units: once stored.
    """

    file: str
    about: ImportOptions
    text: str
    sha256: str
    text_sha256: str
    language: str | None
    meta: dict[str, Any]
    units: Units
    groups: Iterable[str | None]
    answered: dict[int, int] = field(default_factory=dict)
    id: int = 0
    ordinal: int = 0
    keys: Sequence[int] = ()


def described(options: ImportOptions, file: str, outlet: str | None, event: str | None) -> ImportOptions:
    """What is said of one document of a file."""
    return replace(options, name=file, outlet=checked_name(Outlet, outlet), event=checked_name(Event, event))


def store_documents(turns: Turns, project: Project, texts: Sequence[NewText]) -> None:
    waiting = iter(texts)
    while some := list(islice(waiting, DOCUMENTS_AT_ONCE)):
        with turns.turn() as session:
            for one in some:
                row = add_document(session, project, one.file, one.text, one.about, origin="lines",
                                   sha256=one.sha256, text_sha256=one.text_sha256, language=one.language,
                                   meta=one.meta)  # fmt: skip
                one.id, one.ordinal, one.text = row.id, row.ordinal, ""
                session.expunge(row)


def store_units(turns: Turns, project: Project, texts: Sequence[NewText]) -> None:
    """Store the units of the new documents."""
    keys = array("q")
    waiting = chain.from_iterable(_rows(project, text) for text in texts)
    total = sum(len(text.units.uids) for text in texts)
    while some := list(islice(waiting, turns.units)):
        with turns.turn() as session:
            keys.extend(corpus.add_keyed_units(session, some))
        tell("sentences stored", len(keys), total)
    first = 0
    for text in texts:
        last = first + len(text.units.uids)
        text.keys, first = keys[first:last], last


def answered_units(texts: Sequence[NewText]) -> dict[int, Unit]:
    """The units with answers, by line."""
    return {
        line: Unit(text.keys[n], text.id, text.ordinal * POSITION_STEP + text.units.starts[n])
        for text in texts for line, n in text.answered.items()
    }  # fmt: skip


def name_late(turns: Turns, texts: Sequence[NewText]) -> None:
    """Name the groups of units that were stored before these were known."""
    for text in texts:
        if isinstance(text.groups, near_copies.GroupNames):
            name_made(turns, text.groups.late(text.keys))


def _rows(project: Project, text: NewText) -> Iterator[tuple[Any, ...]]:
    """The rows of a new document's units, without their keys."""
    units = text.units
    return zip(
        repeat(project.id), repeat(text.id), units.uids, units.starts, units.ends, units.kinds, units.texts,
        map(digest, units.texts), units.folded, map((text.ordinal * POSITION_STEP).__add__, units.starts),
        units.served, units.taken, units.open, text.groups, units.splits, repeat(0), strict=False,
    )  # fmt: skip


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def name_made(turns: Turns, changes: Sequence[dict[str, Any]]) -> None:
    waiting = iter(changes)
    while some := list(islice(waiting, turns.units)):
        with turns.turn() as session:
            near_copies.name_groups(session, some)
