"""Signed-in browsers. The signed cookie carries a random id; the server knows its hash and can end it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, g, session
from flask.sessions import SecureCookieSessionInterface

from annotator.actions import signing_in
from annotator.context import database
from annotator.models import stamp
from annotator.queries import people as reading
from annotator.queries.people import LONGEST, SignedIn
from annotator.settings import Settings

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

TOUCH_AFTER = timedelta(minutes=5)  # a write per five minutes of use, not one per request


def configure(app: Flask, settings: Settings) -> None:
    app.secret_key = settings.secret_key()
    app.config.update(
        # browsers accept __Host- cookies only over HTTPS, from this host, for all paths
        SESSION_COOKIE_NAME="__Host-isnad" if settings.https else "isnad",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LONGEST,
    )
    app.session_interface = _Cookies()
    app.after_request(_touch)


class _Cookies(SecureCookieSessionInterface):
    """Flask's cookies, with what signs them made once instead of twice a request."""

    _signing: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signing is None:
            self._signing = super().get_signing_serializer(app)
        return self._signing


def from_cookie() -> SignedIn | None:
    """Who is signed in in this browser: one query, none without a cookie."""
    raw = session.get("id")
    if not isinstance(raw, str):
        return None
    with database().look() as driver:
        found = reading.signed_in(driver, raw)
    if found is not None and found.seen_at < stamp(datetime.now(UTC) - TOUCH_AFTER):
        g.session_to_touch = found.session_id
    return found


def begin(person_id: int, user_agent: str, language: str) -> None:
    """Sign the person in, under a new id: one fixed before sign-in is worth nothing after it."""
    with database().write() as writer:
        raw = signing_in.start_session(writer, person_id, user_agent)
    session.clear()
    session.permanent = True
    session["id"] = raw
    session["language"] = language


def forget() -> None:
    """Empty the cookie but for the language of the pages."""
    language = session.get("language")
    session.clear()
    if language is not None:
        session["language"] = language


def _touch(response: Response) -> Response:
    touched = g.pop("session_to_touch", None)
    if touched is not None:
        with database().write() as writer:
            signing_in.touch_session(writer, touched)
    return response
