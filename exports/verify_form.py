"""Whether a line of record has just the keys of its format, in their order, with values of their kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from annotator.errors import Fault
from annotator.text.kinds import KINDS

LINE = (
    "format", "id", "project", "document", "start", "end", "kind", "text", "text_sha256", "annotations", "gold", "soft",
    "split", "group",
)  # fmt: skip
DOCUMENT = ("file", "sha256", "outlet", "event", "language")
ANNOTATION = (
    "annotator", "state", "version", "skip_reason", "flag", "labels", "comment", "active_ms", "created_at",
    "updated_at", "scheme", "guideline", "provenance",
)  # fmt: skip
GOLD = ("labels", "basis", "votes", "provenance")
LABELS = ("statements", "entities")
STATEMENT = ("speaker", "attribution", "stance", "claim_type")
SPEAKER = ("id", "canonical", "kind", "start", "end", "text")
STANCE = ("target", "value")
#: What may be null.
NULL = {"gold", "soft", "split", "group", "outlet", "event", "skip_reason", "flag", "comment", "active_ms", "guideline",
        "speaker", "attribution", "target", "value", "claim_type"}  # fmt: skip
ENTITY = ("start", "end", "start_utf16", "end_utf16", "text", "label")


def form_faults(line: Any) -> Iterator[Fault]:
    """What of the form is wrong; that the types are those that an import reads has been seen before."""
    yield from _keys(line, LINE, "")
    if not isinstance(line.get("project"), str | None):
        yield Fault("“{value}” is not a text.", {"value": str(line["project"])[:60]}, "project")
    if line.get("kind") not in (*KINDS, None):
        yield Fault("“{value}” is none of {known}.", {"value": line["kind"][:60], "known": ", ".join(KINDS)}, "kind")
    yield from _keys(line.get("document"), DOCUMENT, "document")
    for n, annotation in enumerate(line.get("annotations") or []):
        path = f"annotations[{n}]"
        yield from _keys(annotation, ANNOTATION, path)
        yield from _labels(annotation.get("labels"), f"{path}.labels")
    if line.get("gold") is not None:
        yield from _keys(line["gold"], GOLD, "gold")
        yield from _labels(line["gold"].get("labels"), "gold.labels")
    if not isinstance(line.get("soft"), dict | None):
        yield Fault("“{value}” is not an object.", {"value": str(line["soft"])[:60]}, "soft")


def _labels(labels: Any, path: str) -> Iterator[Fault]:
    yield from _keys(labels, LABELS, path)
    if not isinstance(labels, dict):
        return
    for n, row in enumerate(_objects(labels.get("statements"))):
        at = f"{path}.statements[{n}]"
        yield from _keys(row, STATEMENT, at)
        if row.get("speaker") is not None:
            yield from _keys(row["speaker"], SPEAKER, f"{at}.speaker", _unnamed(row["speaker"]))
        yield from _keys(row.get("stance"), STANCE, f"{at}.stance")
    for n, mark in enumerate(_objects(labels.get("entities"))):
        yield from _keys(mark, ENTITY, f"{path}.entities[{n}]")


def _unnamed(speaker: Any) -> tuple[str, ...]:
    """What of a speaker may be null: the offsets and the quotation together, where no words name the speaker."""
    words = SPEAKER[3:]
    found = isinstance(speaker, dict) and any(speaker.get(key) is not None for key in words)
    return () if found else words


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _keys(value: object, known: tuple[str, ...], path: str, null: Collection[str] = NULL) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault("“{value}” is not an object.", {"value": str(value)[:60]}, path)
        return
    inner = f"{path}." if path else ""
    missing = [key for key in known if key not in value]
    empty = [key for key in known if key not in null and key in value and value[key] is None]
    foreign = [key for key in value if key not in known]
    for key in missing + empty:
        yield Fault("This is missing.", {}, f"{inner}{key}")
    for key in foreign:
        yield Fault("The key “{key}” is not one of the format.", {"key": key[:60]}, f"{inner}{key[:60]}")
    if not missing and not foreign and tuple(value) != known:
        yield Fault("The keys are not in the order of the format: {known}.", {"known": ", ".join(known)}, path)
