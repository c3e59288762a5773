"""The pages of agreement and their API on a stored project, through the app: what the server spends on a visit.

The first visit after answers were counted waits for intervals or comparisons, which a thread computes beside it;
then nothing is due, and every further visit is timed. The times are the processor's, of the whole app.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from werkzeug.test import TestResponse

from annotator import folding
from annotator.actions import corpus, people
from annotator.permissions import OPERATOR
from tests import make
from tests.bench import Figure
from tests.bench.stored import store

SENTENCES = int(os.environ.get("BENCH_SENTENCES", "50000"))
PATHS = (
    ("agreement", ""), ("layer claim_type", "/layers/claim_type"), ("layer speaker", "/layers/speaker"),
    ("layer entities", "/layers/entities"), ("documents", "/layers/stance/documents"),
    ("cell of a confusion", "/layers/claim_type/sentences?first=fact&second=deny"),
    ("annotators", "/annotators"), ("annotators, speaker", "/annotators?layer=speaker"),
    ("annotators, entities", "/annotators?layer=entities"),
)  # fmt: skip

COMING = ("being counted", "Being counted")


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app = make.app(Path(folder))
        with make.database(app).write() as session:
            project_id = corpus.add_project(session, OPERATOR, "bench", None, 3).id
        team = [make.person(app, name, project=project_id, role="annotator") for name in "abc"]
        lead = make.person(app, "lead", project=project_id, role="lead")
        with make.database(app).write() as session:
            store(session, project_id, [one.id for one in team], SENTENCES)
        folding.recount(make.database(app), project_id)
        with make.database(app).write() as session:
            secret = people.add_token(session, OPERATOR, lead.email, "read", None)
        browser = make.web(app, lead)
        base = f"/projects/{project_id}/agreement"
        for name, path in PATHS:
            yield from _visits(f"page: {name}", lambda path=path: browser.get(base + path))
        head = {"Authorization": f"Bearer {secret}"}
        yield from _visits("API: agreement", lambda: app.test_client().get(f"/api/v1{base}", headers=head))
        make.close_all()


def _visits(name: str, visit: Callable[[], TestResponse]) -> Iterator[Figure]:
    begun, first = time.process_time(), None
    while True:
        answer = visit()
        assert answer.status_code == 200, answer.text
        if not any(told in answer.text for told in COMING):
            break
        first = first or time.process_time() - begun
        time.sleep(0.5)
    ready = time.process_time() - begun
    yield Figure(f"{name}, {SENTENCES:,} × 3: first visit, until it is there", ready, "s")
    times = []
    for _ in range(5):
        begun = time.process_time()
        size = len(visit().data)
        times.append(time.process_time() - begun)
    yield Figure(f"    a further visit, {size / 1000:,.0f} kB", 1000 * min(times), "ms", "wanted 300")
