"""Reading the files of other tools as lines of the format of record: one module each, one entry in TOOLS.

They hold entities, hence what comes is a begun answer (a draft) that its annotator completes. Only our own CoNLL
export holds whole answers. Nothing is guessed: offsets are checked against the text and, where the tool repeats them,
against its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from annotator.errors import Refused
from exports.lines import ReadLine, read_line
from exports.reading import conll, doccano, prodigy, webanno
from exports.reading.shared import Content, Reading

__all__ = ["TOOLS", "Reading", "read"]

TOOLS: dict[str, Callable[[bytes, Reading, str], Iterator[Content]]] = {
    "doccano": doccano.contents,
    "prodigy": prodigy.contents,
    "conll": conll.contents,
    "webanno": webanno.contents,
}


def read(tool: str, raw: bytes, reading: Reading, *, file: str) -> Iterator[ReadLine]:
    """The lines of a file of a tool (a key of TOOLS) under our labels. Raises Refused naming file, line, field, value.

    A bare text that stands in several lines, one for each annotator, is one line with all their answers.
    """
    merged: dict[object, Content] = {}
    for number, content in TOOLS[tool](raw, reading, file):
        key = content["text"] if content.get("document") is None else number
        first, there = merged.setdefault(key if isinstance(key, str) else number, (number, content))
        if there is not content:
            new = [one for one in content["annotations"] if one not in there["annotations"]]
            if {one["annotator"] for one in new} & {one["annotator"] for one in there["annotations"]}:
                raise Refused("The same sentence stands in line {first} already.", path="text", first=first).at(
                    file=file, line=number)  # fmt: skip
            there["annotations"] += new
    for number, content in merged.values():
        for annotation in content["annotations"]:
            for mark in _entities(annotation):
                mark["label"] = reading.labels.get(mark["label"], mark["label"])
        try:
            yield read_line(content, number)
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None


def _entities(annotation: dict[str, Any]) -> list[dict[str, Any]]:
    """The entities of an answer as far as they have the form of entities; what has not is refused with its field."""
    given = annotation["labels"].get("entities")
    marks = given if isinstance(given, list) else []
    return [mark for mark in marks if isinstance(mark, dict) and isinstance(mark.get("label"), str)]
