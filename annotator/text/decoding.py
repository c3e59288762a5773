"""Bytes to text: UTF-8, or UTF-16 with a byte order mark, or what the importer names. Never a guess.

The text is kept exactly as decoded: a CR stays and counts as one code point, and, being white space,
lies between units. A byte order mark is no part of the text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from annotator.errors import Fault, Refused

#: NUL, the other C0 and C1 controls but tab and line breaks, lone surrogates, noncharacters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u061c]")
_ARABIC = re.compile("[\u0621-\u064a]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, and what is worth telling about how it came."""

    text: str
    notes: tuple[Fault, ...] = ()


def decode(raw: bytes, *, file: str, encoding: str | None = None) -> Decoded:
    """The text of a file. Raises Refused with position and cure for what is no clean text."""
    notes: list[Fault] = []
    bom = next(((mark, name) for mark, name in _BOMS if raw.startswith(mark)), None)
    if encoding is not None:
        text = _named(raw, encoding, file)
    elif bom is not None:
        mark, name = bom
        body = raw[len(mark) :] if name == "utf-8" else raw
        text = _strict(body, name, file)
        message = (
            "The byte order mark was removed; it is no part of the text."
            if name == "utf-8"
            else "The text was converted from {encoding}."
        )
        notes.append(Fault(message, {"encoding": name.upper()}, file=file))
    else:
        text = _strict(raw, "utf-8", file)
    text = text.removeprefix("\ufeff")
    _refuse_controls(text, file)
    if not text.strip():
        raise Refused("There is no text in it.").at(file=file)
    invisible = len(_INVISIBLE.findall(text))
    if invisible:
        notes.append(
            Fault("{count} invisible characters (direction marks, joiners) were kept; offsets count them.",
                  {"count": invisible}, file=file)
        )  # fmt: skip
    return Decoded(text, tuple(notes))


def _named(raw: bytes, encoding: str, file: str) -> str:
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError) as error:
        raise Refused("“{value}” is no encoding; Arabic texts that are not UTF-8 are mostly windows-1256.",
                      path="encoding", value=encoding).at(file=file) from error  # fmt: skip
    if not getattr(found, "_is_text_encoding", True):
        raise Refused("“{value}” is no encoding of text.", path="encoding", value=encoding).at(file=file)
    return _strict(raw, found.name, file)


def _strict(raw: bytes, encoding: str, file: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        preview = _preview(raw, error.start)
        if preview is None or encoding != "utf-8":
            raise Refused("Byte {at} is not {encoding}: the file is damaged or of another kind.",
                          at=error.start, encoding=encoding.upper()).at(file=file, line=line) from error  # fmt: skip
        raise Refused(
            "The file is not UTF-8 (byte {at}). Read as windows-1256 it says “{preview}”; if that is right, "
            "import it with --encoding windows-1256.", at=error.start, preview=preview,
        ).at(file=file, line=line) from error  # fmt: skip


def _preview(raw: bytes, at: int) -> str | None:
    """The words around a byte read as Windows-1256, when that looks like Arabic."""
    text = raw[max(0, at - 20) : at + 60].decode("windows-1256", "replace")
    if b"\0" in raw[:1000] or len(_ARABIC.findall(text)) * 2 < len(text.replace(" ", "")):
        return None
    return " ".join(text.split())


def _refuse_controls(text: str, file: str) -> None:
    match = _FORBIDDEN.search(text)
    if match is None:
        return
    at = match.start()
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    raise Refused(
        "Character {at} (column {column}) is the control character U+{code}; a text holds none. "
        "Remove it and import again.", at=at, column=column, code=f"{ord(match.group()):04X}",
    ).at(file=file, line=line)  # fmt: skip
