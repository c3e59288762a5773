"""The folded tallies equal a full recount after any history, on both databases, also while others save."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from annotator import folding, upgrading
from annotator.actions import agreement as actions
from annotator.actions.agreement import apply, prepare_fold
from annotator.db import Database
from annotator.errors import Refused
from annotator.models import Sentence, TallyDue
from annotator.queries import tallies
from annotator.settings import read_settings
from tests.actions.crew import STATEMENTS, Team, answer, is_right, put, rename, stored
from tests.support import databases


@pytest.fixture
def crew(database: Database) -> Team:
    return Team(database)


SAVE = st.tuples(
    st.just("save"), st.integers(0, 2), st.integers(0, 7),
    st.builds(answer, st.sampled_from(sorted(STATEMENTS)), st.integers(0, 3),
              st.sampled_from([None, "fact", "deny"]), st.sampled_from(["submitted"] * 5 + ["draft", "skipped"])),
)  # fmt: skip
DEEDS = st.one_of(
    SAVE, SAVE, SAVE,
    st.tuples(st.just("role"), st.integers(0, 2), st.sampled_from(["annotator", "viewer", "adjudicator", "gone"])),
    st.tuples(st.just("merge"), st.booleans()),
    st.tuples(st.just("rename"), st.sampled_from(["سالم علي", "سالم العلي"])),
    st.tuples(st.just("kind"), st.integers(0, 7), st.sampled_from(["sentence", "headline"])),
    st.tuples(st.just("bring"), st.integers(0, 3)),
    st.tuples(st.just("cut"), st.integers(0, 7)),
    st.tuples(st.just("fold")),
)  # fmt: skip


def live(team: Team, history: list[tuple[Any, ...]]) -> None:
    for verb, *about in history:
        if verb == "save":
            who, sentence, body = about
            try:
                put(team.database, team.annotators[who], team.sentences[sentence], body)
            except Refused:
                pass  # somebody who may not label, a unit that was cut, an overlap that is full
        elif verb == "role":
            team.change_role(*about)
        elif verb == "merge":
            team.merge(*about)
        elif verb == "rename":
            with contextlib.suppress(Refused):  # the name is another speaker's
                rename(team, *about)
        elif verb == "kind":
            team.change_kind(*about) if _there(team, about[0]) else None
        elif verb == "bring":
            team.bring(*about)
        elif verb == "cut":
            team.cut(*about) if _there(team, about[0]) else None
        else:
            folding.fold(team.database, team.project)


def _there(team: Team, sentence: int) -> bool:
    with team.database.read() as session:
        return session.get(Sentence, team.sentences[sentence]) is not None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, min_size=5, max_size=40))
def test_folded_tallies_equal_a_recount_after_any_history(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory, history: list[tuple[Any, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    database = Database(databases.copied(migrated_file, folder))
    try:
        team = Team(database)
        live(team, history)
        is_right(database, team.project)
    finally:
        database.close()


HISTORIES: list[list[tuple[Any, ...]]] = [
    [("save", who, n, answer(kind, n % 4)) for n in range(8) for who, kind in enumerate(("one", "two", "deny"))]
    + [("fold",), ("merge", True), ("role", 1, "viewer"), ("bring", 1), ("fold",), ("role", 0, "gone"),
       ("save", 2, 0, answer("fact", 1, "deny")), ("save", 2, 1, answer(state="draft")), ("merge", False)],
    [("save", 0, 0, answer("one", 3)), ("save", 1, 0, answer("one", 2)), ("fold",), ("role", 0, "viewer"), ("fold",),
     ("role", 0, "annotator"), ("save", 0, 0, answer("two", state="skipped")), ("kind", 0, "headline")],
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HISTORIES)))
def test_some_histories_on_both_databases(crew: Team, number: int) -> None:
    live(crew, HISTORIES[number])
    is_right(crew.database, crew.project)


def test_who_only_views_does_not_count_and_who_left_does(crew: Team) -> None:
    for who in (0, 1):
        put(crew.database, crew.annotators[who], crew.sentences[0], answer())
    assert folding.figures(crew.database, crew.project)["layers"]["stance"]["n_sentences"] == 1
    crew.change_role(1, "gone")
    assert folding.figures(crew.database, crew.project)["layers"]["stance"]["n_sentences"] == 1
    crew.change_role(0, "viewer")
    assert folding.figures(crew.database, crew.project)["layers"]["stance"]["n_sentences"] == 0


def test_a_recount_repairs_and_tells(crew: Team) -> None:
    for who, kind in enumerate(("one", "two", "deny")):
        put(crew.database, crew.annotators[who], crew.sentences[0], answer(kind))
    folding.fold(crew.database, crew.project)
    right = stored(crew.database, crew.project)
    with crew.database.write() as session:
        session.execute(text("UPDATE document_tally SET content = '{}'"))
        session.execute(text("UPDATE tally_sum SET content = '{}' WHERE part = 'stance'"))
        session.execute(text("DELETE FROM tally_sum WHERE scope = 'outlet'"))
    change = folding.recount(crew.database, crew.project)
    assert change.wrong == ["الفنار.txt"] and len(change.sums) > 5
    assert stored(crew.database, crew.project) == right
    is_right(crew.database, crew.project)


def test_what_is_saved_after_a_fold_was_prepared_stays_due(crew: Team) -> None:
    for who in (0, 1):
        put(crew.database, crew.annotators[who], crew.sentences[0], answer())
    with crew.database.snapshot() as session:
        change = prepare_fold(session, crew.project)
        second = prepare_fold(session, crew.project)
    assert change is not None and second is not None
    put(crew.database, crew.annotators[2], crew.sentences[0], answer("deny"))
    with crew.database.write() as session:
        assert apply(session, change)
    with crew.database.write() as session:
        assert not apply(session, second)  # somebody folded in between
    with crew.database.read() as session:
        assert session.scalar(select(func.count()).select_from(TallyDue)) == 1
    is_right(crew.database, crew.project)


def test_a_fold_ends_when_all_that_was_due_is_done(crew: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many rows of one document and few of others, a row and a document at a time."""
    for sentence in crew.sentences:
        for who in (0, 1):
            put(crew.database, crew.annotators[who], sentence, answer())
    monkeypatch.setattr(actions, "DUE_AT_ONCE", 3)
    monkeypatch.setattr(actions, "DOCUMENTS_AT_ONCE", 1)
    folding.fold(crew.database, crew.project)
    with crew.database.read() as session:
        assert tallies.due_documents(session, crew.project) == {}
    is_right(crew.database, crew.project)


def test_saves_during_folds_end_equal_to_a_recount(crew: Team) -> None:
    """Three annotators save while two threads fold."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def run(work: Any) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # told by the test's own thread
                failed.append(error)

        thread = threading.Thread(target=guarded)
        thread.start()
        return thread

    def fold() -> None:
        while not stop.is_set():
            folding.fold(crew.database, crew.project)

    def label(who: int) -> None:
        kinds = ("one", "two", "deny") if who else ("deny", "fact", "one")
        for turn in range(4):
            for n, sentence in enumerate(crew.sentences):
                put(crew.database, crew.annotators[who], sentence, answer(kinds[(n + turn) % 3], turn % 4))

    folders = [run(fold) for _ in range(2)]
    savers = [run(lambda who=who: label(who)) for who in range(3)]
    for thread in savers:
        thread.join()
    stop.set()
    for thread in folders:
        thread.join()
    assert failed == []
    is_right(crew.database, crew.project)


def test_an_older_database_is_counted_after_its_upgrade(database_url: str, tmp_path: Path) -> None:
    """A database of the first version, with answers: all of them are due after the upgrade."""
    given = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path), "ANNOTATOR_DATABASE_URL": database_url})
    database = Database(given.database_url)
    upgrading.ready(database, given)
    team = Team(database)
    for who in (0, 1):
        put(database, team.annotators[who], team.sentences[0], answer())
    with database.write() as session:
        for table in ("tally_due", "document_tally", "tally_sum", "tally_state", "tally_interval"):
            session.execute(text(f"DELETE FROM {table}"))
        session.execute(_as_migrated())
    assert folding.figures(database, team.project)["layers"]["stance"]["n_sentences"] == 1
    is_right(database, team.project)
    database.close()


def _as_migrated() -> Any:
    """The statement with which the migration marks what is due."""
    source = (upgrading.MIGRATIONS / "versions" / "0002_tallies.py").read_text("utf-8")
    told = source[source.index('"INSERT INTO tally_due') :].rpartition(")")[0]
    return text("".join(part.strip().strip('"') + " " for part in told.splitlines()))
