"""Eight annotators, each leasing and saving a sentence every half second, while many come in and go out.

100,000 answered sentences. The import and the export are commands of their own beside a running server, on SQLite and
on PostgreSQL.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from annotator import upgrading
from annotator.actions import corpus, people
from annotator.actions.importing import ImportOptions, import_file
from annotator.db import Database
from annotator.permissions import OPERATOR
from annotator.settings import read_settings
from tests.bench import Figure
from tests.bench.bench_cycles import TEXT, _answer
from tests.bench.bench_files import SENTENCES, answered_lines
from tests.bench.server import ROOT, serving
from tests.support import postgresql
from tests.support.databases import PostgresqlServer

ANNOTATORS = 8
EVERY = 0.5  # seconds
IMPORT = ("import", "many.jsonl", "--project", "bench", "--format", "jsonl", "--new-annotators")
EXPORT = ("export", "--project", "bench", "--format", "jsonl", "--out", "out.jsonl")


def run() -> Iterator[Figure]:
    yield from _on("SQLite", "")
    with postgresql.server() as url:
        if url is None:
            print("no PostgreSQL server: left out")
            return
        with PostgresqlServer(url, "").database() as own:
            yield from _on("PostgreSQL", own)


def _on(name: str, url: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        (instance / "many.jsonl").write_bytes(answered_lines("a", SENTENCES))
        project, tokens = _prepare(instance, url)
        with serving(instance, url=url) as server:
            for what, command in (("alone", None), ("import", IMPORT), ("export", EXPORT)):
                seconds, times = _meanwhile(server.port, project, tokens, instance, url, command)
                yield Figure(f"{name}, {what}: {len(times)} sentences in {seconds:.0f} s, p50",
                             1000 * times[len(times) // 2], "ms")  # fmt: skip
                yield Figure("    p95", 1000 * times[int(0.95 * len(times))], "ms", "wanted 150")
                yield Figure("    longest", 1000 * times[-1], "ms")


def _prepare(instance: Path, url: str) -> tuple[int, list[str]]:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(instance), "ANNOTATOR_DATABASE_URL": url})
    database = Database(settings.database_url)
    upgrading.ready(database, settings)
    with database.write() as session:
        project = corpus.add_project(session, OPERATOR, "bench", None, 2)
        lines = b"".join(json.dumps({"text": TEXT.format(n=-n)}).encode() + b"\n" for n in range(1, 2001))
        import_file(session, OPERATOR, project, lines, ImportOptions(name="bench.jsonl", format="jsonl"))
        tokens = []
        for n in range(ANNOTATORS):
            email = f"b{n}@example.org"
            people.add_person(session, OPERATOR, email, email, project=project, role="annotator")
            tokens.append(people.add_token(session, OPERATOR, email, "annotate", project))
        project_id = project.id
    database.close()
    return project_id, tokens


def _meanwhile(
    port: int, project: int, tokens: list[str], instance: Path, url: str, command: tuple[str, ...] | None
) -> tuple[float, list[float]]:
    """How long the command took (ten seconds without one); how long each lease with its save, in ascending order."""
    over = threading.Event()
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(tokens)) as pool:
        saving = [pool.submit(_save, port, project, token, n, over) for n, token in enumerate(tokens)]
        try:
            if command is None:
                time.sleep(10)
            else:
                environment = {**os.environ, "ANNOTATOR_INSTANCE": str(instance), "ANNOTATOR_DATABASE_URL": url}
                environment["FLASK_APP"] = str(ROOT / "app.py")
                subprocess.run([sys.executable, "-m", "flask", *command], cwd=instance, env=environment, check=True,
                               stdout=subprocess.DEVNULL)  # fmt: skip
        finally:
            over.set()
        seconds = time.perf_counter() - begun
        return seconds, sorted(one for own in saving for one in own.result())


def _save(port: int, project: int, token: str, n: int, over: threading.Event) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    times: list[float] = []
    over.wait(EVERY * n / ANNOTATORS)
    while not over.is_set():
        begun = time.perf_counter()
        connection.request("POST", f"/api/v1/projects/{project}/leases", b'{"count":1}', headers)
        sentence = json.loads(connection.getresponse().read())["sentences"][0]
        once = {**headers, "If-Match": '"0"', "Idempotency-Key": f"{token[-6:]}-{sentence['id']}"}
        connection.request("PUT", f"/api/v1/sentences/{sentence['id']}/annotation", _answer(sentence["text"]), once)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        times.append(time.perf_counter() - begun)
        over.wait(EVERY)
    return times
