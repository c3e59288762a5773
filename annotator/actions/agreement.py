"""Keeping the tallies of agreement: folding what is due, and writing what a fold or a recount found.

Both are in two halves. The first only reads, from one moment, and may take its time; the second writes what the
first found, quickly, and only if nobody folded in between. Who saves answers never waits for the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import and_, delete, insert, or_, select, text, update
from sqlalchemy.orm import Session

from annotator.agreement.numbering import Names
from annotator.agreement.packed import Packed, is_packed
from annotator.agreement.parts import Counts
from annotator.agreement.stored import tables
from annotator.agreement.summing import Sums
from annotator.agreement.sums import Parts, add
from annotator.models import DocumentTally, TallyDue, TallyState, TallySum, now, table_of
from annotator.queries import counting
from annotator.queries import tallies as reading
from annotator.queries.agreement import Interval
from annotator.queries.counting import Tally
from annotator.queries.tallies import AT_ONCE, COPIES

Key = tuple[str, str, str]  # scope, key, part
DUE_AT_ONCE = 5000
_SORTED = orjson.OPT_SORT_KEYS  # equal counts, equal texts


@dataclass(slots=True)
class Change:
    """What a fold or recount will write: null contents go. `wrong`: documents whose stored tally was not right."""

    project_id: int
    version: int
    due: list[int] = field(default_factory=list)
    documents: dict[int, tuple[Tally, str | None]] = field(default_factory=dict)
    sums: dict[Key, str | None] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def prepare_fold(session: Session, project_id: int) -> Change | None:
    """What folding the oldest due documents will write; null when nothing is due. `session` sees one moment."""
    due = reading.due_documents(session, project_id, DUE_AT_ONCE)
    if not due:
        return None
    documents = list(due)[:AT_ONCE]
    change = Change(project_id, reading.version(session, project_id), [row for one in documents for row in due[one]])
    before: dict[int, Tally] = {}
    after: dict[int, Tally] = {}
    stored = dict(reading.stored_documents(session, project_id, documents))
    counted = counting.count_documents(session, project_id, documents)
    for document_id in documents:
        old, new = stored.get(document_id), counted.get(document_id)
        if old == new or (old is None and new is not None and not new.content):
            continue
        if old is not None:
            before[document_id] = old
        if new is not None:
            after[document_id] = new
        change.documents[document_id] = (new or Tally(None, None, {}), content_text(new.content) if new else None)
    difference: dict[tuple[str, str], Parts] = {}
    for tallied, sign in ((before, -1), (after, 1)):
        for scope, part, counts in named(_sums(tallied)):
            add(difference.setdefault(scope, {}), {part: counts}, sign)
    _change_sums(session, change, difference)
    return change


def _sums(tallied: Mapping[int, Tally]) -> Sums:
    names = Names()
    sums = Sums(names)
    for votes in tables(((one, tally.content) for one, tally in tallied.items()), names):
        sums.take(votes, {one: (tally.outlet, tally.event) for one, tally in tallied.items()})
    return sums


def named(sums: Sums) -> Iterator[tuple[tuple[str, str], str, Counts]]:
    """Each part of each sum as it is stored: scope and key, the name of the part, its counts."""
    for scope, copy, name, counts in sums.parts():
        yield scope, f"{COPIES}{name}" if copy else name, counts


def _change_sums(session: Session, change: Change, difference: dict[tuple[str, str], Parts]) -> None:
    for (scope, key), parts in difference.items():
        stored = {
            part: {group: dict(cells) for group, cells in reading.counts_in(part, content).items()}
            for part, content in session.execute(
                select(TallySum.part, TallySum.content).where(
                    TallySum.project_id == change.project_id, TallySum.scope == scope, TallySum.key == key,
                    TallySum.part.in_(list(parts)),
                )
            )
        }  # fmt: skip
        add(stored, parts)
        for part in parts:
            change.sums[scope, key, part] = sum_text(part, stored.get(part))


def sum_text(part: str, groups: Counts | None) -> str | None:
    """A part of a sum as it is stored; equal counts, equal texts."""
    if groups and is_packed(part.removeprefix(COPIES)):
        return content_text(Packed.of(groups).as_json())
    return content_text(groups)


def content_text(counts: object) -> str | None:
    """Counts as they are stored; null for none."""
    return orjson.dumps(counts, option=_SORTED).decode() if counts else None


def apply(session: Session, change: Change) -> bool:
    """Write a change, unless somebody folded since it was prepared: then false, and nothing is changed."""
    if not _advance(session, change.project_id, change.version):
        return False
    _replace_documents(session, change)
    _replace_sums(session, change)
    for some in _some(change.due):
        session.execute(delete(TallyDue).where(TallyDue.id.in_(some)))
    return True


def _advance(session: Session, project_id: int, version: int) -> bool:
    if version == 0:
        session.execute(
            text("INSERT INTO tally_state (project_id, version, folded_at) VALUES (:project, 0, :at) "
                 "ON CONFLICT DO NOTHING"),
            {"project": project_id, "at": now()},
        )  # fmt: skip
    changed = session.execute(
        update(TallyState)
        .where(TallyState.project_id == project_id, TallyState.version == version)
        .values(version=version + 1, folded_at=now()),
        execution_options={"synchronize_session": False},
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _replace_documents(session: Session, change: Change) -> None:
    for some in _some(list(change.documents)):
        session.execute(delete(DocumentTally).where(DocumentTally.document_id.in_(some)))
    rows = [
        {"document_id": document_id, "project_id": change.project_id, "outlet_id": tally.outlet,
         "event_id": tally.event, "content": content}
        for document_id, (tally, content) in change.documents.items() if content is not None
    ]  # fmt: skip
    if rows:
        session.connection().execute(insert(table_of(DocumentTally)), rows)


def _replace_sums(session: Session, change: Change) -> None:
    for some in _some(list(change.sums)):
        session.execute(
            delete(TallySum).where(
                TallySum.project_id == change.project_id,
                or_(*(and_(TallySum.scope == s, TallySum.key == k, TallySum.part == p) for s, k, p in some)),
            )
        )
    rows = [
        {"project_id": change.project_id, "scope": scope, "key": key, "part": part, "content": content}
        for (scope, key, part), content in change.sums.items() if content is not None
    ]  # fmt: skip
    if rows:
        session.connection().execute(insert(table_of(TallySum)), rows)


def keep_interval(
    session: Session, project_id: int, selection: str, version: int, content: dict[str, Any]
) -> Interval:
    """Keep the intervals of a selection in place of older ones."""
    at = now()
    session.execute(
        text("INSERT INTO tally_interval (project_id, selection, version, content, computed_at) "
             "VALUES (:project, :selection, :version, :content, :at) "
             "ON CONFLICT (project_id, selection) DO UPDATE SET version = excluded.version, "
             "content = excluded.content, computed_at = excluded.computed_at"),
        {"project": project_id, "selection": selection, "version": version, "at": at,
         "content": orjson.dumps(content, option=_SORTED).decode()},
    )  # fmt: skip
    return Interval(version, at, **content)


def _some(things: Sequence[Any]) -> Iterator[Collection[Any]]:
    for at in range(0, len(things), 200):
        yield things[at : at + 200]
