"""Reading a release from its folder, and checking it from its files alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from annotator.errors import Fault, Refused
from annotator.layers.scheme import Scheme, parse_scheme
from annotator.releases.counts import SHOWN, count
from annotator.releases.leaks import parted
from annotator.releases.manifest import FILE, OLDER, check, read_manifest
from annotator.releases.splits import Unit
from annotator.snapshot import CHOICES, DECISIVE, Line, Snapshot, viewed
from annotator.text.kinds import SERVED
from exports.stored import stored_lines
from exports.verify import verify as verify_sentences

SENTENCES = "sentences.jsonl"
_TOLD = {"units", "gold", "splits"}  # of the sentences, in the manifest


@dataclass(frozen=True, slots=True)
class Checked:
    """What a release says of itself, and everything that is wrong with it."""

    manifest: dict[str, Any]
    faults: tuple[Fault, ...]


def lines(folder: Path) -> Iterator[Line]:
    """The units of a release with everything known of them, in the order of the format of record."""
    with open(folder / SENTENCES, "rb") as file:
        yield from stored_lines(file)


def scheme(folder: Path) -> Scheme:
    """The scheme that was in force."""
    return parse_scheme((folder / "scheme.json").read_bytes())


def snapshot(folder: Path, what: str, project: str | None = None) -> Snapshot:
    """A release as the formats read a project. `project`: its name, where the manifest is not written yet."""
    left_out: dict[str, int] = {}
    return Snapshot(
        project or read_manifest(folder)["project"], scheme(folder), viewed(lines(folder), what, left_out), what,
        left_out,
    )


def verify(folder: Path) -> Checked:
    """Check hashes, every sentence, the counts and the split. Needs nothing but the folder.

    Raises Refused where the folder holds no release.
    """
    manifest, faults = check(folder)
    if faults:
        return Checked(manifest, tuple(faults))
    try:
        report = verify_sentences(folder / SENTENCES, scheme=scheme(folder))
        faults += report.faults
        if not faults:
            faults += _contents(folder, manifest, CHOICES if manifest["format"] == OLDER else DECISIVE)
    except (OSError, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise Refused("The release cannot be read: {reason}.", reason=repr(error)).at(file=folder.name) from error
    return Checked(manifest, tuple(faults))


def _contents(folder: Path, manifest: dict[str, Any], decisive: Sequence[str]) -> Iterator[Fault]:
    """What can be counted again. The manifest stands in no hash: what it tells of the sentences is counted too."""
    told = orjson.loads((folder / "counts.json").read_bytes())
    found = count(lines(folder), decisive)
    for file, says, keys in (("counts.json", told, {*told, *found}), (FILE, manifest, manifest.keys() & _TOLD)):
        for key in sorted(keys):
            if says.get(key) != found.get(key):
                yield Fault("The file says {told}; counted from the sentences it is {found}.",
                            {"told": says.get(key), "found": found.get(key)}, key, file)  # fmt: skip
    units, parts = _units(lines(folder))
    for pair in parted(units, parts) if any(parts) else ():
        yield Fault("“{one}” and “{other}” are copies, but stand in {parts}.",
                    {"one": pair.one.text[:80], "other": pair.other.text[:80], "parts": ", ".join(pair.parts)},
                    "split", SENTENCES)  # fmt: skip


def _units(found: Iterable[Line]) -> tuple[list[Unit], list[str | None]]:
    units, parts = [], []
    for line in found:
        units.append(unit(line))
        parts.append(line.split)
    return units, parts


def unit(line: Line) -> Unit:
    """What a split needs of a line."""
    return Unit(line.id, line.document.file, line.document.event, line.group, line.text, _strata(line),
                line.kind in SERVED)  # fmt: skip


def _strata(line: Line) -> tuple[str, ...]:
    """The labels whose shares a split keeps: the gold ones."""
    if line.gold is None:
        return ()
    found = [f"entities:{entity.label}" for entity in line.gold.labels.entities]
    for row in line.gold.labels.statements[:1]:
        values = (row.attribution, row.stance.target, row.stance.value, row.claim_type)
        found += [f"{layer}:{value}" for layer, value in zip(SHOWN, values, strict=True) if value is not None]
    return tuple(found)
