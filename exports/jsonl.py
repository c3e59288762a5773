"""JSONL of record: everything, one unit a line, UTF-8, LF, keys in fixed order. Written and read back losslessly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import orjson

from annotator.errors import Refused
from annotator.layers import labels_json
from annotator.snapshot import Annotation, Line, Snapshot
from annotator.text.nested import shown
from exports.bare import AT_ONCE, bare_texts, is_clean
from exports.lines import FORMAT, ReadLine, bare_line, read_line

NAME = "jsonl"
MEDIA_TYPE = "application/jsonl"
EXTENSION = "jsonl"
LINE_LIMIT = 16_000_000
DEPTH_LIMIT = 50
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(rb"[\[\]{}]")


def write(snapshot: Snapshot) -> Iterator[bytes]:
    """The lines of the snapshot, one a part."""
    for line in snapshot.lines:
        yield orjson.dumps(line_json(line)) + b"\n"


def line_json(line: Line) -> dict[str, Any]:
    """A line as JSON, keys in the order of the format."""
    document = line.document
    return {
        "format": FORMAT,
        "id": line.id,
        "project": line.project,
        "document": {"file": document.file, "sha256": document.sha256, "outlet": document.outlet,
                     "event": document.event, "language": document.language},
        "start": line.start,
        "end": line.end,
        "kind": line.kind,
        "text": line.text,
        "text_sha256": line.text_sha256,
        "annotations": [annotation_json(annotation, line.text) for annotation in line.annotations],
        "gold": line.gold
        and {"labels": labels_json(line.gold.labels, line.text), "basis": line.gold.basis, "votes": line.gold.votes,
             "provenance": line.gold.provenance},
        "soft": line.soft,
        "split": line.split,
        "group": line.group,
    }  # fmt: skip


def annotation_json(annotation: Annotation, text: str) -> dict[str, Any]:
    return {
        "annotator": annotation.annotator, "state": annotation.state, "version": annotation.version,
        "skip_reason": annotation.skip_reason, "flag": annotation.flag,
        "labels": labels_json(annotation.labels, text), "comment": annotation.comment,
        "active_ms": annotation.active_ms, "created_at": annotation.created_at,
        "updated_at": annotation.updated_at, "scheme": annotation.scheme, "guideline": annotation.guideline,
        "provenance": annotation.provenance,
    }  # fmt: skip


def read(lines: Iterable[bytes], *, file: str) -> Iterator[ReadLine]:
    """The lines of a file; empty ones are passed over. Raises Refused naming file, line, field and value."""
    numbered = enumerate(lines, 1)
    while some := list(islice(numbered, AT_ONCE)):
        texts = bare_texts([raw for _, raw in some])
        if texts is not None:
            yield from (bare_line(number, text) for (number, _), text in zip(some, texts, strict=True))
        else:
            yield from _read_each(some, file)


def _read_each(numbered: Iterable[tuple[int, bytes]], file: str) -> Iterator[ReadLine]:
    for number, raw in numbered:
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.strip():
            continue
        try:
            yield parsed(raw, number)[1]
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None


def parsed(raw: bytes, number: int) -> tuple[Any, ReadLine]:
    """A line as the JSON that it is, and as it is read."""
    content = parse_json(raw)
    return content, read_line(content, number, clean=is_clean(raw) or is_clean(orjson.dumps(content)))


def parse_json(raw: bytes) -> object:
    """One JSON value within the limits of size and depth."""
    if len(raw) > LINE_LIMIT:
        raise Refused("The line has {size} bytes; the limit is {limit}.", size=len(raw), limit=LINE_LIMIT)
    if too_deep(raw):
        raise Refused("The line nests deeper than {limit} levels.", limit=DEPTH_LIMIT)
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("This is not JSON: {reason}.", reason=str(error)) from error
    refuse_repeated_keys(raw, content)
    return content


def refuse_repeated_keys(raw: bytes, content: object) -> None:
    """Refuse an object that has a key twice: one of the two values would be lost.

    `content` is what `raw` was parsed to. Written again it has as many colons, unless something was left out.
    """
    if orjson.dumps(content).count(b":") == raw.count(b":"):
        return
    with suppress(RecursionError, ValueError):  # what the other parser cannot read is no repetition
        json.loads(raw, object_pairs_hook=_distinct)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refused("The key “{key}” stands twice in one object.", path=shown(twice)[:60], key=shown(twice)[:60])
    return found


def too_deep(raw: bytes) -> bool:
    """Whether brackets nest beyond the limit, those inside strings left out."""
    if raw.count(b"[") + raw.count(b"{") <= DEPTH_LIMIT:
        return False
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH_LIMIT:
            return True
    return False
