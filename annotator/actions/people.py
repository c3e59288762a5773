"""Inviting people, letting them in and out, and their roles."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from annotator.actions.due import answers_of_due
from annotator.actions.log import write_log
from annotator.actions.queue import give_back_leases
from annotator.actions.signing_in import end_sessions
from annotator.errors import Fault, NotAllowed, NotFound, Refused, Taken
from annotator.models import (
    ROLES,
    Membership,
    Person,
    Project,
    SignInLink,
    Token,
    now,
    stamp,
)
from annotator.permissions import SCOPES, Actor, demand
from annotator.queries import people as reading
from annotator.queries.people import secret_hash

INVITATION_LIFE = timedelta(days=7)
WAY_BACK_LIFE = timedelta(days=1)
NAME_LIMIT, EMAIL_LIMIT = 100, 254
_EMAIL = re.compile(r"[^\s@<>\x00-\x1f\x7f]{1,64}@[^\s@<>\x00-\x1f\x7f]{1,188}\Z")


def add_person(
    session: Session, actor: Actor, name: str, email: str, *, project: Project | None, role: str | None
) -> tuple[Person, str]:
    """A new person, or a known one with a role in one more project, and the token of a one-time link.

    The token is empty when the actor may not let this person in: who leads a project must not be able
    to sign in as somebody of another.
    """
    name, email = _name(name), _email(email)
    if project is not None:
        _demand_invite(session, actor, project)
    elif not actor.admin:
        raise NotAllowed("Only an administrator adds people outside a project.")
    person = reading.by_email(session, email)
    if person is not None:
        _demand_open(person)
    if person is not None and project is None:
        raise Taken("There is a person with the address “{email}” already.", path="email", email=email)
    if person is None:
        person = Person(name=name, email=email)
        session.add(person)
        session.flush()
        write_log(session, actor, "add person", content={"person": email, "name": name})
    if project is not None:
        _join(session, actor, person, project, role)
    if not may_let_in(session, actor, person):
        return person, ""
    return person, _link(session, person, INVITATION_LIFE)


def _join(session: Session, actor: Actor, person: Person, project: Project, role: str | None) -> None:
    if role not in ROLES:
        raise Refused("“{value}” is none of {known}.", path="role", value=role, known=", ".join(ROLES))
    there = session.scalar(
        select(Membership.role).where(Membership.person_id == person.id, Membership.project_id == project.id)
    )
    if there is not None and there != role:
        raise Taken("“{email}” is in this project already, as {role}.", path="email", email=person.email, role=there)
    if there is None:
        # who was here before left answers behind: the counts begin with them
        own = reading.counts_of_answers(session, person.id, project.id)
        session.add(Membership(person_id=person.id, project_id=project.id, role=role, **own))
        session.flush()
        answers_of_due(session, project.id, person.id)
        write_log(session, actor, "join project", project_id=project.id,
                  content={"person": person.email, "role": role})  # fmt: skip


def may_let_in(session: Session, actor: Actor, person: Person) -> bool:
    """The operator anyone; an administrator who is none; a lead who never came and belongs to no one else."""
    if actor.id is None:
        return True
    if person.admin:
        return False
    return actor.admin or (person.password_hash is None and reading.leads_of_all(session, actor, person.id))


def new_link(session: Session, actor: Actor, email: str) -> str:
    """The token of a new one-time link; earlier links of this person are dead from now on."""
    person = reading.by_email(session, email)
    if person is None:
        raise NotFound("There is no person with the address “{email}”.", path="email", email=email)
    _demand_open(person)
    if not may_let_in(session, actor, person):
        raise NotAllowed("This person has a password. Who forgot it asks the operator for “flask person link”.")
    write_log(session, actor, "new link", content={"person": person.email})
    return _link(session, person, INVITATION_LIFE if person.password_hash is None else WAY_BACK_LIFE)


def _link(session: Session, person: Person, life: timedelta) -> str:
    _end_links(session, person.id)
    raw = secrets.token_urlsafe(32)
    session.add(
        SignInLink(person_id=person.id, token_hash=secret_hash(raw), ends_at=stamp(datetime.now(UTC) + life))
    )
    session.flush()
    return raw


def _end_links(session: Session, person_id: int) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person_id, SignInLink.used_at.is_(None))
        .values(used_at=now())
    )


def close_account(session: Session, actor: Actor, email: str) -> Person:
    """Nobody signs in as this person, and their tokens open nothing, until it is opened again; their answers stay."""
    person = _account(session, actor, email)
    person.active = False
    end_sessions(session, person.id)
    _end_links(session, person.id)
    for project in reading.projects_of(session, person.id):
        give_back_leases(session, project, person.id)
    write_log(session, actor, "close account", content={"person": person.email})
    return person


def open_account(session: Session, actor: Actor, email: str) -> Person:
    """Undo `close_account`: password, roles and tokens are as they were."""
    person = _account(session, actor, email)
    person.active = True
    write_log(session, actor, "open account", content={"person": person.email})
    return person


def _demand_open(person: Person) -> None:
    if not person.active:
        raise Taken("The account of “{email}” is closed. The operator opens it with “flask person open {email}”.",
                    path="email", email=person.email)  # fmt: skip


def _account(session: Session, actor: Actor, email: str) -> Person:
    person = reading.by_email(session, email)
    if actor.id is not None:
        raise NotAllowed("Only the operator closes and opens accounts.")
    if person is None:
        raise NotFound("There is no person with the address “{email}”.", path="email", email=email)
    return person


def add_token(
    session: Session, actor: Actor, email: str, scope: str, project: Project | None, *, name: str = ""
) -> str:
    """A key to the HTTP API, `isnad_…`; only its hash is stored. `name` says what it is for."""
    person = reading.by_email(session, email)
    if person is None:
        raise NotFound("There is no person with the address “{email}”.", path="email", email=email)
    if actor.id not in (None, person.id):
        raise NotAllowed("A token is made by its owner or by the operator.")
    if scope not in SCOPES:
        raise Refused("“{value}” is none of {known}.", path="scope", value=scope, known=", ".join(SCOPES))
    raw = "isnad_" + secrets.token_urlsafe(32)
    session.add(
        Token(
            person_id=person.id, project_id=project.id if project else None, token_hash=secret_hash(raw), scope=scope,
            name=_name(name) if name else "",
        )
    )  # fmt: skip
    write_log(session, actor, "add token", project_id=project.id if project else None,
              content={"person": person.email, "scope": scope})  # fmt: skip
    return raw


def accept_link(session: Session, raw: str, *, name: str, language: str, password_hash: str) -> Person:
    """Use a one-time link up: the person has this name, language and password from now on.

    Whoever was signed in as this person elsewhere is signed out.
    """
    used = session.scalar(
        update(SignInLink)
        .where(SignInLink.token_hash == secret_hash(raw), SignInLink.used_at.is_(None), SignInLink.ends_at > now())
        .values(used_at=now())
        .returning(SignInLink.person_id)
    )
    person = session.get(Person, used) if used is not None else None
    if person is None or not person.active:
        raise NotFound("This link was used already or has ended. Ask for a new one.")
    person.name, person.language, person.password_hash = _name(name), language, password_hash
    end_sessions(session, person.id)
    _end_links(session, person.id)
    write_log(session, _as_actor(person), "accept link", content={"person": person.email})
    return person


def change_password(session: Session, actor: Actor, password_hash: str, *, keep_session: int) -> None:
    """A new password; every other browser is signed out and every open link is dead."""
    person = _self(session, actor)
    person.password_hash = password_hash
    end_sessions(session, person.id, but=keep_session)
    _end_links(session, person.id)
    write_log(session, actor, "change password", content={"person": person.email})


def change_name(session: Session, actor: Actor, name: str) -> None:
    _self(session, actor).name = _name(name)


def change_language(session: Session, actor: Actor, language: str) -> None:
    if language not in ("ar", "en"):
        raise Refused("“{value}” is none of {known}.", path="language", value=language, known="ar, en")
    _self(session, actor).language = language


def change_role(session: Session, actor: Actor, project: Project, person_id: int, role: str) -> None:
    """Give a member another role. A project keeps at least one lead."""
    _demand_invite(session, actor, project)
    person, membership = _member(session, project, person_id)
    if role not in ROLES:
        raise Refused("“{value}” is none of {known}.", path="role", value=role, known=", ".join(ROLES))
    if membership.role == "lead" and role != "lead":
        _demand_another_lead(session, project, person_id)
    before_, membership.role = membership.role, role
    answers_of_due(session, project.id, person_id)
    write_log(session, actor, "change role", project_id=project.id,
              content={"person": person.email, "before": before_, "role": role})  # fmt: skip


def remove_member(session: Session, actor: Actor, project: Project, person_id: int) -> None:
    """End a membership. The person's answers stay; what was reserved for the person is free again."""
    _demand_invite(session, actor, project)
    person, membership = _member(session, project, person_id)
    if membership.role == "lead":
        _demand_another_lead(session, project, person_id)
    give_back_leases(session, project, person_id)
    session.delete(membership)
    answers_of_due(session, project.id, person_id)
    write_log(session, actor, "leave project", project_id=project.id, content={"person": person.email})


def _demand_invite(session: Session, actor: Actor, project: Project) -> None:
    demand(actor, None if actor.id is None else reading.role(session, actor, project.id), "invite")


def _member(session: Session, project: Project, person_id: int) -> tuple[Person, Membership]:
    row = reading.member(session, project.id, person_id)
    if row is None:
        raise NotFound("There is no such member.")
    return row


def _demand_another_lead(session: Session, project: Project, person_id: int) -> None:
    another = session.scalar(
        select(Membership.id)
        .where(Membership.project_id == project.id, Membership.role == "lead", Membership.person_id != person_id)
        .limit(1)
    )
    if another is None:
        raise Taken("This is the project's only lead; make somebody else lead first.", path="role")


def _self(session: Session, actor: Actor) -> Person:
    person = session.get(Person, actor.id) if actor.id is not None else None
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _as_actor(person: Person) -> Actor:
    return Actor(person.id, person.email, person.name, person.language, person.admin)


def _name(name: str) -> str:
    broken = any(ord(character) < 32 for character in name)  # a name is one line
    name = " ".join(name.split())
    if broken or not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise Refused([Fault("A name has 1 to {limit} characters.", {"limit": NAME_LIMIT}, "name")])
    return name


def _email(email: str) -> str:
    email = email.strip().casefold()
    if len(email) > EMAIL_LIMIT or not _EMAIL.match(email):
        raise Refused("“{value}” is no e-mail address.", path="email", value=email[:300])
    return email
