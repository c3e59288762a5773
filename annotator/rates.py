"""How often somebody may ask: the generic cell rate algorithm, per process.

A caller may send a minute's worth at once and goes on at the even rate from then. Nothing is shared between
processes and nothing outlives one: with n processes a caller may send up to n times as much.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

MINUTE = 60.0
MOST_CALLERS = 20_000  # remembered at once; who asks at the even rate or less need not be


class Rate:
    """`per_minute` requests of each caller; 0: any number."""

    def __init__(self, per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._step = MINUTE / per_minute if per_minute else 0.0
        self._clock = clock
        self._due: dict[Hashable, float] = {}  # when all that was asked would have come at the even rate
        self._guard = threading.Lock()

    def wait(self, caller: Hashable) -> float:
        """Count a request. Seconds after which to come again; 0.0: welcome now. What is refused is not counted."""
        if not self.per_minute:
            return 0.0
        now = self._clock()
        with self._guard:
            due = max(self._due.get(caller, 0.0), now) + self._step
            if due - now > MINUTE + 1e-9:
                return due - now - MINUTE
            if caller not in self._due and len(self._due) >= MOST_CALLERS:
                self._forget(now)
            self._due[caller] = due
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop who is even with us; when that is nobody, those who asked longest ago."""
        late = {caller: due for caller, due in self._due.items() if due > now}
        if len(late) >= MOST_CALLERS:
            late = dict(sorted(late.items(), key=lambda pair: pair[1])[MOST_CALLERS // 2 :])
        self._due = late
