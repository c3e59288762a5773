"""What is read from the tallies: intervals, selections, the sentences behind a figure, on both databases."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select, text, update

from annotator import folding, tending
from annotator.agreement.selection import Selection
from annotator.db import Database
from annotator.errors import Refused
from annotator.models import Sentence, TallyInterval
from annotator.outages import FileGone
from annotator.queries import agreement, tallies
from annotator.queries.agreement_sentences import history, sentences_in_cell, votes
from annotator.queries.due import projects as due_projects
from tests.actions.crew import Team, answer, put


@pytest.fixture
def crew(database: Database) -> Team:
    return Team(database)


def test_intervals_are_drawn_once_per_state_and_the_same_again(crew: Team) -> None:
    for n, sentence in enumerate(crew.sentences):
        for who, kind in enumerate(("one", "deny" if n % 3 else "one")):
            put(crew.database, crew.annotators[who], sentence, answer(kind, n % 4))
    first = folding.figures(crew.database, crew.project)
    assert {**first["interval"], "computed_at": ""} == {
        "method": "articles", "units": 2, "way": "jackknife", "draws": 0, "seed": 19790101, "computed_at": "",
        "current": True, "too_narrow": True, "held": None, "reason": "too few articles",
    }  # fmt: skip
    alpha = first["layers"]["speaker"]["alpha"]
    assert alpha == {"value": alpha["value"], "low": None, "high": None} and -1 < alpha["value"] < 1
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
    assert {**one["interval"], "computed_at": ""} == {
        "method": "sentences", "units": len(crew.sentences) // 2, "way": "jackknife", "draws": 0, "seed": 19790101,
        "computed_at": "", "current": True, "too_narrow": True, "held": None, "reason": None,
    }  # fmt: skip


def test_intervals_that_were_kept_as_they_were_drawn_before_are_drawn_anew(crew: Team) -> None:
    """An update of the program does not change the tallies' version; what it kept then is far too narrow."""
    for n, sentence in enumerate(crew.sentences):
        for who, kind in enumerate(("one", "deny" if n % 3 else "one")):
            put(crew.database, crew.annotators[who], sentence, answer(kind, n % 4))
    told = folding.figures(crew.database, crew.project)
    with crew.database.write() as session:
        session.execute(update(TallyInterval).values(content='{"method":"articles","units":2,"draws":1000,"seed":1,'
                                                             '"bounds":{"speaker":{"alpha":[0.1,0.1]}}}'))
    assert folding.kept_figures(crew.database, crew.project, Selection())["interval"] is None
    assert folding.figures(crew.database, crew.project)["layers"] == told["layers"]


def test_what_is_due_is_folded_and_drawn_in_between(crew: Team) -> None:
    for sentence in crew.sentences:
        for who, kind in enumerate(("one", "deny")):
            put(crew.database, crew.annotators[who], sentence, answer(kind))
    tending.tend(crew.database)
    with crew.database.read() as session:
        assert due_projects(session) == []
        version = tallies.version(session, crew.project)
        for copies in ("all", "once"):
            kept = agreement.kept_interval(session, crew.project, Selection(copies=copies))
            assert kept is not None and kept.version == version
    tending.tend(crew.database)
    with crew.database.read() as session:
        assert tallies.version(session, crew.project) == version


def test_a_database_that_is_away_costs_the_log_one_line_each_time(
    crew: Team, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for error, traced in ((FileGone("gone"), False), (ValueError("odd"), True)):
        caplog.clear()
        monkeypatch.setattr(crew.database, "read", Mock(side_effect=error))
        tending.try_to_tend(crew.database)
        assert str(error) in caplog.text and ("Traceback" in caplog.text) == traced


def test_an_answer_that_is_not_folded_yet_does_not_end_the_drawing(crew: Team) -> None:
    """Where one article is shared, sentences are drawn, counted from the answers: newer than the sums."""
    here = crew.sentences[: len(crew.sentences) // 2]
    for n, sentence in enumerate(here):
        for who in (0, 1):
            put(crew.database, crew.annotators[who], sentence, answer("one", n % 4))
    folding.fold(crew.database, crew.project)
    put(crew.database, crew.annotators[2], here[0], answer("two", 2))
    drawn = folding.draw(crew.database, crew.project, Selection())
    assert drawn is not None and (drawn.method, drawn.units) == ("sentences", len(here))


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
