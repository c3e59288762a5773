"""A release as one ZIP file, streamed; the same release gives the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from annotator.releases.manifest import FILE, read_manifest

_CHUNK = 1 << 18
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the form can tell: no file holds the time of its making


class _Pending:
    """Where the archive writes to; what has gathered is taken away at once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def archive(folder: Path, name: str) -> Iterator[bytes]:
    """The parts of the ZIP file: the manifest first, then the files in its order, all below `name/`."""
    manifest = read_manifest(folder)
    listed = [FILE, *(row["path"] for row in (*manifest["files"], *manifest["derived"]))]
    pending = _Pending()
    with zipfile.ZipFile(cast(IO[bytes], pending), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        for path in listed:
            told = zipfile.ZipInfo(f"{name}/{path}", _DATE)
            told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with open(folder / path, "rb") as source, made.open(told, "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    yield pending.taken()
            yield pending.taken()
    yield pending.taken()
