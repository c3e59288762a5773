"""One place that answers every refusal: a calm page, or a problem document (RFC 9457) for the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, SecurityError

from annotator.errors import Fault, Refused
from annotator.i18n import gettext
from annotator.outages import Outage, outage, traced
from annotator.views import form_pages
from annotator.views.loading import SignedOut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse


def _N(message: str) -> str:
    """Marks a text for translation; it is translated when it is shown."""
    return message


TITLES = {
    400: _N("The request cannot be understood"),
    401: _N("Please sign in"),
    403: _N("Not allowed"),
    404: _N("Not found"),
    405: _N("Not possible here"),
    409: _N("Not possible now"),
    412: _N("Changed meanwhile"),
    413: _N("Too large"),
    415: _N("Not a type that is read here"),
    416: _N("No such part"),
    422: _N("This cannot be accepted"),
    428: _N("The version is missing"),
    429: _N("Too many attempts"),
    500: _N("Something went wrong here"),
    503: _N("Busy at the moment"),
}
DETAILS = {
    400: _N("The address or the request is malformed. If the host name is right, add it to ANNOTATOR_HOSTS."),
    404: _N("There is nothing at this address, or it is not yours to see."),
    405: _N("This address does not take such a request."),
    416: _N("The content ends before the part that you asked for."),
    413: _N("What was sent is larger than this server accepts (see ANNOTATOR_MAX_IMPORT_MB)."),
    500: _N("It is written in the server's log. Nothing of what you just did was stored; try again."),
}


def register(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _refused(refusal: Refused) -> BaseResponse:
    if isinstance(refusal, SignedOut) and not _is_api():
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("people.sign_in", next=back if back != "/" else None), 303)
    response = answer(refusal.status, refusal.faults)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.status in (429, 503):
        response.headers["Retry-After"] = str(getattr(refusal, "retry_after", 900))
    return response


def _http(error: HTTPException) -> BaseResponse:
    code = error.code or 500
    if 300 <= code < 400:
        return error.get_response()
    if isinstance(error, SecurityError):  # this host name is not ours: no address of ours can be made for it
        return Response(gettext(DETAILS[400]) + "\n", 400, content_type="text/plain; charset=utf-8")
    if code == 405 and request.method in ("GET", "HEAD") and not _is_api() and (page := form_pages.of_request()):
        return redirect(page, 303)
    detail = DETAILS.get(code) or str(error.description or "")
    response = answer(code, (Fault(detail.replace("{", "{{").replace("}", "}}")),))
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range", "Retry-After"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> BaseResponse:
    g.setdefault("actor", None)  # the database may be what failed: the page asks it nothing more
    if (reason := outage(error)) is not None:
        current_app.logger.error("the database cannot be used: %r (%s %r)", reason, request.method, request.path)
        return _refused(Outage("The server cannot store or read anything at the moment. Nothing of what you just did "
                               "was stored; try again."))  # fmt: skip
    current_app.logger.error("unexpected: %s %r\n%s", request.method, request.path, traced(error))
    return answer(500, (Fault(DETAILS[500]),))


def answer(status: int, faults: tuple[Fault, ...], **more: object) -> Response:
    """The refusal in the form that the asker reads; `more`: further members of a problem document."""
    title = TITLES.get(status, TITLES[400] if status < 500 else TITLES[500])
    if _is_api():
        return _problem(status, title, faults, more)
    page = render_template("errors/refused.html", title=gettext(title), status=status, faults=faults)
    return make_response(page, status)


def _problem(status: int, title: str, faults: tuple[Fault, ...], more: Mapping[str, object]) -> Response:
    content = {
        "type": "about:blank",
        "title": gettext(title),
        "status": status,
        "detail": "\n".join(fault.text(gettext) for fault in faults[:20]),
        "faults": [
            {"path": fault.path, "message": fault.text(gettext), "file": fault.file, "line": fault.line}
            for fault in faults
        ],
        **more,
    }
    return Response(orjson.dumps(content), status, mimetype="application/problem+json")


def _is_api() -> bool:
    return request.path.startswith("/api/")
