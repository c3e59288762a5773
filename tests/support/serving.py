"""The app behind its real server, in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from waitress.server import create_server


@contextmanager
def serving(app: Callable[..., Iterable[bytes]], port: int = 0) -> Iterator[str]:
    """The address of a server that runs until the block ends; port 0: any that is free."""
    server = create_server(app, host="127.0.0.1", port=port, threads=6)

    def run() -> None:
        with suppress(OSError):  # closing takes the socket away under the loop that waits on it
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        for channel in list(server.active_channels.values()):
            channel.handle_close()  # as when the process ends: who waits for an answer learns that none comes
        server.task_dispatcher.shutdown()
        thread.join(timeout=10)
