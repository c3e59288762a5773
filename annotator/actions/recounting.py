"""Counting all tallies of agreement anew, to find and repair what is wrong in the stored ones.

Reads whole ranges of documents by columns, and counts them so too: see `queries.answer_columns` and
`agreement.votes`. What a fold writes is counted by the same code.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.actions.agreement import Change, Key, compare, named, sum_text, take_stored
from annotator.agreement.summing import Place, Sums
from annotator.agreement.votes import votes
from annotator.models import Document, DocumentTally, Sentence, TallySum
from annotator.progress import tell
from annotator.queries import tallies as reading
from annotator.queries.answer_columns import Reader
from annotator.queries.counted import week

AT_ONCE = 10_000  # sentences counted at once: of the others only names and sums are held
Places = dict[int, Place]  # of documents


def prepare_recount(session: Session, project_id: int) -> Change:
    """Count the whole project anew. Documents that are due keep their stored tally: folding is not repairing."""
    change = Change(project_id, reading.version(session, project_id))
    due = set(reading.due_documents(session, project_id))
    reader = Reader(session, project_id)
    sums = Sums(reader.names)
    ranges = list(_ranges(session, project_id))
    done, total = 0, sum(map(len, ranges))
    for places in ranges:
        _recount_documents(session, change, places, due, reader, sums)
        done += len(places)
        tell("documents counted anew", done, total)
    change.wrong = _files(session, change.documents)
    _correct_sums(session, change, sums)
    return change


def _ranges(session: Session, project_id: int) -> Iterator[Places]:
    """The documents in the order of their ids, some at a time: as many as have AT_ONCE sentences, as a rule."""
    places: Places = {
        row.id: (row.outlet_id, row.event_id)
        for row in session.execute(
            select(Document.id, Document.outlet_id, Document.event_id)
            .where(Document.project_id == project_id)
            .order_by(Document.id)
        )
    }
    sentences = session.scalar(select(func.count()).where(Sentence.project_id == project_id)) or 0
    ids = list(places)
    size = max(1, len(ids) * AT_ONCE // max(sentences, AT_ONCE))
    for at in range(0, len(ids), size):
        yield {one: places[one] for one in ids[at : at + size]}


def _recount_documents(
    session: Session, change: Change, places: Places, due: Container[int], reader: Reader, sums: Sums
) -> None:
    first, last = min(places), max(places)
    # not a bare column: an index of the project's sentences would be read whole for every range
    own = Sentence.project_id + 0 == change.project_id
    counted = list(votes(reader.read(Sentence.document_id.between(first, last) & own), week))
    stored = reading.stored_texts(session, change.project_id, DocumentTally.document_id.between(first, last))
    right = {one: place for one, place in places.items() if one not in due}
    compare(change, right, counted, right, stored)
    for some in counted:
        sums.take(some, right)
    take_stored(sums, {one: tally for one, tally in stored.items() if one in due}, reader.names)


def _correct_sums(session: Session, change: Change, sums: Sums) -> None:
    right: dict[Key, str | None] = {(*scope, part): sum_text(part, cells) for scope, part, cells in named(sums)}
    for scope, key, part, content in session.execute(
        select(TallySum.scope, TallySum.key, TallySum.part, TallySum.content).where(
            TallySum.project_id == change.project_id
        )
    ):
        told = right.pop((scope, key, part), None)
        if told != content:
            change.sums[scope, key, part] = told
    change.sums.update(right)


def _files(session: Session, documents: Iterable[int]) -> list[str]:
    ids = list(documents)
    return [
        file
        for at in range(0, len(ids), 500)
        for file in session.scalars(select(Document.file).where(Document.id.in_(ids[at : at + 500])))
    ]
