"""Nobody replaces a database under those who work with it: else what they save is answered, and lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from annotator import arriving, upgrading
from annotator.db import Database
from annotator.errors import Refused
from annotator.outages import outage
from annotator.settings import read_settings
from tests.bench.server import serving

ROOT = Path(__file__).resolve().parent.parent
IN_USE = "A server or another command is working with this database. Stop it first, then try again."
Ran = tuple[int, str]


@pytest.fixture
def flask(tmp_path: Path) -> Callable[..., Ran]:
    def ran(*arguments: object) -> Ran:
        environment = {**os.environ, "ANNOTATOR_INSTANCE": str(tmp_path), "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "flask", *map(str, arguments)]
        answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        return answer.returncode, answer.stderr.strip()

    return ran


def test_a_restore_under_a_server_is_refused_and_works_after_it_was_killed(
    tmp_path: Path, flask: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATOR_PROCESSES", "2")
    copy = tmp_path / "copy"
    assert flask("backup", copy) == (0, "")
    with serving(tmp_path) as server:
        assert flask("restore", copy) == (1, IN_USE)
        assert flask("project", "list") == (0, "")  # beside a server all else goes on
        os.kill(server.pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while (answer := flask("restore", copy)) == (1, IN_USE) and time.monotonic() < end:
            time.sleep(0.1)  # the processes of the server end by themselves
    [kept] = tmp_path.glob("isnad-before-restore-*.sqlite3")
    assert answer == (0, f"The database that was there is kept as {kept}.")


def test_a_server_of_wsgi_holds_from_its_first_connection(database_url: str, tmp_path: Path) -> None:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path), "ANNOTATOR_DATABASE_URL": database_url})
    one, other = Database(settings.database_url), Database(settings.database_url)
    upgrading.ready(one, settings)
    copy = tmp_path / "copy"
    upgrading.backup(one, copy)
    other.answers()
    for deed in (lambda: upgrading.restore(one, copy, settings), lambda: one.alone().__enter__()):
        with pytest.raises(Refused) as refusal:
            deed()
        assert str(refusal.value) == IN_USE
    other.close()
    upgrading.restore(one, copy, settings)
    with one.alone():
        pass
    one.hold()
    with pytest.raises(Refused), other.alone():
        pass
    one.close()
    with other.alone():
        pass
    other.close()


def test_an_upgrade_waits_for_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path)})
    one, other = Database(settings.database_url), Database(settings.database_url)
    upgrading.ready(one, settings)
    other.hold()
    monkeypatch.setattr(upgrading, "HEAD", "9999")
    with pytest.raises(Refused) as refusal:
        upgrading.upgrade(one, settings)
    assert str(refusal.value) == IN_USE
    assert not (tmp_path / "backups").exists()
    one.close()
    other.close()


def test_an_empty_file_is_no_new_database(tmp_path: Path, flask: Callable[..., Ran]) -> None:
    copy, path = tmp_path / "copy", tmp_path / "isnad.sqlite3"
    flask("backup", copy)
    path.write_bytes(b"")
    assert flask("project", "list") == (
        1, f"{path} is empty, as a failed copy or a full disk leaves a file. Put a backup in its place with "
        "“flask restore”, or remove it to begin with a new database.",
    )  # fmt: skip
    assert path.read_bytes() == b""
    assert flask("restore", copy)[0] == 0
    path.write_bytes(os.urandom(5000))
    damaged = path.read_bytes()
    assert flask("restore", copy)[0] == 0
    assert damaged in [kept.read_bytes() for kept in tmp_path.glob("isnad-before-restore-*.sqlite3")]
    assert flask("check")[0] == 0


def test_a_new_instance_is_its_owners_alone(tmp_path: Path) -> None:
    """Releases are files of texts and addresses, which every account of the machine could read."""
    for secret in ("", "s" * 32):
        instance = tmp_path / f"instance{secret}"
        settings = read_settings({"ANNOTATOR_INSTANCE": str(instance), "ANNOTATOR_SECRET_KEY": secret})
        settings.secret_key()
        database = Database(settings.database_url)
        upgrading.ready(database, settings)
        database.close()
        assert instance.stat().st_mode & 0o777 == 0o700


def test_two_backups_at_once_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path)})
    database, target = Database(settings.database_url), tmp_path / "copy"
    upgrading.ready(database, settings)
    leave_out = arriving.leave_out

    def meanwhile(partial: Path) -> None:
        monkeypatch.setattr(arriving, "leave_out", leave_out)
        monkeypatch.setattr(os, "getpid", lambda: 1)
        upgrading.backup(database, target)  # by another process, which is done first
        leave_out(partial)

    monkeypatch.setattr(arriving, "leave_out", meanwhile)
    with pytest.raises(Refused, match="exists already; a backup never overwrites"):
        upgrading.backup(database, target)
    database.close()
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy"]
    upgrading._check_file(target)


def test_databases_and_backups_are_their_owners_alone(tmp_path: Path, flask: Callable[..., Ran]) -> None:
    flask("backup", tmp_path / "copy")
    flask("restore", tmp_path / "copy")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*") if path.name != "upgrade.lock"}
    assert set(modes.values()) == {0o600} and {"copy", "isnad.sqlite3"} < set(modes)


def test_nothing_is_acknowledged_once_the_file_is_gone(tmp_path: Path) -> None:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path)})
    database = Database(settings.database_url)
    upgrading.ready(database, settings)
    path, aside = tmp_path / "isnad.sqlite3", tmp_path / "aside"
    database.answers()
    os.rename(path, aside)  # as a disk that goes away, or a hand that slips
    for deed in (database.answers, lambda: database.write().__enter__()):
        with pytest.raises(sqlite3.OperationalError) as failure:
            deed()
        assert outage(failure.value) == f"{path}: No such file or directory"
    assert not path.exists()  # nor is an empty one made
    path.write_bytes(aside.read_bytes())
    with pytest.raises(sqlite3.OperationalError) as failure, database.write():
        pass
    assert outage(failure.value) == f"another file took the name {path}"
    os.rename(aside, path)
    with database.write() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM person").scalar_one() == 0
    database.close()


def test_no_connection_makes_an_empty_database(tmp_path: Path) -> None:
    database = Database(read_settings({"ANNOTATOR_INSTANCE": str(tmp_path)}).database_url)
    with pytest.raises(DBAPIError):
        database.answers()
    assert not (tmp_path / "isnad.sqlite3").exists()
    database.close()
