"""A server that is killed in the middle of work has every save that it acknowledged, and no half of another."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import func, select

from annotator import upgrading
from annotator.actions import corpus, people
from annotator.actions.checking import check
from annotator.actions.importing import ImportOptions, import_file
from annotator.db import Database
from annotator.models import Annotation, Document, LogLine, Sentence
from annotator.permissions import OPERATOR
from annotator.settings import read_settings
from tests.bench.server import ROOT, serving

ROUNDS = 3
WRITERS = 4
ROW = {
    "speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
    "claim_type": "fact",
}  # fmt: skip


def prepare(instance: Path) -> tuple[Database, int, list[str]]:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(instance)})
    database = Database(settings.database_url)
    upgrading.ready(database, settings)
    with database.write() as session:
        project = corpus.add_project(session, OPERATOR, "durable", None, 1)
        lines = b"".join(json.dumps({"text": f"جملة {n}."}).encode() + b"\n" for n in range(2000))
        import_file(session, OPERATOR, project, lines, ImportOptions(name="l.jsonl", format="jsonl"))
        tokens = []
        for n in range(WRITERS):
            people.add_person(session, OPERATOR, f"w{n}", f"w{n}@example.org", project=project, role="annotator")
            tokens.append(people.add_token(session, OPERATOR, f"w{n}@example.org", "annotate", project))
        return database, project.id, tokens


def work(port: int, project: int, token: str, acknowledged: list[int]) -> None:
    """Lease and save until the server is gone; keep the ids of the saves that it answered."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"labels": {"statements": [ROW], "entities": []}, "state": "submitted"}).encode()
    try:
        while True:
            connection.request("POST", f"/api/v1/projects/{project}/leases", b'{"count":1}', headers)
            sentence = json.loads(connection.getresponse().read())["sentences"][0]["id"]
            path = f"/api/v1/sentences/{sentence}/annotation"
            connection.request("PUT", path, body, {**headers, "If-Match": '"0"', "Idempotency-Key": f"k{sentence}"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            acknowledged.append(sentence)
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


def test_no_acknowledged_save_is_lost_by_a_kill(tmp_path: Path) -> None:
    database, project, tokens = prepare(tmp_path)
    acknowledged: list[int] = []
    for _ in range(ROUNDS):
        before = len(acknowledged)
        with serving(tmp_path) as server:
            threads = [threading.Thread(target=work, args=(server.port, project, t, acknowledged)) for t in tokens]
            for thread in threads:
                thread.start()
            end = time.monotonic() + 20
            while len(acknowledged) < before + 25 and time.monotonic() < end:
                time.sleep(0.01)
            os.kill(server.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
        assert len(acknowledged) >= before + 25
    with database.read() as session:
        stored = set(session.scalars(select(Annotation.sentence_id)))
        logged = set(session.scalars(select(LogLine.sentence_id).where(LogLine.verb == "save")))
        assert set(acknowledged) <= stored
        assert len(acknowledged) == len(set(acknowledged))
        assert stored == logged
        assert check(session)[1] == []
    database.close()


def importing(instance: Path) -> subprocess.Popen[bytes]:
    command = ("import", "many.jsonl", "--project", "durable", "--format", "jsonl", "--new-annotators")
    environment = {**os.environ, "ANNOTATOR_INSTANCE": str(instance), "FLASK_APP": str(ROOT / "app.py")}
    return subprocess.Popen([sys.executable, "-m", "flask", *command], cwd=instance, env=environment,
                            stdout=subprocess.DEVNULL)  # fmt: skip


def wait_until_it_stores(database: Database, process: subprocess.Popen[bytes]) -> None:
    """Until the command has stored answers, which nobody sees yet."""
    end = time.monotonic() + 60
    while not stored(database)[1] and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    assert process.poll() is None, "it was over too soon to be killed"


def stored(database: Database) -> tuple[int, int]:
    """How many sentences and annotations are in the file, seen or not."""
    with database.reading_all() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table)) for table in (Sentence, Annotation)
        )


def test_a_killed_import_leaves_nothing_and_saves_go_on(tmp_path: Path) -> None:
    database, project, tokens = prepare(tmp_path)
    labels = {"statements": [ROW], "entities": []}
    answers = [{"annotator": "a@example.org", "labels": labels}]
    lines = [json.dumps({"text": f"خبر رقم {n}.", "annotations": answers}) for n in range(8000)]
    (tmp_path / "many.jsonl").write_text("\n".join(lines), "utf-8")
    killed = importing(tmp_path)
    wait_until_it_stores(database, killed)
    killed.kill()
    killed.wait()
    with database.read() as session:
        assert session.scalar(select(func.count(Document.id))) == 1
        assert session.scalar(select(func.count(Sentence.id))) == 2000
        assert session.scalar(select(func.count(Annotation.id))) == 0
    assert stored(database)[0] > 2000
    acknowledged: list[int] = []
    with serving(tmp_path) as server:
        assert stored(database) == (2000, 0)  # the start has taken away what was left
        threads = [threading.Thread(target=work, args=(server.port, project, t, acknowledged)) for t in tokens]
        for thread in threads:
            thread.start()
        assert importing(tmp_path).wait() == 0
        os.kill(server.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
    with database.read() as session:
        assert session.scalar(select(func.count(Sentence.id))) == 10_000
        assert set(acknowledged) <= set(session.scalars(select(LogLine.sentence_id).where(LogLine.verb == "save")))
        assert len(acknowledged) >= len(tokens)
        assert check(session)[1] == []
    database.close()
