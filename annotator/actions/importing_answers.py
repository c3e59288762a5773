"""Importing answers: annotators and speakers resolved, every label checked, nothing twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions.counting import OWN_COUNT, count_answers, recount_sentences
from annotator.actions.due import documents_due
from annotator.actions.importing import ImportOptions, ImportReport
from annotator.actions.importing_rows import Answer, AnswerRows, Common, Unit
from annotator.actions.importing_schemes import Versions
from annotator.actions.importing_speakers import resolve_speakers
from annotator.actions.importing_turns import Turns
from annotator.errors import Refused
from annotator.layers.answer import Labels
from annotator.models import Annotation, Membership, Person, Project
from annotator.permissions import Actor
from annotator.progress import tell
from annotator.queries import registry as reading
from annotator.queries import scheme as schemes
from annotator.queries.answers import labels_by_annotation
from exports.lines import ReadLine

BATCH = 250


class Answers:
    """The answers of a file's lines, with what is looked up of them once."""

    def __init__(
        self, turns: Turns, actor: Actor, project: Project, options: ImportOptions, report: ImportReport,
        lines: Sequence[ReadLine],
    ) -> None:  # fmt: skip
        self.turns, self.actor, self.project, self.options, self.report = turns, actor, project, options, report
        self.lines = [line for line in lines if line.annotations]
        self.speakers: dict[str, reading.Known] = {}
        self.versions: Versions | None = None  # of the scheme; null: there are no answers
        self._units: Mapping[int, Unit] = {}
        self._added: dict[int, Counter[str]] = defaultdict(Counter)  # by person, what came to the own counts

    def store(self, units: Mapping[int, Unit]) -> None:
        """Store all. An equal answer is already there; a different one is refused. `units`: by number of line."""
        if not self.lines:
            return
        turns, project, options, self._units = self.turns, self.project, self.options, units
        self.versions = Versions(turns.session, project, options.format, self.speakers)
        with turns.turn() as session:
            annotators = _annotators(session, project, self.lines, options)
        resolve_speakers(turns, self.actor, project, self.lines, options, self.versions.in_force)
        scheme, guideline = self.versions.in_force.id, schemes.guideline_name(project)
        common = Common(self.actor.id, project.id, scheme, guideline, self._entry)
        waiting = self._read(self.versions, annotators)
        done, total = 0, sum(len(line.annotations) for line in self.lines)
        while batch := list(islice(waiting, BATCH)):
            fresh = self._fresh(batch)
            if fresh:
                rows = AnswerRows(turns.session, common, fresh)
                with turns.turn() as session:
                    rows.insert(session)
                self._count(fresh)
            done += len(batch)
            tell("answers stored", done, total)

    def end(self, session: Session) -> None:
        """What is left for the last turn."""
        if self.versions is None:
            return
        self.versions.keep_labels(session, self.actor)
        old = {unit.id for line in self.lines if (unit := self._units[line.line_number]).position is None}
        recount_sentences(session, self.project, old)
        count_answers(session, self.project.id, self._added)
        documents_due(session, self.project.id, {self._units[line.line_number].document_id for line in self.lines})

    def _entry(self, key: str) -> int:
        """The row of a speaker whom an answer names; merged ones are known under both ids."""
        known = self.speakers.get(key)
        if known is None or known.id != key:
            known = next(one for one in self.speakers.values() if one.id == key)
        return known.row

    def _read(self, versions: Versions, annotators: Mapping[str, int]) -> Iterator[Answer]:
        for line in self.lines:
            seen: set[int] = set()
            for n, came in enumerate(line.annotations):
                try:
                    person_id = annotators[came.annotator]
                    if person_id in seen:
                        raise Refused("“{value}” answers twice in this line.", path="annotator", value=came.annotator)
                    seen.add(person_id)
                    unit = self._units[line.line_number]
                    came, labels = versions.read(came, line.text, unit.id, person_id)
                except Refused as refusal:
                    raise refusal.at(
                        file=self.options.name, line=line.line_number, path=f"annotations[{n}]"
                    ) from None
                yield Answer(line, n, unit, person_id, came, labels)

    def _fresh(self, batch: Sequence[Answer]) -> Sequence[Answer]:
        """Those that are not there. Raises Refused where somebody has answered otherwise."""
        old = {answer.unit.id: answer.line.text for answer in batch if answer.unit.position is None}
        if not old:
            return batch
        there = _there(self.turns.session, old)
        fresh = []
        for answer in batch:
            stored = there.get((answer.unit.id, answer.person_id))
            if stored is None:
                fresh.append(answer)
            elif _same(stored, answer):
                self.report.already_there += 1
            else:
                raise Refused(
                    "“{value}” has answered this sentence otherwise; the stored answer stays.",
                    value=answer.came.annotator,
                ).at(file=self.options.name, line=answer.line.line_number, path=answer.path)  # fmt: skip
        return fresh

    def _count(self, fresh: Sequence[Answer]) -> None:
        self.report.annotations += len(fresh)
        for answer in fresh:
            came, added = answer.came, self._added[answer.person_id]
            added[OWN_COUNT[came.state]] += 1
            if came.flag is not None:
                added["flagged"] += 1
            if came.active_ms:
                added["active_ms"] += came.active_ms


def _annotators(
    session: Session, project: Project, lines: Sequence[ReadLine], options: ImportOptions
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


def _there(session: Session, texts: Mapping[int, str]) -> dict[tuple[int, int], tuple[Any, Labels]]:
    rows = session.execute(
        select(
            Annotation.id, Annotation.sentence_id, Annotation.person_id, Annotation.state,
            Annotation.flag, Annotation.comment, Annotation.skip_reason,
        ).where(Annotation.sentence_id.in_(list(texts)))
    ).all()  # fmt: skip
    labels = labels_by_annotation(session, {row.id: texts[row.sentence_id] for row in rows})
    return {(row.sentence_id, row.person_id): (row, labels[row.id]) for row in rows}


def _same(stored: tuple[Any, Labels], answer: Answer) -> bool:
    row, labels = stored
    came = answer.came
    return labels == answer.labels and (row.state, row.flag, row.comment, row.skip_reason) == (
        came.state, came.flag, came.comment, came.skip_reason,
    )  # fmt: skip
