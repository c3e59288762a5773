"""The registry of speakers over the HTTP API: list, add, correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from annotator.actions import registry as acting
from annotator.actions import registry_changes as changing
from annotator.actions import registry_merging as merging
from annotator.context import database
from annotator.errors import Refused, Taken
from annotator.queries import registry as reading
from annotator.queries import scheme as schemes
from annotator.views.api import answer
from annotator.views.api_lists import cut, fields_for, page_asked
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotator.queries.registry import EntryRow

api_registry = Blueprint("api_registry", __name__, url_prefix="/api/v1/projects/<int:project_id>/registry")

LIMIT, MOST = 1_000, 5_000


@api_registry.get("")
def speakers(project_id: int) -> Response:
    """List the speakers of a project."""
    with database().read() as session:
        project_for(session, project_id, "see")
        page = page_asked(usual=LIMIT, most=MOST)
        shown, more = cut(reading.entries(session, project_id, after=page.after, limit=page.limit), page)
        content = [shape(entry) for entry in shown]
    return answer({"entries": content, "next": str(shown[-1].id) if more else None}, Cache_Control="private, no-cache")


@api_registry.post("")
def add(project_id: int) -> Response:
    """Add a speaker. A name that the project has already is that speaker: 200 instead of 201."""
    wished = fields_for(project_id, "label")
    actor = current_actor()
    with database().write() as session:
        project, _ = project_for(session, project_id, "label")
        new = acting.parse_new_entry(wished, schemes.in_force(session, project.id).scheme)
        if new.scope == "document":
            raise Refused("A source of one document only comes along with an answer in that document.", path="scope")
        there = reading.entry(session, project.id, new.key)
        if there is not None and there.canonical != new.canonical:
            raise Taken("The speaker id “{value}” belongs to “{canonical}” already.",
                        path="id", value=there.key, canonical=there.canonical)  # fmt: skip
        stands_for = acting.add_entries(session, actor, project.id, [new], document_id=None)[new.key]
        content = _shown(session, project.id, stands_for)
    return answer(content, 200 if there is not None or stands_for != new.key else 201)


@api_registry.patch("/<key>")
def change(project_id: int, key: str) -> Response:
    """Correct the canonical or the English name; the old canonical name stays as an alias."""
    wished = fields_for(project_id, "change scheme")
    actor = current_actor()
    with database().write() as session:
        project, _ = project_for(session, project_id, "change scheme")
        changing.change_entry(session, actor, project, key, wished)
        content = _shown(session, project.id, key)
    return answer(content)


@api_registry.post("/<key>/aliases")
def add_alias(project_id: int, key: str) -> Response:
    """Add a spelling to a speaker."""
    wished = fields_for(project_id, "change scheme")
    actor = current_actor()
    with database().write() as session:
        project, _ = project_for(session, project_id, "change scheme")
        changing.add_alias(session, actor, project, key, wished.get("text"))
        content = _shown(session, project.id, key)
    return answer(content)


@api_registry.post("/<key>/merge")
def merge(project_id: int, key: str) -> Response:
    """Make a speaker part of another: its labels name that one from now on. Answers with the other."""
    wished = fields_for(project_id, "change scheme")
    into = wished.get("into")
    if not isinstance(into, str):
        raise Refused("“{value}” is not a text.", path="into", value=str(into)[:60])
    actor = current_actor()
    with database().write() as session:
        project, _ = project_for(session, project_id, "change scheme")
        content = _shown(session, project.id, merging.merge(session, actor, project, key, into).key)
    return answer(content)


@api_registry.post("/<key>/split")
def split(project_id: int, key: str) -> Response:
    """Undo a merge: the labels that were moved come back, as far as they were not changed meanwhile."""
    actor = current_actor()
    with database().write() as session:
        project, _ = project_for(session, project_id, "change scheme")
        content = _shown(session, project.id, merging.split(session, actor, project, key).key)
    return answer(content)


def _shown(session: Session, project_id: int, key: str) -> dict[str, Any]:
    found = reading.entry(session, project_id, key)
    assert found is not None  # written in this transaction
    return shape(found)


def shape(entry: EntryRow) -> dict[str, Any]:
    return {"id": entry.key, "canonical": entry.canonical, "en": entry.en, "kind": entry.kind, "scope": entry.scope,
            "document": entry.document_id, "aliases": entry.aliases}  # fmt: skip
