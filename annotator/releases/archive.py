"""A release as one ZIP file, streamed; the same release gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotator.releases.manifest import FILE, read_manifest
from exports.zipped import Zipped


def archive(folder: Path, name: str) -> Iterator[bytes]:
    """The parts of the ZIP file: the manifest first, then the files in its order, all below `name/`."""
    manifest = read_manifest(folder)
    made = Zipped(deflated=True)
    for path in [FILE, *(row["path"] for row in (*manifest["files"], *manifest["derived"]))]:
        with open(folder / path, "rb") as source:
            yield from made.add(f"{name}/{path}", source)
    yield from made.close()
