"""People, what they may do where, and how they sign in. No secret is stored, only its hash."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from annotator.models.base import Base, moment, now, number, pk, reference

ROLES = ("lead", "adjudicator", "annotator", "viewer")


class Person(Base):
    __tablename__ = "person"

    id: Mapped[pk]
    email: Mapped[str] = mapped_column(unique=True)  # stored case-folded
    name: Mapped[str]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="ar")
    admin: Mapped[bool] = mapped_column(default=False)  # may make projects
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[moment] = mapped_column(default=now)

    __table_args__ = (CheckConstraint("language in ('ar', 'en')", name="language"),)


class Membership(Base):
    """A role in a project, with the person's own counts there, kept in the transaction of each save."""

    __tablename__ = "membership"

    id: Mapped[pk]
    person_id: Mapped[int] = reference("person.id")
    project_id: Mapped[int] = reference("project.id", index=True, cascade=True)
    role: Mapped[str]
    submitted: Mapped[int] = mapped_column(default=0)
    drafts: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    flagged: Mapped[int] = mapped_column(default=0)
    active_ms: Mapped[number] = mapped_column(default=0)
    created_at: Mapped[moment] = mapped_column(default=now)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("person_id", "project_id"),
        CheckConstraint("role in ('lead', 'adjudicator', 'annotator', 'viewer')", name="role"),
    )


class SignInLink(Base):
    """A one-time link: invitation or way back in. Dead after its first use or its end."""

    __tablename__ = "sign_in_link"

    id: Mapped[pk]
    person_id: Mapped[int] = reference("person.id", index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    ends_at: Mapped[moment]
    used_at: Mapped[moment | None]


class BrowserSession(Base):
    """A signed-in browser, so that the server can end it."""

    __tablename__ = "browser_session"

    id: Mapped[pk]
    person_id: Mapped[int] = reference("person.id", index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[moment] = mapped_column(default=now)
    seen_at: Mapped[moment] = mapped_column(default=now)


class Token(Base):
    """A key to the HTTP API, shown once."""

    __tablename__ = "token"

    id: Mapped[pk]
    person_id: Mapped[int] = reference("person.id", index=True)
    project_id: Mapped[int | None] = reference("project.id", nullable=True, cascade=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    scope: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")  # what its owner uses it for
    created_at: Mapped[moment] = mapped_column(default=now)
    used_at: Mapped[moment | None]  # to within some minutes
    revoked_at: Mapped[moment | None]

    __table_args__ = (CheckConstraint("scope in ('read', 'annotate', 'admin')", name="scope"),)


class Attempt(Base):
    """A failed sign-in, kept so that guessing stays slow over restarts and processes."""

    __tablename__ = "attempt"

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(index=True)  # the account or the address tried from, hashed
    at: Mapped[moment] = mapped_column(default=now)
