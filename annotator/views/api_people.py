"""The members of a project over the HTTP API, for its leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for

from annotator.actions import people as acting
from annotator.context import database
from annotator.errors import Fault, Refused
from annotator.queries import listing
from annotator.views.api import answer
from annotator.views.api_lists import cut, fields_for, page_asked
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from annotator.models import Person

api_people = Blueprint("api_people", __name__, url_prefix="/api/v1/projects/<int:project_id>/people")


@api_people.get("")
def members(project_id: int) -> Response:
    """List the members of a project."""
    with database().read() as session:
        project_for(session, project_id, "invite")
        page = page_asked()
        shown, more = cut(listing.members(session, project_id, page), page)
        content = [_shape(person, membership.role) for membership, person in shown]
    return answer({"people": content, "next": str(shown[-1][1].id) if more else None})


@api_people.post("")
def invite(project_id: int) -> Response:
    """Invite somebody, or give a known person a role; the one-time sign-in link is in this answer only."""
    wished = _wished(fields_for(project_id, "invite"))
    actor = current_actor()
    with database().write() as session:
        project, _ = project_for(session, project_id, "invite")
        person, token = acting.add_person(
            session, actor, wished["name"], wished["email"], project=project, role=wished["role"]
        )
        content = _shape(person, wished["role"])
    link = url_for("people.link", token=token, _external=True) if token else None
    return answer({"person": content, "link": link}, 201)


def _wished(given: dict[str, Any]) -> dict[str, str]:
    wished = {name: given.get(name) for name in ("name", "email", "role")}
    faults = [
        Fault("This is missing.", {}, name) if value is None else
        Fault("“{value}” is not a text of 1 to 500 characters.", {"value": str(value)[:100]}, name)
        for name, value in wished.items() if not isinstance(value, str) or not 1 <= len(value) <= 500
    ]  # fmt: skip
    if faults:
        raise Refused(faults)
    return {name: str(value) for name, value in wished.items()}


def _shape(person: Person, role: str) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "email": person.email, "role": role,
            "came": person.password_hash is not None}  # fmt: skip
