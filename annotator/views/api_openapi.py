"""The description of the API: as OpenAPI 3.1 for programs, and as a page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, render_template

from annotator.views.api import answer
from annotator.views.loading import signed_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

api_openapi = Blueprint("api_openapi", __name__)


@api_openapi.get("/api/v1/openapi.json")
def openapi() -> Response:
    """Show this document."""
    return answer(_made(), Cache_Control="public, no-cache")


@api_openapi.get("/api")
def page() -> ResponseReturnValue:
    """The same for people, with a search over its endpoints."""
    from annotator.views.openapi import reading

    signed_in()  # for the header of the page
    told = _made()
    return render_template(
        "api/page.html", about=told["info"]["description"], sections=reading.sections(told), shapes=reading.shapes(told)
    )


def _made() -> dict[str, Any]:
    """The document of this app, made once per process."""
    known: dict[str, Any] = current_app.extensions
    if "isnad.openapi" not in known:
        from annotator.views.openapi.document import document  # pydantic and httpx: not for every start

        known["isnad.openapi"] = document(current_app._get_current_object())  # type: ignore[attr-defined]
    found: dict[str, Any] = known["isnad.openapi"]
    return found
