"""Projects, and what a lead may change about units."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from annotator.actions import scheme as schemes
from annotator.actions.due import groups_due
from annotator.actions.log import write_log
from annotator.errors import NotAllowed, NotFound, Refused, Taken
from annotator.models import (
    POSITION_STEP,
    Annotation,
    Assignment,
    Document,
    Membership,
    Project,
    Sentence,
    table_of,
)
from annotator.permissions import Actor, demand
from annotator.prepared import Prepared, driver, reserve
from annotator.text.arabic import fold
from annotator.text.kinds import KINDS, SERVED

SEEDS = Path(__file__).resolve().parent.parent.parent / "seeds"
NAME_LIMIT = 200


def add_project(
    session: Session, actor: Actor, name: str, scheme_source: bytes | None, overlap: int, *, file: str = "scheme.json"
) -> Project:
    """A new project with its scheme (`seeds/scheme.json` when none is given); its maker leads it."""
    name = name.strip()
    if not actor.admin:
        raise NotAllowed("Only an administrator makes projects.")
    if not name or len(name) > NAME_LIMIT or any(ord(c) < 32 for c in name):
        raise Refused("A project's name has 1 to {limit} characters.", path="name", limit=NAME_LIMIT)
    if overlap < 1 or overlap > 100:
        raise Refused("The overlap is {value}; it must be from 1 to 100.", path="overlap", value=overlap)
    if session.scalar(select(Project.id).where(Project.name == name)) is not None:
        raise Taken("There is a project named “{name}” already.", path="name", name=name)
    project = Project(name=name, overlap=overlap, served_kinds=list(SERVED))
    session.add(project)
    session.flush()
    if scheme_source is None:
        scheme_source, file = (SEEDS / "scheme.json").read_bytes(), "seeds/scheme.json"
    row = schemes.set_scheme(session, actor, project, scheme_source, file=file)
    if actor.id is not None:
        session.add(Membership(person_id=actor.id, project_id=project.id, role="lead"))
    write_log(session, actor, "add project", project_id=project.id,
              content={"name": name, "overlap": overlap, "scheme": f"{row.name}@{row.version}"})  # fmt: skip
    return project


def set_overlap(session: Session, actor: Actor, project: Project, overlap: int) -> None:
    """How many annotators label each sentence. Lowering it takes no answer away."""
    if overlap < 1 or overlap > 100:
        raise Refused("The overlap is {value}; it must be from 1 to 100.", path="overlap", value=overlap)
    project.overlap = overlap
    session.execute(
        update(Sentence)
        .where(Sentence.project_id == project.id)
        .values(open=and_(Sentence.served, Sentence.taken < overlap)),
        execution_options={"synchronize_session": False},
    )
    write_log(session, actor, "set overlap", project_id=project.id, content={"overlap": overlap})


def unit_id(file: str, start: int, end: int) -> str:
    """The id of a unit that came without one: the same for the same place on every machine."""
    return hashlib.sha256(f"{file}\0{start}\0{end}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Units:
    """Makes the rows of units of one document: what they have in common is looked up once."""

    def __init__(self, project: Project, document: Document) -> None:
        self._project_id, self._served = project.id, frozenset(project.served_kinds)
        self._document_id, self._file = document.id, document.file
        self._position = document.ordinal * POSITION_STEP

    def row(self, start: int, end: int, kind: str, text: str) -> dict[str, Any]:
        """The columns of a unit's row."""
        served = kind in self._served
        return {
            "project_id": self._project_id, "document_id": self._document_id,
            "uid": unit_id(self._file, start, end), "start": start, "end": end, "kind": kind, "text": text,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "folded": fold(text), "position": self._position + start, "served": served,
            "taken": 0, "open": served, "near_group": None, "split": None, "gold_check": False,
        }  # fmt: skip


SENTENCE = table_of(Sentence)
_UNIT = Prepared(insert(SENTENCE))
_KEYED_UNIT = Prepared(insert(SENTENCE), keyed=True)
UNIT_COLUMNS = (
    "id", "project_id", "document_id", "uid", "start", "end", "kind", "text", "text_sha256", "folded", "position",
    "served", "taken", "open", "near_group", "split", "gold_check",
)  # fmt: skip


def add_units(session: Session, project: Project, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.flush()  # what stood in their place goes first
        _UNIT.change_all(driver(session), rows)
    project.served += sum(row["served"] for row in rows)


def add_keyed_units(session: Session, rows: Sequence[tuple[Any, ...]]) -> Sequence[int]:
    """The same by the thousand: values of UNIT_COLUMNS but the key, flags as 0 or 1. Gives the new keys.

    The project's own count is left to the caller.
    """
    run = driver(session)
    keys = reserve(run, SENTENCE, len(rows))
    _KEYED_UNIT.insert_tuples(run, UNIT_COLUMNS, ((key, *row) for key, row in zip(keys, rows, strict=True)))
    return keys


def change_kind(session: Session, actor: Actor, sentence_id: int, kind: str) -> Sentence:
    """Say what a unit is; whether it is offered for labelling follows from that."""
    sentence, project = _unit(session, actor, sentence_id)
    if kind not in KINDS:
        raise Refused("“{value}” is none of {known}.", path="kind", value=kind, known=", ".join(KINDS))
    before = sentence.kind
    served = kind in project.served_kinds
    project.served += int(served) - int(sentence.served)
    sentence.kind, sentence.served = kind, served
    if not served:
        # whoever has it reserved would be handed it again and again, and every answer be refused
        whose = Assignment.sentence_id == sentence_id, Assignment.state == "leased"
        sentence.taken -= len(session.scalars(delete(Assignment).where(*whose).returning(Assignment.id)).all())
    sentence.open = served and sentence.taken < project.overlap
    write_log(session, actor, "change kind", project_id=project.id, sentence_id=sentence_id,
              content={"before": before, "kind": kind})  # fmt: skip
    return sentence


def split_unit(session: Session, actor: Actor, sentence_id: int, at: int) -> tuple[int, int]:
    """Cut an unlabelled unit in two before its code point `at`; white space at the cut falls outside both.

    Gives the ids of both parts.
    """
    sentence, project = _unit(session, actor, sentence_id)
    _unlabelled(session, [sentence])
    left, right = sentence.text[:at].rstrip(), sentence.text[at:].lstrip() if 0 < at < len(sentence.text) else ""
    if not left or not right or not left.strip() or not right.strip():
        raise Refused("The cut at {at} leaves an empty part; the unit has {length} characters.",
                      path="at", at=at, length=len(sentence.text))  # fmt: skip
    document = session.get_one(Document, sentence.document_id)
    start, end, kind = sentence.start, sentence.end, sentence.kind
    parts = [(start, start + len(left), left), (end - len(right), end, right)]
    made = _replace(session, project, document, [sentence], [(s, e, kind, t) for s, e, t in parts])
    write_log(session, actor, "split unit", project_id=project.id, sentence_id=sentence_id,
              content={"document": document.file, "start": start, "end": end, "at": at, "made": made})  # fmt: skip
    return made[0], made[1]


def join_units(session: Session, actor: Actor, first_id: int) -> int:
    """Join an unlabelled unit with the next one of its document. Gives the id of the whole."""
    first, project = _unit(session, actor, first_id)
    second = session.scalar(
        select(Sentence)
        .where(Sentence.document_id == first.document_id, Sentence.start > first.start)
        .order_by(Sentence.start)
        .limit(1)
    )
    if second is None:
        raise Refused("This is the last unit of its document; there is none to join it with.")
    _unlabelled(session, [first, second])
    document = session.get_one(Document, first.document_id)
    text = document.text[first.start : second.end]
    if "\n" in text or "\r" in text:
        raise Refused("A line break lies between the two units; a unit never holds one.")
    start, end, kind = first.start, second.end, first.kind
    made = _replace(session, project, document, [first, second], [(start, end, kind, text)])
    write_log(session, actor, "join units", project_id=project.id, sentence_id=first_id,
              content={"document": document.file, "start": start, "end": end, "made": made})  # fmt: skip
    return made[0]


def _unit(session: Session, actor: Actor, sentence_id: int) -> tuple[Sentence, Project]:
    sentence = session.scalar(select(Sentence).where(Sentence.id == sentence_id).with_for_update())
    if sentence is None:
        raise NotFound("There is no such unit.")
    if actor.id is not None:
        role = session.scalar(
            select(Membership.role).where(
                Membership.project_id == sentence.project_id, Membership.person_id == actor.id
            )
        )
        if role is None or actor.only_project not in (None, sentence.project_id):
            raise NotFound("There is no such unit.")
        demand(actor, role, "edit units")
    return sentence, session.get_one(Project, sentence.project_id)


def _unlabelled(session: Session, units: Iterable[Sentence]) -> None:
    for unit in units:
        labelled = session.scalar(select(exists().where(Annotation.sentence_id == unit.id)))
        if labelled or unit.taken:
            raise Taken("“{text}” is labelled or being labelled; its bounds stay.", text=unit.text[:60])


def _replace(
    session: Session,
    project: Project,
    document: Document,
    old: Sequence[Sentence],
    new: Sequence[tuple[int, int, str, str]],
) -> list[int]:
    ids = [unit.id for unit in old]
    groups_due(session, project.id, {unit.near_group for unit in old})
    project.served -= sum(unit.served for unit in old)
    session.execute(delete(Assignment).where(Assignment.sentence_id.in_(ids)))
    session.execute(delete(Sentence).where(Sentence.id.in_(ids)))
    session.expire_all()
    units = Units(project, document)
    add_units(session, project, [units.row(*unit) for unit in new])
    made = session.scalars(
        select(Sentence.id)
        .where(Sentence.document_id == document.id, Sentence.start.in_([s for s, _, _, _ in new]))
        .order_by(Sentence.start)
    )
    return list(made)


def next_ordinal(session: Session, project: Project) -> int:
    highest = session.scalar(select(func.max(Document.ordinal)).where(Document.project_id == project.id))
    return 1 if highest is None else highest + 1
