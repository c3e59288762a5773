"""Who gets which sentence next: leases, taken in the transaction that chooses them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from annotator.models import Assignment, Project, Sentence, now, stamp
from annotator.permissions import Actor

MOST = 4  # sentences leased at once: the one on the screen and three behind it


def lease(
    session: Session, actor: Actor, project: Project, count: int, *, minutes: int, holding: Collection[int] = ()
) -> list[int]:
    """Reserve up to `count` sentences for this annotator; their ids in reading order, empty when none is left.

    Live leases of the person's own come first (a reloaded page gets them back), those in `holding`,
    which the page has already, excepted. Never more than the overlap k hold one sentence.
    """
    assert actor.id is not None
    end_leases(session, project)
    own = _own_leases(session, actor.id, project.id, holding, count)
    fresh = count - len(own)
    end = stamp(datetime.now(UTC) + timedelta(minutes=minutes))
    if own:
        session.execute(update(Assignment).where(Assignment.id.in_([a for a, _ in own])).values(lease_end=end))
    chosen: list[tuple[int, int]] = []
    if fresh > 0:
        frontier = session.scalar(
            select(func.max(Assignment.position)).where(
                Assignment.person_id == actor.id, Assignment.project_id == project.id
            )
        )
        # what lies before the frontier was full or this person's when they passed: look there last
        if frontier is not None:
            chosen = _choose(session, actor.id, project.id, fresh, after=frontier)
        if len(chosen) < fresh:
            chosen += _choose(session, actor.id, project.id, fresh - len(chosen), without=[i for i, _ in chosen])
        if not chosen and not own and session.get_bind().dialect.name == "postgresql":
            chosen = _choose(session, actor.id, project.id, fresh, wait=True)
    if chosen:
        session.execute(
            insert(Assignment),
            [
                {"sentence_id": sentence_id, "person_id": actor.id, "project_id": project.id,
                 "position": position, "state": "leased", "lease_end": end, "purpose": "label"}
                for sentence_id, position in chosen
            ],
        )  # fmt: skip
        count_taken(session, [sentence_id for sentence_id, _ in chosen], 1, project.overlap)
    return [sentence_id for _, sentence_id in own] + [sentence_id for sentence_id, _ in chosen]


def end_leases(session: Session, project: Project) -> None:
    """Give back what was reserved and not answered in time."""
    ended = session.execute(
        select(Assignment.id, Assignment.sentence_id)
        .where(
            Assignment.project_id == project.id, Assignment.state == "leased", Assignment.lease_end < now()
        )
        .order_by(Assignment.id)
        .limit(200)
        .with_for_update(skip_locked=True)
    ).all()
    for assignment_id, sentence_id in ended:
        session.execute(delete(Assignment).where(Assignment.id == assignment_id))
        count_taken(session, [sentence_id], -1, project.overlap)


def give_back_leases(session: Session, project: Project, person_id: int) -> None:
    """Free what is reserved for a person and not answered."""
    freed = session.scalars(
        delete(Assignment)
        .where(
            Assignment.project_id == project.id, Assignment.person_id == person_id, Assignment.state == "leased"
        )
        .returning(Assignment.sentence_id)
    ).all()
    count_taken(session, freed, -1, project.overlap)


def count_taken(session: Session, sentence_ids: Collection[int], by: int, overlap: int) -> None:
    session.execute(
        update(Sentence)
        .where(Sentence.id.in_(sentence_ids))
        .values(taken=Sentence.taken + by, open=and_(Sentence.served, Sentence.taken + by < overlap)),
        execution_options={"synchronize_session": False},
    )


def _own_leases(
    session: Session, person_id: int, project_id: int, holding: Collection[int], count: int
) -> list[tuple[int, int]]:
    rows = session.execute(
        select(Assignment.id, Assignment.sentence_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.project_id == project_id,
            Assignment.state == "leased",
        )
        .order_by(Assignment.position)
    )
    return [(row.id, row.sentence_id) for row in rows if row.sentence_id not in holding][:count]


def _choose(
    session: Session,
    person_id: int,
    project_id: int,
    count: int,
    *,
    after: int = -1,
    without: Collection[int] = (),
    wait: bool = False,
) -> list[tuple[int, int]]:
    mine = exists().where(Assignment.sentence_id == Sentence.id, Assignment.person_id == person_id)
    query = (
        select(Sentence.id, Sentence.position)
        .where(Sentence.project_id == project_id, Sentence.open, Sentence.position > after, ~mine)
        .order_by(Sentence.position)
        .limit(count)
        .with_for_update(skip_locked=not wait, of=Sentence)
    )
    if without:
        query = query.where(Sentence.id.not_in(without))
    return [(row.id, row.position) for row in session.execute(query)]
