"""From the start of the server to its first answer, and its memory after the first pages."""

from __future__ import annotations

import http.cookiejar
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from annotator.actions import seeding
from tests.bench import Figure
from tests.bench.server import ROOT, processor_seconds, resident_mb, serving

STARTS = 3  # the fastest counts: the others measure what else the machine did
PAGES = ("/", "/projects/1", "/projects/1/label", "/projects/1/documents", "/documents/1", "/account",
         "/api/v1/projects/1/progress")  # fmt: skip


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        with serving(instance, "run") as first:
            yield Figure("first start: make, seed, answer", first.started_after, "s", "wanted 3")
        flask = min(_seconds("import flask") for _ in range(STARTS))
        against = f"wanted 1; Label Studio 5 s, Potato 1 s; importing Flask alone {flask:.2f} s"
        times = [_started(instance) for _ in range(STARTS)]
        yield Figure("start to first answer", min(wall for wall, _ in times), "s", against)
        yield Figure("    of it on the processor", min(busy for _, busy in times), "s")
        with serving(instance, "run") as again:
            yield Figure("memory after the first answer", resident_mb(again.pid), "MB")
            _visit(instance, again.port)
            against = "wanted 110; Label Studio 266, Potato 149"
            yield Figure("memory after the first pages", resident_mb(again.pid), "MB", against)


def _started(instance: Path) -> tuple[float, float]:
    """Seconds until the first answer, on the clock and on the processor."""
    with serving(instance, "run") as server:
        return server.started_after, processor_seconds(server.pid)


def _seconds(program: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - begun


def _visit(instance: Path, port: int) -> None:
    """Sign in as the demo project's lead and open each page with its styles and scripts."""
    address = f"http://127.0.0.1:{port}"
    person = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    link = f"{address}/sign-in/{_token(instance)}"
    form = person.open(link).read().decode()
    field = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert field is not None, form
    answer = {"csrf_token": field[1], "name": "ليلى", "language": "ar", "password": "measured twice cut once"}
    person.open(link, urllib.parse.urlencode(answer).encode()).read()
    for path in PAGES:
        page = person.open(address + path).read().decode()
        for part in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
            person.open(address + part).read()


def _token(instance: Path) -> str:
    environment = {**os.environ, "ANNOTATOR_INSTANCE": str(instance)}
    command = [sys.executable, "-m", "flask", "person", "link", seeding.lead_email()]
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    return told.strip().rsplit("/", 1)[1]
