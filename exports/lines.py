"""What readers give: a line as it came, its types checked, its labels not yet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from annotator.errors import Fault, Refused
from annotator.layers.quick import quick
from annotator.text.decoding import FORBIDDEN
from annotator.text.nested import IN_NO_TEXT, bad_texts

_FILE = re.compile(r'[^/\\:\0-\x1f\x7f\ud800-\udfff"<>|?*]{1,255}\Z')
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z\Z", re.ASCII)
FORMAT = "isnad/1"
STATES = ("draft", "submitted", "skipped")
_LINE_KEYS = {
    "format", "id", "project", "document", "start", "end", "kind", "text", "text_sha256", "annotations",
    "gold", "soft", "split", "group", "meta",
}  # fmt: skip
_ANNOTATION_KEYS = {
    "annotator", "state", "version", "skip_reason", "flag", "labels", "comment", "active_ms", "created_at",
    "updated_at", "scheme", "guideline", "provenance",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a line tells of its document; `sha256` null: to be computed."""

    file: str
    sha256: str | None = None
    outlet: str | None = None
    event: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ReadAnnotation:
    """An answer as it came; `labels` is JSON, to be parsed against text and scheme."""

    annotator: str
    labels: dict[str, Any]
    state: str = "submitted"
    version: int | None = None
    skip_reason: str | None = None
    flag: str | None = None
    comment: str | None = None
    active_ms: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    scheme: str | None = None
    guideline: str | None = None
    provenance: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One unit as it came. `unknown`: keys that mean nothing here and are left out.

    `gold` (labels, basis, votes) is for who verifies or reads a file; an import computes its own.
    """

    line_number: int
    text: str
    id: str | None = None
    document: ReadDocument | None = None
    start: int | None = None
    end: int | None = None
    kind: str | None = None
    annotations: tuple[ReadAnnotation, ...] = ()
    split: str | None = None
    group: str | None = None
    meta: dict[str, Any] | None = None
    unknown: tuple[str, ...] = ()
    gold: dict[str, Any] | None = None


_new_line, _new_annotation = quick(ReadLine), quick(ReadAnnotation)


def bare_line(line_number: int, text: str) -> ReadLine:
    """A line that holds nothing but its sound text."""
    return _new_line(line_number=line_number, text=text)


def read_line(content: object, line_number: int, *, clean: bool = False) -> ReadLine:
    """A line of the format of record from its JSON. Raises Refused with every fault and its field.

    `clean`: it is known that no text in it holds a character that no text holds.
    """
    if not isinstance(content, dict):
        raise Refused("The line is not a JSON object.")
    reading = Reading([], clean)
    text = reading.text(content, "text", required=True)
    bad = None if clean or text is None else FORBIDDEN.search(text)
    if bad:
        reading.fault("Character {at} is U+{code}, which no text holds.", "text", at=bad.start(),
                      code=f"{ord(bad.group()):04X}")  # fmt: skip
    if text is not None and not text.strip():
        reading.fault("The text is empty.", "text")
    if text is not None and ("\n" in text or "\r" in text):
        reading.fault("A unit holds no line break.", "text")
    start, end = reading.number(content, "start"), reading.number(content, "end")
    if text is not None and start is not None and end is not None and end - start != len(text):
        reading.fault("{start}–{end} are {count} characters, but the text has {length}: count code points.",
                      "end", start=start, end=end, count=end - start, length=len(text))  # fmt: skip
    digest = reading.text(content, "text_sha256")
    if digest is not None and text is not None:
        if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != digest:
            reading.fault("“{value}” is not the SHA-256 of the text.", "text_sha256", value=digest[:80])
    form = content.get("format")
    if form is not None and form != FORMAT:
        reading.fault("“{value}” is none of {known}.", "format", value=str(form)[:60], known=FORMAT)
    answers = content.get("annotations")
    if answers is not None and not isinstance(answers, list):
        reading.fault("“{value}” is not a list.", "annotations", value=str(answers)[:60])
        answers = None
    if len(content) == 1 and not reading.faults:
        return bare_line(line_number, text or "")
    meta, gold = reading.mapping(content, "meta"), reading.mapping(content, "gold")
    if gold is not None and not isinstance(gold.get("labels"), dict):
        reading.fault("This is not an object of labels.", "gold.labels")
    line = _new_line(
        line_number=line_number, text=text or "", id=reading.text(content, "id", most=200),
        document=reading.document(content.get("document")), start=start, end=end,
        kind=reading.text(content, "kind"),
        annotations=tuple(reading.annotation(a, f"annotations[{n}]") for n, a in enumerate(answers or [])),
        split=reading.text(content, "split", most=200), group=reading.text(content, "group", most=200),
        meta=meta, gold=gold,
        unknown=(*(k for k in content if k not in _LINE_KEYS), *reading.unknown),
    )  # fmt: skip
    if reading.faults:
        raise Refused(reading.faults)
    return line


class Reading:
    """Typed access to JSON fields, gathering faults."""

    def __init__(self, faults: list[Fault], clean: bool = False) -> None:
        self.faults, self.clean = faults, clean
        self.unknown: list[str] = []

    def fault(self, message: str, path: str, **values: object) -> None:
        self.faults.append(Fault(message, values, path))

    def text(
        self, source: Mapping[str, Any], key: str, *, at: str = "", required: bool = False, most: int = 16_000_000
    ) -> str | None:
        value = source.get(key)
        if value is None:
            if required:
                self.fault("This is missing.", f"{at}{key}")
            return None
        if self.clean and type(value) is str and len(value) <= most:
            return value
        path = f"{at}{key}"
        if not isinstance(value, str) or len(value) > most:
            self.fault("“{value}” is not a text of at most {limit} characters.", path,
                       value=str(value)[:60], limit=most)  # fmt: skip
            return None
        bad = IN_NO_TEXT.search(value)
        if bad:
            self.fault("Character {at} is U+{code}, which no text holds.", path, at=bad.start(),
                       code=f"{ord(bad.group()):04X}")  # fmt: skip
            return None
        return value

    def number(self, source: Mapping[str, Any], key: str, *, at: str = "", least: int = 0) -> int | None:
        value = source.get(key)
        if value is None:
            return None
        if type(value) is not int or not least <= value < 2**53:
            self.fault("“{value}” is not a whole number from {least} on.", f"{at}{key}", value=value, least=least)
            return None
        return value

    def mapping(self, source: Mapping[str, Any], key: str, *, at: str = "") -> dict[str, Any] | None:
        value = source.get(key)
        if not self.clean and isinstance(value, dict) and b"\\u0000" in orjson.dumps(value):
            faulty = [*bad_texts(value)]
            for path, place, code in faulty:
                self.fault("Character {at} is U+{code}, which no text holds.", f"{at}{key}.{path}".rstrip("."),
                           at=place, code=code)  # fmt: skip
            if faulty:
                return None
        if value is None or isinstance(value, dict):
            return value
        self.fault("“{value}” is not an object.", f"{at}{key}", value=str(value)[:60])
        return None

    def document(self, value: object) -> ReadDocument | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault("“{value}” is not an object.", "document", value=str(value)[:60])
            return None
        at = "document."
        file = self.text(value, "file", at=at, required=True)
        if file is not None and (not _FILE.match(file) or file in (".", "..") or len(file.encode()) > 255):
            self.fault("“{value}” is no file name: 1 to 255 characters, none of them a control or one of {forbidden}.",
                       "document.file", value=file[:300], forbidden='/ \\ : " < > | ? *')  # fmt: skip
        digest = self.text(value, "sha256", at=at)
        if digest is not None and not _SHA256.match(digest):
            self.fault("“{value}” is no SHA-256: 64 hexadecimal digits.", "document.sha256", value=digest[:80])
        self.unknown += [f"document.{k}" for k in value if k not in ("file", "sha256", "outlet", "event", "language")]
        return ReadDocument(
            file or "", digest, self.text(value, "outlet", at=at, most=200),
            self.text(value, "event", at=at, most=200), self.text(value, "language", at=at, most=35),
        )  # fmt: skip

    def annotation(self, value: object, path: str) -> ReadAnnotation:
        if not isinstance(value, dict):
            self.fault("“{value}” is not an object.", path, value=str(value)[:60])
            return ReadAnnotation("", {})
        at = f"{path}."
        labels = value.get("labels")
        if self.clean and len(value) == 2 and "annotator" in value and isinstance(labels, dict):
            who = self.text(value, "annotator", at=at, required=True, most=254)
            return _new_annotation(annotator=who or "", labels=labels)
        if not isinstance(labels, dict):
            self.fault("This is not an object of labels.", f"{at}labels")
            labels = {}
        else:
            labels = self.mapping(value, "labels", at=at) or {}
        told = self.text(value, "state", at=at)
        state = "submitted" if told is None else told
        if state not in STATES:
            self.fault("“{value}” is none of {known}.", f"{at}state", value=state, known=", ".join(STATES))
        provenance = self.mapping(value, "provenance", at=at)
        times = {key: self.text(value, key, at=at) for key in ("created_at", "updated_at")}
        for key, moment in times.items():
            if moment is not None and not _MOMENT.match(moment):
                self.fault("“{value}” is no time: write it as 2026-01-31T12:00:00Z.", f"{at}{key}", value=moment[:60])
        skip_reason = self.text(value, "skip_reason", at=at, most=10_000)
        if state == "skipped" and not skip_reason:
            self.fault("A skip needs its reason.", f"{at}skip_reason")
        self.unknown += [f"annotations.{k}" for k in value if k not in _ANNOTATION_KEYS]
        return _new_annotation(
            annotator=self.text(value, "annotator", at=at, required=True, most=254) or "", labels=labels,
            state=state, version=self.number(value, "version", at=at, least=1), skip_reason=skip_reason,
            flag=self.text(value, "flag", at=at, most=10_000), comment=self.text(value, "comment", at=at, most=10_000),
            active_ms=self.number(value, "active_ms", at=at), created_at=times["created_at"],
            updated_at=times["updated_at"], scheme=self.text(value, "scheme", at=at, most=250),
            guideline=self.text(value, "guideline", at=at, most=250), provenance=provenance or {},
        )  # fmt: skip
