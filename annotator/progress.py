"""How far long work is: who does it tells, and whoever waits for it hears. Where nobody does, telling is nothing.

The listener belongs to the context of the call, so that work need not hand it through all that it calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

#: What is counted, as "sentences stored"; how many there are; of how many, where that is known.
Listener = Callable[[str, int, int | None], None]
T = TypeVar("T")
OFTEN = 100  # things go by between two tellings

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """What is done within tells the listener, and whoever listens around it."""
    around = _listener.get()

    def both(what: str, done: int, total: int | None) -> None:
        listener(what, done, total)
        if around is not None:
            around(what, done, total)

    token = _listener.set(both)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(what: str, done: int, total: int | None = None) -> None:
    """So many are done."""
    listener = _listener.get()
    if listener is not None:
        listener(what, done, total)


def passing(things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The things, telling how many have gone by."""
    tell(what, 0, total)
    for n, thing in enumerate(things, 1):
        yield thing
        if n % OFTEN == 0:
            tell(what, n, total)
