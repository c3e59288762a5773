"""A release in the making: one at a time under a name, told while it runs, and gone when its process is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from annotator import making
from annotator.actions import releases
from annotator.actions.releases import Wanted
from annotator.actions.seeding import seed
from annotator.db import Database
from annotator.errors import Fault, Refused, Taken
from annotator.freezing import STEPS, freeze, freeze_beside
from annotator.models import Sentence
from annotator.permissions import OPERATOR
from annotator.progress import heard_by
from annotator.queries.corpus import projects
from annotator.releases import files
from annotator.releases.splits import Plan


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    made = Database(ready_url)
    with made.write() as session:
        seed(session)
    yield made
    made.close()


def project_id(database: Database) -> int:
    with database.read() as session:
        return projects(session)[0].id


def test_a_name_is_taken_once_and_free_again(tmp_path: Path) -> None:
    one = making.claim(tmp_path, "v1", "سلمى")
    with pytest.raises(Taken, match="A release named “v1” is being made at this moment"):
        making.claim(tmp_path, "v1")
    making.claim(tmp_path, "v2").end()
    one.tell("gold", 0.5)
    state = making.state(tmp_path, "v1")
    assert state is not None
    assert (state.running, state.by, state.step, state.share, state.faults) == (True, "سلمى", "gold", 0.5, ())
    assert making.states(tmp_path) == [state]
    one.end()
    assert making.state(tmp_path, "v1") is None and list(tmp_path.iterdir()) == []


def test_what_was_refused_is_told_until_it_is_tried_again(tmp_path: Path) -> None:
    fault = Fault("There is a release named “{name}” already; a release never changes.", {"name": "v1"}, "name")
    made = making.claim(tmp_path, "v1")
    (made.files / "half").write_text("x", "utf-8")
    made.refuse([fault])
    state = making.state(tmp_path, "v1")
    assert state is not None and (state.running, state.faults) == (False, (fault,))
    assert not made.files.exists()
    making.claim(tmp_path, "v1").end()
    assert making.states(tmp_path) == []
    making.forget(tmp_path, "v1")


def test_many_who_want_one_name_are_all_refused_but_one(tmp_path: Path) -> None:
    got: list[making.Making] = []
    refused: list[Taken] = []

    def want() -> None:
        try:
            got.append(making.claim(tmp_path, "v1"))
        except Taken as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 7)


def test_a_release_tells_every_step_and_never_goes_back(database: Database, tmp_path: Path) -> None:
    project = project_id(database)
    told: list[tuple[str, float]] = []

    def watching(what: str, done: int, total: int | None) -> None:
        state = making.state(tmp_path / str(project), "v1")
        assert state is not None and state.running
        told.append((state.step, state.share))

    with heard_by(watching):
        freeze(database, OPERATOR, project, Wanted("v1"), tmp_path)
    steps = list(dict.fromkeys(step for step, _ in told))
    assert steps == list(STEPS[:-1])
    shares = [share for _, share in told]
    assert shares == sorted(shares) and 0 == shares[0] < shares[-1] < 1
    assert making.states(tmp_path / str(project)) == []


def test_the_disk_has_the_files_before_their_row(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: set[int] = set()
    monkeypatch.setattr(os, "fsync", lambda descriptor: settled.add(os.fstat(descriptor).st_ino))
    store, known = releases.store, list[set[int]]()
    monkeypatch.setattr(releases, "store", lambda *given: known.append(set(settled)) or store(*given))
    freeze(database, OPERATOR, project_id(database), Wanted("v1"), tmp_path)
    made = tmp_path / str(project_id(database)) / "v1"
    assert {path.stat().st_ino for path in (made, *made.rglob("*"))} <= known[0]
    assert made.parent.stat().st_ino in settled  # and its name before the row is committed


def test_beside_the_caller_a_refusal_is_kept_and_a_release_is_not(database: Database, tmp_path: Path) -> None:
    project = project_id(database)
    home = tmp_path / str(project)
    with pytest.raises(Refused, match="too few for three parts"):  # known before anything is begun
        freeze_beside(database, OPERATOR, project, Wanted("v1", None, Plan(50, 25, 25)), tmp_path)
    assert making.states(home) == []
    with database.write() as session:
        copies = session.query(Sentence).filter(Sentence.near_group.is_not(None)).order_by(Sentence.near_group).all()
        one, other = next((a, b) for a, b in zip(copies, copies[1:], strict=False) if a.near_group == b.near_group)
        one.split, other.split = "train", "test"
    freeze_beside(database, OPERATOR, project, Wanted("v1", "ملاحظة"), tmp_path).join()
    state = making.state(home, "v1")
    assert state is not None and "The split parts copies" in state.faults[0].text()
    assert state.wanted == {"name": "v1", "note": "ملاحظة", "plan": None}
    plan = {"train": 50, "dev": 0, "test": 50, "seed": 0, "by": "event"}
    freeze_beside(database, OPERATOR, project, Wanted("v1", None, Plan(50, 0, 50)), tmp_path).join()
    assert orjson.loads((home / "v1" / "manifest.json").read_bytes())["split"] == plan
    assert making.states(home) == [] and files.verify(home / "v1").faults == ()
    with pytest.raises(Refused, match="There is a release named “v1” already"):
        freeze_beside(database, OPERATOR, project, Wanted("v1"), tmp_path)


KILLED = """
import os, signal, sys
from annotator.actions.releases import Wanted
from annotator.db import Database
from annotator.freezing import freeze
from annotator.models import Sentence
from annotator.permissions import OPERATOR
from annotator.progress import heard_by
from pathlib import Path

url, folder, project, at = sys.argv[1:]

def dying(what, done, total):
    if what == f"units ({at})":
        os.kill(os.getpid(), signal.SIGKILL)

if at == "sealed":
    Path.rename = lambda *names: (os.rename(*names), os.kill(os.getpid(), signal.SIGKILL))
with heard_by(dying):
    freeze(Database(url), OPERATOR, int(project), Wanted("v1"), Path(folder))
"""


@pytest.mark.parametrize("at", ["sentences", "soft", "sealed"])
def test_a_process_that_ends_leaves_nothing_half_made(
    database: Database, tmp_path: Path, at: str, ready_url: str
) -> None:
    project = project_id(database)
    home = tmp_path / str(project)
    ended = subprocess.run([sys.executable, "-c", KILLED, ready_url, tmp_path, str(project), at], check=False)
    assert ended.returncode == -signal.SIGKILL
    making.sweep(tmp_path)  # as the next start of the server does
    assert not list(home.glob(f"{making.PLACE}/v1/files/*"))
    state = making.state(home, "v1")
    assert state is not None and not state.running and state.faults == ()
    assert not (home / making.PLACE / "v1" / "files").exists()
    freeze(database, OPERATOR, project, Wanted("v1"), tmp_path)
    assert files.verify(home / "v1").faults == ()
    assert [path.name for path in home.iterdir()] == ["v1"]
