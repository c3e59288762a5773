"""A network that breaks when it is told to: a relay in front of a server, cut after so many bytes of its answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Network:
    """`cuts`: for each coming break, the bytes of answers that still pass; `after` is done at every break."""

    cuts: list[int] = field(default_factory=list)
    after: Callable[[], object] | None = None
    url: str = ""

    def passing(self, part: bytes) -> tuple[bytes, bool]:
        """What passes of a part, and whether the line breaks then."""
        if not self.cuts:
            return part, False
        allowed = part[: self.cuts[0]]
        self.cuts[0] -= len(part)
        if self.cuts[0] > 0:
            return part, False
        self.cuts.pop(0)
        if self.after is not None:
            self.after()
        return allowed, True


@contextmanager
def breakable(url: str) -> Iterator[Network]:
    """A relay to the server at `url`, at an address of its own."""
    target = urlsplit(url)
    network = Network()
    listener = socket.create_server(("127.0.0.1", 0))
    network.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection((str(target.hostname), target.port or 80))
                threading.Thread(target=_asking, args=(near, far), daemon=True).start()
                threading.Thread(target=_answering, args=(network, near, far), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield network
    finally:
        listener.close()


def _asking(near: socket.socket, far: socket.socket) -> None:
    with suppress(OSError):
        while part := near.recv(65536):
            far.sendall(part)
    _close(far)


def _answering(network: Network, near: socket.socket, far: socket.socket) -> None:
    with suppress(OSError):
        broken = False
        while not broken and (part := far.recv(65536)):
            allowed, broken = network.passing(part)
            near.sendall(allowed)
    _close(near)
    _close(far)


def _close(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
