"""The counts that saves keep step by step, set anew after answers came in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, case, cast, func, or_, select, update
from sqlalchemy.orm import Session

from annotator.models import COUNTED, Annotation, Assignment, Membership, Person, Project, Sentence, table_of
from annotator.prepared import Prepared, driver

#: The columns of a membership that its answers add up to.
_OF_ANSWERS = {
    "submitted": func.count(case((Annotation.state == "submitted", 1))),
    "drafts": func.count(case((Annotation.state == "draft", 1))),
    "skipped": func.count(case((Annotation.state == "skipped", 1))),
    "flagged": func.count(Annotation.flag),
    "active_ms": cast(func.coalesce(func.sum(Annotation.active_ms), 0), BigInteger),
}


#: State of an answer → the column in which its annotator's membership counts it.
OWN_COUNT = {"submitted": "submitted", "draft": "drafts", "skipped": "skipped"}
_LIVE = (
    select(func.count())
    .where(Assignment.sentence_id == Sentence.id, or_(*(Assignment.state == state for state in COUNTED)))
    .scalar_subquery()
)
_SENTENCE = table_of(Sentence)
_HELD = Prepared(
    update(_SENTENCE)
    .where(_SENTENCE.c.id == bindparam("sentence"))
    .values(taken=_LIVE, open=and_(_SENTENCE.c.served, _LIVE < bindparam("overlap")))
)


def count_answers(session: Session, project_id: int, added: Mapping[int, Mapping[str, int]]) -> None:
    """Add to the own counts of these people, by column of their membership."""
    for person, counts in added.items():
        if any(counts.values()):
            session.execute(
                update(Membership)
                .where(Membership.project_id == project_id, Membership.person_id == person)
                .values({column: getattr(Membership, column) + count for column, count in counts.items()}),
                execution_options={"synchronize_session": False},
            )


def recount_sentences(session: Session, project: Project, sentences: Collection[int]) -> None:
    """Count who holds each of these sentences."""
    if sentences:
        rows = [{"sentence": sentence, "overlap": project.overlap} for sentence in sorted(sentences)]
        _HELD.change_all(driver(session), rows)


def recount(session: Session, project: Project, people: Collection[int], *, sentences: bool) -> None:
    """Count what each of these people has answered and, with `sentences`, who holds each sentence."""
    if sentences:
        _recount_sentences(session, project)
    rows = session.execute(
        select(Annotation.person_id, *_OF_ANSWERS.values())
        .where(Annotation.project_id == project.id, Annotation.person_id.in_(people))
        .group_by(Annotation.person_id)
    )
    found = {person: counts for person, *counts in rows}
    for person in people:
        session.execute(
            update(Membership)
            .where(Membership.project_id == project.id, Membership.person_id == person)
            .values(dict(zip(_OF_ANSWERS, found.get(person, [0] * len(_OF_ANSWERS)), strict=True))),
            execution_options={"synchronize_session": False},
        )


def recount_all(session: Session) -> None:
    """Count everything anew, in every project."""
    for project in session.scalars(select(Project).order_by(Project.id)).all():
        people = session.scalars(select(Membership.person_id).where(Membership.project_id == project.id)).all()
        recount(session, project, people, sentences=True)


@dataclass(frozen=True, slots=True)
class Miscounted:
    """A member whose counts are not those of the stored answers; both by column."""

    project: str
    email: str
    told: dict[str, int]
    found: dict[str, int]


def miscounted(session: Session) -> Iterator[Miscounted]:
    """The members whose counts differ from their answers."""
    answers = (
        select(Annotation.project_id, Annotation.person_id,
               *(counted.label(column) for column, counted in _OF_ANSWERS.items()))
        .group_by(Annotation.project_id, Annotation.person_id)
        .subquery()
    )  # fmt: skip
    told = [getattr(Membership, column) for column in _OF_ANSWERS]
    found = [func.coalesce(answers.c[column], 0) for column in _OF_ANSWERS]
    rows = session.execute(
        select(Project.name, Person.email, *told, *found)
        .select_from(Membership)
        .join(Project, Project.id == Membership.project_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(answers, and_(answers.c.project_id == Membership.project_id,
                                 answers.c.person_id == Membership.person_id))
        .where(or_(*(one != other for one, other in zip(told, found, strict=True))))
        .order_by(Membership.project_id, Membership.person_id)
    )  # fmt: skip
    for project, email, *counts in rows:
        left, right = counts[: len(told)], counts[len(told) :]
        yield Miscounted(project, email, dict(zip(_OF_ANSWERS, left, strict=True)),
                         dict(zip(_OF_ANSWERS, right, strict=True)))  # fmt: skip


def _recount_sentences(session: Session, project: Project) -> None:
    unsynchronised = {"synchronize_session": False}
    session.execute(
        update(Sentence).where(Sentence.project_id == project.id).values(taken=_LIVE),
        execution_options=unsynchronised,
    )
    session.execute(
        update(Sentence)
        .where(Sentence.project_id == project.id)
        .values(open=and_(Sentence.served, Sentence.taken < project.overlap)),
        execution_options=unsynchronised,
    )
