from __future__ import annotations

import gzip

import pytest

from annotator.errors import Refused
from annotator.text.decoding import LONG_LINE, decode, position

TEXT = "أعلن الوزير اليوم أن العمل بدأ.\nوعاد.\n"


def notes(raw: bytes, encoding: str | None = None) -> list[str]:
    return [note.full() for note in decode(raw, file="a.txt", encoding=encoding).notes]


def refusal(raw: bytes, encoding: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        decode(raw, file="a.txt", encoding=encoding)
    return str(refused.value)


@pytest.mark.parametrize(
    ("raw", "encoding", "told"),
    [
        (TEXT.encode(), None, []),
        (TEXT.encode(), "utf-8", []),
        (TEXT.encode("windows-1256"), "windows-1256", []),
        (
            TEXT.encode("utf-8-sig"),
            None,
            ["a.txt: A byte order mark was taken off; offsets count the text without it."],
        ),
        (
            b"\xff\xfe" + TEXT.encode("utf-16-le"),
            None,
            ["a.txt: Converted from UTF-16; offsets count the text without its byte order mark."],
        ),
        (
            b"\xfe\xff" + TEXT.encode("utf-16-be"),
            None,
            ["a.txt: Converted from UTF-16; offsets count the text without its byte order mark."],
        ),
    ],
)
def test_what_is_read(raw: bytes, encoding: str | None, told: list[str]) -> None:
    decoded = decode(raw, file="a.txt", encoding=encoding)
    assert (decoded.text, notes(raw, encoding)) == (TEXT, told)


def test_line_breaks_stay_as_they_came() -> None:
    assert decode("أ\r\nب\rج\n".encode(), file="a.txt").text == "أ\r\nب\rج\n"


@pytest.mark.parametrize(
    ("raw", "encoding", "message"),
    [
        (
            TEXT.encode("windows-1256"),
            None,
            "a.txt: Byte 0xC3 at line 1, column 1 (byte 0) is not UTF-8. Read as Windows-1256 the "
            "text begins “أعلن الوزير اليوم أن العمل بدأ. وعاد.”. If that reads right, "
            "name this encoding.",
        ),
        (
            TEXT.encode() + b"\xff",
            None,
            "a.txt: Byte 0xFF at line 3, column 1 (byte 67) is not UTF-8, the rest mostly is: the file "
            "is damaged there. Repair it or fetch it again.",
        ),
        (gzip.compress(TEXT.encode()), None, "a.txt: The file is packed, as gzip or zip: unpack it first."),
        (
            b"\x89PNG\r\n\x1a\n\x00",
            None,
            "a.txt: Byte 0x89 at line 1, column 1 (byte 0) is not UTF-8. Save the file as UTF-8, or name its "
            "encoding, as windows-1256.",
        ),
        (
            "نص\r\nك\x00".encode(),
            None,
            "a.txt: The character U+0000 at line 2, column 2 (code point 5) is not text. Remove it, or check "
            "that the file is a text file.",
        ),
        (
            "نص".encode("utf-16-le"),
            None,
            "a.txt: The character U+0006 at line 1, column 2 (code point 1) is not text. Remove it, or check "
            "that the file is a text file.",
        ),
        (b"", None, "a.txt: There is no text in it: it is empty or holds only blanks."),
        (
            " \n\u200b\u200f".encode(),
            None,
            "a.txt: There is no text in it: it is empty or holds only blanks.",
        ),
        (
            TEXT.encode("utf-32"),
            None,
            "a.txt: The file begins with a UTF-32 byte order mark. Give its encoding, UTF-32.",
        ),
        (
            TEXT.encode(),
            "nonsense",
            "a.txt: There is no text encoding named nonsense. Known are utf-8, utf-16, windows-1256, "
            "iso-8859-6 and Python's other names.",
        ),
        (
            "نص".encode(),
            "ascii",
            "a.txt: Byte 0xD9 at byte 0 is not ascii: ordinal not in range(128). Give the encoding that the "
            "file has.",
        ),
    ],
)
def test_what_is_refused(raw: bytes, encoding: str | None, message: str) -> None:
    assert refusal(raw, encoding) == message


@pytest.mark.parametrize("code", [0x01, 0x0B, 0x1B, 0x1F, 0xFDD0, 0xFFFE, 0x10FFFF])
def test_characters_that_are_not_text(code: int) -> None:
    assert f"U+{code:04X} at line 1, column 3 (code point 2)" in refusal(f"نص{chr(code)}".encode())


def test_invisible_characters_are_kept_and_counted() -> None:
    raw = "\u202bنص\u202c می\u200cخواهم \ufffd".encode()
    assert decode(raw, file="a.txt").text == raw.decode()
    assert notes(raw) == [
        "a.txt: Kept, invisible direction controls: 2.",
        "a.txt: Kept, invisible characters without width: 1.",
        "a.txt: The text was damaged before; replacement characters (U+FFFD) in it: 1.",
    ]


def test_a_very_long_line_is_told() -> None:
    assert notes(("نص\n" + "ك" * LONG_LINE).encode()) == [
        f"a.txt, line 2: The line is very long: {LONG_LINE} characters."
    ]


def test_position() -> None:
    assert [position("أب\r\nج\rد\nه", index) for index in (0, 2, 4, 6, 8)] == [
        (1, 1),
        (1, 3),
        (2, 1),
        (3, 1),
        (4, 1),
    ]
