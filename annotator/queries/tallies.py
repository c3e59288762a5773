"""The tallies of agreement as they are stored, and what of them is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from annotator.agreement.numbering import Names
from annotator.agreement.packed import Packed, is_packed
from annotator.agreement.stored import tables
from annotator.agreement.sums import SIZE, Parts, add
from annotator.agreement.tallies import LABELLED
from annotator.agreement.votes import Votes
from annotator.models import Document, DocumentTally, TallyDue, TallyState, TallySum
from annotator.queries.counting import Tally

AT_ONCE, VOTES_AT_ONCE = 200, 1000  # documents read at once: memory stays constant
COPIES = "copies "  # sums of later near-copies are kept apart, under this name


class Stored(NamedTuple):
    """A tally as it is stored."""

    outlet: int | None
    event: int | None
    content: str


def version(session: Session, project_id: int) -> int:
    """How often the tallies were changed; 0 before the first time."""
    return session.scalar(select(TallyState.version).where(TallyState.project_id == project_id)) or 0


def due_documents(
    session: Session, project_id: int, limit: int | None = None, last: int | None = None
) -> dict[int, list[int]]:
    """Documents whose tally is due, each with its rows, oldest first; of rows up to `last`, if there is one."""
    query = select(TallyDue.id, TallyDue.document_id).where(TallyDue.project_id == project_id)
    if last is not None:
        query = query.where(TallyDue.id <= last)
    due: dict[int, list[int]] = defaultdict(list)
    for row_id, document_id in session.execute(query.order_by(TallyDue.id).limit(limit)):
        due[document_id].append(row_id)
    return dict(due)


def last_due(session: Session, project_id: int) -> int:
    """The id of the last row of what is due; 0 where nothing is."""
    return session.scalar(select(func.max(TallyDue.id)).where(TallyDue.project_id == project_id)) or 0


def how_many_due(session: Session, project_id: int, last: int) -> int:
    """How many changes are still to be counted, of rows up to `last`."""
    query = select(func.count()).where(TallyDue.project_id == project_id, TallyDue.id <= last)
    return session.scalar(query) or 0


def places(session: Session, document_ids: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    """Outlet and event of documents, of those that there still are."""
    query = select(Document.id, Document.outlet_id, Document.event_id).where(Document.id.in_(document_ids))
    return {one: (outlet, event) for one, outlet, event in session.execute(query)}


def stored_documents(
    session: Session, project_id: int, document_ids: Sequence[int] | None = None, *, after: int = 0
) -> Iterator[tuple[int, Tally]]:
    """The stored tallies of a project, or of some of its documents, in the order of their ids, from `after` on."""
    query = (
        select(DocumentTally.document_id, DocumentTally.outlet_id, DocumentTally.event_id, DocumentTally.content)
        .where(DocumentTally.project_id == project_id)
        .order_by(DocumentTally.document_id)
        .limit(AT_ONCE)
    )
    if document_ids is not None:
        query = query.where(DocumentTally.document_id.in_(document_ids))
    while rows := session.execute(query.where(DocumentTally.document_id > after)).all():
        for document_id, outlet, event, content in rows:
            yield document_id, Tally(outlet, event, orjson.loads(content))
        after = rows[-1].document_id


def votes_of(
    found: Iterable[tuple[int, Tally]], names: Names, layers: Sequence[str] = LABELLED
) -> Iterator[list[Votes]]:
    """The votes of tallies by columns, of many documents at a time: of the others only rows of numbers are held."""
    rows = ((one, tally.content) for one, tally in found)
    while some := list(islice(rows, VOTES_AT_ONCE)):
        yield list(tables(some, names, layers))


def stored_texts(session: Session, project_id: int, among: ColumnElement[bool]) -> dict[int, Stored]:
    """The tallies `among` those of a project, a condition on their table, as they are stored."""
    rows = session.connection().execute(
        select(DocumentTally.document_id, DocumentTally.outlet_id, DocumentTally.event_id, DocumentTally.content)
        .where(DocumentTally.project_id == project_id, among)
    )  # fmt: skip
    return {document_id: Stored(outlet, event, content) for document_id, outlet, event, content in rows}


def stored_parts(
    session: Session, project_id: int, scopes: Sequence[tuple[str, str]]
) -> dict[tuple[str, str, str], str]:
    """The parts of some hundred sums, by scope, key and name, as they are stored."""
    keys: dict[str, list[str]] = defaultdict(list)
    for scope, key in scopes:
        keys[scope].append(key)
    found: dict[tuple[str, str, str], str] = {}
    for scope, own in keys.items():
        rows = session.connection().execute(
            select(TallySum.key, TallySum.part, TallySum.content).where(
                TallySum.project_id == project_id, TallySum.scope == scope, TallySum.key.in_(own)
            )
        )
        found.update(((scope, key, part), content) for key, part, content in rows)
    return found


def stored_sum(
    session: Session, project_id: int, scope: str, key: str, *, copies: bool, confused: bool = False
) -> Parts:
    """A stored sum; with `copies`, later near-copies count too; with `confused`, what was confused in open layers."""
    parts: dict[str, Any] = {}
    query = select(TallySum.part, TallySum.content).where(
        TallySum.project_id == project_id, TallySum.scope == scope, TallySum.key == key
    )
    if not confused:
        query = query.where(TallySum.part.not_like("%confused"))
    for part, content in session.execute(query):
        if copies or not part.startswith(COPIES):
            take_part(parts, part, content)
    return parts


def take_part(parts: dict[str, Any], part: str, content: str) -> None:
    """Put a stored part with the others of its sum; that of later near-copies is added to its own."""
    name, counts = part.removeprefix(COPIES), counts_in(part, content)
    there = parts.get(name)
    if there is None:
        parts[name] = counts
    elif isinstance(there, Packed) and isinstance(counts, Packed):
        parts[name] = there.plus(counts)
    else:
        add(parts, {name: counts})


def counts_in(part: str, content: str) -> Any:
    """The counts of a stored part: {group: {cell: count}}."""
    told = orjson.loads(content)
    return Packed.parse(told) if is_packed(part.removeprefix(COPIES)) else told


def sum_keys(session: Session, project_id: int, scope: str) -> list[str]:
    """The keys of a scope that have sums, as the outlets with shared sentences."""
    return sorted(
        session.scalars(
            select(TallySum.key)
            .where(TallySum.project_id == project_id, TallySum.scope == scope,
                   TallySum.part.in_((SIZE, COPIES + SIZE)))
            .distinct()
        )
    )  # fmt: skip
