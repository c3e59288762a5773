"""The built-in server: one process, or several that share one socket.

The interpreter runs one thread at a time in a process; two processes answer two requests at once. Writes to
SQLite still stand in one queue, by the file lock.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType

from annotator.errors import Refused

Serve = Callable[[socket.socket], None]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; the processes inherit it."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setblocking(False)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise Refused("Port {port} on {host} cannot be had: {reason}. Choose another with PORT.",
                      port=port, host=host, reason=error.strerror) from error  # fmt: skip
    listening.listen(1024)
    return listening


def serve_in(processes: int, listening: socket.socket, serve: Serve) -> None:
    """Serve until stopped. When one of several processes ends, all end: what watches over the server starts it anew.

    Nothing may be open yet that a fork must not share: a connection to the database above all.
    """
    if processes == 1:
        serve(listening)
        return
    alive, parent = os.pipe()  # the reading end comes to its end when the parent is gone, however it went
    children = [_fork(listening, serve, alive, parent) for _ in range(processes)]
    os.close(alive)
    listening.close()
    signal.signal(signal.SIGTERM, _stop)
    code = 0
    try:
        _, code = os.wait()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()
    sys.exit(os.waitstatus_to_exitcode(code) and 1)


def _stop(signal_number: int, frame: FrameType | None) -> None:
    raise SystemExit


def _fork(listening: socket.socket, serve: Serve, alive: int, parent: int) -> int:
    child = os.fork()
    if child:
        return child
    os.close(parent)
    threading.Thread(target=_end_with, args=(alive,), daemon=True).start()
    code = 0
    try:
        serve(listening)
    except (KeyboardInterrupt, SystemExit):
        pass
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        sys.stderr.flush()
        os._exit(code)


def _end_with(alive: int) -> None:
    os.read(alive, 1)
    os._exit(1)
