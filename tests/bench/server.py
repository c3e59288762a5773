"""A real server on a temporary instance, for timings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Running:
    port: int
    pid: int
    started_after: float  # seconds from the start of the process to the first answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(instance: Path, *arguments: str, url: str = "", more: Mapping[str, str] | None = None) -> Iterator[Running]:
    port = free_port()
    environment = {**os.environ, "ANNOTATOR_INSTANCE": str(instance), "PORT": str(port), "ANNOTATOR_DATABASE_URL": url}
    environment |= more or {}
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "app.py", *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
        preexec_fn=_interruptible,
    )  # fmt: skip
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() - begun > 60:
                    raise
                time.sleep(0.01)
        yield Running(port, process.pid, time.monotonic() - begun)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _interruptible() -> None:
    """A job in the background inherits that interrupts are ignored; a server that somebody started does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def processor_seconds(pid: int) -> float:
    """What a server and the processes it began have used of the processors, user and system."""
    began = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_own_seconds(one) for one in (pid, *map(int, began)))


def _own_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
