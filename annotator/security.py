"""What every request must pass, and what every answer carries."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from annotator.context import settings
from annotator.errors import NotAllowed, NotFound, Refused
from annotator.settings import Settings

BODY_LIMIT = 16_000_000
#: endpoints that take files: their bodies may be as large as an import
IMPORTS = frozenset({"corpus.import_documents", "api_projects.documents"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_csrf = CSRFProtect()


def configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        TRUSTED_HOSTS=list(settings.hosts) or None,
        WTF_CSRF_CHECK_DEFAULT=False,  # `protect` asks, after it has seen whether a cookie counts at all
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a token that dies first loses work
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked below, and the refusal says what is wrong
    )
    _csrf.init_app(app)
    if settings.proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n, x_port=0)  # type: ignore[method-assign]
    app.before_request(protect)
    app.before_request(refuse_nul)
    app.after_request(add_headers)


def protect() -> None:
    """Refuse writes that another site, or a page without our token, could have caused."""
    if request.method in _SAFE:
        return
    if request.endpoint in IMPORTS:
        request.max_content_length = settings().max_import_bytes + 100_000
    if request.path.startswith("/api/") and "Authorization" in request.headers:
        return  # no cookie counts here, so no other site can use one
    if request.path.startswith("/api/"):
        from annotator.views.loading import current_actor

        current_actor()  # who is nobody is told that, and not how a browser asks
    _check_origin()
    if request.endpoint in IMPORTS:
        from annotator.views.loading import current_actor

        current_actor()  # before a large body is read for somebody unknown
    try:
        _csrf.protect()
    except CSRFError as error:
        raise NotAllowed(
            "The form came without its security token, or with one of an earlier sign-in: reload the page and "
            "try again. If it goes on, the browser keeps no cookie of this server: ANNOTATOR_HTTPS must be 1 "
            "where the pages are served over HTTPS and 0 where they are not."
        ) from error


def refuse_nul() -> None:
    """Refuse U+0000, which not every database can be asked for, wherever an address or a form carries it."""
    if any("\0" in part for part in (request.view_args or {}).values() if isinstance(part, str)):
        raise NotFound("There is nothing at this address, or it is not yours to see.")
    given = list(request.args.lists())
    if request.method not in _SAFE and not request.path.startswith("/api/"):
        given += request.form.lists()
    for name, values in given:
        for value in values:
            if "\0" in value:
                at = value.index("\0")
                raise Refused("Character {at} is U+{code}, which no text holds.", path=name, at=at, code="0000")


def _check_origin() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site in ("same-origin", "none"):
        return
    if site is not None:
        raise NotAllowed("This came from a page of another site.")
    origin = request.headers.get("Origin")
    if origin is None:
        return  # no browser of ours; the token decides
    seen = urlsplit(origin)
    scheme = "https" if settings().https else request.scheme
    if (seen.scheme, seen.netloc.casefold()) != (scheme, request.host.casefold()):
        raise NotAllowed(
            "The page is at {origin}, but this server takes itself for {own}. Behind a proxy, set "
            "ANNOTATOR_PROXIES to the number of proxies, and ANNOTATOR_HTTPS to 1 if it serves HTTPS.",
            origin=origin[:300], own=f"{scheme}://{request.host}",
        )  # fmt: skip


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if settings().https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if g.get("signed_out"):
        response.headers["Clear-Site-Data"] = '"cache"'  # not storage: unsent work stays there
    return response
