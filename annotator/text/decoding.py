"""Bytes to text, or a refusal that names the place and the cure.

A line break stays as it came: `\\r` counts in offsets and lies outside every unit.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from annotator.errors import Fault, Refused
from annotator.text.characters import BIDI_CONTROLS, BLANKS, EMPTY_BLANKS, INVISIBLE, JOINERS

# A line this long is accepted but told: the labelling page shows one unit at a time.
LONG_LINE = 20_000

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_BREAK = re.compile(r"\r\n|\r|\n")
_ARABIC = re.compile("[\u0621-\u064a]")
_BIDI = re.compile(f"[{BIDI_CONTROLS}]")
_ZERO_WIDTH = re.compile(f"[{JOINERS}{EMPTY_BLANKS}]")
_LINE = re.compile(r"[^\r\n]+")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_PACKED = (b"\x1f\x8b", b"PK\x03\x04")
_PREVIEW = 60
_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text as it will be kept, and what a person should be told about it."""

    text: str
    notes: tuple[Fault, ...] = ()


def decode(raw: bytes, *, file: str, encoding: str | None = None) -> Decoded:
    """The text of `raw`: UTF-8, UTF-16 with its byte order mark, or the named `encoding`.

    A byte order mark is taken off and told in the notes. Everything else that is not UTF-8, and
    text that holds control characters or nothing to read, is refused with `Refused`.
    """
    try:
        text, notes = _named(raw, encoding) if encoding else _detected(raw)
        check_text(text)
    except Refused as refusal:
        raise refusal.at(file=file) from None
    return Decoded(text, tuple(_at(note, file) for note in [*notes, *_observations(text)]))


def as_utf8(raw: bytes, *, file: str, encoding: str | None = None) -> tuple[bytes, tuple[Fault, ...]]:
    """The same text in UTF-8 without a byte order mark, as JSON needs it, and what a person should be told.

    Bytes that begin with no mark are left as they are: whoever reads them meets what is not UTF-8.
    """
    if not encoding and not raw.startswith(_MARKS):
        return raw, ()
    try:
        text, notes = _named(raw, encoding) if encoding else _detected(raw)
        return text.encode(), tuple(_at(note, file) for note in notes)
    except UnicodeEncodeError as error:
        raise Refused("The text holds half a surrogate pair at code point {offset}.", offset=error.start).at(
            file=file) from None  # fmt: skip
    except Refused as refusal:
        raise refusal.at(file=file) from None


def demand_utf8(raw: bytes, *, file: str) -> None:
    """Refuse what is not UTF-8 with its place, and the encoding that it may be."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(raw, error.start).at(file=file) from None


def check_text(text: str) -> None:
    """Refuse control characters, noncharacters and surrogates by place, and text with nothing to read."""
    forbidden = FORBIDDEN.search(text)
    if forbidden:
        line, column = position(text, forbidden.start())
        raise Refused(
            "The character U+{code} at line {line}, column {column} (code point {offset}) is not text. "
            "Remove it, or check that the file is a text file.",
            code=f"{ord(forbidden.group()):04X}",
            line=line,
            column=column,
            offset=forbidden.start(),
        )
    if not text.strip(BLANKS + INVISIBLE):
        raise Refused("There is no text in it: it is empty or holds only blanks.")


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a code point offset, both counted from 1."""
    line, begin = 1, 0
    for match in _BREAK.finditer(text, 0, offset):
        line, begin = line + 1, match.end()
    return line, offset - begin + 1


def _detected(raw: bytes) -> tuple[str, list[Fault]]:
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused("The file begins with a UTF-32 byte order mark. Give its encoding, UTF-32.",
                      remedy="encoding utf-32")  # fmt: skip
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, _ = _named(raw, "utf-16")
        return text, [Fault("Converted from UTF-16; offsets count the text without its byte order mark.")]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(raw, error.start) from None
    return _without_mark(text)


def _named(raw: bytes, encoding: str) -> tuple[str, list[Fault]]:
    try:
        text = raw.decode(encoding)
    except (LookupError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise Refused(
                "Byte 0x{byte} at byte {offset} is not {encoding}: {reason}. "
                "Give the encoding that the file has.",
                remedy="encoding",
                byte=f"{raw[error.start]:02X}",
                offset=error.start,
                encoding=encoding,
                reason=error.reason,
            ) from None
        raise Refused(
            "There is no text encoding named {encoding}. Known are utf-8, utf-16, windows-1256, iso-8859-6 "
            "and Python's other names.",
            remedy="encoding",
            encoding=encoding,
        ) from None
    return _without_mark(text)


def _without_mark(text: str) -> tuple[str, list[Fault]]:
    if not text.startswith("\ufeff"):
        return text, []
    return text[1:], [Fault("A byte order mark was taken off; offsets count the text without it.")]


def _not_utf8(raw: bytes, start: int) -> Refused:
    if raw.startswith(_PACKED):
        return Refused("The file is packed, as gzip or zip: unpack it first.")
    line, column = position(before := raw[:start].decode("utf-8"), len(before))
    place: dict[str, Any] = {"byte": f"{raw[start]:02X}", "line": line, "column": column, "offset": start}
    if _is_damaged_utf8(raw):
        return Refused(
            "Byte 0x{byte} at line {line}, column {column} (byte {offset}) is not UTF-8, the rest mostly is: "
            "the file is damaged there. Repair it or fetch it again.",
            **place,
        )
    preview = _arabic_preview(raw)
    if preview:
        return Refused(
            "Byte 0x{byte} at line {line}, column {column} (byte {offset}) is not UTF-8. Read as "
            "Windows-1256 the text begins “{preview}”. If that reads right, name this encoding.",
            remedy="encoding windows-1256",
            preview=preview,
            **place,
        )
    return Refused(
        "Byte 0x{byte} at line {line}, column {column} (byte {offset}) is not UTF-8. Save the file as UTF-8, "
        "or name its encoding, as windows-1256.",
        remedy="encoding windows-1256",
        **place,
    )


def _is_damaged_utf8(raw: bytes) -> bool:
    """Arabic in UTF-8 with a few broken bytes: such text also decodes to Arabic letters in Windows-1256."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not character.isascii() for character in text) - broken > 2 * broken


def _arabic_preview(raw: bytes) -> str:
    if b"\x00" in raw:
        return ""
    text = " ".join(raw[:4096].decode("windows-1256", "replace").split())
    arabic = len(_ARABIC.findall(text))
    if arabic < 3 or arabic < sum(map(str.isalpha, text)) / 2 or FORBIDDEN.search(text):
        return ""
    return text if len(text) <= _PREVIEW else text[: _PREVIEW - 1] + "…"


def _observations(text: str) -> list[Fault]:
    """What is kept as it is but may surprise a reader, with counts."""
    notes = []
    if count := len(_BIDI.findall(text)):
        notes.append(Fault("Kept, invisible direction controls: {count}.", {"count": count}))
    if count := len(_ZERO_WIDTH.findall(text)):
        notes.append(Fault("Kept, invisible characters without width: {count}.", {"count": count}))
    if count := text.count("\ufffd"):
        notes.append(
            Fault(
                "The text was damaged before; replacement characters (U+FFFD) in it: {count}.",
                {"count": count},
            )
        )
    for start, length in _long_lines(text):
        line, _ = position(text, start)
        notes.append(Fault("The line is very long: {length} characters.", {"length": length}, line=line))
    return notes


def _long_lines(text: str) -> list[tuple[int, int]]:
    """(start, length) of the first few lines that a page would be slow to show."""
    found = (match.span() for match in _LINE.finditer(text))
    long = ((start, end - start) for start, end in found if end - start >= LONG_LINE)
    return list(islice(long, _MOST_NOTES))


def _at(note: Fault, file: str) -> Fault:
    return Fault(note.message, note.values, note.path, file, note.line)
