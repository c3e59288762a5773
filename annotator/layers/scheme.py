"""The label scheme: what may be answered, with names, definitions and keys."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.errors import Fault, Refused
from annotator.layers.answer import ARTICLE, UNCLEAR

LIMIT = 2_000_000  # bytes of a scheme file
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,80}\Z")
_LAYERS = {"speaker": "reference", "stance": "stance", "claim_type": "choice", "entities": "span"}
#: Where each layer of labels stands in the file.
PLACES = {
    "speaker_kinds": ("speaker", "kinds"),
    "reserved": ("speaker", "reserved"),
    "attribution": ("speaker", "attribution"),
    "stance_target": ("stance", "targets"),
    "stance": ("stance", "values"),
    "claim_type": ("claim_type", "labels"),
    "entities": ("entities", "labels"),
}
#: Labels without which the rules between layers would have no meaning.
NEEDED = {"reserved": (ARTICLE, UNCLEAR), "attribution": ("none",), "stance": ("none",)}


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
    faults = list(_faults(content))
    if faults:
        raise Refused(faults).at(file=file)
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


def _faults(content: object) -> Iterator[Fault]:
    if not isinstance(content, dict):
        yield Fault("The scheme is not a JSON object.")
        return
    for key in ("name", "version"):
        value = content.get(key)
        if not isinstance(value, str) or not value.strip() or "@" in value or len(value) > 100:
            yield Fault("“{value}” is not a text of 1 to 100 characters without @.", {"value": value}, key)
    layers = content.get("layers")
    if not isinstance(layers, dict):
        yield Fault("This is missing.", {}, "layers")
        return
    sound = True
    for name, kind in _LAYERS.items():
        layer = layers.get(name)
        if not isinstance(layer, dict):
            yield Fault("This is missing.", {}, f"layers.{name}")
            sound = False
        elif layer.get("type", kind) != kind:
            yield Fault("“{value}” is none of {known}.", {"value": layer["type"], "known": kind}, f"layers.{name}.type")
    for name in set(layers) - set(_LAYERS):
        yield Fault("“{value}” is none of {known}.", {"value": name, "known": ", ".join(_LAYERS)}, "layers")
    if sound:
        faults = [fault for name in PLACES for fault in _label_faults(layers, name)]
        yield from faults or _key_faults(content)
        yield from _speaker_faults(content)


def _label_faults(layers: Mapping[str, Any], name: str) -> Iterator[Fault]:
    layer, place = PLACES[name]
    path = f"layers.{layer}.{place}"
    entries = layers[layer].get(place)
    if not isinstance(entries, list) or not entries:
        yield Fault("This is not a list of labels.", {}, path)
        return
    seen: set[str] = set()
    for n, entry in enumerate(entries):
        at = f"{path}[{n}]"
        if not isinstance(entry, dict):
            yield Fault("“{value}” is not an object.", {"value": entry}, at)
            continue
        label = entry.get("id")
        if not isinstance(label, str) or not _ID.match(label):
            yield Fault("“{value}” is not an id: up to 80 Latin letters, digits, and _ . : -",
                        {"value": label}, f"{at}.id")  # fmt: skip
        elif label in seen:
            yield Fault("The id “{value}” is there twice.", {"value": label}, f"{at}.id")
        else:
            seen.add(label)
        for key in ("ar", "en"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                yield Fault("Every label needs a name in Arabic and in English.", {}, f"{at}.{key}")
        if entry.get("key") is not None and not isinstance(entry["key"], str):
            yield Fault("“{value}” is no key: write it as KeyQ or Digit1.", {"value": entry["key"]}, f"{at}.key")
    for label in NEEDED.get(name, ()):
        if label not in seen:
            yield Fault("The label “{value}” is missing; the rules between layers need it.", {"value": label}, path)


def _key_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """One key, one meaning: sentence keys among themselves and with the commands; entity keys among themselves."""
    commands = content.get("global_keys", {})
    if not isinstance(commands, dict):
        yield Fault("“{value}” is not an object.", {"value": commands}, "global_keys")
        return
    sentence: dict[str, str] = {key: f"“{text}” (global_keys)" for key, text in commands.items()}
    spans: dict[str, str] = {}
    for name, (layer, place) in PLACES.items():
        taken = spans if name == "entities" else sentence
        for n, entry in enumerate(content["layers"][layer][place]):
            key = entry.get("key")
            path = f"layers.{layer}.{place}[{n}].key"
            if key is None or entry.get("retired"):
                continue
            own = f"“{entry['ar']}” ({path})"
            if key in taken:
                yield clash(key, taken[key], own, path)
            taken.setdefault(key, own)


def clash(key: str, first: str, second: str, path: str) -> Fault:
    """One key with two meanings, both named."""
    values = {"key": key, "first": first, "second": second}
    return Fault("The key {key} would mean both {first} and {second}: give one of them another key.", values, path)


def _speaker_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    entries = content.get("speakers", [])
    if not isinstance(entries, list):
        yield Fault("“{value}” is not a list.", {"value": entries}, "speakers")
        return
    layer = content["layers"]["speaker"].get("kinds")
    kinds = [kind.get("id") for kind in layer if isinstance(kind, dict)] if isinstance(layer, list) else []
    ids: set[str] = set()
    spelled: dict[str, str] = {}
    for n, entry in enumerate(entries):
        at = f"speakers[{n}]"
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or not _ID.match(entry["id"]):
            yield Fault("“{value}” is not an id: up to 80 Latin letters, digits, and _ . : -",
                        {"value": entry.get("id") if isinstance(entry, dict) else entry}, f"{at}.id")  # fmt: skip
            continue
        if entry["id"] in ids:
            yield Fault("The id “{value}” is there twice.", {"value": entry["id"]}, f"{at}.id")
        ids.add(entry["id"])
        if not isinstance(entry.get("canonical"), str) or not entry["canonical"].strip():
            yield Fault("This is missing.", {}, f"{at}.canonical")
        if entry.get("kind") not in kinds:
            yield Fault("“{value}” is none of {known}.",
                        {"value": entry.get("kind"), "known": ", ".join(map(str, kinds))}, f"{at}.kind")  # fmt: skip
        if entry.get("scope", "project") not in ("project", "document"):
            yield Fault("“{value}” is none of {known}.",
                        {"value": entry.get("scope"), "known": "project, document"}, f"{at}.scope")  # fmt: skip
        aliases = entry.get("aliases", [])
        if not isinstance(aliases, list) or not all(isinstance(alias, str) and alias.strip() for alias in aliases):
            yield Fault("“{value}” is not a list of names.", {"value": aliases}, f"{at}.aliases")
            continue
        for alias in aliases:
            if spelled.get(alias, entry["id"]) != entry["id"]:
                yield Fault("The alias “{value}” belongs to “{other}” already.",
                            {"value": alias, "other": spelled[alias]}, f"{at}.aliases")  # fmt: skip
            spelled.setdefault(alias, entry["id"])
