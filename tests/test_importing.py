"""Imports that are stored in short turns: the same rows as in one transaction, and nobody sees half of them."""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator import arriving, importing, upgrading
from annotator.actions import corpus, people
from annotator.actions.checking import check
from annotator.actions.importing import ImportOptions, import_in_turns
from annotator.actions.importing_reading import read_ahead
from annotator.actions.log import write_log
from annotator.actions.queue import lease
from annotator.db import Database
from annotator.errors import Refused
from annotator.models import Base, Project, Sentence
from annotator.permissions import OPERATOR, Actor
from annotator.settings import read_settings
from annotator.sweeping import sweep

COUNT = 60
OPTIONS = ImportOptions(name="many.jsonl", format="jsonl", new_annotators=True, new_speakers=True)
MOMENTS = ("at", "created_at", "updated_at")
Dump = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An SQLite database with a project of a text, three people and a speaker in it."""
    with closing(made(tmp_path)) as found:
        yield found


def made(folder: Path) -> Database:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(folder)})
    database = Database(settings.database_url)
    upgrading.ready(database, settings)
    with database.write() as session:
        project = corpus.add_project(session, OPERATOR, "تجربة", None, 2)
        for name in ("amal", "badr"):
            people.add_person(session, OPERATOR, name, f"{name}@example.org", project=project, role="annotator")
    first = ImportOptions(name="first.jsonl", format="jsonl", event="حدث")
    importing.import_whole(database, OPERATOR, project_of, b"".join(lines(COUNT, COUNT + 5)), first)
    return database


def project_of(session: Session) -> Project:
    return session.scalars(select(Project)).one()


def lines(first: int, last: int, annotator: str | None = None) -> Iterator[bytes]:
    for n in range(first, last):
        line: dict[str, Any] = {"text": f"أعلنت الوزارة اليوم النشرة رقم {n} عن الأسعار"}
        if annotator is not None:
            answer = {"speaker": {"canonical": f"متحدث {n % 3}", "kind": "person"}, "attribution": "direct",
                      "stance": {"target": None, "value": "none"}, "claim_type": "fact"}  # fmt: skip
            entities = [{"start": 0, "end": 5, "label": "ORG"}]
            line["annotations"] = [{"annotator": annotator, "flag": "؟" if n % 7 == 0 else None, "active_ms": n,
                                    "labels": {"statements": [answer], "entities": entities}}]  # fmt: skip
        if n % 3 == 0:
            document = {"file": f"{n}.txt", "event": "حدث" if n % 2 else None, "outlet": f"وكالة {n}"}
            line |= {"document": document, "start": 0, "end": len(line["text"])}
        yield json.dumps(line).encode() + b"\n"


def answered() -> bytes:
    return b"".join([*lines(0, 30, "amal@example.org"), *lines(30, COUNT, "new@example.org")])


def dump(session: Session) -> Dump:
    """Every row of every table as this session sees it, without times and links that are drawn."""
    return {
        table.name: [
            tuple(_timeless(value) for name, value in row.items() if name not in MOMENTS)
            for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in Base.metadata.sorted_tables if table.name != "sign_in_link"
    }  # fmt: skip


def _timeless(value: Any) -> Any:
    return {k: v for k, v in value.items() if k not in MOMENTS} if isinstance(value, dict) else value


def seen(database: Database) -> Dump:
    with database.read() as session:
        return dump(session)


def stored(database: Database) -> Dump:
    with database.reading_all() as session:
        return dump(session)


class Watched(importing.ShortTurns):
    """Short turns, after each of which somebody does something."""

    def __init__(self, database: Database, after: Callable[[int], None]) -> None:
        super().__init__(database, project_of)
        self._after, self.count = after, 0

    @contextmanager
    def turn(self) -> Iterator[Session]:
        with super().turn() as session:
            yield session
        self.count += 1
        self._after(self.count)


def import_watched(database: Database, after: Callable[[int], None], raw: bytes | None = None) -> int:
    """Import in turns; gives how many there were before the last."""
    raw = answered() if raw is None else raw
    turns = Watched(database, after)
    ahead = read_ahead(raw, OPTIONS, turns.project.served_kinds)
    import_in_turns(turns, OPERATOR, turns.project, OPTIONS, ahead)
    turns.session.close()
    return turns.count


@pytest.fixture(autouse=True)
def many_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.actions.importing_answers.BATCH", 7)
    monkeypatch.setattr(importing, "UNITS", 4)
    monkeypatch.setattr("annotator.actions.importing_texts.DOCUMENTS_AT_ONCE", 5)


def test_turns_store_what_one_transaction_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dumps = []
    for few in (0, 10_000):
        with closing(made(tmp_path / str(few))) as database:
            monkeypatch.setattr(importing, "FEW", few)
            report = importing.import_whole(database, OPERATOR, project_of, answered(), OPTIONS)
            assert (report.sentences, report.annotations) == (COUNT, COUNT)
            with database.read() as session:
                assert check(session)[1] == []
            dumps.append(stored(database))
            assert seen(database) == dumps[-1]
    assert dumps[0] == dumps[1]
    assert dumps[0]["arriving"] == []


def test_readers_see_nothing_before_all_is_there(database: Database) -> None:
    before = seen(database)

    def look(_: int) -> None:
        now = seen(database)
        assert now.pop("arriving")
        assert now == {name: rows for name, rows in before.items() if name != "arriving"}
        assert stored(database) != before

    assert import_watched(database, look) > 15
    assert len(seen(database)["sentence"]) == len(before["sentence"]) + COUNT
    with database.read() as session:
        assert check(session)[1] == []


def test_what_is_arriving_is_not_handed_out(database: Database) -> None:
    leased: list[int] = []
    there = {row[0] for row in seen(database)["sentence"]}
    badr = next(row[0] for row in seen(database)["person"] if "badr@example.org" in row)

    def ask(_: int) -> None:
        with database.write() as session:
            actor = Actor(badr, "badr@example.org", "badr", "ar", False)
            leased.extend(lease(session, actor, project_of(session), 4, minutes=5, holding=leased))

    import_watched(database, ask)
    assert set(leased) == there  # all that was there, and nothing else
    ask(0)
    assert set(leased) > there


def test_a_deed_in_between_has_the_file_imported_under_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_overlap(count: int) -> None:
        if count == 12:
            with database.write() as session:
                corpus.set_overlap(session, OPERATOR, project_of(session), 1)

    class Overtaken(Watched):
        def __init__(self, database: Database, _: object) -> None:
            super().__init__(database, set_overlap)

    monkeypatch.setattr(importing, "FEW", 0)
    monkeypatch.setattr(importing, "ShortTurns", Overtaken)
    importing.import_whole(database, OPERATOR, project_of, answered(), OPTIONS)
    with database.read() as session:
        assert check(session)[1] == []
        opened = session.scalars(select(Sentence.open).where(Sentence.taken > 0)).all()
    assert opened == [False] * COUNT
    assert stored(database)["arriving"] == []


def test_a_refusal_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "FEW", 0)
    before = stored(database)
    bad = answered() + json.dumps({"text": "جملة", "annotations": [
        {"annotator": "amal@example.org", "labels": {"statements": [{"attribution": "none"}]}}]}).encode()  # fmt: skip
    with pytest.raises(Refused) as refusal:
        importing.import_whole(database, OPERATOR, project_of, bad, OPTIONS)
    assert refusal.value.faults[0].line == COUNT + 1
    assert stored(database) == before


def test_what_was_broken_off_is_in_no_backup_and_goes_at_the_next_start(database: Database, tmp_path: Path) -> None:
    before = stored(database)

    def break_off(count: int) -> None:
        if count == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_watched(database, break_off)
    assert len(stored(database)["annotation"]) > 0
    upgrading.backup(database, tmp_path / "backup.sqlite3")
    with closing(sqlite3.connect(tmp_path / "backup.sqlite3")) as copy:
        for table, rows in before.items():
            assert copy.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (len(rows),)
    with (tmp_path / "isnad.import").open("r+b") as lock:  # as an import holds it
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep(database)
        assert len(stored(database)["annotation"]) > 0
    sweep(database)
    assert stored(database) == before


def test_a_speaker_that_somebody_used_meanwhile_stays(database: Database) -> None:
    def use(count: int) -> None:
        if not stored(database)["entry"][-1][2].startswith("s-"):
            return
        with database.write() as session:
            entry = stored(database)["entry"][-1][0]
            session.connection().exec_driver_sql(
                "INSERT INTO entry (project_id, key, canonical, kind, scope, merged_into_id, created_at) "
                f"VALUES (1, 'mine', 'mine', 'person', 'project', {entry}, '')"
            )
        raise KeyboardInterrupt

    known = {row[0] for row in seen(database)["entry"]}
    with pytest.raises(KeyboardInterrupt):
        import_watched(database, use)
    sweep(database)
    assert len({row[0] for row in stored(database)["entry"]} - known) == 2
    assert not arriving_rows(database)


def arriving_rows(database: Database) -> bool:
    with database.reading_all() as session:
        return arriving.some(session.connection().connection.driver_connection)


def test_turns_are_shorter_from_when_others_write(database: Database) -> None:
    counts = [5]  # those that were there

    def somebody_saves(turn: int) -> None:
        with database.reading_all() as session:
            counts.append(session.query(Sentence).count())
        if turn == 3:
            with database.write() as session:
                write_log(session, OPERATOR, "save", project_id=project_of(session).id)

    bare = b"".join(json.dumps({"text": f"النشرة رقم {n}"}).encode() + b"\n" for n in range(60))
    import_watched(database, somebody_saves, bare)
    grown = [later - earlier for earlier, later in pairwise(counts)]
    assert grown == [0, 12, 12, 12, 4, 4, 4, 4, 4, 4], grown
