"""Export formats: one module each, one entry in FORMATS. Output never lands in this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from annotator.errors import Refused
from annotator.snapshot import Snapshot
from exports import (
    conll,
    huggingface,
    jsonl,
    jsonl_flat,
    label_studio,
    label_studio_config,
    spacy_docbin,
    web_annotation,
)
from exports.spreadsheet import CSV, TSV

VIEWS = ("annotations", "gold", "soft")


class Format(Protocol):
    """What a format's module offers. `write` streams; equal snapshots give equal bytes.

    A module may name in `WHAT` the views that it can hold; without, it holds all.
    """

    NAME: str
    MEDIA_TYPE: str
    EXTENSION: str

    def write(self, snapshot: Snapshot) -> Iterator[bytes]: ...


FORMATS: tuple[Format, ...] = (
    jsonl, jsonl_flat, label_studio, label_studio_config, huggingface, CSV, TSV, conll, spacy_docbin, web_annotation,
)  # fmt: skip


def format_named(name: str) -> Format:
    """The format of that name. Raises KeyError."""
    return {form.NAME: form for form in FORMATS}[name]


def views(form: Format) -> tuple[str, ...]:
    """The views that the format can hold."""
    if form is label_studio:
        return VIEWS[:2]
    if form is label_studio_config:
        return VIEWS[:1]
    found: tuple[str, ...] = getattr(form, "WHAT", VIEWS)
    return found


def check_view(form: Format, what: str) -> None:
    """Raises Refused where the format cannot hold the view."""
    if what not in views(form):
        raise Refused("“{format}” holds no view “{value}”, but {known}.", path="what", format=form.NAME,
                      value=what[:100], known=", ".join(views(form)))  # fmt: skip
