"""Export formats: one module each, one entry in FORMATS. Output never lands in this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from annotator.snapshot import Snapshot
from exports import jsonl, label_studio, label_studio_config


class Format(Protocol):
    """What a format's module offers. `write` streams; equal snapshots give equal bytes."""

    NAME: str
    MEDIA_TYPE: str
    EXTENSION: str

    def write(self, snapshot: Snapshot) -> Iterator[bytes]: ...


FORMATS: tuple[Format, ...] = (jsonl, label_studio, label_studio_config)


def format_named(name: str) -> Format:
    """The format of that name. Raises KeyError."""
    return {form.NAME: form for form in FORMATS}[name]
