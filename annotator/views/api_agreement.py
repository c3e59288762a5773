"""The HTTP API of agreement: the same figures as the page and the command."""

from __future__ import annotations

import hashlib

import orjson
from flask import Blueprint, Response, request

from annotator.context import database
from annotator.views.api import answer
from annotator.views.loading import project_for

api_agreement = Blueprint("api_agreement", __name__, url_prefix="/api/v1/projects")


@api_agreement.get("/<int:project_id>/agreement")
def agreement(project_id: int) -> Response:
    """Every figure with its interval; the address takes the same filters as the page."""
    from annotator import folding  # numpy is for who asks for figures only
    from annotator.queries.agreement import selection_of

    with database().read() as session:
        project, _ = project_for(session, project_id, "see agreement")
        name, selection = project.name, selection_of(session, project_id, request.args.to_dict(flat=False))
    figures = {"project": name, **folding.figures(database(), project_id, selection)}
    # when they were asked for is no change of the figures
    same = orjson.dumps({key: value for key, value in figures.items() if key != "as_of"})
    return answer(figures, ETag=f'"{hashlib.sha256(same).hexdigest()[:32]}"')
