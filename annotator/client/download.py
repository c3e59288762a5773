"""An export as it comes: packed on the way, taken up where it broke off, line by line or into a file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from annotator.client.connection import Connection, Unreachable


class Changed(Exception):
    """The project was changed while the download was broken off; begin anew."""


class Export:
    """One export. Iterating gives its lines without their ends; `save` writes a file; `etag` names the content.

    May be read once. With the `etag` of an earlier one, `unchanged` is true where nothing was done since, and
    there is nothing to read.
    """

    def __init__(self, connection: Connection, path: str, params: Mapping[str, str], etag: str | None) -> None:
        self._connection, self._path, self._params, self._known = connection, path, params, etag
        self.etag: str | None = None
        self.unchanged = False

    def __iter__(self) -> Iterator[str]:
        rest = b""
        for part in self.parts():
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                yield line.decode()
        if rest:
            yield rest.decode()

    def save(self, path: str | Path) -> bool:
        """Write the file, whole or not at all. False where the content is that of the `etag` that was given."""
        target = Path(path)
        partial = target.with_name(target.name + ".part")
        try:
            with open(partial, "wb") as file:
                for part in self.parts():
                    file.write(part)
            if not self.unchanged:
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return not self.unchanged

    def parts(self) -> Iterator[bytes]:
        """The content in parts of no particular size. Raises Changed, Unreachable, ApiError."""
        unpacking = zlib.decompressobj(31)
        came, tried = 0, 0  # bytes on the way, and connections lost since some came
        while True:
            try:
                with self._connection.stream(self._path, params=self._params, headers=self._headers(came)) as response:
                    if response.status_code == 304:
                        self.unchanged, self.etag = True, self._known
                        return
                    self._begin(response, came)
                    for raw in response.iter_raw():
                        came, tried = came + len(raw), 0
                        yield unpacking.decompress(raw) if response.headers.get("Content-Encoding") == "gzip" else raw
                yield unpacking.flush()
                return
            except httpx.TransportError as error:
                tried += 1
                if tried >= self._connection.attempts:
                    raise Unreachable(f"The download broke off: {error}") from error
                self._connection.pause(tried)

    def _headers(self, came: int) -> dict[str, str]:
        if came and self.etag:
            return {"Accept-Encoding": "gzip", "Range": f"bytes={came}-", "If-Range": self.etag}
        known = {"If-None-Match": self._known} if self._known else {}
        return {"Accept-Encoding": "gzip", **known}

    def _begin(self, response: httpx.Response, came: int) -> None:
        if came and response.status_code != 206:
            raise Changed("The project was changed while the download was broken off; begin anew.")
        self.etag = response.headers.get("ETag")
