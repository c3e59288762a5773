"""Lines of the format of record as values again: what a release holds, read without the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import orjson

from annotator.layers.stored import stored_labels
from annotator.snapshot import Annotation, DocumentRef, Gold, Line

_GOLD = {field.name for field in fields(Gold)} - {"labels"}


def stored_lines(lines: Iterable[bytes]) -> Iterator[Line]:
    """Each line as it was written. The file was verified before: nothing is checked again."""
    for raw in lines:
        yield stored_line(orjson.loads(raw))


def stored_line(content: Mapping[str, Any]) -> Line:
    text, gold = content["text"], content["gold"]
    return Line(
        id=content["id"], project=content["project"], document=DocumentRef(**content["document"]),
        start=content["start"], end=content["end"], kind=content["kind"], text=text,
        text_sha256=content["text_sha256"],
        annotations=tuple(
            Annotation(**{**annotation, "labels": stored_labels(annotation["labels"])})
            for annotation in content["annotations"]
        ),
        gold=gold
        and Gold(labels=stored_labels(gold["labels"]), **{key: value for key, value in gold.items() if key in _GOLD}),
        soft=content["soft"], split=content["split"], group=content["group"],
    )  # fmt: skip
