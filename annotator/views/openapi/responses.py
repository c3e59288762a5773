"""The answers of an operation: its own, and the refusals that endpoints share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotator.client import shapes
from annotator.views.openapi.operations import PUBLIC, SIGNED_IN, Operation, Raw

if TYPE_CHECKING:
    from werkzeug.routing import Rule

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"schema": {"type": "string"}, "description": "Names this content: for If-None-Match."},
    "RetryAfter": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds after which to come again."},
    "Allow": {"schema": {"type": "string"}, "description": "The methods that there are."},
    "ContentRange": {"schema": {"type": "string"}, "description": "The part, as in `bytes 100-199/2000`."},
}
REFUSALS = {
    400: "The request cannot be understood, or its host name is not one of this server.",
    401: "The token or the session is missing, wrong or has ended.",
    403: "Your role, or the scope of the token, does not allow this; or a write came without its CSRF token.",
    404: "There is no such thing, or it is not yours.",
    409: "The state of things forbids it: a name is taken.",
    412: "Another version stands: `current` and `yours` hold both. Nothing was changed.",
    413: "The body is larger than this server accepts.",
    415: "The body is of a type that is not read here.",
    416: "The content ends before the range.",
    422: "Rules were broken; `faults` names each with its path. Nothing was changed.",
    428: "If-Match is missing.",
    429: "Too many requests in a minute.",
    503: "Too many downloads run.",
}
_WAITS = (429, 503)


def responses(
    told: Operation, method: str, rule: Rule, references: dict[Any, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """By status, the success first."""
    found: dict[str, dict[str, Any]] = {}
    for status, text in {told.status: "Success.", **told.also}.items():
        found[str(status)] = {"description": text, "content": _content(told, references)}
        if method in ("GET", "PUT"):
            found[str(status)]["headers"] = {"ETag": _header("ETag")}
    for status, kind in told.apart.items():
        content = {"application/json": {"schema": references[kind]}}
        found[str(status)] = {"description": "Begun; `Location` tells how far it is.", "content": content}
    if 206 in told.also:
        found["206"]["headers"]["Content-Range"] = _header("ContentRange")
    if method == "GET":
        found["304"] = {"description": "You hold this content already.", "headers": {"ETag": _header("ETag")}}
    for status in sorted({*_shared(told, rule), *told.refusals}):
        found[str(status)] = {
            "description": REFUSALS[status],
            "content": {"application/problem+json": {"schema": references[shapes.Problem]}},
            **({"headers": {"Retry-After": _header("RetryAfter")}} if status in _WAITS else {}),
        }
    return found


def _shared(told: Operation, rule: Rule) -> set[int]:
    """422 is shared too: an address with U+0000, or a parameter given twice, is refused everywhere."""
    shared = {400, 422, 429}
    if told.needs != PUBLIC:
        shared |= {401, 403} if told.needs != SIGNED_IN else {401}
    if rule.arguments:
        shared.add(404)
    return shared


def _content(told: Operation, references: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    if isinstance(told.answer, Raw):
        return {media: {"schema": schema} for media, schema in told.answer.media.items()}
    return {"application/json": {"schema": references[told.answer]}}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
