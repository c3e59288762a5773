"""A project whose tallies are tested: two articles on one event in two outlets, three annotators, what befalls them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from annotator import folding
from annotator.actions import corpus, due, people
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.labelling import save
from annotator.actions.recounting import prepare_recount
from annotator.actions.registry_changes import change_entry
from annotator.db import Database
from annotator.errors import Refused, Taken
from annotator.models import Annotation, Document, Entry, Membership, Project, Sentence, TallySum
from annotator.permissions import OPERATOR, Actor
from annotator.queries import counting, tallies
from annotator.queries.counted import week
from tests.actions.conftest import member
from tests.agreement.slow_tallies import document_content

TEXT = "أعلن المجلس خطته اليوم.\nوقال سالم إن الخطة جيدة.\nورفضت النقابة ذلك أمس.\nأعلن المجلس خطته اليوم.\n"
STATEMENTS: dict[str, dict[str, Any]] = {
    "fact": {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
             "claim_type": "fact"},
    "deny": {"speaker": {"id": "UNCLEAR"}, "attribution": "indirect", "stance": {"target": "other", "value": "against"},
             "claim_type": "deny"},
    "one": {"speaker": {"id": "one", "start": 0, "end": 4}, "attribution": "direct",
            "stance": {"target": "other", "value": "favor"}, "claim_type": "deny"},
    "two": {"speaker": {"id": "two"}, "attribution": "direct", "stance": {"target": None, "value": "none"},
            "claim_type": "predict"},
}  # fmt: skip
SPEAKERS = [{"id": "one", "canonical": "سالم", "kind": "person"},
            {"id": "two", "canonical": "سالم علي", "kind": "person"}]  # fmt: skip
SPANS = ([], [{"start": 0, "end": 4, "label": "ORG"}], [{"start": 0, "end": 4, "label": "PERS"}],
         [{"start": 0, "end": 11, "label": "ORG"}, {"start": 5, "end": 11, "label": "PERS"}])  # fmt: skip


def answer(kind: str = "fact", spans: int = 0, more: str | None = None, state: str = "submitted") -> dict[str, Any]:
    statements = [STATEMENTS[kind], *([STATEMENTS[more]] if more else [])]
    body: dict[str, Any] = {"labels": {"statements": statements, "entities": SPANS[spans]}, "state": state}
    return {**body, "speakers": SPEAKERS, **({"skip_reason": "unclear"} if state == "skipped" else {})}


def put(database: Database, actor: Actor, sentence_id: int, body: dict[str, Any]) -> None:
    with database.write() as session:
        version = session.scalar(
            select(Annotation.version).where(Annotation.sentence_id == sentence_id, Annotation.person_id == actor.id)
        )
        try:
            save(session, actor, sentence_id, body, base_version=version or 0, key=None)
        except Taken:
            session.rollback()


def stored(database: Database, project_id: int) -> tuple[dict[int, Any], dict[Any, str]]:
    with database.snapshot() as session:
        documents = {key: (t.outlet, t.event, t.content) for key, t in tallies.stored_documents(session, project_id)}
        sums = session.execute(select(TallySum).where(TallySum.project_id == project_id)).scalars()
        return documents, {(row.scope, row.key, row.part): row.content for row in sums}


def rename(team: Team, name: str) -> None:
    with team.database.write() as session:
        if session.scalar(select(Entry.id).where(Entry.key == "two", Entry.merged_into_id.is_(None))) is not None:
            change_entry(session, OPERATOR, team.project_row(session), "two", {"canonical": name})


def is_right(database: Database, project_id: int) -> None:
    """After folding nothing is due, counting everything anew changes nothing, nor would counting answer by answer."""
    folding.fold(database, project_id)
    with database.snapshot() as session:
        assert tallies.due_documents(session, project_id) == {}
        change = prepare_recount(session, project_id)
        told = {key: tally.content for key, tally in tallies.stored_documents(session, project_id)}
        answered = counting.answered_sentences(session, project_id, list(session.scalars(select(Document.id))))
    assert (change.documents, change.sums, change.wrong) == ({}, {}, [])
    slow = {key: document_content((one[:3] for one in own), week) for key, own in answered.items()}
    assert told == {key: content for key, content in slow.items() if content}


class Team:
    """A project of two articles on one event, in two outlets, and three annotators."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            project = corpus.add_project(session, OPERATOR, "تجربة", None, 3)
            self.project = project.id
            for outlet in ("الفنار", "الساحل"):
                options = ImportOptions(name=f"{outlet}.txt", outlet=outlet, event="خطة")
                import_file(session, OPERATOR, project, (TEXT + f"وانتهى الاجتماع في {outlet}.").encode(), options)
            units = select(Sentence.id).where(Sentence.project_id == project.id).order_by(Sentence.position)
            self.sentences = list(session.scalars(units))
            self.documents = list(session.scalars(select(Document.id).order_by(Document.id)))
        self.annotators = [member(database, name, "annotator", self.project) for name in ("amal", "badr", "celia")]

    def project_row(self, session: Any) -> Project:
        found = session.get(Project, self.project)
        assert isinstance(found, Project)
        return found

    def merge(self, into: bool) -> None:
        """Say that two speakers are one, or take that back."""
        with self.database.write() as session:
            rows = dict(session.execute(select(Entry.key, Entry.id).where(Entry.key.in_(["one", "two"]))).all())
            if len(rows) == 2:
                session.execute(
                    update(Entry).where(Entry.key == "two").values(merged_into_id=rows["one"] if into else None)
                )
                due.speakers_due(session, self.project, [rows["two"]])

    def change_role(self, who: int, role: str) -> None:
        with self.database.write() as session:
            project, person = self.project_row(session), self.annotators[who].id
            there = session.scalar(
                select(Membership.role).where(Membership.person_id == person, Membership.project_id == self.project)
            )
            if role == "gone":
                if there:
                    people.remove_member(session, OPERATOR, project, person)
            elif there is None:
                people.add_person(session, OPERATOR, "x", self.annotators[who].email, project=project, role=role)
            else:
                people.change_role(session, OPERATOR, project, person, role)

    def change_kind(self, sentence: int, kind: str) -> None:
        with self.database.write() as session:
            corpus.change_kind(session, OPERATOR, self.sentences[sentence], kind)

    def bring(self, number: int) -> None:
        """One more article of the event: its near-copies join the others'."""
        with self.database.write() as session:
            options = ImportOptions(name=f"{number}.txt", event="خطة")
            article = TEXT + f"وانتهى الاجتماع رقم {number}."
            try:
                import_file(session, OPERATOR, self.project_row(session), article.encode(), options)
            except Refused:
                session.rollback()

    def cut(self, sentence: int) -> None:
        with self.database.write() as session:
            try:
                corpus.split_unit(session, OPERATOR, self.sentences[sentence], 5)
            except Refused:
                session.rollback()
