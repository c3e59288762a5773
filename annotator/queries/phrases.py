"""Words that were marked as entities before, to be offered where they come again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from annotator.models import Annotation, Assignment, Sentence, Span

LATEST_OWN = 3_000  # answers of one's own that are looked through
LATEST_OF_ALL = 20_000  # of everybody's
WITHIN = 200_000  # answers of the whole database, newest first, among which those are looked for
MOST = 5_000
UNFINISHED = ("leased", "draft")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words, the label that they bear, and who says so: oneself, or two annotators alike."""

    text: str
    label: str
    basis: str  # own, agreed


def known(session: Session, person_id: int | None, project_id: int) -> list[Phrase]:
    """What was marked in this project, each wording once, at most `MOST`.

    One's own marks come from any sentence. Those of others count where two marked the same words of a sentence alike,
    and only in sentences that this person has answered or will never be asked: nobody sees another's answer first.
    """
    words = func.substr(Sentence.text, Span.start + 1, Span.end - Span.start)
    own = (
        select(Annotation.id, Annotation.sentence_id, Annotation.updated_at)
        .where(Annotation.person_id == person_id, Annotation.project_id == project_id, Annotation.state == "submitted")
        .order_by(Annotation.updated_at.desc(), Annotation.id.desc())
        .limit(LATEST_OWN)
        .subquery()
    )
    mine = session.execute(
        select(words, Span.label)
        .join(own, own.c.id == Span.annotation_id)
        .join(Sentence, Sentence.id == own.c.sentence_id)
        .order_by(own.c.updated_at.desc(), own.c.id.desc(), Span.start)
    )
    found: dict[str, Phrase] = {}
    for text, label in mine:  # the newest first: it tells what the person means by these words now
        found.setdefault(text, Phrase(text, label, "own"))
    for text, label in _agreed(session, person_id, project_id):
        found.setdefault(text, Phrase(text, label, "agreed"))
    return list(found.values())[:MOST]


def _agreed(session: Session, person_id: int | None, project_id: int) -> list[tuple[str, str]]:
    """Words and labels on which two agreed, those first that were met most often."""
    newest = select(func.max(Annotation.id)).scalar_subquery()
    latest = (
        select(Annotation.id, Annotation.sentence_id)
        .where(Annotation.id > newest - WITHIN, Annotation.project_id == project_id, Annotation.state == "submitted")
        .order_by(Annotation.id.desc())
        .limit(LATEST_OF_ALL)
        .subquery()
    )
    begun = exists().where(
        Assignment.sentence_id == Sentence.id, Assignment.person_id == person_id, Assignment.state.in_(UNFINISHED)
    )
    answered = exists().where(
        Annotation.sentence_id == Sentence.id, Annotation.person_id == person_id, Annotation.state == "submitted"
    )
    words = func.substr(Sentence.text, Span.start + 1, Span.end - Span.start).label("words")
    alike = (
        select(words, Span.label)
        .join(latest, latest.c.id == Span.annotation_id)
        .join(Sentence, Sentence.id == latest.c.sentence_id)
        .where(answered | (~Sentence.open & ~begun))
        .group_by(Sentence.id, Sentence.text, Span.start, Span.end, Span.label)
        .having(func.count() >= 2)
        .subquery()
    )
    met = func.count()
    counted = select(alike.c.words, alike.c.label).group_by(alike.c.words, alike.c.label)
    rows = session.execute(counted.order_by(met.desc(), alike.c.words, alike.c.label).limit(MOST))
    return [(row.words, row.label) for row in rows]
