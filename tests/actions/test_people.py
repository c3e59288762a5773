"""Inviting, links, tokens and roles, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from annotator.actions import passwords, people
from annotator.actions.queue import lease
from annotator.actions.signing_in import start_session
from annotator.db import Database
from annotator.errors import NotAllowed, NotFound, Refused, Taken
from annotator.models import BrowserSession, LogLine, Membership, Project, Sentence, Token
from annotator.permissions import OPERATOR
from annotator.prepared import driver
from annotator.queries import people as reading
from tests.actions.conftest import Place


def test_a_person_is_added_with_a_link(database: Database) -> None:
    with database.write() as session:
        person, raw = people.add_person(session, OPERATOR, " أمل  صالح ", "Amal@Example.org", project=None, role=None)
    assert (person.name, person.email) == ("أمل صالح", "amal@example.org")
    with database.read() as session:
        owner = reading.link_owner(session, raw)
        assert owner is not None and owner.id == person.id
        assert reading.link_owner(session, raw + "x") is None


@pytest.mark.parametrize(
    "email", ["", "x", "x@", "@y", "a b@c", "a@b\nc", "a@b@c", "x" * 65 + "@y.org", "a@" + "b" * 300]
)
def test_what_is_no_address_is_refused(database: Database, email: str) -> None:
    with pytest.raises(Refused), database.write() as session:
        people.add_person(session, OPERATOR, "x", email, project=None, role=None)


def test_nobody_is_added_twice(database: Database, place: Place) -> None:
    with pytest.raises(Taken), database.write() as session:
        people.add_person(session, OPERATOR, "Amal", "AMAL@example.org", project=None, role=None)


def test_a_lead_invites_to_the_own_project_only(database: Database, place: Place) -> None:
    for actor in (place.outsider, place.amal):
        with pytest.raises(NotAllowed), database.write() as session:
            project = session.get_one(Project, place.project_id)
            people.add_person(session, actor, "z", "z@example.org", project=project, role="lead")
    with pytest.raises(NotAllowed), database.write() as session:
        people.add_person(session, place.lead, "z", "z@example.org", project=None, role=None)


def test_a_link_is_used_once_even_by_two_at_once(database: Database, place: Place) -> None:
    with database.write() as session:
        raw = people.new_link(session, OPERATOR, "amal@example.org")
    accepted = {"name": "Amal", "language": "en", "password_hash": "x"}
    with database.write() as session:
        people.accept_link(session, raw, **accepted)
    with pytest.raises(NotFound), database.write() as session:
        people.accept_link(session, raw, **accepted)


def test_a_token_speaks_for_its_owner_within_its_limits(database: Database, place: Place) -> None:
    with database.write() as session:
        project = session.get_one(Project, place.project_id)
        raw = people.add_token(session, OPERATOR, "amal@example.org", "read", project)
    assert raw.startswith("isnad_")
    with database.read() as session:
        held = reading.by_token(driver(session), raw)
        assert held is not None
        actor = held.actor
        assert (actor.id, actor.scope, actor.only_project) == (place.amal.id, "read", place.project_id)
        assert reading.by_token(driver(session), raw[:-1]) is None
        assert session.scalars(select(Token.token_hash)).one() != raw
        assert reading.role(session, actor, place.project_id) == "annotator"
        assert reading.role(session, actor, place.project_id + 1) is None
    with database.write() as session:
        people.close_account(session, OPERATOR, "amal@example.org")
    with database.read() as session:
        assert reading.by_token(driver(session), raw) is None
    with database.write() as session:
        people.open_account(session, OPERATOR, " Amal@Example.org ")
    with database.read() as session:
        assert reading.by_token(driver(session), raw) == held


def test_a_closed_account_lets_nobody_in_and_keeps_its_answers(database: Database, place: Place) -> None:
    with database.write() as session:
        project = session.get_one(Project, place.project_id)
        link = people.new_link(session, OPERATOR, "amal@example.org")
        lease(session, place.amal, project, 3, minutes=10)
        start_session(session, place.amal.id or 0, "Firefox")
    with database.write() as session:
        people.close_account(session, OPERATOR, "amal@example.org")
    with database.read() as session:
        assert session.scalars(select(BrowserSession.id)).all() == []
        assert reading.link_owner(session, link) is None
        assert set(session.scalars(select(Sentence.taken))) == {0}
        assert reading.role(session, place.amal, place.project_id) == "annotator"
        assert session.scalars(select(LogLine.verb)).all()[-1] == "close account"
    for refused in (
        lambda session: people.new_link(session, OPERATOR, "amal@example.org"),
        lambda session: people.add_person(session, OPERATOR, "أمل", "amal@example.org", project=None, role=None),
    ):
        with pytest.raises(Taken, match="is closed"), database.write() as session:
            refused(session)
    with pytest.raises(NotAllowed), database.write() as session:
        people.close_account(session, place.lead, "amal@example.org")
    with pytest.raises(NotFound), database.write() as session:
        people.open_account(session, OPERATOR, "nobody@example.org")


def test_unknown_scopes_and_people_get_no_token(database: Database, place: Place) -> None:
    for email, scope, refusal in (("amal@example.org", "all", Refused), ("no@example.org", "read", NotFound)):
        with pytest.raises(refusal), database.write() as session:
            people.add_token(session, OPERATOR, email, scope, None)
    with pytest.raises(NotAllowed), database.write() as session:
        people.add_token(session, place.lead, "amal@example.org", "read", None)


def test_who_leaves_gives_back_what_was_reserved(database: Database, place: Place) -> None:
    with database.write() as session:
        project = session.get_one(Project, place.project_id)
        lease(session, place.amal, project, 3, minutes=10)
    with database.write() as session:
        project = session.get_one(Project, place.project_id)
        people.remove_member(session, place.lead, project, place.amal.id or 0)
    with database.read() as session:
        assert set(session.scalars(select(Sentence.taken))) == {0}
        assert all(session.scalars(select(Sentence.open)))
        verbs = session.scalars(select(LogLine.verb).where(LogLine.project_id == place.project_id)).all()
        assert verbs[-1] == "leave project"


def test_who_comes_back_finds_the_own_counts(database: Database, place: Place) -> None:
    from annotator.actions.labelling import save
    from tests.actions.conftest import labels

    with database.write() as session:
        body = {"labels": labels(), "state": "submitted", "active_ms": 1200}
        save(session, place.amal, place.sentences[0], body, base_version=0, key=None)
    for _ in range(2):
        with database.write() as session:
            project = session.get_one(Project, place.project_id)
            people.remove_member(session, place.lead, project, place.amal.id or 0)
        with database.write() as session:
            project = session.get_one(Project, place.project_id)
            people.add_person(session, place.lead, "amal", "amal@example.org", project=project, role="annotator")
    with database.read() as session:
        counts = session.execute(
            select(Membership.submitted, Membership.active_ms).where(Membership.person_id == place.amal.id)
        ).one()
    assert tuple(counts) == (1, 1200)


def test_passwords_are_hashed_with_argon2id() -> None:
    stored = passwords.hashed("four unrelated words")
    assert stored.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert passwords.matches(stored, "four unrelated words")
    assert not passwords.matches(stored, "four unrelated word")
    assert not passwords.matches(None, "no one has this password")
    assert not passwords.matches("not a hash", "x")
    assert not passwords.outdated(stored)
    salt, digest = "MIIRqgvgQbgj220jfp0MPA", "YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"
    assert passwords.outdated(f"$argon2id$v=19$m=65536,t=3,p=4${salt}${digest}")
