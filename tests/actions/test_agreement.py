"""The folded tallies equal a full recount after any history, on both databases, also while others save."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from annotator import folding, upgrading
from annotator.actions import corpus, due, people
from annotator.actions.agreement import apply, prepare_fold, prepare_recount
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.labelling import save
from annotator.actions.registry_changes import change_entry
from annotator.agreement.selection import Selection
from annotator.db import Database
from annotator.errors import Refused, Taken
from annotator.models import Annotation, Document, Entry, Membership, Project, Sentence, TallyDue, TallySum
from annotator.permissions import OPERATOR, Actor
from annotator.queries import agreement, tallies
from annotator.queries.agreement_sentences import history, sentences_in_cell, votes
from annotator.settings import read_settings
from tests.actions.conftest import member
from tests.support import databases

TEXT = "أعلن المجلس خطته اليوم.\nوقال سالم إن الخطة جيدة.\nورفضت النقابة ذلك أمس.\nأعلن المجلس خطته اليوم.\n"
STATEMENTS: dict[str, dict[str, Any]] = {
    "fact": {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
             "claim_type": "fact"},
    "deny": {"speaker": {"id": "UNCLEAR"}, "attribution": "indirect", "stance": {"target": "other", "value": "against"},
             "claim_type": "deny"},
    "one": {"speaker": {"id": "one", "start": 0, "end": 4}, "attribution": "direct",
            "stance": {"target": "other", "value": "favor"}, "claim_type": "deny"},
    "two": {"speaker": {"id": "two"}, "attribution": "direct", "stance": {"target": None, "value": "none"},
            "claim_type": "predict"},
}  # fmt: skip
SPEAKERS = [{"id": "one", "canonical": "سالم", "kind": "person"},
            {"id": "two", "canonical": "سالم علي", "kind": "person"}]  # fmt: skip
SPANS = ([], [{"start": 0, "end": 4, "label": "ORG"}], [{"start": 0, "end": 4, "label": "PERS"}],
         [{"start": 0, "end": 11, "label": "ORG"}, {"start": 5, "end": 11, "label": "PERS"}])  # fmt: skip


def answer(kind: str = "fact", spans: int = 0, more: str | None = None, state: str = "submitted") -> dict[str, Any]:
    statements = [STATEMENTS[kind], *([STATEMENTS[more]] if more else [])]
    body: dict[str, Any] = {"labels": {"statements": statements, "entities": SPANS[spans]}, "state": state}
    return {**body, "speakers": SPEAKERS, **({"skip_reason": "unclear"} if state == "skipped" else {})}


def put(database: Database, actor: Actor, sentence_id: int, body: dict[str, Any]) -> None:
    with database.write() as session:
        version = session.scalar(
            select(Annotation.version).where(Annotation.sentence_id == sentence_id, Annotation.person_id == actor.id)
        )
        try:
            save(session, actor, sentence_id, body, base_version=version or 0, key=None)
        except Taken:
            session.rollback()


def stored(database: Database, project_id: int) -> tuple[dict[int, Any], dict[Any, str]]:
    with database.snapshot() as session:
        documents = {key: (t.outlet, t.event, t.content) for key, t in tallies.stored_documents(session, project_id)}
        sums = session.execute(select(TallySum).where(TallySum.project_id == project_id)).scalars()
        return documents, {(row.scope, row.key, row.part): row.content for row in sums}


def rename(team: Team, name: str) -> None:
    with team.database.write() as session:
        if session.scalar(select(Entry.id).where(Entry.key == "two", Entry.merged_into_id.is_(None))) is not None:
            change_entry(session, OPERATOR, team.project_row(session), "two", {"canonical": name})


def is_right(database: Database, project_id: int) -> None:
    """After folding nothing is due, and counting everything anew changes nothing."""
    folding.fold(database, project_id)
    with database.snapshot() as session:
        assert tallies.due_documents(session, project_id) == {}
        change = prepare_recount(session, project_id)
    assert (change.documents, change.sums, change.wrong) == ({}, {}, [])


class Team:
    """A project of two articles on one event, in two outlets, and three annotators."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            project = corpus.add_project(session, OPERATOR, "تجربة", None, 3)
            self.project = project.id
            for outlet in ("الفنار", "الساحل"):
                options = ImportOptions(name=f"{outlet}.txt", outlet=outlet, event="خطة")
                import_file(session, OPERATOR, project, (TEXT + f"وانتهى الاجتماع في {outlet}.").encode(), options)
            units = select(Sentence.id).where(Sentence.project_id == project.id).order_by(Sentence.position)
            self.sentences = list(session.scalars(units))
            self.documents = list(session.scalars(select(Document.id).order_by(Document.id)))
        self.annotators = [member(database, name, "annotator", self.project) for name in ("amal", "badr", "celia")]

    def project_row(self, session: Any) -> Project:
        found = session.get(Project, self.project)
        assert isinstance(found, Project)
        return found

    def merge(self, into: bool) -> None:
        """Say that two speakers are one, or take that back."""
        with self.database.write() as session:
            rows = dict(session.execute(select(Entry.key, Entry.id).where(Entry.key.in_(["one", "two"]))).all())
            if len(rows) == 2:
                session.execute(
                    update(Entry).where(Entry.key == "two").values(merged_into_id=rows["one"] if into else None)
                )
                due.speakers_due(session, self.project, [rows["two"]])

    def change_role(self, who: int, role: str) -> None:
        with self.database.write() as session:
            project, person = self.project_row(session), self.annotators[who].id
            there = session.scalar(
                select(Membership.role).where(Membership.person_id == person, Membership.project_id == self.project)
            )
            if role == "gone":
                if there:
                    people.remove_member(session, OPERATOR, project, person)
            elif there is None:
                people.add_person(session, OPERATOR, "x", self.annotators[who].email, project=project, role=role)
            else:
                people.change_role(session, OPERATOR, project, person, role)

    def change_kind(self, sentence: int, kind: str) -> None:
        with self.database.write() as session:
            corpus.change_kind(session, OPERATOR, self.sentences[sentence], kind)

    def bring(self, number: int) -> None:
        """One more article of the event: its near-copies join the others'."""
        with self.database.write() as session:
            options = ImportOptions(name=f"{number}.txt", event="خطة")
            article = TEXT + f"وانتهى الاجتماع رقم {number}."
            try:
                import_file(session, OPERATOR, self.project_row(session), article.encode(), options)
            except Refused:
                session.rollback()

    def cut(self, sentence: int) -> None:
        with self.database.write() as session:
            try:
                corpus.split_unit(session, OPERATOR, self.sentences[sentence], 5)
            except Refused:
                session.rollback()


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


def test_intervals_are_drawn_once_per_state_and_the_same_again(crew: Team) -> None:
    for n, sentence in enumerate(crew.sentences):
        for who, kind in enumerate(("one", "deny" if n % 3 else "one")):
            put(crew.database, crew.annotators[who], sentence, answer(kind, n % 4))
    first = folding.figures(crew.database, crew.project)
    assert first["interval"]["method"] == "articles" and first["interval"]["units"] == 2
    assert first["interval"]["too_narrow"] and first["interval"]["current"]
    alpha = first["layers"]["speaker"]["alpha"]
    assert alpha["low"] <= alpha["value"] <= alpha["high"]
    again = folding.figures(crew.database, crew.project)
    assert again["interval"] == first["interval"] and again["layers"] == first["layers"]
    with crew.database.write() as session:
        session.execute(text("DELETE FROM tally_interval"))
    drawn = folding.figures(crew.database, crew.project)
    assert drawn["layers"] == first["layers"] and drawn["interval"]["computed_at"] > first["interval"]["computed_at"]
    put(crew.database, crew.annotators[2], crew.sentences[0], answer("two"))
    kept = folding.figures(crew.database, crew.project, fresh=False)
    assert not kept["interval"]["current"] and kept["layers"]["speaker"]["n_annotators"] == 3
    one = folding.figures(crew.database, crew.project, Selection(document=crew.documents[0]))
    assert one["interval"]["method"] == "sentences" and one["interval"]["units"] == len(crew.sentences) // 2


def test_filters_count_what_they_name(crew: Team) -> None:
    for sentence in crew.sentences:
        for who, kind in enumerate(("one", "deny", "deny")):
            put(crew.database, crew.annotators[who], sentence, answer(kind))
    folding.fold(crew.database, crew.project)
    with crew.database.read() as session:
        def told(**given: Any) -> dict[str, Any]:
            selection = agreement.selection_of(session, crew.project, given)
            return folding.figures(crew.database, crew.project, selection, fresh=False)

        half = len(crew.sentences) // 2
        everything = told()
        assert everything["layers"]["stance"]["n_sentences"] == 2 * half
        for given in ({"outlet": "الفنار"}, {"document": "الفنار.txt"}, {"document": ["الفنار.txt"], "event": "خطة"}):
            assert told(**given)["layers"]["stance"]["n_sentences"] == half
        assert told(outlet="الفنار")["filters"] == {"copies": "all", "outlet": "الفنار"}
        without = told(without=["amal@example.org"])
        assert without["layers"]["claim_type"]["percent"]["value"] == 1.0
        assert without["filters"]["without"] == ["amal@example.org"]
        once = told(copies="once")["layers"]["stance"]["n_sentences"]
        assert once == session.scalar(
            select(func.count(func.distinct(func.coalesce(Sentence.near_group, Sentence.uid))))
        )
        assert told(seen="1")["layers"]["stance"]["n_sentences"] == 0
        for given in ({"outlet": "لا"}, {"seen": "yes"}, {"copies": "none"}, {"colour": "red"}, {"without": "x@y.z"}):
            with pytest.raises(Refused):
                told(**given)
        names = [one["name"] for one in agreement.breakdown(session, crew.project, "outlet")]
        assert names == ["الفنار", "الساحل"]


def test_the_sentences_behind_a_cell(crew: Team) -> None:
    for n, sentence in enumerate(crew.sentences):
        for who, kind in enumerate(("deny", "deny" if n % 2 else "one")):
            put(crew.database, crew.annotators[who], sentence, answer(kind, 1 + who))
    folding.fold(crew.database, crew.project)
    amal, badr, _ = (one.id for one in crew.annotators)
    assert amal is not None and badr is not None
    with crew.database.read() as session:
        def ids(layer: str, first: str, second: str, **more: Any) -> list[int]:
            found, after = [], None
            while True:
                page, after = sentences_in_cell(
                    session, crew.project, layer, first, second, after=after, limit=2, **more
                )
                found += [one.id for one in page]
                if after is None:
                    return found

        odd, even = crew.sentences[1::2], crew.sentences[0::2]
        assert ids("stance", "against", "favor") == even == ids("stance", "favor", "against")
        assert ids("stance", "against", "against") == odd
        assert ids("stance", "against", "favor", pair=(amal, badr)) == even
        assert ids("stance", "favor", "against", pair=(amal, badr)) == []
        assert ids("speaker", "UNCLEAR", "one") == even
        assert ids("stance_where_same_target", "against", "favor") == even
        assert ids("entities", "ORG", "") == crew.sentences
        page, _ = sentences_in_cell(session, crew.project, "speaker", "UNCLEAR", "one")
        assert page[0].answers == (("amal@example.org", "UNCLEAR"), ("badr@example.org", "one"))
        assert sum(n for *_, n in votes(session, crew.project, "stance")) == len(crew.sentences)
        assert len(history(session, crew.project, amal, "stance")) == len(crew.sentences)


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
