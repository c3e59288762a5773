"""Flat JSONL: one labelled sentence a line, ready for training."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from annotator.snapshot import Snapshot
from exports.flat import rows

NAME = "jsonl-flat"
MEDIA_TYPE = "application/jsonl"
EXTENSION = "jsonl"


def write(snapshot: Snapshot) -> Iterator[bytes]:
    """The rows of the view, one a part."""
    for row in rows(snapshot):
        yield orjson.dumps(row) + b"\n"
