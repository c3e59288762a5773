"""A ZIP file that is sent while it is made: nothing gathers, and the same files give the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import IO, cast

_PART = 1 << 18
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the form can tell: no file holds the time of its making


class Zipped:
    """`add` each file, send its parts, then those of `close`. Members are deflated where asked."""

    def __init__(self, *, deflated: bool = False) -> None:
        self._parts: list[bytes] = []
        self._how = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
        self._archive = zipfile.ZipFile(cast(IO[bytes], self), "w", self._how, compresslevel=6 if deflated else None)

    def add(self, name: str, file: IO[bytes], seen: Callable[[bytes], object] | None = None) -> Iterator[bytes]:
        """The parts of the archive with this file, read from where it stands; `seen` is given each part of it."""
        told = zipfile.ZipInfo(name, _DATE)
        told.compress_type, told.external_attr = self._how, 0o644 << 16
        with self._archive.open(told, "w", force_zip64=True) as target:
            while part := file.read(_PART):
                if seen is not None:
                    seen(part)
                target.write(part)
                yield self._taken()
        yield self._taken()

    def close(self) -> Iterator[bytes]:
        """The end of the archive."""
        self._archive.close()
        yield self._taken()

    def write(self, part: bytes) -> int:
        """What the archive calls."""
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def _taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
