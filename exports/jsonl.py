"""JSONL of record: everything, one unit a line, UTF-8, LF, keys in fixed order. Written and read back losslessly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from annotator.errors import Refused
from annotator.layers import labels_json
from annotator.snapshot import Annotation, Line, Snapshot
from exports.lines import ReadLine, read_line

NAME = "jsonl"
MEDIA_TYPE = "application/jsonl"
EXTENSION = "jsonl"
FORMAT = "isnad/1"
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
    for number, raw in enumerate(lines, 1):
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.strip():
            continue
        try:
            # JSON holds U+0000 as an escape alone, and the parser refuses lone surrogates
            yield read_line(parse_json(raw), number, clean=b"\\u0000" not in raw)
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None


def parse_json(raw: bytes) -> object:
    """One JSON value within the limits of size and depth."""
    if len(raw) > LINE_LIMIT:
        raise Refused("The line has {size} bytes; the limit is {limit}.", size=len(raw), limit=LINE_LIMIT)
    if too_deep(raw):
        raise Refused("The line nests deeper than {limit} levels.", limit=DEPTH_LIMIT)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("This is not JSON: {reason}.", reason=str(error)) from error


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
