"""One calm page for every refusal; problem documents for the API; nothing of the inside to see."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import AbstractContextManager

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from annotator.db import Database
from tests import make


def test_a_refusal_is_a_page(place: make.Place) -> None:
    answer = place.web("annotator").get(f"/projects/{place.project}/import")
    assert answer.status_code == 403
    assert "Your role in this project does not allow this." in answer.text


def test_the_api_answers_with_problem_documents(place: make.Place) -> None:
    client = place.web("annotator").client
    answer = client.get("/api/v1/projects/4242/progress")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json() == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such project, or it is not yours.",
        "faults": [
            {"path": "", "message": "There is no such project, or it is not yours.", "file": None, "line": None}
        ],
    }
    assert client.get("/api/v1/nothing").mimetype == "application/problem+json"
    wrong_method = client.put("/api/v1/projects", headers={"Authorization": "Bearer x"})
    assert (wrong_method.status_code, wrong_method.mimetype) == (405, "application/problem+json")
    assert "GET" in wrong_method.headers["Allow"]


def test_the_api_speaks_the_language_of_its_reader(place: make.Place) -> None:
    client = place.app.test_client()
    for asked, title in (("ar", "سجّل الدخول"), ("en", "Please sign in"), ("fr", "Please sign in")):
        answer = client.get(
            "/api/v1/projects", headers={"Authorization": "Bearer isnad_x", "Accept-Language": asked}
        )
        assert (answer.status_code, answer.get_json()["title"]) == (401, title)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_failure_shows_nothing_of_the_inside(
    place: make.Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    web = place.web("lead")

    def gone(self: Database) -> None:
        raise RuntimeError("the secret path /srv/x")

    monkeypatch.setattr(Database, "read", gone)
    with caplog.at_level(logging.ERROR):
        for path in ("/", f"/projects/{place.project}", "/api/v1/projects"):
            answer = web.client.get(path)
            assert answer.status_code == 500
            assert "RuntimeError" not in answer.text and "/srv/x" not in answer.text
            assert "Content-Security-Policy" in answer.headers
    assert "/srv/x" in caplog.text


def test_a_full_disk_is_told_in_one_line_and_may_be_tried_again(
    place: make.Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    web = place.web("lead")
    full, wrong = sqlite3.OperationalError("database or disk is full"), sqlite3.OperationalError("no such column: x")
    full.sqlite_errorcode, wrong.sqlite_errorcode = sqlite3.SQLITE_FULL, sqlite3.SQLITE_ERROR
    committing, lost = OperationalError("COMMIT", {}, full), psycopg.OperationalError("x")
    twice, never = psycopg.errors.UniqueViolation("twice"), sqlite3.IntegrityError("twice")
    for error, status in ((full, 503), (committing, 503), (lost, 503), (twice, 503), (wrong, 500), (never, 500)):
        caplog.clear()

        def gone(self: Database, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(Database, "read", gone)
        for path in (f"/projects/{place.project}", "/api/v1/projects"):
            answer = web.client.get(path)
            assert (answer.status_code, answer.headers.get("Retry-After")) == (status, "5" if status == 503 else None)
        assert ("Traceback" in caplog.text) == (status == 500)


def test_no_row_is_written_to_the_log(
    place_anywhere: make.Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL tells the row that it refuses, and SQLAlchemy what was bound: texts, addresses, hashes."""
    web, reading = place_anywhere.web("lead"), Database.read
    wrong = text("INSERT INTO person (name, email) VALUES (:name, :email)")
    row = {"name": "سرّ", "email": "secret@example.org"}

    def fail(self: Database) -> AbstractContextManager[Session]:
        with reading(self) as session:
            session.execute(wrong, row)
        return reading(self)

    monkeypatch.setattr(Database, "read", fail)
    assert web.client.get(f"/projects/{place_anywhere.project}").status_code == 500
    assert "[SQL" not in caplog.text and "in fail" in caplog.text and "null" in caplog.text.casefold()
    assert "سرّ" not in caplog.text and "secret@example.org" not in caplog.text


def test_what_was_typed_stays_text(place: make.Place) -> None:
    """Braces, markup and templates in an address or a name are shown as they are."""
    web = place.web("lead")
    for hostile in ("<script>alert(1)</script>", "{{251*261}}", "{0.__class__}", "%(x)s"):
        answer = web.post(
            f"/projects/{place.project}/members", {"name": hostile, "email": hostile, "role": "viewer"}
        )
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text and "65511" not in answer.text and "class 'str'" not in answer.text


def test_the_log_keeps_one_line_per_event(place: make.Place, caplog: pytest.LogCaptureFixture) -> None:
    place.web("lead").client.get("/nothing%0d%0aFAKE%1b[31m")
    assert "FAKE\x1b" not in caplog.text


def test_health(place: make.Place) -> None:
    answer = place.app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers
