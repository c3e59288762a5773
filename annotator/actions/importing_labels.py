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
from annotator.queries import scheme as reading
from annotator.text.decoding import as_utf8
from exports import label_studio
from exports import reading as tools

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
    found: dict[_Use, list[int]] = {}
    speakers: dict[_Speaker, list[int]] = {}
    with suppress(Refused):  # the import itself says what is wrong
        for line, labels, version in _answers(raw, options):
            for layer, theirs in _labels(labels):
                found.setdefault(_Use(layer, theirs, version), [0, line])[0] += 1
            for speaker in _speakers(labels):
                speakers.setdefault(speaker, [0, line])[0] += 1
    schemes = _Schemes(session, project_id, options)
    return _mapped_speakers(session, project_id, speakers, options) + _mapped(schemes, found, options)


class _Use(NamedTuple):
    """A label of a layer in answers that name this version of the scheme, or none."""

    layer: str
    theirs: str
    version: str | None


class _Schemes:
    """The versions of a project's scheme, as an import checks labels against them."""

    def __init__(self, session: Session, project_id: int, options: ImportOptions) -> None:
        self._session, self._project_id, self._options = session, project_id, options
        self._in_force = reading.in_force(session, project_id).scheme

    def why_not(self, use: _Use) -> Fault | None:
        """Why the label cannot come in; null where it can."""
        layer, theirs, version = use
        mapped = self._options.format in FOREIGN and layer == "entities"
        ours = self._options.labels.get(theirs, theirs) if mapped else theirs
        named = None if version is None else self._named(version)
        here = {label.id: label for label in self._in_force.layer(layer)}.get(ours)
        if named is not None and ours in _ids(named, layer):
            return None
        if here is not None and (not here.retired or (named is not None and self._options.format == label_studio.NAME)):
            return None
        return _why(theirs, ours, foreign=self._options.format in FOREIGN, retired=here is not None,
                    earlier=None if here is not None else self._earlier(layer, ours))  # fmt: skip

    def _named(self, version: str) -> Scheme | None:
        return reading.version_named(self._session, self._project_id, version)

    def _earlier(self, layer: str, label: str) -> str | None:
        """An older version that has the label."""
        names = reversed(reading.version_names(self._session, self._project_id))
        return next((name for name in names if (found := self._named(name)) and label in _ids(found, layer)), None)


def _ids(scheme: Scheme, layer: str) -> set[str]:
    return {label.id for label in scheme.layer(layer)}


def _mapped(schemes: _Schemes, found: dict[_Use, list[int]], options: ImportOptions) -> list[Mapped]:
    foreign = options.format in FOREIGN
    made: dict[tuple[str, str], Mapped] = {}
    for use, (count, line) in found.items():
        layer, theirs, _ = use
        ours = options.labels.get(theirs, theirs) if foreign and layer == "entities" else theirs
        why = schemes.why_not(use)
        before = made.get((layer, theirs))
        if before is not None:  # in answers that name another version
            count, line, why = before.count + count, min(before.line, line), before.why or why
        made[layer, theirs] = Mapped(layer, theirs, None if why else ours, count, line, why)
    unused = [
        Mapped("entities", theirs, None, 0, 0, Fault("is mapped, but no mark of this file has it"))
        for theirs in options.labels if foreign and ("entities", theirs) not in made
    ]  # fmt: skip
    return sorted([*made.values(), *unused], key=lambda one: (LABELS.index(one.layer), one.line, one.theirs))


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


def _why(theirs: str, ours: str, *, foreign: bool, retired: bool, earlier: str | None) -> Fault:
    if ours != theirs and retired:
        return Fault("is mapped to “{ours}”, which is retired here", {"ours": ours})
    if ours != theirs:
        return Fault("is mapped to “{ours}”, which is no label here", {"ours": ours})
    if retired:
        return Fault("is retired here: a new answer may hold it only where it names an older version of the scheme")
    if earlier is not None and not foreign:
        return Fault("is no label here any more, but was one in {version}: have the answers name that version",
                     {"version": earlier})  # fmt: skip
    if foreign:
        return Fault("is no label here; map it as {theirs}=…", {"theirs": theirs}, remedy="map")
    return Fault("is no label here; add it to the label scheme first")


def _answers(raw: bytes, options: ImportOptions) -> Iterator[tuple[int, Any, str | None]]:
    """The line of each answer, its labels as JSON under the names of the file, and the version that it names."""
    if options.format == "text":
        return
    if options.format in FOREIGN:
        raw, _ = as_utf8(raw, file=options.name, encoding=options.encoding)
        for number, content in tools.TOOLS[options.format](raw, foreign_reading(options), options.name):
            yield from ((number, annotation["labels"], None) for annotation in content["annotations"])
        return
    for line in read_lines(raw, options, []):
        yield from ((line.line_number, annotation.labels, annotation.scheme) for annotation in line.annotations)


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
