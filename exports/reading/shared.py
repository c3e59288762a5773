"""What the readers of other tools' files share: whose the marks are, where they stand, the lines of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.errors import Fault, Refused
from annotator.text.decoding import decode
from annotator.text.offsets import check_span, code_point_offset
from exports.jsonl import parse_json

#: A line number and the line in the form of the format of record, its entities under the labels of the tool.
Content = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Reading:
    """What the importer says of a file, and what its reader tells in return.

    `annotator` is whose the marks are where the file names nobody; `annotators` name there → e-mail; `labels`
    label there → label here; `utf16` what a doccano file counts (null: unsaid). `notes` gathers what was left out.
    """

    annotator: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    utf16: bool | None = None
    annotators: Mapping[str, str] = field(default_factory=dict)
    outlet: str | None = None
    event: str | None = None
    notes: list[Fault] = field(default_factory=list)
    nameless: str | None = None  # the name there that `annotator` stands for

    def author(self, named: object) -> str:
        """The e-mail address behind a name in the file. Raises Refused where nobody is known."""
        name = named if isinstance(named, str) and named else None
        if name is not None and name in self.annotators:
            return self.annotators[name]
        if name is not None and "@" in name:
            return name
        if self.annotator is None:
            raise Refused("The line names no annotator by e-mail (“{value}”). Say whose marks these are.",
                          path="annotator", remedy="annotator", value=str(named)[:60])  # fmt: skip
        if name is not None and self.nameless not in (None, name):
            raise Refused("The file names “{first}” and “{value}”, whom one address would make one. "
                          "Say for each: {value}=name@example.org.",
                          path="annotator", remedy="annotator", first=self.nameless, value=name[:60])  # fmt: skip
        self.nameless = name or self.nameless
        return self.annotator


def draft(author: str, entities: Sequence[dict[str, Any]], tool: str, **more: object) -> dict[str, Any]:
    """A begun answer that holds entities only, in the order in which answers hold them."""
    ordered = sorted(entities, key=lambda one: (one["start"], -one["end"], one["label"]))
    return {"annotator": author, "state": "draft", "labels": {"statements": [], "entities": ordered},
            "provenance": {"imported_from": tool}, **more}  # fmt: skip


def entity(text: str, path: str, mark: Mapping[str, Any], *, utf16: bool = False) -> dict[str, Any]:
    """A mark of `start`, `end`, `label` and perhaps `text`, its offsets in code points and inside the text."""
    for name in ("start", "end"):
        if type(mark[name]) is not int or mark[name] < 0:
            raise Refused("“{value}” is not a whole number of characters.", path=f"{path}.{name}",
                          value=str(mark[name])[:60])  # fmt: skip
    if not isinstance(mark["label"], str) or not mark["label"]:
        raise Refused("“{value}” is no label: a text is needed.", path=f"{path}.label", value=str(mark["label"])[:60])
    start, end = mark["start"], mark["end"]
    try:
        if utf16:
            start, end = code_point_offset(text, start), code_point_offset(text, end)
        check_span(len(text), start, end)
    except Refused as refusal:
        raise refusal.at(path=path) from None
    found = {"start": start, "end": end, "label": mark["label"]}
    return found if mark.get("text") is None else {**found, "text": mark["text"]}


def objects(raw: bytes, file: str) -> Iterator[Content]:
    """The JSON objects of a JSONL file with the numbers of their lines."""
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        try:
            content = parse_json(line)
            if not isinstance(content, dict):
                raise Refused("The line is not a JSON object.")
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None
        yield number, content


def blocks(raw: bytes, file: str) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines that are not empty, each line with its number, from 1."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(decode(raw, file=file).text.split("\n"), 1):
        line = line.removesuffix("\r")
        if line.strip():
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


class Placing:
    """Gives the sentences of a file their places in a document: one after the other, a space between them."""

    def __init__(self, file: str, reading: Reading) -> None:
        self._file, self._reading, self._at = file, reading, 0

    def next_document(self, file: str) -> None:
        self._file, self._at = file, 0

    def place(self, text: str) -> dict[str, Any]:
        """The keys of a line that say where it stands."""
        start, self._at = self._at, self._at + len(text) + 1
        document = {"file": self._file, "outlet": self._reading.outlet, "event": self._reading.event}
        return {"document": document, "start": start, "end": start + len(text), "text": text}
