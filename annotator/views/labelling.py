"""The labelling screen: a shell that fetches its sentences through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from annotator.context import database
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
    return render_template(
        "labelling/desk.html",
        project=project,
        person=actor.id,
        language=language(),
        direction="rtl" if project.language in RIGHT_TO_LEFT else "ltr",
        scheme_url=f"/api/v1/projects/{project_id}/scheme/{used.sha256}.json",
    )
