"""A migrated database and a project with a small text in it, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotator import upgrading
from annotator.actions import corpus, people
from annotator.actions.importing import ImportOptions, import_file
from annotator.db import Database
from annotator.models import Project
from annotator.permissions import OPERATOR, Actor
from annotator.settings import read_settings

TEXT = "أعلن المجلس خطته.\nوقال سالم إن الخطة جيدة.\nورفضت النقابة ذلك.\nوأضاف أن العمل مستمر.\nوانتهى الاجتماع مساء.\n"


@dataclass(frozen=True)
class Place:
    """A project with two annotators, a lead and an outsider."""

    project_id: int
    amal: Actor
    badr: Actor
    lead: Actor
    outsider: Actor
    sentences: tuple[int, ...]


@pytest.fixture
def database(ready_url: str, tmp_path: Path) -> Iterator[Database]:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path), "ANNOTATOR_DATABASE_URL": ready_url})
    found = Database(settings.database_url)
    upgrading.ready(found, settings)
    yield found
    found.close()


def member(database: Database, name: str, role: str | None, project_id: int | None) -> Actor:
    with database.write() as session:
        project = session.get(Project, project_id) if role else None
        person, _ = people.add_person(
            session, OPERATOR, name, f"{name}@example.org", project=project, role=role
        )
        return Actor(person.id, person.email, person.name, person.language, person.admin)


@pytest.fixture
def place(database: Database) -> Place:
    from sqlalchemy import select

    from annotator.models import Sentence

    with database.write() as session:
        project = corpus.add_project(session, OPERATOR, "تجربة", None, 2)
        import_file(session, OPERATOR, project, TEXT.encode(), ImportOptions(name="a.txt"))
        sentences = tuple(
            session.scalars(
                select(Sentence.id).where(Sentence.project_id == project.id).order_by(Sentence.position)
            )
        )
        project_id = project.id
    assert len(sentences) == 5
    return Place(
        project_id,
        member(database, "amal", "annotator", project_id),
        member(database, "badr", "annotator", project_id),
        member(database, "lead", "lead", project_id),
        member(database, "outsider", None, None),
        sentences,
    )


def labels(claim_type: str = "fact", **more: object) -> dict[str, object]:
    """An article-voice answer."""
    return {
        "statements": [
            {
                "speaker": {"id": "ARTICLE", "start": None, "end": None},
                "attribution": "none",
                "stance": {"target": None, "value": "none"},
                "claim_type": claim_type,
            }
        ],
        "entities": [],
        **more,
    }
