"""What somebody sees who waits at a terminal: what is being done, how far it is, and for how long already."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from annotator.progress import heard_by

PATIENCE = 1.0  # seconds that a person waits without asking what goes on
EVERY = 0.25  # seconds


class _Line:
    """One line on stderr that is written anew and goes in the end. A thread writes it: work need not tell anything."""

    def __init__(self, what: str) -> None:
        self._heard: tuple[str, int, int | None] = (what, 0, None)
        self._begun = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="waiting", daemon=True)
        self._thread.start()

    def hear(self, what: str, done: int, total: int | None) -> None:
        self._heard = (what, done, total)

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        if self._over.wait(PATIENCE):
            return
        while not self._over.wait(EVERY):
            self._write(f"{self._told()}, {time.monotonic() - self._begun:.0f} s")
        self._write("")  # gone before anything else is printed

    def _told(self) -> str:
        what, done, total = self._heard
        if total and done:
            return f"{done:,} of {total:,} {what} ({100 * done // total} %)"
        return f"{done:,} {what}" if done else what

    def _write(self, text: str) -> None:
        room = shutil.get_terminal_size().columns - 1  # a line that is broken in two would not go
        try:
            sys.stderr.write(f"\r\x1b[K{text[:room]}")
            sys.stderr.flush()
        except OSError:  # the terminal is gone; the work goes on
            self._over.set()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Tell on a terminal what is done within, once that takes over a second. Nothing else may be printed within."""
    if not sys.stderr.isatty():
        yield
        return
    line = _Line(what)
    try:
        with heard_by(line.hear):
            yield
    finally:
        line.end()
