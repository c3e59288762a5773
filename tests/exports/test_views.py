"""The three views of a project, from the database: gold with decisions, soft labels, and what is left out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from annotator.actions.labelling import save
from annotator.agreement.soft import posteriors, shares
from annotator.db import Database
from annotator.errors import Refused
from annotator.models import Decision, Project, Sentence
from annotator.queries import exporting
from annotator.snapshot import Line, provenance
from exports import check_view, format_named, jsonl
from exports.stored import stored_line
from tests.actions.conftest import Place, database, place
from tests.exports.zoo import small

__all__ = ["database", "place"]  # fixtures


def labels(text: str, claim_type: str) -> dict[str, Any]:
    row = {"speaker": {"id": "UNCLEAR"}, "attribution": "direct", "stance": {"target": None, "value": "none"},
           "claim_type": claim_type}  # fmt: skip
    return {"statements": [row], "entities": [{"start": 0, "end": 4, "text": text[:4], "label": "ORG"}]}


@pytest.fixture
def answered(database: Database, place: Place) -> Place:
    """First sentence: two answers that differ in the claim type; second: one answer; third: a draft; fourth: a skip."""
    first, second, third, fourth = place.sentences[:4]
    with database.write() as session:
        texts = dict(session.execute(select(Sentence.id, Sentence.text)).all())

    def put(actor: Any, sentence: int, **body: Any) -> None:
        with database.write() as session:
            save(session, actor, sentence, body, base_version=0, key=None)

    told = {"offered": {"speaker": 2}, "taken": [{"outcome": "relabelled"}], "outlet_hidden": True}
    put(place.amal, first, labels=labels(texts[first], "fact"), active_ms=4000, provenance=told)
    put(place.badr, first, labels=labels(texts[first], "praise"), active_ms=2000)
    put(place.amal, second, labels=labels(texts[second], "fact"))
    put(place.amal, third, labels={"statements": [], "entities": []}, state="draft")
    put(place.amal, fourth, labels={"statements": [], "entities": []}, state="skipped", skip_reason="unclear")
    return place


def lines(database: Database, answered: Place, what: str) -> tuple[list[Line], dict[str, int]]:
    with database.snapshot() as session:
        taken = exporting.take(session, session.get_one(Project, answered.project_id), what)
        return list(taken.lines), taken.left_out


def test_gold_says_how_it_came_about(database: Database, answered: Place) -> None:
    first, second = lines(database, answered, "gold")[0][:2]
    assert first.gold is not None and second.gold is not None
    assert (first.gold.basis["claim_type"], first.gold.basis["attribution"]) == ("none", "unanimous")
    told = first.gold.provenance
    assert (told["decided_by"], told["active_ms"]) == (None, 6000)
    assert (told["suggestion_seen"], told["suggestion_changed"], told["outlet_shown"]) == (True, True, False)
    assert second.gold.provenance["suggestion_seen"] is None


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ({"propagated_from": "u7"}, "u7"),
        ({"taken": [{"outcome": "removed", "propagated_from": "u1"},
                    {"outcome": "kept", "propagated_from": "u2"}]}, "u2"),
        ({"taken": [{"outcome": "kept"}, 5], "propagated_from": 7}, None),
    ],
)  # fmt: skip
def test_where_labels_were_carried_over_from_is_told(told: dict[str, object], source: str | None) -> None:
    [line, _] = small().lines
    answer = replace(line.annotations[0], provenance=told)
    assert provenance([answer])["propagated_from"] == source


def test_a_decision_wins(database: Database, answered: Place) -> None:
    sentence = answered.sentences[0]
    with database.write() as session:
        text = session.get_one(Sentence, sentence).text
        decided = labels(text, "praise")
        speaker = {"id": "UNCLEAR", "canonical": "?", "kind": "other", "start": None, "end": None, "text": None}
        decided["statements"][0]["speaker"] = speaker
        session.add(Decision(sentence_id=sentence, person_id=answered.lead.id, labels=decided))
    first = lines(database, answered, "gold")[0][0]
    assert first.gold is not None
    assert first.gold.labels.statements[0].claim_type == "praise"
    assert set(first.gold.basis.values()) == {"adjudicated"}
    assert (first.gold.provenance["decided_by"], first.gold.votes) == (answered.lead.email, 2)


def test_soft_labels_are_shares(database: Database, answered: Place) -> None:
    first = lines(database, answered, "soft")[0][0].soft
    assert first is not None
    layers: Any = first["layers"]
    assert layers["claim_type"]["shares"] == {"fact": 0.5, "praise": 0.5}
    assert (layers["speaker"]["shares"], layers["speaker"]["posterior"]) == ({"UNCLEAR": 1.0}, None)
    assert layers["claim_type"]["posterior"] is None  # of two answers nothing tells which is right
    assert [(entity["label"], entity["share"]) for entity in first["entities"]] == [("ORG", 1.0)]  # type: ignore


@pytest.mark.parametrize("what", exporting.WHAT)
def test_labelled_and_left_out_are_all_units(database: Database, answered: Place, what: str) -> None:
    found, left_out = lines(database, answered, what)
    assert sum(left_out.values()) == len(found)
    assert (left_out["labelled"], left_out["draft only"], left_out["skipped"]) == (2, 1, 1)


@pytest.mark.parametrize("what", exporting.WHAT)
def test_the_flat_rows_are_the_labelled_answers(database: Database, answered: Place, what: str) -> None:
    with database.snapshot() as session:
        taken = exporting.take(session, session.get_one(Project, answered.project_id), what)
        rows = [json.loads(part) for part in format_named("jsonl-flat").write(taken)]
    assert len(rows) == (3 if what == "annotations" else 2)
    assert {row["text"] for row in rows} == {line.text for line in lines(database, answered, what)[0][:2]}


def test_a_release_holds_every_view(database: Database, answered: Place) -> None:
    for line in lines(database, answered, exporting.ALL)[0]:
        assert stored_line(json.loads(json.dumps(jsonl.line_json(line)))) == line
        assert bool(line.gold) == bool(line.soft)


def test_equal_votes_in_any_order_give_equal_posteriors() -> None:
    draw = np.random.default_rng(7)
    votes = [(f"u{n}", f"a{who}", "xyz"[draw.integers(3)]) for n in range(50) for who in range(3)]
    shuffled = [votes[n] for n in draw.permutation(len(votes))]
    assert posteriors(votes) == posteriors(shuffled)


def test_shares_leave_out_what_nobody_answered() -> None:
    assert shares(["b", "a", "a", None]) == {"a": 0.666667, "b": 0.333333}


def test_a_view_that_a_format_cannot_hold_is_refused() -> None:
    with pytest.raises(Refused, match="conll"):
        check_view(format_named("conll"), "soft")
