"""The labelling screen: a shell that fetches its sentences through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, render_template, request
from jinja2.utils import htmlsafe_json_dumps

from annotator.actions import queue
from annotator.context import database, settings
from annotator.i18n import RIGHT_TO_LEFT, language
from annotator.queries import scheme as schemes
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

labelling = Blueprint("labelling", __name__)


@labelling.get("/projects/<int:project_id>/label")
def desk(project_id: int) -> ResponseReturnValue:
    """Label the sentences of a project, one after another."""
    actor = current_actor()
    with database().read() as session:
        project, _ = project_for(session, project_id, "label")
        used = schemes.in_force(session, project_id)
    leased = None if _for_later() else _first_sentence(project_id)
    return render_template(
        "labelling/desk.html",
        project=project,
        person=actor.id,
        language=language(),
        direction="rtl" if project.language in RIGHT_TO_LEFT else "ltr",
        scheme_url=f"/api/v1/projects/{project_id}/scheme/{used.sha256}.json",
        leased=leased and htmlsafe_json_dumps(leased, dumps=lambda told: orjson.dumps(told).decode()),
    )


def _for_later() -> bool:
    """Whether nobody looks at the page now: it is kept for working without a network, or fetched on a guess."""
    return "shell" in request.args or "Sec-Purpose" in request.headers


def _first_sentence(project_id: int) -> dict[str, Any]:
    """Reserved as the page is opened, which asks for it in any case: it is there without a further request."""
    with database().write(passing=True) as session:
        return queue.hand_out(session, current_actor(), project_id, 1, minutes=settings().lease_minutes)
