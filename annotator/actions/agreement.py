"""Keeping the tallies of agreement: folding what is due, and writing what a fold or a recount found.

Both are in two halves. The first only reads, from one moment, and may take its time; the second writes what the
first found, quickly, and only if nobody folded in between. Who saves answers never waits for the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, insert, text, update
from sqlalchemy.orm import Session

from annotator.agreement.contents import contents
from annotator.agreement.numbering import Names
from annotator.agreement.packed import Packed, is_packed
from annotator.agreement.parts import Counts
from annotator.agreement.stored import tables
from annotator.agreement.summing import Place, Sums
from annotator.agreement.sums import Parts, add
from annotator.agreement.votes import Votes, votes
from annotator.models import DocumentTally, Sentence, TallyDue, TallyState, TallySum, now, table_of
from annotator.prepared import Prepared, driver
from annotator.queries import tallies as reading
from annotator.queries.agreement import Interval
from annotator.queries.answer_columns import Reader
from annotator.queries.counted import week
from annotator.queries.tallies import COPIES, Stored

Key = tuple[str, str, str]  # scope, key, part
DUE_AT_ONCE, DOCUMENTS_AT_ONCE = 100_000, 250
_SORTED = orjson.OPT_SORT_KEYS  # equal counts, equal texts

_TALLIES, _SUMS, _DUES = table_of(DocumentTally), table_of(TallySum), table_of(TallyDue)
_TALLY = Prepared(insert(_TALLIES), keyed=True)
_TALLY_GOES = Prepared(delete(_TALLIES).where(_TALLIES.c.document_id == bindparam("document")))
_SUM = Prepared(insert(_SUMS), keyed=True)
_SUM_GOES = Prepared(
    delete(_SUMS).where(_SUMS.c.project_id == bindparam("project"), _SUMS.c.scope == bindparam("of"),
                        _SUMS.c.key == bindparam("named"), _SUMS.c.part == bindparam("some"))
)  # fmt: skip
_DONE = Prepared(delete(_DUES).where(_DUES.c.id == bindparam("row")))


@dataclass(slots=True)
class Change:
    """What a fold or recount will write; null: it goes. `wrong`: documents whose stored tally was not right."""

    project_id: int
    version: int
    due: list[int] = field(default_factory=list)
    documents: dict[int, Stored | None] = field(default_factory=dict)
    sums: dict[Key, str | None] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def prepare_fold(session: Session, project_id: int, last: int | None = None) -> Change | None:
    """What folding the oldest due documents will write; null when nothing is due. `session` sees one moment.

    Due is what became so until `last`, the id of its row.
    """
    due = reading.due_documents(session, project_id, DUE_AT_ONCE, last)
    if not due:
        return None
    documents = list(due)[:DOCUMENTS_AT_ONCE]
    change = Change(project_id, reading.version(session, project_id), [row for one in documents for row in due[one]])
    reader = Reader(session, project_id)
    before, after = Sums(reader.names), Sums(reader.names)
    for some in _some(documents):
        _fold_documents(session, change, list(some), reader, before, after)
    _change_sums(session, change, before, after)
    return change


def _fold_documents(
    session: Session, change: Change, documents: Sequence[int], reader: Reader, before: Sums, after: Sums
) -> None:
    counted = list(votes(reader.read(Sentence.document_id.in_(documents)), week))
    places = reading.places(session, documents)
    stored = reading.stored_texts(session, change.project_id, DocumentTally.document_id.in_(documents))
    changed = compare(change, documents, counted, places, stored)
    take_stored(before, {one: stored[one] for one in changed if one in stored}, reader.names)
    for some in counted:
        after.take(some, {one: places[one] for one in changed if one in places})


def compare(
    change: Change, documents: Iterable[int], counted: Sequence[Votes], places: Mapping[int, Place],
    stored: Mapping[int, Stored],
) -> list[int]:  # fmt: skip
    """Which of the documents are stored otherwise than they are counted; `change` learns what will be."""
    found, changed = contents(counted), []
    for one in documents:
        content = content_text(found.get(one)) if one in places else None
        right = None if content is None else Stored(*places[one], content)
        if stored.get(one) != right:
            change.documents[one] = right
            changed.append(one)
    return changed


def take_stored(sums: Sums, stored: Mapping[int, Stored], names: Names) -> None:
    """Add up tallies as they are stored."""
    for some in tables(((one, orjson.loads(own.content)) for one, own in stored.items()), names):
        sums.take(some, {one: (own.outlet, own.event) for one, own in stored.items()})


def named(sums: Sums) -> Iterator[tuple[tuple[str, str], str, Counts]]:
    """Each part of each sum as it is stored: scope and key, the name of the part, its counts."""
    for scope, copy, name, counts in sums.parts():
        yield scope, f"{COPIES}{name}" if copy else name, counts


def _change_sums(session: Session, change: Change, before: Sums, after: Sums) -> None:
    wanted: dict[tuple[str, str], dict[str, list[tuple[Counts, int]]]] = {}
    for sums, sign in ((after, 1), (before, -1)):  # in this order no count is ever negative
        for scope, part, counts in named(sums):
            wanted.setdefault(scope, {}).setdefault(part, []).append((counts, sign))
    for scopes in _some(list(wanted)):
        stored = reading.stored_parts(session, change.project_id, scopes)
        for scope in scopes:
            for part, more in wanted[scope].items():
                old = stored.get((*scope, part))
                new = sum_text(part, _plus(part, old, more))
                if new != old:
                    change.sums[(*scope, part)] = new


def _plus(part: str, stored: str | None, more: Sequence[tuple[Counts, int]]) -> Counts | None:
    told = orjson.loads(stored or "{}")
    if is_packed(part.removeprefix(COPIES)):
        packed = Packed.parse(told)
        for counts, sign in more:
            packed = packed.plus(Packed.of(counts), sign)
        return packed
    sums: Parts = {part: told}
    for counts, sign in more:
        add(sums, {part: counts}, sign)
    return sums.get(part)


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
    run = driver(session)
    _TALLY_GOES.change_all(run, ({"document": one} for one in change.documents))
    _TALLY.insert_tuples(
        run, ("document_id", "project_id", "outlet_id", "event_id", "content"),
        ((one, change.project_id, *tally) for one, tally in change.documents.items() if tally is not None),
    )  # fmt: skip
    _SUM_GOES.change_all(
        run, ({"project": change.project_id, "of": scope, "named": key, "some": part}
              for scope, key, part in change.sums)
    )  # fmt: skip
    _SUM.insert_tuples(
        run, ("project_id", "scope", "key", "part", "content"),
        ((change.project_id, *key, content) for key, content in change.sums.items() if content is not None),
    )  # fmt: skip
    _DONE.change_all(run, ({"row": row} for row in change.due))
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


def _some(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(things), 200):
        yield things[at : at + 200]
