"""The tallies of agreement as they are stored, and what of them is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.agreement.packed import Packed, is_packed
from annotator.agreement.sums import SIZE, Parts, add
from annotator.models import DocumentTally, TallyDue, TallyState, TallySum
from annotator.queries.counting import Tally

AT_ONCE = 200  # documents read at once: memory stays constant
COPIES = "copies "  # sums of later near-copies are kept apart, under this name


def version(session: Session, project_id: int) -> int:
    """How often the tallies were changed; 0 before the first time."""
    return session.scalar(select(TallyState.version).where(TallyState.project_id == project_id)) or 0


def due_documents(session: Session, project_id: int, limit: int | None = None) -> dict[int, list[int]]:
    """Documents whose tally is due, each with its rows, oldest first."""
    rows = session.execute(
        select(TallyDue.id, TallyDue.document_id)
        .where(TallyDue.project_id == project_id)
        .order_by(TallyDue.id)
        .limit(limit)
    )
    due: dict[int, list[int]] = defaultdict(list)
    for row_id, document_id in rows:
        due[document_id].append(row_id)
    return dict(due)


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
            yield document_id, tally_in(outlet, event, content)
        after = rows[-1].document_id


def stored_texts(
    session: Session, project_id: int, first: int, last: int
) -> dict[int, tuple[int | None, int | None, str]]:
    """Outlet, event and tally, as it is stored, of each document of a range of ids that has one."""
    rows = session.connection().execute(
        select(DocumentTally.document_id, DocumentTally.outlet_id, DocumentTally.event_id, DocumentTally.content)
        .where(DocumentTally.project_id == project_id, DocumentTally.document_id.between(first, last))
    )  # fmt: skip
    return {document_id: (outlet, event, content) for document_id, outlet, event, content in rows}


def tally_in(outlet: int | None, event: int | None, content: str) -> Tally:
    """A tally as it is stored."""
    return Tally(outlet, event, orjson.loads(content))


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
        parts[name] = there + counts
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
