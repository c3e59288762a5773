"""What every request to the API passes and every answer of it gets: rate, type of the body, ETag, packing."""

from __future__ import annotations

import gzip
import hashlib
import math
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from annotator.actions.signing_in import network
from annotator.actions.tokens import touch_token
from annotator.context import database
from annotator.errors import Refused
from annotator.queries.people import before
from annotator.rates import Rate
from annotator.views.loading import signed_in

if TYPE_CHECKING:
    from collections.abc import Hashable

    from annotator.settings import Settings

PREFIX = "/api/"
STRANGER = 100  # who is not signed in may ask a hundredth of the rate
PACKED_FROM = 1_000  # bytes of an answer
TOUCH_AFTER = timedelta(minutes=5)  # a write per five minutes of use, not one per request
JSON = "application/json"
#: the parameters that may be given more than once
REPEATING = {"api_agreement.agreement": frozenset({"without"})}
#: what takes other bodies than JSON → their types
OTHER_BODIES = {
    "api_projects.documents": frozenset({
        JSON, "application/jsonl", "application/x-ndjson", "application/json-lines", "application/x-jsonlines",
        "text/plain", "application/octet-stream", "multipart/form-data",
    }),
}  # fmt: skip


class TooMany(Refused):
    """More requests than the rate allows (HTTP 429)."""

    status = 429
    retry_after: int = 1


class WrongType(Refused):
    """A body of a type that is not read here (HTTP 415)."""

    status = 415


def register(app: Flask, settings: Settings) -> None:
    """Before blueprints: their answers pass here last."""
    known, strangers = Rate(settings.api_rate), Rate(settings.api_rate / STRANGER)

    @app.before_request
    def gate() -> None:
        if request.path.startswith(PREFIX):
            _slow(known, strangers)
            _demand_once()
            _demand_type()

    app.after_request(_finish)


def _slow(known: Rate, strangers: Rate) -> None:
    """One count per token, per signed-in person, and per address for who is neither."""
    actor = signed_in()
    caller: Hashable
    if actor is None:
        rate, caller = strangers, network(request.remote_addr or "")
    elif "token" in g:
        rate, caller = known, ("token", g.token.token_id)
    else:
        rate, caller = known, ("person", actor.id)
    wait = rate.wait(caller)
    if wait:
        seconds = math.ceil(wait)
        refusal = TooMany("More than {rate} requests in a minute. Wait {seconds} seconds, then go on.",
                          rate=round(rate.per_minute), seconds=seconds)  # fmt: skip
        refusal.retry_after = seconds
        raise refusal


def _demand_once() -> None:
    """Which of two values would count is nothing to guess."""
    repeating = REPEATING.get(str(request.endpoint), frozenset())
    for name, values in request.args.lists():
        if len(values) > 1 and name not in repeating:
            raise Refused("This is given {count} times; give it once.", path=name[:100], count=len(values))


def _demand_type() -> None:
    if request.method not in ("POST", "PUT", "PATCH") or request.url_rule is None:
        return
    sent = request.mimetype
    taken = OTHER_BODIES.get(str(request.endpoint), frozenset({JSON}))
    if sent and sent not in taken and not (sent.startswith("application/") and sent.endswith("+json")):
        raise WrongType("A body of the type {value} is not read here; send {known}.",
                        value=sent[:100], known=", ".join(sorted(taken)))  # fmt: skip


def _finish(response: Response) -> Response:
    if not request.path.startswith(PREFIX):
        return response
    if request.method == "GET" and response.status_code == 200 and not response.is_streamed:
        _condition(response)
    _pack(response)
    _touch()
    return response


def _condition(response: Response) -> None:
    """An ETag for what has none, and 304 for who holds these very bytes."""
    if "ETag" not in response.headers:
        response.set_etag(hashlib.sha256(response.data).hexdigest()[:32])
    if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
        response.status_code = 304
        response.data = b""
        del response.headers["Content-Length"]
        del response.headers["Content-Type"]


def _pack(response: Response) -> None:
    """What is large enough to be worth it goes as gzip. Nothing secret is in these answers."""
    if response.direct_passthrough or response.is_streamed or (response.content_length or 0) < PACKED_FROM:
        return
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    if request.accept_encodings["gzip"] > 0:
        response.data = gzip.compress(response.data, 5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"


def _touch() -> None:
    held = g.get("token")
    if held is not None and (held.used_at or "") < before(TOUCH_AFTER):
        with database().write() as writer:
            touch_token(writer, held.token_id)
