"""A release in the making: a folder of its own under a lock that ends with its process, telling how far it is.

The folder stands below `.making` beside the finished releases. Any process of the server can read from it how a
release gets on; when the process that makes it ends, however it ends, the kernel gives the lock back, and what was
begun is known to be broken off.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from annotator.errors import Fault, Taken

PLACE = ".making"
SEALING = "sealing"  # the step after which the folder takes its name
TELL_EVERY = 0.2  # seconds between two writings of how far it is
_TRIES, _PAUSE = 20, 0.01  # who looks whether the lock is free holds it for a moment


@dataclass(frozen=True, slots=True)
class State:
    """How far a release is. `share` in 0 … 1 of the whole; `faults`: why it was refused; `wanted`: what was asked for.

    Neither running nor refused: the server stopped meanwhile, and nothing of it was kept.
    """

    name: str
    by: str | None
    begun_at: str
    step: str
    share: float
    faults: tuple[Fault, ...]
    running: bool
    wanted: Mapping[str, Any]


class Making:
    """The right to make the release of a name, until `end` or `refuse`."""

    def __init__(self, folder: Path, lock: int, by: str | None, wanted: Mapping[str, Any]) -> None:
        self._folder, self._lock = folder, lock
        begun_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._about = {"name": folder.name, "by": by, "begun_at": begun_at, "wanted": wanted}
        self._told = 0.0
        earlier = _read(folder)
        #: an earlier making of this name was broken off at its end: the finished folder may be there without its row
        self.broken_off = earlier is not None and earlier["step"] == SEALING
        self.files = folder / "files"
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir()
        self.tell("waiting", 0.0)

    def tell(self, step: str, share: float, *, often: bool = False) -> None:
        """Say how far it is. `often`: said so often that most of it may go unwritten."""
        now = time.monotonic()
        if not often or now - self._told >= TELL_EVERY:
            self._told = now
            self._write(step, share, ())

    def settle(self) -> None:
        """Wait until the disk has the files: their row, which comes next, outlives a loss of power."""
        for folder, _, names in os.walk(self.files):
            for path in (*(Path(folder, name) for name in names), Path(folder)):
                settle(path)

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Give up: the files go, the reasons stay until the name is tried again."""
        shutil.rmtree(self.files, ignore_errors=True)
        self._write("refused", 1.0, faults)
        os.close(self._lock)

    def end(self) -> None:
        """Made, or given up without a trace."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):
            self._folder.parent.rmdir()  # others may be in the making there
        os.close(self._lock)

    def _write(self, step: str, share: float, faults: Iterable[Fault]) -> None:
        told = [{"message": one.message, "values": dict(one.values), "path": one.path, "file": one.file,
                 "line": one.line} for one in faults]  # fmt: skip
        content = orjson.dumps({**self._about, "step": step, "share": share, "faults": told}, default=str)
        part = self._folder / "state.part"
        part.write_bytes(content)
        part.replace(self._folder / "state.json")


def settle(path: Path) -> None:
    """Wait until the disk has this file, or the names in this folder."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def claim(home: Path, name: str, by: str | None = None, wanted: Mapping[str, Any] | None = None) -> Making:
    """Take the name in this folder of releases; `wanted` is told to whoever tries again.

    Raises Taken where a release of that name is being made.
    """
    folder = home / PLACE / name
    for _ in range(_TRIES):
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # whoever had it has just ended and taken the folder away
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if _locked(lock, fcntl.LOCK_EX) and _is_there(lock, folder / "lock"):
                return Making(folder, lock, by, wanted or {})
            os.close(lock)
        time.sleep(_PAUSE)
    raise Taken("A release named “{name}” is being made at this moment. Wait for it, or take another name.",
                path="name", name=name)  # fmt: skip


def state(home: Path, name: str) -> State | None:
    """How far the release of this name is; null where none is in the making."""
    folder = home / PLACE / name
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        running = not _locked(lock, fcntl.LOCK_SH)
        told = _read(folder)
        if told is None:
            return None
        faults = tuple(Fault(**fault) for fault in told["faults"])
        if not running and not faults:
            shutil.rmtree(folder / "files", ignore_errors=True)  # nobody takes the name as long as the lock is ours
    finally:
        os.close(lock)
    return State(told["name"], told["by"], told["begun_at"], told["step"], told["share"], faults, running,
                 told.get("wanted", {}))  # fmt: skip


def states(home: Path) -> list[State]:
    """All that are in the making, were refused or broken off here, by name."""
    place = home / PLACE
    names = sorted(folder.name for folder in place.iterdir()) if place.is_dir() else []
    return [found for found in (state(home, name) for name in names) if found is not None]


def sweep(root: Path) -> None:
    """Take away the files of whatever an earlier run of the server broke off; that it was begun stays told."""
    for home in root.glob("*"):
        states(home)


def forget(home: Path, name: str) -> None:
    """Take away what is left of a making that is over. Raises Taken where it is not."""
    if (home / PLACE / name).is_dir():
        claim(home, name).end()


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = orjson.loads((folder / "state.json").read_bytes())
    except FileNotFoundError:
        return None
    return found


def _locked(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_there(lock: int, path: Path) -> bool:
    """Whether the locked file still stands under its name."""
    mine, there = os.fstat(lock), os.stat(path)
    return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)
