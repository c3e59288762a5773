"""The label scheme: what may be answered, with names, definitions and keys."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.errors import Refused
from annotator.layers.scheme_faults import PLACES
from annotator.layers.scheme_faults import faults as faults_of

LIMIT = 2_000_000  # bytes of a scheme file


@dataclass(frozen=True, slots=True)
class Label:
    """One possible answer. `key` is a KeyboardEvent.code; `retired`: kept for old answers only."""

    id: str
    ar: str
    en: str
    def_ar: str = ""
    def_en: str = ""
    key: str | None = None
    colour: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class SpeakerEntry:
    """A speaker that the scheme brings along for the project's registry."""

    id: str
    canonical: str
    en: str | None
    kind: str
    scope: str
    aliases: tuple[str, ...]
    wikidata: str | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A parsed scheme. `content` is the file as JSON text with its keys in order: what is stored and served."""

    name: str
    version: str
    language: str
    speaker_kinds: tuple[Label, ...]
    reserved: tuple[Label, ...]
    attributions: tuple[Label, ...]
    targets: tuple[Label, ...]
    stance_values: tuple[Label, ...]
    claim_types: tuple[Label, ...]
    entity_labels: tuple[Label, ...]
    global_keys: Mapping[str, str]
    speakers: tuple[SpeakerEntry, ...]
    content: str

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"

    def layer(self, name: str) -> tuple[Label, ...]:
        """The labels of a layer, by its name in PLACES."""
        return {
            "speaker_kinds": self.speaker_kinds, "reserved": self.reserved, "attribution": self.attributions,
            "stance_target": self.targets, "stance": self.stance_values, "claim_type": self.claim_types,
            "entities": self.entity_labels,
        }[name]  # fmt: skip

    def retired_labels(self) -> list[tuple[str, str]]:
        """(layer, label) of what is kept for old answers only."""
        return [(name, label.id) for name in PLACES for label in self.layer(name) if label.retired]


def parse_scheme(source: bytes | str, *, file: str = "scheme.json") -> Scheme:
    """Read a scheme in the form of `seeds/scheme.json`. Raises Refused with every fault, its file and field."""
    try:
        content = json.loads(source, parse_constant=_no_constant)
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise Refused("This is not JSON: {reason}.", reason=str(error)).at(file=file, line=line) from error
    if len(source) > LIMIT:
        raise Refused("The scheme has {size} bytes; the limit is {limit}.", size=len(source), limit=LIMIT).at(file=file)
    faults = list(faults_of(content))
    if faults:
        raise Refused(faults).at(file=file)
    return _scheme(content)


def parse_stored(source: str) -> Scheme:
    """A scheme that was checked when it was stored, perhaps by an older version of this program."""
    return _scheme(json.loads(source))


def _scheme(content: Mapping[str, Any]) -> Scheme:
    labels = {name: _labels(content, name) for name in PLACES}
    return Scheme(
        name=content["name"], version=str(content["version"]), language=content.get("language", "ar"),
        speaker_kinds=labels["speaker_kinds"], reserved=labels["reserved"], attributions=labels["attribution"],
        targets=labels["stance_target"], stance_values=labels["stance"], claim_types=labels["claim_type"],
        entity_labels=labels["entities"], global_keys=content.get("global_keys", {}),
        speakers=tuple(_speaker(entry) for entry in content.get("speakers", [])),
        content=json.dumps(content, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def retire(old: Scheme, new: Scheme, used: Mapping[str, Collection[str]]) -> Scheme:
    """`new`, with those labels of `old` that answers hold and `new` lacks, marked retired and without a key."""
    content = json.loads(new.content)
    changed = False
    for name, (layer, place) in PLACES.items():
        there = {label.id for label in new.layer(name)}
        before = {entry["id"]: entry for entry in json.loads(old.content)["layers"][layer].get(place, [])}
        for label in sorted(set(used.get(name, ())) - there):
            if label in before:
                content["layers"][layer][place].append({**before[label], "key": None, "retired": True})
                changed = True
    return parse_scheme(json.dumps(content, ensure_ascii=False)) if changed else new


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _labels(content: Mapping[str, Any], name: str) -> tuple[Label, ...]:
    layer, place = PLACES[name]
    return tuple(
        Label(
            id=entry["id"], ar=entry["ar"], en=entry["en"], def_ar=entry.get("def_ar", ""),
            def_en=entry.get("def_en", ""), key=entry.get("key"), colour=entry.get("colour"),
            retired=entry.get("retired", False),
        )
        for entry in content["layers"][layer].get(place, [])
    )  # fmt: skip


def _speaker(entry: Mapping[str, Any]) -> SpeakerEntry:
    return SpeakerEntry(
        entry["id"], entry["canonical"], entry.get("en"), entry["kind"], entry.get("scope", "project"),
        tuple(entry.get("aliases", [])), entry.get("wikidata"),
    )  # fmt: skip
