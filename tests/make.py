"""Builders for tests: an app on a fresh database, people of every role, a project with texts, clients."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from annotator import upgrading
from annotator.actions import corpus, passwords, people
from annotator.actions.importing import ImportOptions, import_file
from annotator.db import Database
from annotator.models import Person, Project, Sentence
from annotator.permissions import OPERATOR, Actor
from annotator.settings import Settings, read_settings
from app import create_app

TEXT = "أعلن المجلس خطته.\nوقال سالم إن الخطة جيدة.\nورفضت النقابة ذلك.\nوأضاف أن العمل مستمر.\nوانتهى الاجتماع مساء.\n"
PASSWORD = "four unrelated words"
_HASH: list[str] = []
_OPEN: list[Database] = []


def settings(folder: Path, **changes: str) -> Settings:
    return read_settings({"ANNOTATOR_INSTANCE": str(folder), **changes})


def app(folder: Path, **changes: str) -> Flask:
    """An app on a made database in this folder."""
    made = create_app(settings(folder, **changes))
    _OPEN.append(database(made))
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False  # a 500 is answered as in production
    upgrading.ready(database(made), made.extensions["isnad.settings"])
    return made


def close_all() -> None:
    """Close the databases of every app made since the last time."""
    while _OPEN:
        _OPEN.pop().close()


def database(app: Flask) -> Database:
    found = app.extensions["isnad.database"]
    assert isinstance(found, Database)
    return found


def person(app: Flask, name: str, *, project: int | None = None, role: str | None = None, **columns: Any) -> Actor:
    """Somebody with a password, `name@example.org`."""
    if not _HASH:
        _HASH.append(passwords.hashed(PASSWORD))
    with database(app).write() as session:
        place = session.get_one(Project, project) if project is not None else None
        made, _ = people.add_person(session, OPERATOR, name, f"{name}@example.org", project=place, role=role)
        made.password_hash = _HASH[0]
        for column, value in {"language": "en", **columns}.items():
            setattr(made, column, value)
        return Actor(made.id, made.email, made.name, made.language, made.admin)


def project(app: Flask, name: str = "تجربة", *, text: str | None = TEXT, overlap: int = 2) -> int:
    """A project with one article of five sentences; its id."""
    with database(app).write() as session:
        made = corpus.add_project(session, OPERATOR, name, None, overlap)
        if text is not None:
            import_file(session, OPERATOR, made, text.encode(), ImportOptions(name="a.txt", outlet="وكالة"))
        return made.id


@dataclass
class Web:
    """A browser's stand-in: keeps cookies, sends the token of the page that it has open."""

    client: FlaskClient
    token: str = field(default="")

    def get(self, path: str, **more: Any) -> TestResponse:
        answer = self.client.get(path, **more)
        page = answer.text if answer.mimetype == "text/html" else ""
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        if found:
            self.token = found.group(1)
        return answer

    def post(self, path: str, content: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        if not self.token:
            self.get("/sign-in")
        return self.client.post(path, data={"csrf_token": self.token, **(content or {})}, **more)


def web(app: Flask, actor: Actor | None = None) -> Web:
    """A browser, signed in as this person."""
    made = Web(app.test_client())
    made.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    if actor is not None:
        made.get("/sign-in")
        answer = made.post("/sign-in", {"email": actor.email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        made.get("/account")
    return made


@dataclass(frozen=True)
class Place:
    """A project, a person of each role in it, and an outsider who leads another."""

    app: Flask
    project: int
    document: int
    sentences: tuple[int, ...]
    people: dict[str, Actor]

    def web(self, who: str) -> Web:
        return web(self.app, self.people[who])


_ORIGINAL: list[tuple[TemporaryDirectory[str], Place]] = []


def place(folder: Path, **changes: str) -> Place:
    """A fresh place; on SQLite a copy of one that is built once per run."""
    if changes:
        return _build(app(folder, **changes))
    if not _ORIGINAL:
        original = TemporaryDirectory()
        _ORIGINAL.append((original, _build(app(Path(original.name)))))
        database(_ORIGINAL[0][1].app).close()
    built_in, built = _ORIGINAL[0]
    shutil.copytree(built_in.name, folder, dirs_exist_ok=True)
    return replace(built, app=app(folder))


def _build(made: Flask) -> Place:
    own, other = project(made), project(made, "أخرى", text=None)
    roles = ("lead", "adjudicator", "annotator", "viewer")
    members = {role: person(made, role, project=own, role=role) for role in roles}
    members["outsider"] = person(made, "outsider", project=other, role="lead")
    members["admin"] = person(made, "admin", admin=True)
    with database(made).read() as session:
        rows = session.execute(
            select(Sentence.id, Sentence.document_id).where(Sentence.project_id == own).order_by(Sentence.start)
        ).all()
    return Place(made, own, rows[0].document_id, tuple(row.id for row in rows), members)


def find(app: Flask, email: str) -> Person | None:
    with database(app).read() as session:
        return session.scalar(select(Person).where(Person.email == email))
