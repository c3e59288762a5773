"""The rows of imported answers: made before the turn that stores them, in which others must wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from annotator.actions.labelling import ANNOTATION, SPANS, STATEMENTS
from annotator.actions.log import LINE
from annotator.actions.queue import ASSIGN
from annotator.layers import labels_json
from annotator.layers.answer import Labels
from annotator.layers.stored import entity_rows, statement_rows
from annotator.models import Assignment, Sentence, now
from annotator.prepared import Prepared, driver, reserve
from exports.lines import ReadAnnotation, ReadLine

_ANSWERS = Prepared(insert(ANNOTATION), keyed=True)
_ANSWER_COLUMNS = (
    "id", "sentence_id", "project_id", "person_id", "version", "state", "skip_reason", "flag", "comment", "active_ms",
    "scheme", "guideline", "provenance", "created_at", "updated_at",
)  # fmt: skip
_STATEMENT_COLUMNS = (
    "annotation_id", "n", "entry_id", "start", "end", "attribution", "target", "stance", "claim_type",
)  # fmt: skip
_SPAN_COLUMNS = ("annotation_id", "start", "end", "label")
_ASSIGNMENT_COLUMNS = (
    "sentence_id", "person_id", "project_id", "position", "state", "lease_end", "purpose", "created_at",
)  # fmt: skip
_LINE_COLUMNS = (
    "at", "person_id", "project_id", "sentence_id", "verb", "version", "key", "body_sha256", "content",
)  # fmt: skip



class Unit(NamedTuple):
    """Where a line stands. `position`: of a sentence made now, which nobody has answered; null: of another."""

    id: int
    document_id: int
    position: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came, and its labels when they have been checked."""

    line: ReadLine
    n: int
    unit: Unit
    person_id: int
    came: ReadAnnotation
    labels: Labels

    @property
    def path(self) -> str:
        return f"annotations[{self.n}]"


@dataclass(frozen=True, slots=True)
class Common:
    """What answers of one file have in common: scheme and guideline in force; `entry`: a speaker's id → its row."""

    actor_id: int | None
    project_id: int
    scheme: str
    guideline: str | None
    entry: Callable[[str], int]


class AnswerRows:
    """The rows of some answers that are not there."""

    def __init__(self, session: Session, common: Common, fresh: Sequence[Answer]) -> None:
        at, actor_id, project_id = now(), common.actor_id, common.project_id
        positions = _positions(session, fresh)
        self.answers: list[tuple[Any, ...]] = []  # without their keys
        self.statements: list[tuple[int, tuple[Any, ...]]] = []  # each with the number of its answer, from 0
        self.spans: list[tuple[int, tuple[Any, ...]]] = []
        self.assignments: list[tuple[Any, ...]] = []
        self.log: list[tuple[Any, ...]] = []
        self.held: dict[int, list[int]] = defaultdict(list)  # person → sentences where they may hold a lease
        for number, answer in enumerate(fresh):
            came, sentence_id, person_id = answer.came, answer.unit.id, answer.person_id
            version, scheme = came.version or 1, came.scheme or common.scheme
            own_guideline = came.guideline if came.scheme or came.guideline else common.guideline
            created_at = came.created_at or at
            updated_at = came.updated_at or created_at
            self.answers.append(
                (sentence_id, project_id, person_id, version, came.state, came.skip_reason, came.flag, came.comment,
                 came.active_ms, scheme, own_guideline, came.provenance, created_at, updated_at)
            )  # fmt: skip
            for n, (speaker, _, _, *rest) in enumerate(statement_rows(answer.labels), 1):
                self.statements.append((number, (n, None if speaker is None else common.entry(speaker), *rest)))
            self.spans += [(number, mark) for mark in entity_rows(answer.labels)]
            position = answer.unit.position
            if position is None:
                position = positions[sentence_id]
                self.held[person_id].append(sentence_id)
            self.assignments.append((sentence_id, person_id, project_id, position, came.state, None, "label", at))
            content = {
                "annotator": came.annotator, "labels": labels_json(answer.labels, answer.line.text),
                "state": came.state, "skip_reason": came.skip_reason, "flag": came.flag, "comment": came.comment,
                "active_ms": came.active_ms, "scheme": scheme, "guideline": own_guideline,
                "provenance": came.provenance, "created_at": created_at, "updated_at": updated_at,
            }  # fmt: skip
            self.log.append((at, actor_id, project_id, sentence_id, "import answer", version, None, None, content))

    def insert(self, session: Session) -> None:
        run = driver(session)
        keys = reserve(run, ANNOTATION, len(self.answers))
        _replace_leases(session, self.held)
        answers = ((key, *row) for key, row in zip(keys, self.answers, strict=True))
        _ANSWERS.insert_tuples(run, _ANSWER_COLUMNS, answers)
        for table, columns, rows in (
            (STATEMENTS, _STATEMENT_COLUMNS, [(keys[number], *row) for number, row in self.statements]),
            (SPANS, _SPAN_COLUMNS, [(keys[number], *row) for number, row in self.spans]),
            (ASSIGN, _ASSIGNMENT_COLUMNS, self.assignments), (LINE, _LINE_COLUMNS, self.log),
        ):  # fmt: skip
            if rows:
                table.insert_tuples(run, columns, rows)


def _positions(session: Session, fresh: Sequence[Answer]) -> dict[int, int]:
    """The position of each sentence that was there before."""
    old = [answer.unit.id for answer in fresh if answer.unit.position is None]
    if not old:
        return {}
    found = session.execute(select(Sentence.id, Sentence.position).where(Sentence.id.in_(old)))
    return dict(found.all())


def _replace_leases(session: Session, held: Mapping[int, Sequence[int]]) -> None:
    """A lease that the annotator holds on the screen gives way to the imported answer."""
    for person_id, sentence_ids in held.items():
        session.execute(
            delete(Assignment).where(Assignment.person_id == person_id, Assignment.sentence_id.in_(sentence_ids))
        )
