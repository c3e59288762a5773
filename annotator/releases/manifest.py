"""The manifest of a release: every file with its SHA-256, and one hash over all.

The one hash is the SHA-256 of the lines `<sha256>  <path>\\n` of the sealed files in the order of their
paths, the form that `sha256sum` prints. Pictures and tables made from the sealed files are listed with their
hashes too, but stay outside the one hash: a newer drawing library may draw them differently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from annotator.errors import Fault, Refused

FORMAT = "isnad-release/2"
#: Gold of which the entities alone were decided counted as none in it.
OLDER = "isnad-release/1"
FILE = "manifest.json"
#: Folders whose files are made from the sealed ones.
DERIVED = ("figures", "huggingface")
_CHUNK = 1 << 20


def seal(folder: Path, **told: Any) -> dict[str, Any]:
    """Write the manifest of the files in this folder and give it. `told`: what else it says, as JSON."""
    files = {name: _sha256(folder / name) for name in _names(folder)}
    sealed = {name: digest for name, digest in files.items() if not _derived(name)}
    manifest = {
        "format": FORMAT,
        "sha256": over_all(sealed),
        **told,
        "files": [_file(folder, name, digest) for name, digest in sealed.items()],
        "derived": [_file(folder, name, digest) for name, digest in files.items() if _derived(name)],
    }
    (folder / FILE).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release folder. Raises Refused where there is none or it is none."""
    path = folder / FILE
    try:
        manifest = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise Refused("{name} is no release: it holds no manifest.json.", name=str(folder)) from None
    except orjson.JSONDecodeError as error:
        raise Refused("This is not JSON: {reason}.", reason=str(error)).at(file=FILE) from None
    if not isinstance(manifest, dict) or manifest.get("format") not in (FORMAT, OLDER):
        raise Refused("This is not the manifest of a release ({format}).", format=FORMAT).at(file=FILE)
    return manifest


def check(folder: Path) -> tuple[dict[str, Any], list[Fault]]:
    """The manifest, and everything in the folder that differs from it."""
    manifest = read_manifest(folder)
    try:
        listed = {row["path"]: row["sha256"] for row in (*manifest["files"], *manifest["derived"])}
        sealed = {row["path"]: row["sha256"] for row in manifest["files"]}
        told = manifest["sha256"]
    except (KeyError, TypeError):
        raise Refused("This is not the manifest of a release ({format}).", format=FORMAT).at(file=FILE) from None
    return manifest, list(_faults(folder, listed, sealed, told))


def _faults(folder: Path, listed: Mapping[str, str], sealed: Mapping[str, str], told: object) -> Iterator[Fault]:
    there = set(_names(folder))
    for name in sorted(set(listed) - there):
        yield Fault("The file is missing.", file=name)
    for name in sorted(there - set(listed)):
        yield Fault("The manifest does not list this file.", file=name)
    for name in sorted(there & set(listed)):
        digest = _sha256(folder / name)
        if digest != listed[name]:
            yield Fault("The file was changed: its SHA-256 is {found}, the manifest says {told}.",
                        {"found": digest, "told": listed[name]}, file=name)  # fmt: skip
    if over_all(sealed) != told:
        yield Fault("The hash over all files is {found}, the manifest says {told}.",
                    {"found": over_all(sealed), "told": told}, "sha256", FILE)  # fmt: skip


def over_all(files: Mapping[str, str]) -> str:
    """One hash over the files' hashes, by path."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _names(folder: Path) -> Iterable[str]:
    """The files of the folder but the manifest, as paths with slashes, in order."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name != FILE)


def _derived(name: str) -> bool:
    return name.partition("/")[0] in DERIVED


def _file(folder: Path, name: str, digest: str) -> dict[str, Any]:
    return {"path": name, "bytes": (folder / name).stat().st_size, "sha256": digest}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
