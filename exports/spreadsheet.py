"""CSV and TSV that a spreadsheet opens without running anything in them, and that can be read back to the letter.

RFC 4180 with LF; every field is quoted but null, which is empty, so null and the empty text differ. UTF-8 without
BOM: with one, programs would read it as part of the first column's name; Excel is told the encoding at import.
A text that begins with what a spreadsheet takes for a formula (= + - @, tab, carriage return, full-width forms;
OWASP “CSV injection”) or with an apostrophe gets one apostrophe in front: drop the first one to read it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from annotator.snapshot import Snapshot
from exports.flat import COLUMNS, rows

#: What may stand unseen before a formula: spreadsheets trim it.
_DANGEROUS = re.compile(r"['\s\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069\0-\x1f]*[=+\-@＝＋－＠|%]|['\t\r\n]")


class Spreadsheet:
    """One format of values set apart by a character."""

    def __init__(self, name: str, media_type: str, separator: str) -> None:
        self.NAME, self.MEDIA_TYPE, self.EXTENSION, self.separator = name, media_type, name, separator

    def write(self, snapshot: Snapshot) -> Iterator[bytes]:
        """The names of the columns, then a row a part. Lists and shares are JSON in their cell."""
        columns = COLUMNS[snapshot.what]
        yield (self.separator.join(f'"{name}"' for name in columns) + "\n").encode()
        for row in rows(snapshot):
            yield (self.separator.join(cell(row[name]) for name in columns) + "\n").encode()


def cell(value: Any) -> str:
    """A value as a field, its quotes doubled."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return '"' + guarded(text).replace('"', '""') + '"'


def guarded(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet might compute it. `unguarded` takes it away."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    return text.removeprefix("'")


CSV = Spreadsheet("csv", "text/csv", ",")
TSV = Spreadsheet("tsv", "text/tab-separated-values", "\t")
