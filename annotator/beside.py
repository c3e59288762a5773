"""Near-copies of very many texts, found by a second process while this one reads and stores.

A process of Python computes on one processor. The second is a program of its own, not a copy of this one, so a server
with threads may start it. It is sent folded texts, a line each, and gives a number for each. Where it cannot be started
or ends early, the groups are found here: they are the same.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import IO

from annotator.text.similarity import groups_of, near_groups

MANY = 5000  # texts that are grouped in less time than a process needs to start
_END = "\0\n"  # no folded text holds it; without it, whoever sent the texts is gone
_ROOT = Path(__file__).resolve().parent.parent


class Grouping:
    """The groups of near-copies among texts that are told bit by bit; `texts` are all of them, folded.

    `add` what there is and `end`; then `groups` waits for them where it must.
    """

    def __init__(self, *, beside: bool = False) -> None:
        self.texts: list[str] = []
        self._groups: list[int] | None = None
        self._told: SimpleQueue[Sequence[str] | None] = SimpleQueue()
        self._over = threading.Event()
        self.beside = beside
        self._process = _started() if beside else None
        if self._process is not None:
            threading.Thread(target=self._talk, args=(self._process,), daemon=True).start()

    def add(self, texts: Sequence[str]) -> None:
        self.texts += texts
        if self._process is not None:
            self._told.put(texts)

    def end(self) -> None:
        """All texts were told."""
        if self._process is None:
            self._groups = near_groups(self.texts, folded=True)
            self._over.set()
        self._told.put(None)

    def stop(self) -> None:
        """The groups are not wanted any more."""
        if self._process is not None:
            self._process.kill()
        self._told.put(None)

    def ready(self) -> bool:
        """Whether `groups` will not wait."""
        return self._over.is_set()

    def groups(self) -> list[int]:
        """A group number for each text, as `near_groups` gives them."""
        self._over.wait()
        if self._groups is None or len(self._groups) != len(self.texts):
            self._groups = near_groups(self.texts, folded=True)
        return self._groups

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin and process.stdout
        found = array("i")
        try:
            with process:
                for texts in iter(self._told.get, None):
                    _send(process.stdin, "\n".join([*texts, ""]))
                _send(process.stdin, _END)
                process.stdin.close()
                found.frombytes(process.stdout.read())
        except (OSError, ValueError):  # it has ended
            found = array("i")
        self._groups = found.tolist()
        self._over.set()


def _started() -> subprocess.Popen[bytes] | None:
    """The second process; null where there is no second processor, or it cannot be started."""
    if (os.cpu_count() or 1) < 2 or not Path(sys.executable or "").name.startswith("python"):
        return None
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"}
    try:
        return subprocess.Popen(
            [sys.executable, "-m", __name__], env=environment, bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None


def _send(stream: IO[bytes], text: str) -> None:
    """All of it. The stream holds nothing back, so nothing is left to be sent when the other has ended."""
    rest = memoryview(text.encode())
    while rest:
        rest = rest[stream.write(rest) :]


def _received(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == _END:
            return
        yield line[:-1]
    sys.exit(1)


if __name__ == "__main__":
    received = io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline="\n")
    sys.stdout.buffer.write(array("i", groups_of(_received(received))).tobytes())
