"""What every page shows around its content."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g

from annotator.context import database
from annotator.permissions import may

health = Blueprint("health", __name__)


def register(app: Flask) -> None:
    """Give templates the signed-in person and what a role may do."""

    @app.context_processor
    def surroundings() -> dict[str, object]:
        # only who was looked up already: an error page must not ask a database that may be gone
        return {"actor": g.get("actor"), "may": may}


@health.get("/healthz")
def healthz() -> Response:
    """Whether the server and its database answer."""
    database().answers()
    return Response("ok\n", content_type="text/plain; charset=utf-8")
