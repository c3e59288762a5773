"""Several processes behind one socket: all saves arrive, and none of the processes outlives the first."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from annotator.actions.checking import check
from annotator.models import Annotation
from tests.bench.server import serving
from tests.test_durability import prepare, work


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pids: list[int]) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}/stat").exists() for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_two_processes_save_at_once_and_end_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATOR_PROCESSES", "2")
    database, project, tokens = prepare(tmp_path)
    acknowledged: list[int] = []
    with serving(tmp_path) as server:
        processes = children(server.pid)
        assert len(processes) == 2
        threads = [threading.Thread(target=work, args=(server.port, project, t, acknowledged)) for t in tokens]
        for thread in threads:
            thread.start()
        end = time.monotonic() + 20
        while len(acknowledged) < 40 and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(server.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(20)
        assert gone(processes)
    with database.read() as session:
        saved = set(session.scalars(select(Annotation.sentence_id)))
        assert len(acknowledged) >= 40 and set(acknowledged) <= saved
        assert session.scalar(select(func.count()).select_from(Annotation)) == len(saved)
        assert check(session)[1] == []
    database.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_stops_all_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setenv("ANNOTATOR_PROCESSES", "2")
    with serving(tmp_path) as server:
        processes = children(server.pid)
        os.kill(server.pid, number)
        assert gone(processes)


def test_when_one_process_ends_all_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATOR_PROCESSES", "2")
    with serving(tmp_path) as server:
        first, other = children(server.pid)
        os.kill(first, signal.SIGKILL)
        assert gone([first, other])
