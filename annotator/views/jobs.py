"""What may take long, computed beside the request: who asks waits a little, and is told when it is not ready."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotReady
from typing import Any, TypeVar

from flask import current_app

T = TypeVar("T")
KEPT = 64  # outcomes; a key names the state that it was computed from, so none grows stale


class Jobs:
    """One thread, so that counting never takes more than one core, and the latest outcomes."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "counting")
        self._known: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def outcome(self, key: Hashable, function: Callable[[], T], wait: float) -> T | None:
        """What `function` gives, computed once per key; null when it is not there after `wait` seconds.

        Raises what the function raises; the next to ask begins anew.
        """
        with self._lock:
            future = self._known.get(key)
            if future is None:
                future = self._known[key] = self._pool.submit(function)
            self._known.move_to_end(key)
            self._forget()
        try:
            found: T = future.result(wait)
        except NotReady:
            if not future.done():
                return None
            raise
        except Exception:
            with self._lock:
                self._known.pop(key, None)
            raise
        return found

    def _forget(self) -> None:
        for key in list(self._known)[: max(0, len(self._known) - KEPT)]:
            if self._known[key].done():
                del self._known[key]


def jobs() -> Jobs:
    """Those of the running app."""
    found = current_app.extensions.setdefault("isnad.jobs", Jobs())
    assert isinstance(found, Jobs)
    return found
