"""From JSON to labels and back: one validation for the screen, the API and every import."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Protocol

from annotator.errors import Fault, Refused
from annotator.layers.answer import ARTICLE, Entity, Labels, Speaker, Stance, Statement
from annotator.layers.quick import quick
from annotator.layers.scheme import Label, Scheme
from annotator.layers.span import clashes, parse_offsets
from annotator.layers.stored import entity_rows, statement_rows
from annotator.text.offsets import utf16_length

MOST_STATEMENTS = 50
MOST_ENTITIES = 2000
_new_speaker, _new_stance, _new_statement = quick(Speaker), quick(Stance), quick(Statement)
_new_entity, _new_labels = quick(Entity), quick(Labels)


class KnownSpeaker(Protocol):
    """What the labels need to know of a registry entry."""

    @property
    def id(self) -> str: ...
    @property
    def canonical(self) -> str: ...
    @property
    def kind(self) -> str: ...


def speaker_ids(payload: object) -> set[str]:
    """The ids of the speakers that labels name, as far as they can be read."""
    statements = payload.get("statements") if isinstance(payload, dict) else None
    found = set()
    for statement in statements if isinstance(statements, list) else []:
        speaker = statement.get("speaker") if isinstance(statement, dict) else None
        if isinstance(speaker, dict) and isinstance(speaker.get("id"), str):
            found.add(speaker["id"])
    return found


def parse_labels(
    payload: object,
    *,
    text: str,
    scheme: Scheme,
    speakers: Mapping[str, KnownSpeaker],
    complete: bool,
    path: str = "",
    kept: Collection[Label] | None = None,
) -> Labels:
    """The labels of the sentence `text`, in the form of the format of record.

    With `complete`, every statement must be answered in full and there must be one; without, answers
    may be missing (null), but what is there must be sound. Of retired labels only those in `kept` are taken; null: all
    of the scheme. Raises Refused with every fault and its path.
    """
    if not isinstance(payload, dict):
        raise Refused("“{value}” is not an object.", path=path, value=str(payload)[:60])
    parsing = _Parsing(text, scheme, speakers, complete, kept)
    labels = _new_labels(parsing.statements(payload.get("statements")), parsing.entities(payload.get("entities")))
    if parsing.faults:
        raise Refused(parsing.faults).at(path=path)
    return labels


class _Parsing:
    """The faults and the fixed surroundings of one parse."""

    def __init__(
        self, text: str, scheme: Scheme, speakers: Mapping[str, KnownSpeaker], complete: bool,
        kept: Collection[Label] | None,
    ) -> None:  # fmt: skip
        self.text, self.scheme, self.speakers, self.complete, self.kept = text, scheme, speakers, complete, kept
        self.faults: list[Fault] = []

    def refuse(self, message: str, path: str, **values: object) -> None:
        self.faults.append(Fault(message, values, path))

    def listed(self, payload: object, path: str, most: int) -> list[object]:
        if payload is None:
            return []
        if not isinstance(payload, list):
            self.refuse("“{value}” is not a list.", path, value=str(payload)[:60])
            return []
        if len(payload) > most:
            self.refuse("There are {count}; the limit is {limit}.", path, count=len(payload), limit=most)
            return []
        return payload

    def statements(self, payload: object) -> tuple[Statement, ...]:
        rows = self.listed(payload, "statements", MOST_STATEMENTS)
        if self.complete and not rows and not self.faults:
            self.refuse("A submitted answer needs its primary statement.", "statements")
        found = [self.statement(row, f"statements[{n}]") for n, row in enumerate(rows)]
        return tuple(statement for statement in found if statement is not None)

    def statement(self, row: object, path: str) -> Statement | None:
        if not isinstance(row, dict):
            self.refuse("“{value}” is not an object.", path, value=str(row)[:60])
            return None
        speaker = self.speaker(row.get("speaker"), f"{path}.speaker")
        attribution = self.choice(row.get("attribution"), self.scheme.attributions, f"{path}.attribution")
        stance = self.stance(row.get("stance"), f"{path}.stance")
        claim_type = self.choice(row.get("claim_type"), self.scheme.claim_types, f"{path}.claim_type")
        if speaker is not None and attribution is not None and (speaker.id == ARTICLE) != (attribution == "none"):
            self.refuse("Attribution none belongs to the article's own voice, and to nobody else.",
                        f"{path}.attribution")  # fmt: skip
        return _new_statement(speaker, attribution, stance, claim_type)

    def choice(self, value: object, labels: tuple[Label, ...], path: str) -> str | None:
        if value is None:
            if self.complete:
                self.refuse("This is not answered.", path)
            return None
        if isinstance(value, str):
            for label in labels:
                if label.id == value:
                    if label.retired and self.kept is not None and label not in self.kept:
                        self.refuse("“{value}” is retired: answers that hold it keep it, new ones cannot choose it.",
                                    path, value=value)  # fmt: skip
                        return None
                    return value
        known = ", ".join(label.id for label in labels if self.kept is None or not label.retired)
        self.refuse("“{value}” is none of {known}.", path, value=str(value)[:60], known=known)
        return None

    def speaker(self, value: object, path: str) -> Speaker | None:
        if value is None:
            if self.complete:
                self.refuse("This is not answered.", path)
            return None
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            self.refuse("A speaker is an object with the id of a registry entry.", f"{path}.id")
            return None
        for name in ("canonical", "kind"):
            if value.get(name) is not None and not isinstance(value[name], str):
                self.refuse("“{value}” is not a text.", f"{path}.{name}", value=str(value[name])[:60])
        entry = self.speakers.get(value["id"])
        if entry is None:
            self.refuse("“{value}” is no speaker of this project.", f"{path}.id", value=value["id"][:60])
            return None
        offsets = None
        if value.get("start") is not None or value.get("end") is not None or value.get("text"):
            offsets = parse_offsets(value, self.text, path, self.faults)
        if offsets is None:
            return Speaker(entry.id, entry.canonical, entry.kind)
        return _new_speaker(entry.id, entry.canonical, entry.kind, *offsets, self.text[slice(*offsets)])

    def stance(self, value: object, path: str) -> Stance:
        if value is None:
            if self.complete:
                self.refuse("This is not answered.", path)
            return Stance()
        if not isinstance(value, dict):
            self.refuse("“{value}” is not an object.", path, value=str(value)[:60])
            return Stance()
        target = value.get("target")
        if target is not None:
            target = self.choice(target, self.scheme.targets, f"{path}.target")
        stance = self.choice(value.get("value"), self.scheme.stance_values, f"{path}.value")
        if stance is not None and (stance == "none") != (value.get("target") is None):
            self.refuse("Stance none means that there is no target, and only that.", path)
        return _new_stance(target, stance)

    def entities(self, payload: object) -> tuple[Entity, ...]:
        found: list[tuple[str, Entity]] = []
        for n, row in enumerate(self.listed(payload, "entities", MOST_ENTITIES)):
            path = f"entities[{n}]"
            if not isinstance(row, dict):
                self.refuse("“{value}” is not an object.", path, value=str(row)[:60])
                continue
            before = len(self.faults)
            label = self.choice(row.get("label"), self.scheme.entity_labels, f"{path}.label")
            if label is None and len(self.faults) == before:
                self.refuse("This is not answered.", f"{path}.label")
            offsets = parse_offsets(row, self.text, path, self.faults)
            if offsets is not None and label is not None:
                found.append((path, _new_entity(*offsets, self.text[slice(*offsets)], label)))
        self.faults += clashes(found)
        return tuple(sorted((e for _, e in found), key=lambda e: (e.start, -e.end, e.label)))


def retired_in(labels: Labels, scheme: Scheme) -> frozenset[Label]:
    """The retired labels of the scheme that an answer holds."""
    held: set[tuple[str, str | None]] = {("entities", label) for _, _, label in entity_rows(labels)}
    for *_, attribution, target, value, claim_type in statement_rows(labels):
        held |= {("attribution", attribution), ("stance_target", target), ("stance", value), ("claim_type", claim_type)}
    return frozenset(
        label for layer, name in held for label in scheme.layer(layer) if label.retired and label.id == name
    )


def labels_json(labels: Labels, text: str) -> dict[str, Any]:
    """The labels of the sentence `text` in the form of the format of record, keys in their order."""
    wide = _wide(text)
    return {
        "statements": [
            {
                "speaker": None if key is None
                else {"id": key, "canonical": canonical, "kind": kind, "start": start, "end": end,
                      "text": None if start is None else text[start:end]},
                "attribution": attribution,
                "stance": {"target": target, "value": value},
                "claim_type": claim_type,
            }
            for key, canonical, kind, start, end, attribution, target, value, claim_type in statement_rows(labels)
        ],
        "entities": [
            {"start": start, "end": end, "start_utf16": start + bisect_left(wide, start) if wide else start,
             "end_utf16": end + bisect_left(wide, end) if wide else end, "text": text[start:end], "label": label}
            for start, end, label in entity_rows(labels)
        ],
    }  # fmt: skip


@lru_cache(256)
def _wide(text: str) -> list[int]:
    """Where the characters stand that take two UTF-16 units; found once, a lookup per offset is then cheap."""
    return [n for n, c in enumerate(text) if c > "\uffff"] if utf16_length(text) > len(text) else []
