"""Next + save cycles at 10,000 sentences, one and eight annotators at once, over HTTP.

A cycle is what an annotator's screen does for one sentence: lease the next one, save a whole answer
(a statement, a speaker's words, two entities). Label Studio 1.23.2 on the same kind of machine: 12.0
cycles/s with one user, 6.5 with eight (p95 2.8 s). The clients share the two cores with the server.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from annotator import upgrading
from annotator.actions import corpus, people
from annotator.actions.importing import ImportOptions, import_file
from annotator.db import Database
from annotator.permissions import OPERATOR
from annotator.settings import read_settings
from tests.bench import Figure
from tests.bench.server import processor_seconds, serving

SENTENCES = 10_000
CYCLES = 600
LOADS = ((1, 1, "Label Studio 12.0/s"), (1, 8, "Label Studio 6.5/s, p95 2,800 ms"), (2, 8, ""))
TEXT = "قال المتحدث باسم الهيئة رقم {n} إن أعمال السد ستبدأ يوم الاثنين بعد مراجعة الدراسات."


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        project, tokens = _prepare(instance)
        for processes, clients, against in LOADS:
            with serving(instance, more={"ANNOTATOR_PROCESSES": str(processes)}) as server:
                _drive(server.port, project, tokens[clients], 5)  # warm
                busy = processor_seconds(server.pid)
                seconds, times = _drive(server.port, project, tokens[clients], CYCLES // clients)
                busy = processor_seconds(server.pid) - busy
            what = f"next + save, {clients} at once" + (f", {processes} processes" if processes > 1 else "")
            yield Figure(what, len(times) / seconds, "/s", against)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
                yield Figure(f"    one cycle, {name}", 1000 * _quantile(times, share), "ms")
            yield Figure("    of it on the server's processors", 1000 * busy / len(times), "ms")


def _prepare(instance: Path) -> tuple[int, dict[int, list[str]]]:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(instance)})
    database = Database(settings.database_url)
    upgrading.ready(database, settings)
    with database.write() as session:
        project = corpus.add_project(session, OPERATOR, "bench", None, 2)
        lines = b"".join(json.dumps({"text": TEXT.format(n=n)}).encode() + b"\n" for n in range(SENTENCES))
        import_file(session, OPERATOR, project, lines, ImportOptions(name="bench.jsonl", format="jsonl"))
        tokens: dict[int, list[str]] = {}
        for clients in (1, 8):
            tokens[clients] = []
            for n in range(clients):
                email = f"a{clients}-{n}@example.org"
                people.add_person(session, OPERATOR, email, email, project=project, role="annotator")
                tokens[clients].append(people.add_token(session, OPERATOR, email, "annotate", project))
        project_id = project.id
    database.close()
    return project_id, tokens


def _drive(port: int, project: int, tokens: list[str], cycles: int) -> tuple[float, list[float]]:
    with multiprocessing.get_context("spawn").Pool(len(tokens)) as pool:
        pool.starmap(_client, [(port, project, token, 0) for token in tokens])  # the pool is up
        begun = time.perf_counter()
        times = pool.starmap(_client, [(port, project, token, cycles) for token in tokens])
        return time.perf_counter() - begun, [one for own in times for one in own]


def _client(port: int, project: int, token: str, cycles: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    times = []
    for _ in range(cycles):
        begun = time.perf_counter()
        connection.request("POST", f"/api/v1/projects/{project}/leases", b'{"count":1}', headers)
        sentence = json.loads(connection.getresponse().read())["sentences"][0]
        once = {**headers, "If-Match": '"0"', "Idempotency-Key": f"{token[-6:]}-{sentence['id']}"}
        path = f"/api/v1/sentences/{sentence['id']}/annotation"
        connection.request("PUT", path, _answer(sentence["text"]), once)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        times.append(time.perf_counter() - begun)
    return times


def _answer(text: str) -> bytes:
    at = text.index("الهيئة")
    answer = {
        "labels": {
            "statements": [{"speaker": {"id": "UNCLEAR", "start": 4, "end": 11, "text": text[4:11]},
                            "attribution": "indirect", "stance": {"target": "other", "value": "favor"},
                            "claim_type": "predict"}],
            "entities": [{"start": at, "end": at + 6, "text": "الهيئة", "label": "ORG"},
                         {"start": 4, "end": 11, "text": text[4:11], "label": "OCC"}],
        },
        "state": "submitted", "active_ms": 9000,
    }  # fmt: skip
    return json.dumps(answer).encode()


def _quantile(times: list[float], share: float) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[round(100 * share) - 1]
