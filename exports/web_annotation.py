"""W3C Web Annotation Data Model as JSON-LD: https://www.w3.org/TR/annotation-model/. One AnnotationPage, streamed.

Each target is the document with a TextPositionSelector (code points of the whole document) and a TextQuoteSelector.
A statement is one annotation of its sentence with a body a layer; the words that name the speaker and each entity
are annotations of their own. What the model has no term for stands under `isnad:`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from annotator.layers.answer import Labels, Statement
from annotator.snapshot import Annotation, Line, Snapshot, provenance

NAME = "web-annotation"
MEDIA_TYPE = 'application/ld+json;profile="http://www.w3.org/ns/anno.jsonld"'
EXTENSION = "jsonld"
WHAT = ("annotations", "gold")
CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"isnad": "urn:x-isnad:vocabulary:"}]
AROUND = 32  # characters of prefix and suffix


def write(snapshot: Snapshot) -> Iterator[bytes]:
    """The page, an annotation a part."""
    head = {"@context": CONTEXT, "id": _urn(snapshot.project, snapshot.what), "type": "AnnotationPage"}
    yield orjson.dumps(head)[:-1] + b',"items":['
    before = b"\n"
    for line in snapshot.lines:
        for annotation in of_line(line):
            yield before + orjson.dumps(annotation)
            before = b",\n"
    yield b"\n]}\n"


def of_line(line: Line) -> Iterator[dict[str, Any]]:
    """Everything said of one unit."""
    if line.gold is not None:
        told = {"isnad:basis": line.gold.basis, "isnad:votes": line.gold.votes,
                "isnad:provenance": line.gold.provenance}  # fmt: skip
        by = line.gold.provenance.get("decided_by")
        author = {"creator": _person(str(by))} if by else {"generator": {"type": "Software", "name": "isnad"}}
        yield from _said(line, line.gold.labels, "gold", {**author, **told})
    for answer in line.annotations:
        yield from _said(line, answer.labels, answer.annotator, _about(answer))


def _about(answer: Annotation) -> dict[str, Any]:
    return {
        "creator": _person(answer.annotator), "created": answer.created_at, "modified": answer.updated_at,
        "isnad:state": answer.state, "isnad:version": answer.version, "isnad:skip_reason": answer.skip_reason,
        "isnad:flag": answer.flag, "isnad:comment": answer.comment, "isnad:provenance": provenance([answer]),
    }  # fmt: skip


def _said(line: Line, labels: Labels, by: str, about: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    key = (line.project, line.id, by)
    whole = _target(line, 0, len(line.text))
    for n, statement in enumerate(labels.statements):
        bodies = [_body("classifying", value, layer) for layer, value in _layers(statement) if value is not None]
        yield _annotation((*key, f"statement-{n}"), "classifying", bodies, whole, about)
        speaker = statement.speaker
        if speaker is not None and speaker.start is not None and speaker.end is not None:
            words = _target(line, speaker.start, speaker.end)
            body = {**_body("identifying", speaker.id, "speaker"), "isnad:canonical": speaker.canonical,
                    "isnad:kind": speaker.kind, "isnad:statement": n}  # fmt: skip
            yield _annotation((*key, f"speaker-{n}"), "identifying", [body], words, about)
    for n, entity in enumerate(labels.entities):
        target = _target(line, entity.start, entity.end)
        yield _annotation((*key, f"entity-{n}"), "tagging", [_body("tagging", entity.label, "entities")], target, about)
    if not labels.statements and not labels.entities:
        yield _annotation((*key, "none"), "assessing", [], whole, about)


def _layers(statement: Statement) -> Iterator[tuple[str, str | None]]:
    yield "speaker", statement.speaker.id if statement.speaker else None
    yield "attribution", statement.attribution
    yield "stance_target", statement.stance.target
    yield "stance", statement.stance.value
    yield "claim_type", statement.claim_type


def _annotation(
    key: tuple[str, ...], motivation: str, bodies: list[dict[str, Any]], target: Any, about: Mapping[str, Any]
) -> dict[str, Any]:
    return {"id": _urn(*key), "type": "Annotation", "motivation": motivation, "body": bodies, "target": target, **about}


def _body(purpose: str, value: str, layer: str) -> dict[str, Any]:
    return {"type": "TextualBody", "purpose": purpose, "value": value, "isnad:layer": layer}


def _target(line: Line, start: int, end: int) -> dict[str, Any]:
    return {
        "source": _urn(line.project, line.document.file),
        "isnad:sentence": line.id,
        "selector": [
            {"type": "TextPositionSelector", "start": line.start + start, "end": line.start + end},
            {"type": "TextQuoteSelector", "exact": line.text[start:end],
             "prefix": line.text[max(0, start - AROUND) : start], "suffix": line.text[end : end + AROUND]},
        ],
    }  # fmt: skip


def _person(email: str) -> dict[str, str]:
    return {"type": "Person", "email": f"mailto:{email}"}


def _urn(*names: str) -> str:
    return "urn:x-isnad:" + ":".join(quote(name, safe="@") for name in names)
