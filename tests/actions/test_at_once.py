"""Two deeds at the same moment: SQLite lets the second wait, PostgreSQL lets both begin."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotator.actions import queue, registry_merging
from annotator.actions.checking import check
from annotator.actions.labelling import Stale, save
from annotator.db import Database
from annotator.errors import Taken
from annotator.models import Project, Sentence
from annotator.outages import outage
from tests.actions.conftest import Place, labels
from tests.actions.test_labelling import counts, lease, put


def at_once(database: Database, deed: Callable[[Session], object], other: Callable[[], object]) -> None:
    """Begin the other while the deed is done and not yet committed."""
    with ThreadPoolExecutor() as pool:
        with database.write() as session:
            deed(session)
            waiting = pool.submit(other)
            time.sleep(0.3)
        waiting.result(timeout=20)


def test_two_first_answers_at_once_are_one_answer_and_one_conflict(database: Database, place: Place) -> None:
    sentence = place.sentences[1]
    with pytest.raises(Stale):
        at_once(
            database,
            lambda session: save(session, place.amal, sentence, {"labels": labels()}, base_version=0, key="one tab"),
            lambda: put(database, place.amal, sentence, 0, "another tab"),
        )
    assert counts(database, place, place.amal)[:3] == (1, 0, 0)


def test_a_sentence_that_is_answered_at_this_moment_is_not_handed_out(database: Database, place: Place) -> None:
    [held] = lease(database, place, place.amal, 1)
    given: list[int] = []
    at_once(
        database,
        lambda session: save(session, place.amal, held, {"labels": labels()}, base_version=0, key="k"),
        lambda: given.extend(lease(database, place, place.amal, 1)),
    )
    assert len(given) == 1 and held not in given


def test_two_who_name_one_new_speaker_at_once_have_one(database: Database, place: Place) -> None:
    """On PostgreSQL the second is told to come again, as its browser does; on SQLite it waited."""
    row = {**labels()["statements"][0], "speaker": {"id": "s-new"}, "attribution": "direct"}
    body = {"labels": {"statements": [row], "entities": []},
            "speakers": [{"id": "s-new", "canonical": "سالم", "kind": "person"}]}  # fmt: skip
    first, second = place.sentences[1:3]
    with suppress(IntegrityError):
        at_once(
            database,
            lambda session: save(session, place.amal, first, body, base_version=0, key="one"),
            lambda: told(lambda: put(database, place.badr, second, 0, "other", **body)),
        )
    assert put(database, place.badr, second, 0, "other", **body).version == 1


def told(deed: Callable[[], object]) -> None:
    try:
        deed()
    except IntegrityError as error:
        assert outage(error) == 'duplicate key value violates unique constraint "uq_entry_project_id_key"'
        raise


def test_a_speaker_is_merged_once_also_by_two_at_once(database: Database, place: Place) -> None:
    kinds = [{"id": name, "canonical": name, "kind": "person"} for name in ("s-a", "s-b", "s-c")]
    put(database, place.amal, place.sentences[1], 0, speakers=kinds)

    def merge(session: Session, into: str) -> None:
        registry_merging.merge(session, place.lead, session.get_one(Project, place.project_id), "s-a", into)

    def other() -> None:
        with database.write() as session:
            merge(session, "s-c")

    with pytest.raises(Taken):
        at_once(database, lambda session: merge(session, "s-b"), other)


def test_a_lease_that_ends_while_its_answer_comes_is_taken_anew(database: Database, place: Place) -> None:
    [held] = lease(database, place, place.amal, 1)
    at_once(
        database,
        lambda session: queue.give_back_leases(session, session.get_one(Project, place.project_id), place.amal.id),
        lambda: put(database, place.amal, held, 0),
    )
    with database.read() as session:
        assert session.get_one(Sentence, held).taken == 1
        assert check(session)[1] == []
