"""What is known of annotators beside their votes: names, time, and their answers where gold is decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.agreement.selection import Selection
from annotator.agreement.tallies import CHOICES, MIXED, Row, Stratum, labels_of
from annotator.models import Annotation, Decision, Document, Membership, Person, Sentence
from annotator.queries import counting, registry, tallies
from annotator.queries.counted import week

LATEST = 2000  # answers of an annotator whose time is looked at
_AT_ONCE = 500

#: (annotator, label of the decision, own label) → sentences
Against = dict[int, Counter[tuple[str, str]]]


class State(NamedTuple):
    """A name of the state that figures come from: it changes with every answer, fold and decision."""

    version: int
    due: int  # the last row of what is due; 0: nothing is
    decided: int


def state(session: Session, project_id: int) -> State:
    """The state of now."""
    decided = session.scalar(
        select(func.coalesce(func.sum(Decision.version), 0))
        .join(Sentence, Sentence.id == Decision.sentence_id)
        .where(Sentence.project_id == project_id)
    )
    return State(tallies.version(session, project_id), tallies.last_due(session, project_id), int(decided or 0))


def members(session: Session, project_id: int) -> set[int]:
    return set(session.scalars(select(Membership.person_id).where(Membership.project_id == project_id)))


def names(session: Session, people: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Person → (name, address)."""
    rows = session.execute(select(Person.id, Person.name, Person.email).where(Person.id.in_(list(people))))
    return {row.id: (row.name, row.email) for row in rows}


def person_id(session: Session, email: str) -> int | None:
    return session.scalar(select(Person.id).where(Person.email == email))


def median_seconds(session: Session, project_id: int, people: Iterable[int]) -> dict[int, float]:
    """Median active time of the latest submitted answers; people without any time are left out."""
    found = {}
    for person in people:
        times = session.scalars(
            select(Annotation.active_ms)
            .where(Annotation.person_id == person, Annotation.project_id == project_id,
                   Annotation.state == "submitted", Annotation.active_ms.is_not(None))
            .order_by(Annotation.updated_at.desc())
            .limit(LATEST)
        ).all()  # fmt: skip
        if times:
            found[person] = median(time for time in times if time is not None) / 1000
    return found


def against_decisions(session: Session, project_id: int, layer: str, selection: Selection) -> Against:
    """Each annotator's label beside the decided one, on a layer of CHOICES; sentences without a decision count not."""
    place = CHOICES.index(layer)
    found: Against = defaultdict(Counter)
    for labels, sentence in _decided(session, project_id, selection):
        if not labels.get("statements"):
            continue
        right = labels_of(_row(labels))[place]
        for answer in sentence.answers:
            pair = right, labels_of(answer.rows[0])[place]
            if all(pair):
                found[answer.person][pair] += 1
    return found


def decided_labels(session: Session, project_id: int, layer: str, selection: Selection) -> dict[int, str]:
    """The decided label of each answered sentence that has one, on a layer of CHOICES."""
    return {
        sentence.sentence_id: labels_of(_row(labels))[CHOICES.index(layer)]
        for labels, sentence in _decided(session, project_id, selection)
        if labels.get("statements")
    }


def marks_against_decisions(
    session: Session, project_id: int, selection: Selection
) -> dict[int, tuple[list[int], list[int]]]:
    """Each annotator's entities beside the decided ones, by sentence: twice the matched, and all spans of both."""
    found: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for labels, sentence in _decided(session, project_id, selection):
        gold = {(mark["start"], mark["end"], mark["label"]) for mark in labels.get("entities", ())}
        for answer in sentence.answers:
            matched, marked = found[answer.person]
            matched.append(2 * len(gold & set(answer.spans)))
            marked.append(len(gold) + len(set(answer.spans)))
    return dict(found)


def _decided(
    session: Session, project_id: int, selection: Selection
) -> Iterator[tuple[Mapping[str, Any], counting.Answered]]:
    """The labels of each decision with its sentence, as far as that has counted answers."""
    decided = _decisions(session, project_id, selection)
    ids = list(decided)
    for at in range(0, len(ids), _AT_ONCE):
        for sentence in counting.sentences_by_id(session, project_id, ids[at : at + _AT_ONCE]):
            if selection.takes(_stratum(sentence)):
                yield decided[sentence.sentence_id], sentence


def _stratum(sentence: counting.Answered) -> Stratum:
    """As for votes (see `annotator.agreement.votes`), of any number of answers."""
    answers = sentence.answers
    guidelines = {answer.guideline or "" for answer in answers}
    return Stratum(
        any(answer.seen for answer in answers), all(answer.hidden for answer in answers), sentence.copy,
        week(max(answer.finished for answer in answers)), MIXED if len(guidelines) > 1 else guidelines.pop(),
    )  # fmt: skip


def _decisions(session: Session, project_id: int, selection: Selection) -> dict[int, Any]:
    """Sentence → the labels of its decision, in the order of the sentences."""
    query = (
        select(Decision.sentence_id, Decision.labels)
        .join(Sentence, Sentence.id == Decision.sentence_id)
        .where(Sentence.project_id == project_id)
        .order_by(Decision.sentence_id)
    )
    places = (
        (Document.outlet_id, selection.outlet), (Document.event_id, selection.event),
        (Document.id, selection.document),
    )  # fmt: skip
    wanted = [column == value for column, value in places if value is not None]
    if wanted:
        query = query.join(Document, Document.id == Sentence.document_id).where(*wanted)
    return registry.named_anew(session, project_id, dict(session.execute(query).all()))


def _row(labels: Mapping[str, Any]) -> Row:
    statement = labels["statements"][0]
    speaker, stance = statement.get("speaker") or {}, statement.get("stance") or {}
    return Row(speaker.get("id"), speaker.get("text") or speaker.get("canonical"), statement.get("attribution"),
               stance.get("target"), stance.get("value"), statement.get("claim_type"))  # fmt: skip
