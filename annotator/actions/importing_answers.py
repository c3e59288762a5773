"""Importing answers: annotators and speakers resolved, every label checked, nothing twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from annotator.actions.counting import recount
from annotator.actions.due import sentences_due
from annotator.actions.importing import ImportOptions, ImportReport
from annotator.actions.importing_schemes import Versions
from annotator.actions.importing_speakers import resolve_speakers
from annotator.actions.labelling import ANNOTATION, SPANS, STATEMENTS
from annotator.actions.log import LINE
from annotator.actions.queue import ASSIGN
from annotator.errors import Refused
from annotator.layers import labels_json
from annotator.layers.answer import Labels
from annotator.layers.stored import entity_rows, statement_rows
from annotator.models import (
    Annotation,
    Assignment,
    Membership,
    Person,
    Project,
    Sentence,
    now,
)
from annotator.permissions import Actor
from annotator.prepared import Prepared, driver, reserve
from annotator.queries import registry as reading
from annotator.queries import scheme as schemes
from annotator.queries.answers import labels_by_annotation
from exports.lines import ReadAnnotation, ReadLine

BATCH = 500
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


@dataclass(slots=True)
class _Import:
    """What the import of one file's answers has looked up once."""

    session: Session
    actor: Actor
    project: Project
    options: ImportOptions
    report: ImportReport
    annotators: dict[str, int]  # email → person id
    positions: Mapping[int, int]  # of the sentences that this import made: nobody has answered these
    speakers: dict[str, reading.Known]
    versions: Versions

    def entry(self, key: str) -> int:
        """The row of a speaker whom an answer names; merged ones are known under both ids."""
        known = self.speakers.get(key)
        if known is None or known.id != key:
            known = next(one for one in self.speakers.values() if one.id == key)
        return known.row


@dataclass(frozen=True, slots=True)
class _Answer:
    line: ReadLine
    n: int
    sentence_id: int
    person_id: int
    came: ReadAnnotation
    labels: Labels

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
    positions: Mapping[int, int],
) -> None:
    """Store the answers of the lines. An equal answer is already there; a different one is refused.

    `positions`: of the sentences that this import made.
    """
    if not any(line.annotations for line in lines):
        return
    speakers: dict[str, reading.Known] = {}
    versions = Versions(session, project, options.format, speakers)
    context = _Import(session, actor, project, options, report, _annotators(session, actor, project, lines, options),
                      positions, speakers, versions)  # fmt: skip
    resolve_speakers(session, actor, project, lines, options, versions.in_force)
    batch: list[_Answer] = []
    for answer in _answers(context, lines, units):
        batch.append(answer)
        if len(batch) >= BATCH:
            _store(context, batch)
            batch = []
    _store(context, batch)
    versions.keep_labels(actor)
    people = {context.annotators[one.annotator] for line in lines for one in line.annotations}
    recount(session, project, people, sentences=any(number not in positions for number in units.values()))
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
            "The project has no annotators {value}. Add them, or have them added by the import.",
            path="annotations", remedy="new_annotators", value=", ".join(f"“{email}”" for email in missing),
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
                sentence_id = units[line.line_number]
                came, labels = context.versions.read(came, line.text, sentence_id, person_id)
            except Refused as refusal:
                raise refusal.at(file=context.options.name, line=line.line_number, path=f"annotations[{n}]") from None
            yield _Answer(line, n, sentence_id, person_id, came, labels)


def _store(context: _Import, batch: Sequence[_Answer]) -> None:
    old = {answer.sentence_id: answer.line.text for answer in batch if answer.sentence_id not in context.positions}
    there = _there(context.session, old) if old else {}
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
    session, at, run, project_id = context.session, now(), driver(context.session), context.project.id
    guideline = schemes.guideline_name(context.project)
    answers: list[tuple[Any, ...]] = []
    statements: list[tuple[Any, ...]] = []
    spans: list[tuple[Any, ...]] = []
    assignments: list[tuple[Any, ...]] = []
    log: list[tuple[Any, ...]] = []
    positions = _positions(context, fresh)
    for key, answer in zip(reserve(run, ANNOTATION, len(fresh)), fresh, strict=True):
        came, sentence_id, person_id = answer.came, answer.sentence_id, answer.person_id
        version, scheme = came.version or 1, came.scheme or context.versions.in_force.id
        own_guideline = came.guideline if came.scheme or came.guideline else guideline
        created_at = came.created_at or at
        updated_at = came.updated_at or created_at
        answers.append(
            (key, sentence_id, project_id, person_id, version, came.state, came.skip_reason, came.flag, came.comment,
             came.active_ms, scheme, own_guideline, came.provenance, created_at, updated_at)
        )  # fmt: skip
        for n, (speaker, _, _, *rest) in enumerate(statement_rows(answer.labels), 1):
            statements.append((key, n, None if speaker is None else context.entry(speaker), *rest))
        spans += [(key, *mark) for mark in entity_rows(answer.labels)]
        assignments.append(
            (sentence_id, person_id, project_id, positions[sentence_id], came.state, None, "label", at)
        )  # fmt: skip
        content = {
            "annotator": came.annotator, "labels": labels_json(answer.labels, answer.line.text), "state": came.state,
            "skip_reason": came.skip_reason, "flag": came.flag, "comment": came.comment, "active_ms": came.active_ms,
            "scheme": scheme, "guideline": own_guideline, "provenance": came.provenance, "created_at": created_at,
            "updated_at": updated_at,
        }  # fmt: skip
        log.append((at, context.actor.id, project_id, sentence_id, "import answer", version, None, None, content))
    held = [row for row in assignments if row[0] not in context.positions]
    if held:
        _replace_leases(session, held)
    for table, columns, rows in (
        (_ANSWERS, _ANSWER_COLUMNS, answers), (STATEMENTS, _STATEMENT_COLUMNS, statements),
        (SPANS, _SPAN_COLUMNS, spans), (ASSIGN, _ASSIGNMENT_COLUMNS, assignments), (LINE, _LINE_COLUMNS, log),
    ):  # fmt: skip
        if rows:
            table.insert_tuples(run, columns, rows)


def _positions(context: _Import, fresh: Sequence[_Answer]) -> Mapping[int, int]:
    """The position of each sentence, asked for where this import did not make it."""
    old = [answer.sentence_id for answer in fresh if answer.sentence_id not in context.positions]
    if not old:
        return context.positions
    found = context.session.execute(select(Sentence.id, Sentence.position).where(Sentence.id.in_(old)))
    return {**{a.sentence_id: context.positions.get(a.sentence_id, 0) for a in fresh}, **dict(found.all())}


def _replace_leases(session: Session, assignments: Sequence[tuple[Any, ...]]) -> None:
    """A lease that the annotator holds on the screen gives way to the imported answer."""
    by_person: dict[int, list[int]] = defaultdict(list)
    for assignment in assignments:
        by_person[assignment[1]].append(assignment[0])
    for person_id, sentence_ids in by_person.items():
        session.execute(
            delete(Assignment).where(Assignment.person_id == person_id, Assignment.sentence_id.in_(sentence_ids))
        )
