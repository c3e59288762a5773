"""Saving answers: versions, idempotency, rules, counts, the log."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from annotator.actions import labelling, queue
from annotator.actions.labelling import Saved, Stale, save
from annotator.db import Database
from annotator.errors import NotAllowed, NotFound, Refused, Taken
from annotator.models import Annotation, LogLine, Membership, Project, Sentence
from annotator.permissions import Actor
from annotator.queries import labelling as reading
from tests.actions.conftest import Place, labels, member


def put(
    database: Database, actor: Actor, sentence_id: int, version: int, key: str | None = None, **body: object
) -> Saved:
    with database.write() as session:
        return save(session, actor, sentence_id, {"labels": labels(), **body}, base_version=version, key=key)


def counts(database: Database, place: Place, actor: Actor) -> tuple[int, ...]:
    with database.read() as session:
        row = session.execute(
            select(Membership.submitted, Membership.drafts, Membership.skipped, Membership.flagged,
                   Membership.active_ms).where(Membership.person_id == actor.id)
        ).one()  # fmt: skip
    return tuple(row)


def test_a_saved_answer_is_read_back_whole(database: Database, place: Place) -> None:
    body = {
        "labels": {
            "statements": [
                {
                    "speaker": {"id": "s-new", "start": 5, "end": 9, "text": "سالم"},
                    "attribution": "indirect",
                    "stance": {"target": "other", "value": "favor"},
                    "claim_type": "assess",
                }
            ],
            "entities": [{"start": 5, "end": 9, "text": "سالم", "label": "PERS"}],
        },
        "speakers": [{"id": "s-new", "canonical": "سالم", "kind": "person"}],
        "state": "submitted", "active_ms": 5400, "flag": "نقاش", "comment": "ملاحظة", "provenance": {"seen": ["x"]},
    }  # fmt: skip
    with database.write() as session:
        saved = save(session, place.amal, place.sentences[1], body, base_version=0, key="k1")
    assert saved == Saved(1, "submitted", project_id=place.project_id)
    with database.read() as session:
        own = reading.own_answers(session, place.amal.id, [place.sentences[1]])[place.sentences[1]]
        other = reading.own_answers(session, place.badr.id, [place.sentences[1]])
    own.pop("updated_at")
    assert other == {}
    assert own == {
        "labels": {
            "statements": [
                {
                    "speaker": {"id": "s-new", "canonical": "سالم", "kind": "person",
                                "start": 5, "end": 9, "text": "سالم"},
                    "attribution": "indirect",
                    "stance": {"target": "other", "value": "favor"},
                    "claim_type": "assess",
                }
            ],
            "entities": [
                {"start": 5, "end": 9, "start_utf16": 5, "end_utf16": 9, "text": "سالم", "label": "PERS"}
            ],
        },
        "state": "submitted", "version": 1, "flag": "نقاش", "comment": "ملاحظة", "skip_reason": None,
        "active_ms": 5400, "provenance": {"seen": ["x"]},
    }  # fmt: skip
    assert counts(database, place, place.amal) == (1, 0, 0, 1, 5400)


def test_the_same_key_is_the_same_success_and_another_body_under_it_is_refused(
    database: Database, place: Place
) -> None:
    first = put(database, place.amal, place.sentences[0], 0, "k")
    again = put(database, place.amal, place.sentences[0], 0, "k")
    assert first == again == Saved(1, "submitted", project_id=place.project_id)
    with pytest.raises(Refused, match="used for another save"):
        put(database, place.amal, place.sentences[0], 1, "k", comment="other")
    assert counts(database, place, place.amal) == (1, 0, 0, 0, 0)


def test_a_stale_save_changes_nothing(database: Database, place: Place) -> None:
    put(database, place.amal, place.sentences[0], 0)
    put(database, place.amal, place.sentences[0], 1, comment="second")
    with pytest.raises(Stale):
        put(database, place.amal, place.sentences[0], 1, comment="late")
    with database.read() as session:
        rows = session.execute(select(Annotation.version, Annotation.comment)).all()
    assert [tuple(row) for row in rows] == [(2, "second")]


def test_the_log_rebuilds_every_past_state(database: Database, place: Place) -> None:
    put(database, place.amal, place.sentences[0], 0, state="draft")
    put(database, place.amal, place.sentences[0], 1, labels=labels("announce"))
    with database.read() as session:
        lines = session.execute(
            select(LogLine.version, LogLine.content)
            .where(LogLine.sentence_id == place.sentences[0], LogLine.verb == "save")
            .order_by(LogLine.id)
        ).all()
    assert [
        (version, content["state"], content["labels"]["statements"][0]["claim_type"]) for version, content in lines
    ] == [(1, "draft", "fact"), (2, "submitted", "announce")]


def test_an_outsider_finds_no_sentence_and_a_viewer_may_not_label(database: Database, place: Place) -> None:
    with pytest.raises(NotFound):
        put(database, place.outsider, place.sentences[0], 0)
    viewer = member(database, "viewer", "viewer", place.project_id)
    with pytest.raises(NotAllowed):
        put(database, viewer, place.sentences[0], 0)


def test_the_overlap_is_never_exceeded_and_a_late_answer_is_kept_as_a_draft(database: Database, place: Place) -> None:
    third = member(database, "third", "annotator", place.project_id)
    put(database, place.amal, place.sentences[0], 0)
    put(database, place.badr, place.sentences[0], 0)
    assert put(database, third, place.sentences[0], 0) == Saved(1, "draft", surplus=True, project_id=place.project_id)
    with database.read() as session:
        taken = session.scalar(select(Sentence.taken).where(Sentence.id == place.sentences[0]))
    assert taken == 2


def test_a_skip_frees_the_place_and_is_not_handed_out_again(database: Database, place: Place) -> None:
    with pytest.raises(Refused, match="skip_reason: A skip needs its reason"):
        put(database, place.amal, place.sentences[0], 0, state="skipped")
    put(database, place.amal, place.sentences[0], 0, state="skipped", skip_reason="unreadable")
    assert counts(database, place, place.amal) == (0, 0, 1, 0, 0)
    assert lease(database, place, place.amal, 1) == [place.sentences[1]]
    assert lease(database, place, place.badr, 1) == [place.sentences[0]]


def lease(
    database: Database,
    place: Place,
    actor: Actor,
    count: int,
    minutes: int = 60,
    holding: tuple[int, ...] = (),
) -> list[int]:
    with database.write() as session:
        project = session.get_one(Project, place.project_id)
        return queue.lease(session, actor, project, count, minutes=minutes, holding=holding)


def test_leases_come_back_after_a_reload_and_go_on_while_held(database: Database, place: Place) -> None:
    first = lease(database, place, place.amal, 3)
    assert first == list(place.sentences[:3])
    assert lease(database, place, place.amal, 3) == first
    assert lease(database, place, place.amal, 2, holding=tuple(first)) == list(place.sentences[3:5])


def test_an_ended_lease_is_given_to_the_next(database: Database, place: Place) -> None:
    with database.write() as session:
        session.get_one(Project, place.project_id).overlap = 1
    assert lease(database, place, place.amal, 1, minutes=-1) == [place.sentences[0]]
    assert lease(database, place, place.badr, 1) == [place.sentences[0]]
    assert lease(database, place, place.amal, 1) == [place.sentences[1]]


def test_a_unit_that_is_not_for_labelling_takes_no_answer(database: Database, place: Place) -> None:
    from annotator.actions.corpus import change_kind

    with database.write() as session:
        change_kind(session, place.lead, place.sentences[0], "ad")
    with pytest.raises(Taken, match="not for labelling"):
        put(database, place.amal, place.sentences[0], 0)


def test_sixteen_at_once_lose_nothing_and_never_exceed_the_overlap(database: Database, place: Place) -> None:
    actors = [member(database, f"a{n}", "annotator", place.project_id) for n in range(16)]
    held: list[list[int]] = []
    failures: list[BaseException] = []

    def work(actor: Actor) -> None:
        try:
            own = []
            while got := lease(database, place, actor, 1):
                own += got
                for version in range(4):
                    put(database, actor, got[0], version, f"{got[0]}-{version}")
            held.append(own)
        except BaseException as error:  # the thread must tell
            failures.append(error)

    threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(len(own) for own in held) == 10
    with database.read() as session:
        taken = session.scalars(select(Sentence.taken).order_by(Sentence.id)).all()
        versions = session.scalars(select(Annotation.version)).all()
        logged = session.execute(
            select(LogLine.person_id, LogLine.sentence_id, func.count(), func.max(LogLine.version))
            .where(LogLine.verb == "save")
            .group_by(LogLine.person_id, LogLine.sentence_id)
        ).all()
    assert taken == [2] * 5
    assert versions == [4] * 10
    assert [(count, highest) for _, _, count, highest in logged] == [(4, 4)] * 10


def test_every_fault_of_a_body_is_told_with_its_path() -> None:
    with pytest.raises(Refused) as refusal:
        labelling.parse_body({"state": "done", "active_ms": -1, "comment": 5})
    assert [fault.path for fault in refusal.value.faults] == ["state", "active_ms", "comment"]
