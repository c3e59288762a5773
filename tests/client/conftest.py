"""A place behind its real server, a proxy that may refuse, and a network that may break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from annotator.client import Client
from tests import make
from tests.support.network import Network, breakable
from tests.support.serving import serving
from tests.views.api import token


@dataclass
class Proxy:
    """Answers with each of `refusals` first; `seen` are the requests with the range that they asked for."""

    app: Callable[..., Iterable[bytes]]
    refusals: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.seen.append(f"{environ['REQUEST_METHOD']} {environ.get('HTTP_RANGE', '')}".strip())
        if not self.refusals:
            return self.app(environ, start)
        start(self.refusals.pop(0), [("Content-Type", "text/plain"), ("Retry-After", "7")])
        return [b"a proxy's page"]


@dataclass
class Served:
    place: make.Place
    proxy: Proxy
    network: Network
    client: Client
    waits: list[float]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    place = make.place(tmp_path)
    proxy = Proxy(place.app)
    waits: list[float] = []
    with serving(proxy) as url, breakable(url) as network:
        with Client(network.url, token(place, "lead", "admin"), sleep=waits.append) as client:
            yield Served(place, proxy, network, client, waits)
    make.close_all()
