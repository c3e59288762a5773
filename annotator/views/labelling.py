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

#: Fetched together with the page, so that no module waits for the one that imports it.
MODULES = (
    "js/desk.js", "js/desk-answer.js", "js/desk-elsewhere.js", "js/desk-keeping.js", "js/desk-keys.js",
    "js/desk-view.js", "js/paint.js", "js/elements/panels.js", "js/elements/sentence.js", "js/elements/speaker.js",
    "js/lib/answer.js", "js/lib/api.js", "js/lib/commands.js", "js/lib/dom.js", "js/lib/keys.js",
    "js/lib/messages.js", "js/lib/names.js", "js/lib/offsets.js", "js/lib/outbox.js", "js/lib/shell.js",
    "js/lib/sitting.js", "js/lib/suggestions.js",
)  # fmt: skip


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
        modules=MODULES,
    )
