"""Who asks, and what they may see: the thing, or 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from werkzeug.routing import IntegerConverter

from annotator import sessions
from annotator.context import database
from annotator.errors import NotFound, Refused
from annotator.permissions import Actor, demand
from annotator.queries import corpus, people, projects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy.orm import Session

    from annotator.models import Document, Project


class SignedOut(Refused):
    """Nobody is signed in (HTTP 401)."""

    status = 401


def signed_in() -> Actor | None:
    """The person behind this request, if any: looked up once, in one query."""
    if "actor" not in g:
        g.actor = None
        g.actor = _look_up()
        g.pop("language", None)
    found: Actor | None = g.actor
    return found


class RowId(IntegerConverter):
    """A number in an address that a database can hold; a longer one is no address of ours."""

    regex = r"\d{1,18}"


def refuse_nul() -> None:
    """No name or search holds U+0000, and PostgreSQL cannot even be asked for it."""
    if "\0" in request.path or any("\0" in value for _, value in request.args.items(multi=True)):
        raise Refused("The address holds the character U+0000, which no text holds.")


def current_actor() -> Actor:
    """The person behind this request. Raises SignedOut when there is none."""
    actor = signed_in()
    if actor is None:
        raise SignedOut("You are signed out. Sign in to go on; what you typed is kept on this page.")
    return actor


def _look_up() -> Actor | None:
    if request.path.startswith("/api/") and "Authorization" in request.headers:
        kind, _, raw = request.headers["Authorization"].partition(" ")
        if kind.lower() != "bearer":
            return None
        with database().look() as driver:
            held = people.by_token(driver, raw.strip())
        if held is None:
            return None
        g.token = held
        return held.actor
    found = sessions.from_cookie()
    if found is None:
        return None
    g.session_id = found.session_id
    return found.actor


def importable(project_id: int) -> Callable[[Session], Project]:
    """Finds the project for who may import into it; else refuses as `project_for` does."""
    return lambda session: project_for(session, project_id, "import")[0]


def project_for(session: Session, project_id: int, verb: str) -> tuple[Project, str]:
    """A project and the person's role in it: 404 for who is no member, 403 for whose role lacks the verb."""
    actor = current_actor()
    found = projects.visible_project(session, actor, project_id)
    if found is None:
        raise NotFound("There is no such project, or it is not yours.")
    demand(actor, found[1], verb)
    return found


def document_for(session: Session, document_id: int, verb: str) -> tuple[Document, Project, str]:
    """A document, its project and the person's role there; 404 and 403 as for projects."""
    actor = current_actor()
    found = corpus.document_with_project(session, actor, document_id)
    if found is None:
        raise NotFound("There is no such document, or it is not yours.")
    demand(actor, found[2], verb)
    return found


def demand_known(given: Iterable[str], known: Sequence[str]) -> None:
    """Refuse a parameter that is none: passed over, a misspelt one would give or store what nobody asked for."""
    for name in given:
        if name not in known:
            raise Refused("“{value}” is none of {known}.", path=name[:100], value=name[:100], known=", ".join(known))
