"""Who gets which sentence next: leases, taken in the transaction that chooses them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, text, update
from sqlalchemy.orm import Session

from annotator.arriving import NOT_ARRIVING
from annotator.errors import NotFound
from annotator.models import Assignment, Project, Sentence, now, stamp, table_of
from annotator.permissions import Actor, demand
from annotator.prepared import Prepared, driver
from annotator.queries import labelling as reading

MOST = 4  # sentences leased at once: the one on the screen and three behind it

ASSIGNMENT = table_of(Assignment)
SENTENCE = table_of(Sentence)
A = ASSIGNMENT.c
S = SENTENCE.c
_ENDED = Prepared(
    select(A.id, A.sentence_id)
    .where(A.project_id == bindparam("project"), A.state == "leased", A.lease_end < bindparam("now"))
    .order_by(A.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)
_OWN = Prepared(
    select(A.id, A.sentence_id)
    .where(A.person_id == bindparam("person"), A.project_id == bindparam("project"), A.state == "leased")
    .order_by(A.position)
    .with_for_update()  # one that is answered at this moment is waited for, and is no lease any more
)
_FRONTIER = Prepared(
    select(func.max(A.position).label("position")).where(
        A.person_id == bindparam("person"), A.project_id == bindparam("project")
    )
)
_RENEW = Prepared(update(ASSIGNMENT).where(A.id == bindparam("assignment")).values(lease_end=bindparam("end")))
_TAKEN = Prepared(
    update(SENTENCE)
    .where(S.id == bindparam("sentence"))
    .values(
        taken=S.taken + bindparam("by"),
        open=and_(S.served, S.taken + bindparam("by") < bindparam("overlap")),
    )
)
ASSIGN = Prepared(insert(ASSIGNMENT))


class Shared(Protocol):
    """What the queue asks of a project: its row, or these two columns of it."""

    @property
    def id(self) -> int: ...
    @property
    def overlap(self) -> int: ...


def _choosing(*, wait: bool) -> Prepared:
    mine = exists().where(A.sentence_id == S.id, A.person_id == bindparam("person"))
    return Prepared(
        select(S.id, S.position)
        .where(S.project_id == bindparam("project"), S.open, S.position > bindparam("after"), ~mine, text(NOT_ARRIVING))
        .order_by(S.position)
        .limit(bindparam("count"))
        .with_for_update(skip_locked=not wait, of=SENTENCE)
    )


_CHOOSE = {wait: _choosing(wait=wait) for wait in (False, True)}


def hand_out(
    session: Session, actor: Actor, project_id: int, count: int, *, minutes: int, holding: Collection[int] = ()
) -> dict[str, Any]:
    """The next sentences of a project as the labelling screen shows them, reserved for this annotator; the own counts.

    Raises NotFound for who is no member, NotAllowed for whose role does not label.
    """
    project = reading.project_worked_on(session, actor, project_id)
    if project is None:
        raise NotFound("There is no such project, or it is not yours.")
    demand(actor, project.role, "label")
    ids = lease(session, actor, project, count, minutes=minutes, holding=holding)
    return {
        "sentences": reading.desk(session, actor.id, ids),
        "progress": reading.own_progress(session, actor.id, project_id),
    }


def lease(
    session: Session, actor: Actor, project: Shared, count: int, *, minutes: int, holding: Collection[int] = ()
) -> list[int]:
    """Reserve up to `count` sentences for this annotator; their ids in reading order, empty when none is left.

    Live leases of the person's own come first (a reloaded page gets them back), those in `holding`,
    which the page has already, excepted. Never more than the overlap k hold one sentence.
    """
    assert actor.id is not None
    end_leases(session, project)
    run = driver(session)
    whose = {"person": actor.id, "project": project.id}
    end = stamp(datetime.now(UTC) + timedelta(minutes=minutes))
    own = [row for row in _OWN.all(run, whose) if row.sentence_id not in holding][:count]
    if own:
        _RENEW.change_all(run, [{"assignment": row.id, "end": end} for row in own])
    fresh = count - len(own)
    chosen = _choose(session, actor.id, project.id, fresh, nothing_held=not own) if fresh else []
    if chosen:
        ASSIGN.change_all(
            run,
            [
                {"sentence_id": sentence_id, "person_id": actor.id, "project_id": project.id,
                 "position": position, "state": "leased", "lease_end": end, "purpose": "label",
                 "created_at": now()}
                for sentence_id, position in chosen
            ],
        )  # fmt: skip
        count_taken(session, [sentence_id for sentence_id, _ in chosen], 1, project.overlap)
    return [row.sentence_id for row in own] + [sentence_id for sentence_id, _ in chosen]


def end_leases(session: Session, project: Shared) -> None:
    """Give back what was reserved and not answered in time."""
    ended = _ENDED.all(driver(session), {"project": project.id, "now": now()})
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
    """Raise or lower how many hold these sentences, and with it whether they are open to others."""
    if sentence_ids:
        _TAKEN.change_all(
            driver(session),
            [{"sentence": sentence_id, "by": by, "overlap": overlap} for sentence_id in sentence_ids],
        )


def _choose(
    session: Session, person_id: int, project_id: int, count: int, *, nothing_held: bool
) -> list[tuple[int, int]]:
    """(sentence, position) of the next open sentences that this person has not had."""
    run = driver(session)
    whose = {"person": person_id, "project": project_id}
    frontier = _FRONTIER.one(run, whose).position
    found: dict[int, int] = {}
    # what lies before the frontier was full or this person's when they passed: look there last
    places = [-1] if frontier is None else [frontier, -1]
    for after in places:
        if len(found) < count:
            rows = _CHOOSE[False].all(run, {**whose, "after": after, "count": count})
            found.update({row.id: row.position for row in rows})
    if not found and nothing_held and run.dialect.name == "postgresql":
        # others hold the rows at this moment: wait for them before saying that nothing is left
        rows = _CHOOSE[True].all(run, {**whose, "after": -1, "count": count})
        found = {row.id: row.position for row in rows}
    return list(found.items())[:count]
