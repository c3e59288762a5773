"""What becomes of the speakers and labels of a file, layer by layer: told before it is imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from annotator.actions.importing import FOREIGN, ImportOptions
from annotator.actions.importing_reading import foreign_reading, read_lines
from annotator.errors import Fault, Refused
from annotator.layers.scheme import Scheme
from annotator.queries import registry
from annotator.queries import scheme as schemes
from annotator.text.decoding import as_utf8
from exports import reading

LABELS = ("attribution", "stance_target", "stance", "claim_type", "entities")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A label or speaker of the file: what it becomes here, how often it stands there, in which line (or task) first.

    `ours` is null where it cannot be mapped, and `why` says so. `new`: a speaker whom the import would add. A mapping
    of a label that no mark has stands 0 times, in line 0.
    """

    layer: str
    theirs: str
    ours: str | None
    count: int
    line: int
    why: Fault | None = None
    new: bool = False


def mapped_labels(session: Session, project_id: int, raw: bytes, options: ImportOptions) -> list[Mapped]:
    """Every speaker and label of the file by layer and first line. Of a file that cannot be read, those before
    the fault."""
    found: dict[tuple[str, str], list[int]] = {}
    speakers: dict[_Speaker, list[int]] = {}
    with suppress(Refused):  # the import itself says what is wrong
        for line, labels in _answers(raw, options):
            for key in _labels(labels):
                found.setdefault(key, [0, line])[0] += 1
            for speaker in _speakers(labels):
                speakers.setdefault(speaker, [0, line])[0] += 1
    scheme = schemes.in_force(session, project_id).scheme
    return _mapped_speakers(session, project_id, speakers, options) + _mapped(scheme, found, options)


def _mapped(scheme: Scheme, found: dict[tuple[str, str], list[int]], options: ImportOptions) -> list[Mapped]:
    known = {layer: {label.id for label in scheme.layer(layer)} for layer in LABELS}
    foreign = options.format in FOREIGN
    made = []
    for (layer, theirs), (count, line) in found.items():
        ours = options.labels.get(theirs, theirs) if foreign and layer == "entities" else theirs
        fits = ours in known[layer]
        made.append(Mapped(layer, theirs, ours if fits else None, count, line,
                           None if fits else _why(theirs, ours, foreign=foreign)))  # fmt: skip
    made += [
        Mapped("entities", theirs, None, 0, 0, Fault("is mapped, but no mark of this file has it"))
        for theirs in options.labels if foreign and ("entities", theirs) not in found
    ]  # fmt: skip
    return sorted(made, key=lambda one: (LABELS.index(one.layer), one.line, one.theirs))


def _mapped_speakers(
    session: Session, project_id: int, found: dict[_Speaker, list[int]], options: ImportOptions
) -> list[Mapped]:
    """As `importing_speakers` will resolve them."""
    ids = registry.known(session, project_id, {one.id for one in found if one.id is not None})
    names = registry.spelled(session, project_id, {one.name for one in found if one.id is None and one.name})
    made = []
    for one, (count, line) in found.items():
        known = names.get(one.name or "") if one.id is None else ids.get(one.id)
        if known is not None:
            made.append(Mapped("speaker", one.told, known.canonical, count, line))
        elif options.new_speakers:
            made.append(Mapped("speaker", one.told, one.told, count, line, new=True))
        else:
            why = Fault("is no speaker here; add it to the speakers, or have new speakers added", remedy="new_speakers")
            made.append(Mapped("speaker", one.told, None, count, line, why))
    return sorted(made, key=lambda one: (one.line, one.theirs))


class _Speaker(NamedTuple):
    """As a file names it: by id, or by name alone."""

    id: str | None
    name: str | None

    @property
    def told(self) -> str:
        return self.name or self.id or ""


def _speakers(labels: Any) -> Iterator[_Speaker]:
    if not isinstance(labels, dict):
        return
    for row in _objects(labels.get("statements")):
        for speaker in _objects([row.get("speaker")]):
            key, name = speaker.get("id"), speaker.get("canonical")
            if isinstance(key or name, str):
                yield _Speaker(key or None, name if isinstance(name, str) else None)


def _why(theirs: str, ours: str, *, foreign: bool) -> Fault:
    if ours != theirs:
        return Fault("is mapped to “{ours}”, which is no label here", {"ours": ours})
    if foreign:
        return Fault("is no label here; map it as {theirs}=…", {"theirs": theirs}, remedy="map")
    return Fault("is no label here; add it to the label scheme first")


def _answers(raw: bytes, options: ImportOptions) -> Iterator[tuple[int, Any]]:
    """The labels of each answer as JSON under the names of the file, with the line."""
    if options.format == "text":
        return
    if options.format in FOREIGN:
        raw, _ = as_utf8(raw, file=options.name, encoding=options.encoding)
        for number, content in reading.TOOLS[options.format](raw, foreign_reading(options), options.name):
            yield from ((number, annotation["labels"]) for annotation in content["annotations"])
        return
    for line in read_lines(raw, options, []):
        yield from ((line.line_number, annotation.labels) for annotation in line.annotations)


def _labels(labels: Any) -> Iterator[tuple[str, str]]:
    """(layer, label) as far as the labels have their form; what has not is refused by the import."""
    if not isinstance(labels, dict):
        return
    for row in _objects(labels.get("statements")):
        [stance] = _objects([row.get("stance")]) or [{}]
        values = (row.get("attribution"), stance.get("target"), stance.get("value"), row.get("claim_type"))
        yield from ((layer, value) for layer, value in zip(LABELS[:4], values, strict=True) if isinstance(value, str))
    for mark in _objects(labels.get("entities")):
        if isinstance(mark.get("label"), str):
            yield "entities", mark["label"]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
