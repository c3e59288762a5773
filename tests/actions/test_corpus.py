"""What a lead may change about units, and who may not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from annotator.actions import corpus, labelling
from annotator.db import Database
from annotator.errors import NotAllowed, NotFound, Refused, Taken
from annotator.models import Document, LogLine, Project, Sentence
from annotator.permissions import OPERATOR
from tests.actions.conftest import TEXT, Place, labels


def units(database: Database) -> list[tuple[int, int, str, str, bool]]:
    with database.read() as session:
        return [
            (unit.start, unit.end, unit.kind, unit.text, unit.served)
            for unit in session.scalars(select(Sentence).order_by(Sentence.position))
        ]


def test_a_kind_decides_what_is_served_and_the_change_is_logged(database: Database, place: Place) -> None:
    with database.write() as session:
        corpus.change_kind(session, place.lead, place.sentences[1], "caption")
    with database.read() as session:
        project = session.get_one(Project, place.project_id)
        line = session.scalars(select(LogLine).where(LogLine.verb == "change kind")).one()
        assert (project.served, line.content) == (4, {"before": "sentence", "kind": "caption"})
    with pytest.raises(Refused, match="“advert” is none of sentence, headline"), database.write() as session:
        corpus.change_kind(session, place.lead, place.sentences[1], "advert")


def test_an_annotator_may_not_edit_units_and_an_outsider_sees_none(database: Database, place: Place) -> None:
    with pytest.raises(NotAllowed), database.write() as session:
        corpus.change_kind(session, place.amal, place.sentences[1], "ad")
    with pytest.raises(NotFound), database.write() as session:
        corpus.change_kind(session, place.outsider, place.sentences[1], "ad")


def test_split_and_join_give_back_the_unit(database: Database, place: Place) -> None:
    before = units(database)
    text = before[1][3]
    at = text.index(" إن ")
    with database.write() as session:
        first, second = corpus.split_unit(session, place.lead, place.sentences[1], at)
    after = units(database)
    start, end = before[1][0], before[1][1]
    assert [row[:2] for row in after[1:3]] == [(start, start + at), (start + at + 1, end)]
    assert [row[3] for row in after[1:3]] == [text[:at], text[at + 1 :]]
    with database.write() as session:
        corpus.join_units(session, place.lead, first)
    assert units(database) == before


def test_a_labelled_unit_keeps_its_bounds(database: Database, place: Place) -> None:
    with database.write() as session:
        labelling.save(session, place.amal, place.sentences[1], {"labels": labels()}, base_version=0, key=None)
    for change in (
        lambda session: corpus.split_unit(session, place.lead, place.sentences[1], 5),
        lambda session: corpus.join_units(session, place.lead, place.sentences[1]),
    ):
        with pytest.raises((Taken, Refused)), database.write() as session:
            change(session)


def test_units_never_hold_a_line_break_or_nothing(database: Database, place: Place) -> None:
    with pytest.raises(Refused, match="line break"), database.write() as session:
        corpus.join_units(session, place.lead, place.sentences[0])
    with pytest.raises(Refused, match="empty part"), database.write() as session:
        corpus.split_unit(session, place.lead, place.sentences[0], 0)
    with pytest.raises(Refused, match="last unit"), database.write() as session:
        corpus.join_units(session, place.lead, place.sentences[-1])


def test_units_are_slices_of_the_unchanged_text(database: Database, place: Place) -> None:
    with database.read() as session:
        text = session.scalar(select(Document.text))
    assert text == TEXT
    assert [TEXT[start:end] for start, end, *_ in units(database)] == [row[3] for row in units(database)]


def test_a_project_needs_a_name_of_its_own(database: Database, place: Place) -> None:
    with pytest.raises(Taken, match="named “تجربة” already"), database.write() as session:
        corpus.add_project(session, OPERATOR, "تجربة", None, 2)
    with pytest.raises(NotAllowed), database.write() as session:
        corpus.add_project(session, place.amal, "أخرى", None, 2)
