"""A retired label stays with the answers that hold it; no new answer begins to hold it, and old ones can be moved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotator.actions import corpus, labelling
from annotator.actions import scheme as schemes
from annotator.actions.importing import ImportOptions
from annotator.actions.importing_labels import mapped_labels
from annotator.db import Database
from annotator.errors import Refused
from annotator.models import Project
from annotator.permissions import OPERATOR
from annotator.queries import scheme as reading
from tests.actions.conftest import Place, labels
from tests.actions.test_importing import bring, exported, refused

RETIRED = "“fact” is retired: answers that hold it keep it, new ones cannot choose it."


def without_fact(database: Database, project_id: int) -> None:
    """A new version of the scheme, without the claim type “fact”."""
    with database.write() as session:
        content = json.loads(reading.in_force(session, project_id).scheme.content)
        kept = [label for label in content["layers"]["claim_type"]["labels"] if label["id"] != "fact"]
        content["layers"]["claim_type"]["labels"] = kept
        project = session.get_one(Project, project_id)
        schemes.set_scheme(session, OPERATOR, project, json.dumps(content, ensure_ascii=False), file="scheme")


def put(database: Database, place: Place, sentence: int, claim_type: str, version: int) -> int:
    with database.write() as session:
        body = {"labels": labels(claim_type), "state": "submitted"}
        saved = labelling.save(session, place.amal, place.sentences[sentence], body, base_version=version, key=None)
        return saved.version


def retired(database: Database, project_id: int) -> list[tuple[str, str]]:
    with database.read() as session:
        return reading.in_force(session, project_id).scheme.retired_labels()


def line(**more: Any) -> list[dict[str, Any]]:
    return [{"text": "خبر.", "annotations": [{"annotator": "amal@example.org", "labels": labels("fact"), **more}]}]


def test_only_the_answer_that_holds_a_retired_label_may_keep_it(database: Database, place: Place) -> None:
    assert put(database, place, 0, "fact", 0) == 1
    assert put(database, place, 1, "announce", 0) == 1
    without_fact(database, place.project_id)
    assert retired(database, place.project_id) == [("claim_type", "fact")]
    assert put(database, place, 0, "fact", 1) == 2
    for sentence, version in ((1, 1), (2, 0)):
        with pytest.raises(Refused) as refusal:
            put(database, place, sentence, "fact", version)
        assert str(refusal.value) == f"labels.statements[0].claim_type: {RETIRED}"
    assert put(database, place, 0, "announce", 2) == 3
    with pytest.raises(Refused):
        put(database, place, 0, "fact", 3)


def test_an_imported_answer_that_names_no_scheme_is_a_new_one(database: Database, place: Place) -> None:
    put(database, place, 0, "fact", 0)
    bring(database, place.project_id, line())
    without_fact(database, place.project_id)
    assert bring(database, place.project_id, line()).already_there == 2  # the unit, and its answer, which holds it
    new = line()
    new[0]["text"] = "خبر آخر."
    for state in ("submitted", "draft"):
        new[0]["annotations"][0]["state"] = state
        assert refused(database, place, new) == (
            f"lines.jsonl, line 1, annotations[0].labels.statements[0].claim_type: {RETIRED}"
        )
    [unknown] = refused(database, place, line(scheme="arabic-news-claims@7")).splitlines()
    assert unknown == (
        "lines.jsonl, line 1, annotations[0].scheme: “arabic-news-claims@7” is none of the project's schemes: "
        "arabic-news-claims@1.0, arabic-news-claims@1.0-2."
    )


def test_old_answers_move_to_a_project_that_has_their_scheme(database: Database, place: Place) -> None:
    put(database, place, 0, "fact", 0)
    without_fact(database, place.project_id)
    put(database, place, 1, "announce", 0)
    moved = exported(database, place.project_id)
    with database.write() as session:
        project = corpus.add_project(session, OPERATOR, "أخرى", None, 2)
        target = project.id
    without_fact(database, target)
    assert retired(database, target) == []  # nothing held it here
    report = bring(database, target, moved, format="jsonl", name="moved.jsonl", new_annotators=True)
    assert (report.annotations, retired(database, target)) == (2, [("claim_type", "fact")])
    again = exported(database, target)
    assert again == moved.replace('"project":"تجربة"'.encode(), '"project":"أخرى"'.encode())


def test_a_label_that_the_named_version_lacks_is_refused(database: Database, place: Place) -> None:
    put(database, place, 0, "announce", 0)
    without_fact(database, place.project_id)
    assert refused(database, place, line(scheme="arabic-news-claims@1.0-2")).startswith(
        "lines.jsonl, line 1, annotations[0].labels.statements[0].claim_type: “fact” is none of announce"
    )


def fates(database: Database, project_id: int, *lines: dict[str, Any]) -> list[tuple[int, str]]:
    """Of each claim type of these lines how often it stands there, and what becomes of it."""
    raw = "\n".join(json.dumps(one) for one in lines).encode()
    with database.read() as session:
        found = mapped_labels(session, project_id, raw, ImportOptions(name="l.jsonl", format="jsonl"))
    return [(one.count, one.why.text() if one.why else str(one.ours)) for one in found if one.layer == "claim_type"]


@pytest.mark.parametrize("used", [True, False])
def test_a_dry_run_tells_what_was_a_label(database: Database, place: Place, used: bool) -> None:
    with database.read() as session:
        older = reading.in_force(session, place.project_id).scheme.id
    if used:
        put(database, place, 0, "fact", 0)
    without_fact(database, place.project_id)
    [unnamed], [named] = line(), line(scheme=older)
    why = (
        "is retired here: a new answer may hold it only where it names an older version of the scheme" if used
        else f"is no label here any more, but was one in {older}: have the answers name that version"
    )  # fmt: skip
    assert fates(database, place.project_id, unnamed) == [(1, why)]
    assert fates(database, place.project_id, named) == [(1, "fact")]
    assert fates(database, place.project_id, named, unnamed) == [(2, why)]
    assert "fact" in refused(database, place, [unnamed])
    assert bring(database, place.project_id, [named]).annotations == 1
