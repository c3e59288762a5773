"""Reading who people are, what lets them in and where they belong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from annotator.models import (
    Annotation,
    Attempt,
    BrowserSession,
    Membership,
    Person,
    Project,
    SignInLink,
    Token,
    now,
    stamp,
)
from annotator.permissions import Actor
from annotator.prepared import Driver, Prepared

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
THROTTLE_WINDOW = timedelta(minutes=15)
THROTTLE_AT = 10


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser that is signed in, and when it was last seen (ISO 8601)."""

    actor: Actor
    session_id: int
    seen_at: str


@dataclass(frozen=True, slots=True)
class HeldToken:
    """An API token in use, and when it was last seen (ISO 8601, to within some minutes; null: never)."""

    actor: Actor
    token_id: int
    used_at: str | None


def secret_hash(raw: str) -> str:
    """What is stored of a session id, link or token; they are random, so a plain hash is enough."""
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()


def before(span: timedelta) -> str:
    return stamp(datetime.now(UTC) - span)


# made once: each request runs one of them
_BY_SESSION = Prepared(
    select(BrowserSession.id, BrowserSession.seen_at, Person.id.label("person_id"), Person.email,
           Person.name, Person.language, Person.admin)
    .join(Person, Person.id == BrowserSession.person_id)
    .where(
        BrowserSession.token_hash == bindparam("hash"),
        BrowserSession.seen_at > bindparam("idle"),
        BrowserSession.created_at > bindparam("longest"),
        Person.active,
    )
)  # fmt: skip
_BY_TOKEN = Prepared(
    select(Token.id.label("token_id"), Token.used_at, Token.scope, Token.project_id, Person.id, Person.email,
           Person.name, Person.language, Person.admin)
    .join(Person, Person.id == Token.person_id)
    .where(Token.token_hash == bindparam("hash"), Token.revoked_at.is_(None), Person.active)
)  # fmt: skip


def signed_in(run: Driver, raw: str) -> SignedIn | None:
    """Who this browser session belongs to: null when ended, idle for 12 hours or 30 days old. One query."""
    limits = {"hash": secret_hash(raw), "idle": before(IDLE), "longest": before(LONGEST)}
    row = _BY_SESSION.one(run, limits)
    if row is None:
        return None
    return SignedIn(Actor(row.person_id, row.email, row.name, row.language, row.admin), row.id, row.seen_at)


def by_token(run: Driver, raw: str) -> HeldToken | None:
    """Whose API token this is, with its limits; null when revoked or unknown. One query."""
    row = _BY_TOKEN.one(run, {"hash": secret_hash(raw)})
    if row is None:
        return None
    actor = Actor(row.id, row.email, row.name, row.language, row.admin, row.scope, row.project_id)
    return HeldToken(actor, row.token_id, row.used_at)


def tokens(session: Session, actor: Actor) -> list[tuple[Token, str | None]]:
    """The person's live tokens, newest first, each with the name of the project it is limited to."""
    rows = session.execute(
        select(Token, Project.name)
        .outerjoin(Project, Project.id == Token.project_id)
        .where(Token.person_id == actor.id, Token.revoked_at.is_(None))
        .order_by(Token.id.desc())
    )
    return [(token, name) for token, name in rows]


def role(session: Session, actor: Actor, project_id: int) -> str | None:
    """The person's role in the project; null for who is no member or holds a token of another project."""
    if actor.only_project not in (None, project_id):
        return None
    return session.scalar(
        select(Membership.role).where(Membership.person_id == actor.id, Membership.project_id == project_id)
    )


def by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(Person.email == email.strip().casefold()))


def projects_of(session: Session, person_id: int) -> list[Project]:
    """The projects that the person is a member of."""
    own = select(Membership.project_id).where(Membership.person_id == person_id)
    return list(session.scalars(select(Project).where(Project.id.in_(own)).order_by(Project.id)))


@dataclass(frozen=True, slots=True)
class Account:
    """A person, the roles by project, how many tokens open the API; when a browser was seen last (ISO 8601)."""

    person: Person
    roles: dict[str, str]
    tokens: int
    seen_at: str | None


def accounts(session: Session, project_id: int | None = None) -> list[Account]:
    """Everybody, or the members of a project, in the order of their addresses."""
    roles: dict[int, dict[str, str]] = {}
    for person_id, name, role_there in session.execute(
        select(Membership.person_id, Project.name, Membership.role)
        .join(Project, Project.id == Membership.project_id)
        .order_by(Project.id)
    ):
        roles.setdefault(person_id, {})[name] = role_there
    seen = select(func.max(BrowserSession.seen_at)).where(BrowserSession.person_id == Person.id).scalar_subquery()
    held = select(func.count()).where(Token.person_id == Person.id, Token.revoked_at.is_(None)).scalar_subquery()
    found = select(Person, held, seen).order_by(Person.email)
    if project_id is not None:
        found = found.where(Person.id.in_(select(Membership.person_id).where(Membership.project_id == project_id)))
    return [Account(person, roles.get(person.id, {}), held, seen) for person, held, seen in session.execute(found)]


def link_owner(session: Session, raw: str) -> Person | None:
    """Whom a one-time link lets in; null when it was used, has ended or never was."""
    return session.scalar(
        select(Person)
        .join(SignInLink, SignInLink.person_id == Person.id)
        .where(
            SignInLink.token_hash == secret_hash(raw),
            SignInLink.used_at.is_(None),
            SignInLink.ends_at > now(),
            Person.active,
        )
    )


def failures(session: Session, key: str) -> int:
    """How often a sign-in under this key failed within the window."""
    return session.execute(
        select(func.count()).where(Attempt.key == key, Attempt.at > before(THROTTLE_WINDOW))
    ).scalar_one()


def browser_sessions(session: Session, actor: Actor) -> list[BrowserSession]:
    """Where the person is signed in, the latest used first."""
    return list(
        session.scalars(
            select(BrowserSession)
            .where(
                BrowserSession.person_id == actor.id,
                BrowserSession.seen_at > before(IDLE),
                BrowserSession.created_at > before(LONGEST),
            )
            .order_by(BrowserSession.seen_at.desc(), BrowserSession.id.desc())
        )
    )


def member(session: Session, project_id: int, person_id: int) -> tuple[Person, Membership] | None:
    row = session.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.project_id == project_id, Person.id == person_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def counts_of_answers(session: Session, person_id: int, project_id: int) -> dict[str, int]:
    """The counts of a membership, from the stored answers."""
    answers = session.execute(
        select(
            func.count().filter(Annotation.state == "submitted").label("submitted"),
            func.count().filter(Annotation.state == "draft").label("drafts"),
            func.count().filter(Annotation.state == "skipped").label("skipped"),
            func.count().filter(Annotation.flag.is_not(None)).label("flagged"),
            func.coalesce(func.sum(Annotation.active_ms), 0).label("active_ms"),
        ).where(Annotation.person_id == person_id, Annotation.project_id == project_id)
    ).one()
    return {name: int(value) for name, value in answers._mapping.items()}


def never_came(session: Session, project_id: int) -> set[int]:
    """The members who have not yet chosen a password."""
    return set(
        session.scalars(
            select(Person.id)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.project_id == project_id, Person.password_hash.is_(None))
        )
    )


def leads_of_all(session: Session, actor: Actor, person_id: int) -> bool:
    """Whether the actor leads every project that the person belongs to."""
    led = select(Membership.project_id).where(Membership.person_id == actor.id, Membership.role == "lead")
    return (
        session.scalar(
            select(Membership.id)
            .where(Membership.person_id == person_id, Membership.project_id.not_in(led))
            .limit(1)
        )
        is None
    )


def names_by_email(session: Session, emails: Iterable[str]) -> dict[str, str]:
    rows = session.execute(select(Person.email, Person.name).where(Person.email.in_(list(emails))))
    return dict(rows.all())
