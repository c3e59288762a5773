"""Builds the OpenAPI document of an app. It costs a tenth of a second, so it is made when first asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NotRequired, get_origin, get_type_hints

from apispec import APISpec
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from annotator.client import shapes
from annotator.permissions import SCOPES, VERBS
from annotator.views.openapi import responses
from annotator.views.openapi.operations import IF_NONE_MATCH, OPERATIONS, PUBLIC, SIGNED_IN, UNDESCRIBED, Operation, Raw

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

PREFIX = "/api/v1"
VERSION = "1"
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
ROW: dict[str, Any] = {"type": "integer", "minimum": 0, "exclusiveMaximum": 10**18}
PLACES: dict[str, tuple[dict[str, Any], str]] = {
    "project_id": (ROW, "The project's number."),
    "sentence_id": (ROW, "The sentence's number."),
    "document_id": (ROW, "The document's number."),
    "sha256": ({"type": "string", "pattern": "^[0-9a-f]{64}$"}, "The hash of the scheme's content."),
    "key": ({"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,80}$"}, "The speaker's id in the registry."),
    "name": ({"type": "string"}, "The release's name."),
    "entry": ({"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,80}$"}, "The speaker's id in the registry."),
}
ABOUT = """\
Everything is JSON in UTF-8. Times are ISO 8601 in UTC; offsets are Unicode code points, end exclusive. A list comes in
pages: its `next` is the `cursor` of the next one. Every error is a problem document (RFC 9457). What is not yours
answers 404, as if it did not exist."""


class _Schemas(GenerateJsonSchema):
    """JSON Schema without a title per field: it would only repeat the name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(app: Flask) -> dict[str, Any]:
    """The document of every route under /api/v1."""
    spec = APISpec("Isnad", VERSION, "3.1.0", info={"description": ABOUT}, servers=[{"url": "/"}],
                   tags=[{"name": name} for name in dict.fromkeys(op.group for op in OPERATIONS.values())])  # fmt: skip
    spec.components.security_scheme("token", {
        "type": "http", "scheme": "bearer",
        "description": "A token from the account page or `flask token add`: " + ", ".join(SCOPES) + ".",
    })  # fmt: skip
    cookie = str(app.config["SESSION_COOKIE_NAME"])
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": cookie,
                                                "description": "A signed-in browser."})  # fmt: skip
    spec.components.security_scheme("csrf", {"type": "apiKey", "in": "header", "name": "X-CSRF-Token",
                                             "description": "Goes with the session for every write."})  # fmt: skip
    references = _add_schemas(spec)
    for name, schema in responses.HEADERS.items():
        spec.components.header(name, schema)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith(PREFIX):
            spec.path(path=_PLACE.sub(r"{\2}", rule.rule), operations=_operations(app, rule, references))
    return dict(spec.to_dict())


def _add_schemas(spec: APISpec) -> dict[Any, dict[str, Any]]:
    """Every type that an operation names becomes a component; type → the reference to it."""
    types = dict.fromkeys([shapes.Problem])
    for operation in OPERATIONS.values():
        types.update(dict.fromkeys(
            part for part in (operation.answer, operation.body, *operation.apart.values())
            if part is not None and not isinstance(part, Raw)
        ))  # fmt: skip
    references, definitions = TypeAdapter.json_schemas(
        [(kind, "validation", TypeAdapter(kind)) for kind in types],
        ref_template="#/components/schemas/{model}", schema_generator=_Schemas,
    )  # fmt: skip
    for name, schema in definitions["$defs"].items():
        spec.components.schema(name, schema)
    return {kind: dict(schema) for (kind, _mode), schema in references.items()}


def _operations(app: Flask, rule: Rule, references: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    found = {}
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        told = OPERATIONS.get(f"{method} {rule.endpoint}", UNDESCRIBED)
        summary, _, more = (app.view_functions[rule.endpoint].__doc__ or "").strip().partition("\n")
        entry: dict[str, Any] = {
            "tags": [told.group],
            "operationId": rule.endpoint.replace(".", "_"),
            "summary": summary.rstrip("."),
            "description": " ".join(more.split() + _rights(told).split()),
            "parameters": [*_places(rule), *told.query, *told.headers, *([IF_NONE_MATCH] if method == "GET" else [])],
            "responses": responses.responses(told, method, rule, references),
            "security": _security(told, method),
        }
        if told.body is not None:
            entry["requestBody"] = {"required": _is_needed(told.body), "content": _content(told, references)}
        found[method.lower()] = entry
    return found


def _rights(told: Operation) -> str:
    if told.needs == PUBLIC:
        return "Open to everybody."
    if told.needs == SIGNED_IN:
        return "For every token and everybody who is signed in."
    scopes = ", ".join(scope for scope, verbs in SCOPES.items() if told.needs in verbs)
    roles = ", ".join(sorted(VERBS[told.needs]))
    return f"Roles: {roles}. Scopes of tokens: {scopes}."


def _security(told: Operation, method: str) -> list[dict[str, list[str]]]:
    if told.needs == PUBLIC:
        return []
    browser: dict[str, list[str]] = {"session": []} if method == "GET" else {"session": [], "csrf": []}
    return [{"token": []}, browser]


def _places(rule: Rule) -> list[dict[str, Any]]:
    unknown: tuple[dict[str, Any], str] = ({"type": "string"}, "")
    return [
        {"in": "path", "name": name, "required": True, "schema": schema, "description": text}
        for name, (schema, text) in ((name, PLACES.get(name, unknown)) for _, name in _PLACE.findall(rule.rule))
    ]


def _is_needed(body: Any) -> bool:
    """Whether a request without a body is refused: a file, or an object of which a key is needed."""
    if isinstance(body, Raw):
        return True
    return any(get_origin(kind) is not NotRequired for kind in get_type_hints(body, include_extras=True).values())


def _content(told: Operation, references: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    if isinstance(told.body, Raw):
        return {media: {"schema": schema} for media, schema in told.body.media.items()}
    content: dict[str, Any] = {"schema": references[told.body]}
    if told.example is not None:
        content["example"] = told.example
    return {"application/json": content}
