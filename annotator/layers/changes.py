"""Changing a scheme field by field, as its page does: names, definitions, keys, colours; labels added and retired.

A field is named `layer.label.part`, with the layers of PLACES (`claim_type.fact.key`); `claim_type.+.ar` is of a label
to be added, `commands.speakers` the key of a command. Fields that are left out stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotator.errors import Fault, Refused
from annotator.layers.keys import COMMANDS, command_keys, command_named, key_code, key_text
from annotator.layers.scheme import Scheme, parse_scheme
from annotator.layers.scheme_faults import NEEDED, PLACES, clash

NAME_LIMIT = 200  # characters of a label's name
TEXT_LIMIT = 2_000  # characters of a definition
ADDED = "+"
_TEXTS = {"ar": NAME_LIMIT, "en": NAME_LIMIT, "def_ar": TEXT_LIMIT, "def_en": TEXT_LIMIT}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")


def changed_scheme(scheme: Scheme, fields: Mapping[str, str]) -> str:
    """The scheme as JSON text with the fields changed. Raises Refused with every fault, each at its field."""
    content = json.loads(scheme.content)
    changing = _Changing(content, fields)
    for name in PLACES:
        changing.layer(name)
    changing.commands()
    if changing.faults:
        raise Refused(changing.faults)
    source = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    try:
        parse_scheme(source)
    except Refused as refusal:
        raise Refused(replace(fault, file=None, path=_field(content, fault.path)) for fault in refusal.faults) from None
    return source


class _Changing:
    """The content that changes in place, and what is wrong with the fields."""

    def __init__(self, content: dict[str, Any], fields: Mapping[str, str]) -> None:
        self.content, self.fields = content, fields
        self.faults: list[Fault] = []
        before = {code for code, _, _ in _keys_of_labels(content)}
        self.wanted = command_keys(content.get("global_keys", {}), before)

    def refuse(self, message: str, path: str, **values: object) -> None:
        self.faults.append(Fault(message, values, path))

    def layer(self, name: str) -> None:
        layer, place = PLACES[name]
        labels = self.content["layers"][layer][place]
        for entry in labels:
            self.label(name, entry, entry["id"])
        added: dict[str, Any] = {"id": "", "ar": "", "en": ""}
        if not any(self.fields.get(f"{name}.{ADDED}.{part}", "").strip() for part in ("ar", "en", "key")):
            return
        self.label(name, added, ADDED)
        added["id"] = _id_of(added["en"], {entry["id"] for entry in labels})
        if added["en"] and not added["id"]:
            self.refuse("The English name “{value}” gives no id: it needs a Latin letter or a digit.",
                        f"{name}.{ADDED}.en", value=added["en"])  # fmt: skip
        labels.append(added)

    def label(self, name: str, entry: dict[str, Any], label: str) -> None:
        """Take what the fields say of one label."""
        at = f"{name}.{label}"
        for part, limit in _TEXTS.items():
            needed = label == ADDED and part in ("ar", "en")
            if (text := self.fields.get(f"{at}.{part}", "" if needed else None)) is None:
                continue
            text = " ".join(text.split())
            if len(text) > limit:
                self.refuse("This has {length} characters; the limit is {limit}.", f"{at}.{part}",
                            length=len(text), limit=limit)  # fmt: skip
            elif not text and part in ("ar", "en"):
                self.refuse("Every label needs a name in Arabic and in English.", f"{at}.{part}")
            elif text or part in entry:
                entry[part] = text
        self.look(at, entry)
        retired = self.fields.get(f"{at}.retired")
        if retired and entry["id"] in NEEDED.get(name, ()):
            self.refuse("“{value}” cannot be retired: the rules between layers need it.", f"{at}.retired",
                        value=entry["ar"])  # fmt: skip
        elif retired:
            entry.update(key=None, retired=True)
        elif retired is not None and entry.pop("retired", False):
            entry.setdefault("key", None)

    def look(self, at: str, entry: dict[str, Any]) -> None:
        """Its key and its colour."""
        if (key := self.key(f"{at}.key")) is not _UNTOLD and (key or "key" in entry):
            entry["key"] = key
        colour = self.fields.get(f"{at}.colour")
        if colour and not _COLOUR.match(colour):
            self.refuse("“{value}” is no colour: write it as #1f6f8b.", f"{at}.colour", value=colour[:60])
        elif colour:
            entry["colour"] = colour.lower()
        elif colour is not None:
            entry.pop("colour", None)

    def key(self, path: str) -> Any:
        """The code of a typed key; null for none."""
        typed = self.fields.get(path)
        if typed is None:
            return _UNTOLD
        if not typed.strip():
            return None
        code = key_code(typed)
        if code is None or (code.startswith("Shift+") and not path.startswith("commands.")):
            self.refuse("“{value}” is no key: type one letter, digit or sign, as the keyboard prints it.", path,
                        value=typed[:60])  # fmt: skip
            return _UNTOLD
        return code

    def commands(self) -> None:
        """Write into `global_keys` which commands have another key than their own; two meanings are refused."""
        before = self.content.get("global_keys", {})
        wanted = self.wanted
        for command in COMMANDS:
            if (key := self.key(f"commands.{command.id}")) is not _UNTOLD:
                wanted[command.id] = key
        told = [(wanted[c.id], f"“{c.ar}” ({c.en})", f"commands.{c.id}") for c in COMMANDS]
        self.faults += _clashes([*_keys_of_labels(self.content), *told])
        self.faults += _clashes(_keys_of_entities(self.content))
        homes = {command.key: command.id for command in COMMANDS}
        described = {
            code: text for code, text in before.items()
            if not command_named(text) and (code not in homes or wanted[homes[code]] == code)
        }  # fmt: skip
        moved = {wanted[c.id]: c.id for c in COMMANDS if wanted[c.id] not in (None, c.key)}
        if moved or before:
            self.content["global_keys"] = {**described, **moved}


_UNTOLD = object()


_Meaning = tuple[str | None, str, str]  # code, name, field


def _keys_of_labels(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every label's key that applies while no words are selected."""
    for name in PLACES:
        if name != "entities":
            yield from _keys_of(content, name)


def _keys_of_entities(content: Mapping[str, Any]) -> list[_Meaning]:
    return list(_keys_of(content, "entities"))


def _keys_of(content: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, str]]:
    layer, place = PLACES[name]
    for entry in content["layers"][layer][place]:
        if entry.get("key") and not entry.get("retired"):
            yield entry["key"], f"“{entry['ar']}” ({entry['en']})", f"{name}.{entry['id'] or ADDED}.key"


def _clashes(meanings: Iterable[_Meaning]) -> Iterator[Fault]:
    """Keys with two meanings, both named."""
    seen: dict[str, str] = {}
    for code, name, field in meanings:
        if code is not None and code in seen:
            yield clash(key_text(code), seen[code], name, field)
        elif code is not None:
            seen[code] = name


def _id_of(name: str, taken: set[str]) -> str:
    """An id from an English name: `new claim` becomes new_claim; with a counter where that is taken."""
    stem = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:70]
    found, count = stem, 1
    while found in taken:
        count += 1
        found = f"{stem}_{count}"
    return found


def _field(content: Mapping[str, Any], path: str) -> str:
    """The field that a path of the file stands for."""
    for name, (layer, place) in PLACES.items():
        found = re.fullmatch(rf"layers\.{layer}\.{place}\[(\d+)\]\.(\w+)", path)
        if found:
            return f"{name}.{content['layers'][layer][place][int(found[1])]['id']}.{found[2]}"
    return path
