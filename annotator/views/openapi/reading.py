"""The document as a page shows it: sections of endpoints, with every reference to a schema looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of a body: what it may hold in words, and whether it is needed."""

    name: str
    place: str  # path, query, header, or empty for a field
    kind: str
    needed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, what it means and the name of its schema, if it has one."""

    status: str
    text: str
    schema: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    fields: tuple[Field, ...]
    bodies: tuple[tuple[str, str], ...]  # media type and the name of the schema
    example: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema with a name."""

    name: str
    text: str
    fields: tuple[Field, ...]


@dataclass(slots=True)
class Section:
    """The endpoints of one tag."""

    name: str
    endpoints: list[Endpoint] = field(default_factory=list)


def sections(document: Mapping[str, Any]) -> list[Section]:
    """The endpoints by tag, in the order of the tags."""
    found = {tag["name"]: Section(tag["name"]) for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                told = methods[method]
                section = found.setdefault(told["tags"][0], Section(told["tags"][0]))
                section.endpoints.append(_endpoint(method, path, told))
    return [section for section in found.values() if section.endpoints]


def shapes(document: Mapping[str, Any]) -> list[Shape]:
    """The named schemas by name."""
    return [
        Shape(name, schema.get("description", ""), tuple(_fields(schema)))
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _endpoint(method: str, path: str, told: Mapping[str, Any]) -> Endpoint:
    content = told.get("requestBody", {}).get("content", {})
    examples = [media["example"] for media in content.values() if "example" in media]
    return Endpoint(
        id=told["operationId"], method=method.upper(), path=path, summary=told["summary"], text=told["description"],
        fields=tuple(
            Field(part["name"], part["in"], kind(part["schema"]), part["required"], part.get("description", ""))
            for part in told["parameters"]
        ),
        bodies=tuple((media, kind(part["schema"])) for media, part in content.items()),
        example=orjson.dumps(examples[0], option=orjson.OPT_INDENT_2).decode() if examples else "",
        replies=tuple(Reply(status, part["description"], _reply(part)) for status, part in told["responses"].items()),
    )  # fmt: skip


def _reply(part: Mapping[str, Any]) -> str:
    kinds = {kind(media["schema"]) for media in part.get("content", {}).values()}
    return ", ".join(sorted(kinds - {"Problem", "any"}))


def _fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    needed = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        yield Field(name, "", kind(part), name in needed, part.get("description", ""))


def kind(schema: Mapping[str, Any]) -> str:
    """A schema in words: `integer 1–4`, `Speaker or null`, `list of Statement`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(kind(part) for part in schema[several])
    if "allOf" in schema:
        return kind(schema["allOf"][0])
    if "enum" in schema or "const" in schema:
        return " · ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    found = str(schema.get("type", "any"))
    if found == "array":
        return f"list of {kind(schema.get('items', {}))}{_range(schema, 'Items')}"
    if found == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind(schema['additionalProperties'])}"
    return found + _range(schema, "imum" if found in ("integer", "number") else "Length")


def _range(schema: Mapping[str, Any], ending: str) -> str:
    low = schema.get(f"min{ending}")
    high = schema.get(f"max{ending}", schema.get("exclusiveMaximum"))
    if low is None and high is None:
        return ""
    return f" {'' if low is None else low}–{'' if high is None else high}"
