"""What becomes of the labels of a file, layer by layer: told before it is imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from annotator.actions.importing import FOREIGN, ImportOptions, ImportReport
from annotator.actions.importing_reading import foreign_reading, read_lines
from annotator.errors import Fault, Refused
from annotator.layers.scheme import Scheme
from exports import reading

LAYERS = ("attribution", "stance_target", "stance", "claim_type", "entities")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A label of the file: what it becomes here, how often it stands there, in which line (or task) first.

    `ours` is null where it cannot be mapped, and `why` says so.
    """

    layer: str
    theirs: str
    ours: str | None
    count: int
    line: int
    why: Fault | None = None


def mapped_labels(scheme: Scheme, raw: bytes, options: ImportOptions) -> list[Mapped]:
    """Every label of the file by layer and first line. Of a file that cannot be read, those before the fault."""
    known = {layer: {label.id for label in scheme.layer(layer)} for layer in LAYERS}
    found: dict[tuple[str, str], list[int]] = {}
    with suppress(Refused):  # the import itself says what is wrong
        for line, labels in _answers(raw, options):
            for key in _labels(labels):
                found.setdefault(key, [0, line])[0] += 1
    foreign = options.format in FOREIGN
    made = []
    for (layer, theirs), (count, line) in found.items():
        ours = options.labels.get(theirs, theirs) if foreign and layer == "entities" else theirs
        fits = ours in known[layer]
        made.append(Mapped(layer, theirs, ours if fits else None, count, line,
                           None if fits else _why(theirs, ours, foreign=foreign)))  # fmt: skip
    return sorted(made, key=lambda one: (LAYERS.index(one.layer), one.line, one.theirs))


def _why(theirs: str, ours: str, *, foreign: bool) -> Fault:
    if ours != theirs:
        return Fault("is mapped to “{ours}”, which is no label here", {"ours": ours})
    if foreign:
        return Fault("is no label here; map it as {theirs}=… (--map)", {"theirs": theirs})
    return Fault("is no label here; add it to the label scheme first")


def _answers(raw: bytes, options: ImportOptions) -> Iterator[tuple[int, Any]]:
    """The labels of each answer as JSON under the names of the file, with the line."""
    if options.format == "text":
        return
    if options.format in FOREIGN:
        for number, content in reading.TOOLS[options.format](raw, foreign_reading(options), options.name):
            yield from ((number, annotation["labels"]) for annotation in content["annotations"])
        return
    for line in read_lines(raw, options, ImportReport(options.name)):
        yield from ((line.line_number, annotation.labels) for annotation in line.annotations)


def _labels(labels: Any) -> Iterator[tuple[str, str]]:
    """(layer, label) as far as the labels have their form; what has not is refused by the import."""
    if not isinstance(labels, dict):
        return
    for row in _objects(labels.get("statements")):
        [stance] = _objects([row.get("stance")]) or [{}]
        values = (row.get("attribution"), stance.get("target"), stance.get("value"), row.get("claim_type"))
        yield from ((layer, value) for layer, value in zip(LAYERS[:4], values, strict=True) if isinstance(value, str))
    for mark in _objects(labels.get("entities")):
        if isinstance(mark.get("label"), str):
            yield "entities", mark["label"]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
