"""The sentences behind a figure of agreement: of a cell of a confusion matrix, and of one annotator in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.agreement.selection import Selection, selected
from annotator.agreement.sums import ENTITIES
from annotator.agreement.tallies import (
    CHOICES,
    EXTRA,
    SAME_TARGET,
    SEP,
    Answer,
    Content,
    add_one,
    labels_of,
)
from annotator.agreement.team import Given, Votes, rows
from annotator.models import Annotation, Document, Person, Sentence
from annotator.queries import agreement, counting
from annotator.queries.agreement_people import decided_labels
from annotator.queries.counting import Answered
from annotator.text.whole import whole_or

LATEST = 2000  # sentences of an annotator that the history looks at


@dataclass(frozen=True, slots=True)
class CellSentence:
    """A sentence of a cell: where it stands, and what each counted annotator (address) answered on the layer."""

    id: int
    document_id: int
    file: str
    text: str
    answers: tuple[tuple[str, str], ...]


def sentences_in_cell(
    session: Session, project_id: int, layer: str, first: str, second: str, *,
    selection: Selection | None = None, pair: tuple[int, int] | None = None, after: str | None = None, limit: int = 50,
) -> tuple[list[CellSentence], str | None]:  # fmt: skip
    """Sentences that two annotators answered as `first` and `second` on a layer, and the cursor of the next page.

    With `pair` (ids), the first of the pair gave `first`; else any two did. On `entities`, `first` is a type, and
    found are sentences where one marked a span of it that the other did not mark exactly so. `after` is a cursor.
    """
    chosen = selection or Selection()
    return _sentences(
        session, project_id, layer, chosen, after, limit,
        lambda content: _holds(content, chosen, layer, first, second),
        lambda one: _in_cell(one, chosen, layer, (first, second), pair),
    )  # fmt: skip


def sentences_by_consensus(
    session: Session, project_id: int, layer: str, cell: tuple[str, str], person: int, *,
    likeliest: Mapping[Given, str],
    selection: Selection | None = None, after: str | None = None, limit: int = 50,
) -> tuple[list[CellSentence], str | None]:  # fmt: skip
    """As `sentences_in_cell`: those whose likeliest label is the first of the cell, where `person` gave the second.

    `likeliest` by who gave which label, as `Team.likeliest`.
    """
    chosen = selection or Selection()

    def holds(one: Answered) -> bool:
        given = frozenset(
            (a.person, label) for a in one.answers if a.person not in chosen.without and (label := _label(a, layer, ""))
        )
        return (person, cell[1]) in given and likeliest.get(given) == cell[0]

    return _sentences(session, project_id, layer, chosen, after, limit,
                      lambda content: bool(selected(content, chosen)), holds)  # fmt: skip


def sentences_by_decision(
    session: Session, project_id: int, layer: str, cell: tuple[str, str], person: int, *, selection: Selection,
    after: str | None = None, limit: int = 50,
) -> tuple[list[CellSentence], str | None]:  # fmt: skip
    """As `sentences_in_cell`: those decided as the first of the cell, where `person` gave the second."""
    decided = decided_labels(session, project_id, layer, selection)

    def holds(one: Answered) -> bool:
        told = {a.person: _label(a, layer, "") for a in one.answers}
        return told.get(person) == cell[1] and decided.get(one.sentence_id) == cell[0]

    return _sentences(session, project_id, layer, None, after, limit, lambda content: True, holds)


def _sentences(
    session: Session, project_id: int, layer: str, selection: Selection | None, after: str | None, limit: int,
    may: Callable[[Content], bool], holds: Callable[[Answered], bool],
) -> tuple[list[CellSentence], str | None]:  # fmt: skip
    """A page of those that `holds` takes, in documents that `may` hold one, and the cursor of the next. Without a
    selection also sentences that one annotator alone answered."""
    document, sentence = _cursor(after)
    found: list[CellSentence] = []
    chosen = selection or Selection()
    for document_id, tally in agreement.stored_tallies(session, project_id, chosen, after=document - 1):
        if not may(tally.content):
            continue
        answered = counting.answered_sentences(session, project_id, [document_id]).get(document_id, ())
        contents = counting.sentence_contents(session, project_id, document_id) if selection else {}
        for one in sorted(answered, key=lambda one: one.sentence_id):
            if document_id == document and one.sentence_id <= sentence:
                continue
            if selection and not selected(contents.get(one.sentence_id, {}), selection):
                continue
            if holds(one):
                found.append(_shown(document_id, one, layer, chosen))
        if len(found) > limit:
            break
    page = found[:limit]
    more = f"{page[-1].document_id}~{page[-1].id}" if len(found) > limit else None
    return _named(session, page), more


def _cursor(after: str | None) -> tuple[int, int]:
    document, _, sentence = (after or "0~0").partition("~")
    return whole_or(document, 0, most=18), whole_or(sentence, 0, most=18)


def _holds(content: Content, selection: Selection, layer: str, first: str, second: str) -> bool:
    """Whether the document can hold such a sentence: its tally is the index."""
    for votes in selected(content, selection).values():
        if layer == ENTITIES:
            if any(cell.startswith(f"{first}{SEP}") for cells in votes.get("spans", {}).values() for cell in cells):
                return True
        elif any({first, second} <= set(joint.split(SEP)) for joint in votes.get(layer, {})):
            return True
    return False


def _in_cell(
    one: Answered, selection: Selection, layer: str, cell: tuple[str, str], pair: tuple[int, int] | None
) -> bool:
    given = [(a.person, _label(a, layer, cell[0])) for a in one.answers if a.person not in selection.without]
    if pair is not None:
        told = dict(given)
        return layer != ENTITIES and (told.get(pair[0]), told.get(pair[1])) == cell or (
            layer == ENTITIES and pair[0] in told and pair[1] in told and told[pair[0]] != told[pair[1]]
        )
    if layer == ENTITIES:
        return len({label for _, label in given}) > 1
    labels = [label for _, label in given]
    if layer == SAME_TARGET:
        return _same_target(one.answers, cell)
    return labels.count(cell[0]) > 1 if cell[0] == cell[1] else cell[0] in labels and cell[1] in labels


def _same_target(answers: list[Answer], cell: tuple[str, str]) -> bool:
    by_target: dict[str, list[str]] = {}
    for answer in answers:
        row = answer.rows[0]
        if row.target is not None:
            by_target.setdefault(row.target, []).append(row.stance or "")
    return any(
        values.count(cell[0]) > 1 if cell[0] == cell[1] else set(cell) <= set(values) for values in by_target.values()
    )


def _label(answer: Answer, layer: str, kind: str) -> str:
    if layer == ENTITIES:
        return " ".join(f"{start}–{end}" for start, end, label in sorted(answer.spans) if label == kind)
    if layer == SAME_TARGET:
        return answer.rows[0].stance or ""
    if layer == EXTRA:
        return str(len(answer.rows) - 1)
    return labels_of(answer.rows[0])[CHOICES.index(layer)]


def _shown(document_id: int, one: Answered, layer: str, selection: Selection) -> CellSentence:
    answers = tuple(
        (str(a.person), _label(a, layer, "")) if layer != ENTITIES else (str(a.person), _entities(a))
        for a in one.answers if a.person not in selection.without
    )  # fmt: skip
    return CellSentence(one.sentence_id, document_id, "", one.text, answers)


def _entities(answer: Answer) -> str:
    return " ".join(f"{label} {start}–{end}" for start, end, label in sorted(answer.spans))


def _named(session: Session, page: list[CellSentence]) -> list[CellSentence]:
    """The page with the names of its files and annotators."""
    documents = {one.document_id for one in page}
    files = dict(session.execute(select(Document.id, Document.file).where(Document.id.in_(documents))).all())
    people = {int(person) for one in page for person, _ in one.answers}
    emails = dict(session.execute(select(Person.id, Person.email).where(Person.id.in_(people))).all())
    return [
        CellSentence(
            one.id, one.document_id, files[one.document_id], one.text,
            tuple(sorted((emails[int(person)], label) for person, label in one.answers)),
        )
        for one in page
    ]  # fmt: skip


def votes(session: Session, project_id: int, layer: str, selection: Selection | None = None) -> Votes:
    """Who answered how on a layer, over all articles of the selection: for `team.members` and `team.infer`."""
    selection = selection or Selection()
    found: dict[str, dict[str, Any]] = {}
    for _, tally in agreement.stored_tallies(session, project_id, selection):
        _take(found, selected(tally.content, selection), layer)
    return rows(found, layer, selection.without)


def _take(into: dict[str, dict[str, Any]], more: Mapping[str, Mapping[str, Any]], layer: str) -> None:
    for who, own in more.items():
        for joint, n in own.get(layer, {}).items():
            add_one(into.setdefault(who, {}), layer, joint, n)


def history(session: Session, project_id: int, person_id: int, layer: str) -> list[tuple[int, list[tuple[int, str]]]]:
    """The document of each of `_shared`, and the (annotator, label) of its answers: `team.history` makes of it what a
    drift takes."""
    return [
        (document, [(answer.person, _label(answer, layer, "")) for answer in one.answers])
        for document, one in _shared(session, project_id, person_id)
    ]


def marked_history(
    session: Session, project_id: int, person_id: int
) -> list[tuple[int, list[tuple[int, frozenset[tuple[int, int, str]]]]]]:
    """The same with the spans of each answer, for `team.marked_history`."""
    return [
        (document, [(answer.person, frozenset(answer.spans)) for answer in one.answers])
        for document, one in _shared(session, project_id, person_id)
    ]


def _shared(session: Session, project_id: int, person_id: int) -> list[tuple[int, Answered]]:
    """(Document, sentence) of the latest that this annotator shares, in the order in which the last of their
    annotators finished."""
    found = session.execute(
        select(Annotation.sentence_id, Sentence.document_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(Annotation.person_id == person_id, Annotation.project_id == project_id,
               Annotation.state == "submitted")
        .order_by(Annotation.updated_at.desc())
        .limit(LATEST)
    ).all()  # fmt: skip
    documents: dict[int, int] = dict(found)
    ids = list(documents)
    sentences = [
        (documents[one.sentence_id], one)
        for at in range(0, len(ids), 500)
        for one in counting.sentences_by_id(session, project_id, ids[at : at + 500])
        if len(one.answers) > 1
    ]
    sentences.sort(key=lambda row: (max(answer.finished for answer in row[1].answers), row[1].sentence_id))
    return sentences
