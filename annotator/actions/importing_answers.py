"""Importing answers: annotators and speakers resolved, every label checked, nothing twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from annotator.actions.counting import recount
from annotator.actions.due import sentences_due
from annotator.actions.importing import ImportOptions, ImportReport
from annotator.actions.importing_speakers import resolve_speakers
from annotator.actions.labelling import SPANS, STATEMENTS, label_rows, read_labels
from annotator.actions.log import LINE
from annotator.actions.queue import ASSIGN
from annotator.errors import Refused
from annotator.layers import labels_json
from annotator.layers.answer import Labels
from annotator.layers.scheme import Scheme
from annotator.models import (
    Annotation,
    Assignment,
    Membership,
    Person,
    Project,
    SchemeVersion,
    Sentence,
    now,
    table_of,
)
from annotator.permissions import Actor
from annotator.prepared import Prepared, driver
from annotator.queries import registry as reading
from annotator.queries import scheme as schemes
from annotator.queries.answers import labels_by_annotation
from exports.lines import ReadAnnotation, ReadLine

BATCH = 500
_ANSWERS = Prepared(insert(table_of(Annotation)))


@dataclass(slots=True)
class _Import:
    """What the import of one file's answers has looked up once."""

    session: Session
    actor: Actor
    project: Project
    options: ImportOptions
    report: ImportReport
    scheme: Scheme
    schemes: set[str]
    annotators: dict[str, int]  # email → person id
    speakers: dict[str, reading.Known] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Answer:
    line: ReadLine
    n: int
    sentence_id: int
    person_id: int
    came: ReadAnnotation
    labels: Labels
    rows: dict[str, int]

    @property
    def path(self) -> str:
        return f"annotations[{self.n}]"


def import_answers(
    session: Session,
    actor: Actor,
    project: Project,
    lines: Sequence[ReadLine],
    units: Mapping[int, int],
    options: ImportOptions,
    report: ImportReport,
) -> None:
    """Store the answers of the lines. An equal answer is already there; a different one is refused."""
    if not any(line.annotations for line in lines):
        return
    known = set(
        session.scalars(
            select(SchemeVersion.name + "@" + SchemeVersion.version).where(SchemeVersion.project_id == project.id)
        )
    )
    context = _Import(session, actor, project, options, report, schemes.in_force(session, project.id).scheme,
                      known, _annotators(session, actor, project, lines, options))  # fmt: skip
    resolve_speakers(session, actor, project, lines, options, context.scheme)
    batch: list[_Answer] = []
    for answer in _answers(context, lines, units):
        batch.append(answer)
        if len(batch) >= BATCH:
            _store(context, batch)
            batch = []
    _store(context, batch)
    recount(session, project)
    sentences_due(session, project.id, {units[line.line_number] for line in lines if line.annotations})


def _annotators(
    session: Session, actor: Actor, project: Project, lines: Sequence[ReadLine], options: ImportOptions
) -> dict[str, int]:
    """The person behind each e-mail address; `new_annotators` makes those whom the project lacks."""
    first: dict[str, int] = {}
    for line in lines:
        for annotation in line.annotations:
            first.setdefault(annotation.annotator, line.line_number)
    members = dict(
        session.execute(
            select(Person.email, Person.id)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.project_id == project.id)
        ).all()
    )
    missing = [email for email in first if email.casefold() not in members]
    if missing and not options.new_annotators:
        raise Refused(
            "The project has no annotators {value}. Add them, or import with --new-annotators.",
            path="annotations", value=", ".join(f"“{email}”" for email in missing),
        ).at(file=options.name, line=first[missing[0]])  # fmt: skip
    for email in missing:
        if "@" not in email or len(email) > 254 or any(c.isspace() or ord(c) < 32 for c in email):
            raise Refused("“{value}” is not an e-mail address.", path="annotations", value=email[:300]).at(
                file=options.name, line=first[email]
            )
        person = session.scalar(select(Person).where(Person.email == email.casefold()))
        if person is None:
            person = Person(email=email.casefold(), name=email.split("@")[0])
            session.add(person)
            session.flush()
        session.add(Membership(person_id=person.id, project_id=project.id, role="annotator"))
        session.flush()
        members[person.email] = person.id
    return {email: members[email.casefold()] for email in first}


def _answers(context: _Import, lines: Sequence[ReadLine], units: Mapping[int, int]) -> Iterator[_Answer]:
    for line in lines:
        seen: set[int] = set()
        for n, came in enumerate(line.annotations):
            try:
                person_id = context.annotators[came.annotator]
                if person_id in seen:
                    raise Refused("“{value}” answers twice in this line.", path="annotator", value=came.annotator)
                seen.add(person_id)
                if came.scheme is not None and came.scheme not in context.schemes:
                    raise Refused("“{value}” is none of the project's schemes: {known}.", path="scheme",
                                  value=came.scheme, known=", ".join(sorted(context.schemes)))  # fmt: skip
                labels, rows = read_labels(
                    context.session, context.project.id, came.labels, {}, text=line.text,
                    scheme=context.scheme, complete=came.state == "submitted", known=context.speakers,
                )  # fmt: skip
            except Refused as refusal:
                raise refusal.at(file=context.options.name, line=line.line_number, path=f"annotations[{n}]") from None
            yield _Answer(line, n, units[line.line_number], person_id, came, labels, rows)


def _store(context: _Import, batch: Sequence[_Answer]) -> None:
    there = _there(context.session, {answer.sentence_id: answer.line.text for answer in batch})
    fresh = []
    for answer in batch:
        stored = there.get((answer.sentence_id, answer.person_id))
        if stored is None:
            fresh.append(answer)
        elif _same(stored, answer):
            context.report.already_there += 1
        else:
            raise Refused(
                "“{value}” has answered this sentence otherwise; the stored answer stays.",
                value=answer.came.annotator,
            ).at(file=context.options.name, line=answer.line.line_number, path=answer.path)  # fmt: skip
    if fresh:
        _insert(context, fresh)
        context.report.annotations += len(fresh)


def _there(session: Session, texts: Mapping[int, str]) -> dict[tuple[int, int], tuple[Any, Labels]]:
    rows = session.execute(
        select(
            Annotation.id, Annotation.sentence_id, Annotation.person_id, Annotation.state,
            Annotation.flag, Annotation.comment, Annotation.skip_reason,
        ).where(Annotation.sentence_id.in_(list(texts)))
    ).all()  # fmt: skip
    labels = labels_by_annotation(session, {row.id: texts[row.sentence_id] for row in rows})
    return {(row.sentence_id, row.person_id): (row, labels[row.id]) for row in rows}


def _same(stored: tuple[Any, Labels], answer: _Answer) -> bool:
    row, labels = stored
    came = answer.came
    return labels == answer.labels and (row.state, row.flag, row.comment, row.skip_reason) == (
        came.state, came.flag, came.comment, came.skip_reason,
    )  # fmt: skip


def _insert(context: _Import, fresh: Sequence[_Answer]) -> None:
    session, at = context.session, now()
    guideline = schemes.guideline_name(context.project)
    rows = [
        {
            "sentence_id": a.sentence_id, "project_id": context.project.id, "person_id": a.person_id,
            "version": a.came.version or 1, "state": a.came.state, "skip_reason": a.came.skip_reason,
            "flag": a.came.flag, "comment": a.came.comment, "active_ms": a.came.active_ms,
            "scheme": a.came.scheme or context.scheme.id,
            "guideline": a.came.guideline if a.came.scheme or a.came.guideline else guideline,
            "provenance": a.came.provenance, "created_at": a.came.created_at or at,
            "updated_at": a.came.updated_at or a.came.created_at or at,
        }
        for a in fresh
    ]  # fmt: skip
    _ANSWERS.change_all(driver(session), rows)
    ids = {
        (row.sentence_id, row.person_id): row.id
        for row in session.execute(
            select(Annotation.id, Annotation.sentence_id, Annotation.person_id).where(
                Annotation.sentence_id.in_([a.sentence_id for a in fresh])
            )
        )
    }
    statements: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    assignments: list[dict[str, Any]] = []
    log: list[dict[str, Any]] = []
    positions = dict(
        session.execute(
            select(Sentence.id, Sentence.position).where(Sentence.id.in_([a.sentence_id for a in fresh]))
        ).all()
    )
    for answer, row in zip(fresh, rows, strict=True):
        annotation_id = ids[answer.sentence_id, answer.person_id]
        own_statements, own_spans = label_rows(annotation_id, answer.labels, answer.rows)
        statements += own_statements
        spans += own_spans
        assignments.append(
            {"sentence_id": answer.sentence_id, "person_id": answer.person_id, "purpose": "label",
             "project_id": context.project.id, "position": positions[answer.sentence_id],
             "state": answer.came.state, "lease_end": None, "created_at": at}
        )  # fmt: skip
        log.append(
            {"at": at, "person_id": context.actor.id, "project_id": context.project.id, "verb": "import answer",
             "sentence_id": answer.sentence_id, "version": row["version"], "key": None, "body_sha256": None,
             "content": {"annotator": answer.came.annotator, "labels": labels_json(answer.labels, answer.line.text),
                         **{k: row[k] for k in ("state", "skip_reason", "flag", "comment", "active_ms", "scheme",
                                                "guideline", "provenance", "created_at", "updated_at")}}}
        )  # fmt: skip
    _replace_leases(session, assignments)
    for table, values in ((STATEMENTS, statements), (SPANS, spans), (ASSIGN, assignments), (LINE, log)):
        if values:
            table.change_all(driver(session), values)


def _replace_leases(session: Session, assignments: Sequence[dict[str, Any]]) -> None:
    """A lease that the annotator holds on the screen gives way to the imported answer."""
    by_person: dict[int, list[int]] = defaultdict(list)
    for assignment in assignments:
        by_person[assignment["person_id"]].append(assignment["sentence_id"])
    for person_id, sentence_ids in by_person.items():
        session.execute(
            delete(Assignment).where(Assignment.person_id == person_id, Assignment.sentence_id.in_(sentence_ids))
        )
