"""What a scheme file must be: every fault with its field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from annotator.errors import Fault
from annotator.layers.answer import ARTICLE, UNCLEAR
from annotator.text.nested import bad_texts

TEXT_LIMIT = 500  # characters of a name, over the API too
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}\Z")
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
_IN_NO_NAME = re.compile("[@\0-\x1f\x7f]")


def faults(content: object) -> Iterator[Fault]:
    """What is wrong with a parsed scheme file, each with its field."""
    if not isinstance(content, dict):
        yield Fault("The scheme is not a JSON object.")
        return
    for path, at, code in bad_texts(content):
        yield Fault("Character {at} is U+{code}, which no text holds.", {"at": at, "code": code}, path)
    for key in ("name", "version"):
        value = content.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > 100 or _IN_NO_NAME.search(value):
            yield Fault("“{value}” is not a text of 1 to 100 characters without @.", {"value": value}, key)
    language = content.get("language", "ar")
    if not isinstance(language, str) or not _LANGUAGE.match(language):
        yield Fault("“{value}” is no language: write its code, as ar.", {"value": _short(language)}, "language")
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


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= TEXT_LIMIT


def _short(value: object) -> str:
    return str(value)[:60]


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
        for key in ("def_ar", "def_en"):
            if not isinstance(entry.get(key, ""), str):
                yield Fault("“{value}” is not a text.", {"value": _short(entry[key])}, f"{at}.{key}")
        if not isinstance(entry.get("colour"), str | None):
            yield Fault("“{value}” is not a text.", {"value": _short(entry["colour"])}, f"{at}.colour")
        if not isinstance(entry.get("retired", False), bool):
            yield Fault("“{value}” is none of {known}.", {"value": _short(entry["retired"]), "known": "true, false"},
                        f"{at}.retired")  # fmt: skip
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
        for key in ("canonical", "en", "wikidata"):
            if key == "canonical" and entry.get(key) in (None, ""):
                yield Fault("This is missing.", {}, f"{at}.{key}")
            elif entry.get(key) is not None and not _is_name(entry[key]):
                yield Fault("“{value}” is not a text of 1 to 500 characters.", {"value": _short(entry[key])},
                            f"{at}.{key}")  # fmt: skip
        if entry.get("kind") not in kinds:
            yield Fault("“{value}” is none of {known}.",
                        {"value": entry.get("kind"), "known": ", ".join(map(str, kinds))}, f"{at}.kind")  # fmt: skip
        if entry.get("scope", "project") not in ("project", "document"):
            yield Fault("“{value}” is none of {known}.",
                        {"value": entry.get("scope"), "known": "project, document"}, f"{at}.scope")  # fmt: skip
        aliases = entry.get("aliases", [])
        if not isinstance(aliases, list) or not all(map(_is_name, aliases)):
            yield Fault("“{value}” is not a list of names.", {"value": _short(aliases)}, f"{at}.aliases")
            continue
        for alias in aliases:
            if spelled.get(alias, entry["id"]) != entry["id"]:
                yield Fault("The alias “{value}” belongs to “{other}” already.",
                            {"value": alias, "other": spelled[alias]}, f"{at}.aliases")  # fmt: skip
            spelled.setdefault(alias, entry["id"])
