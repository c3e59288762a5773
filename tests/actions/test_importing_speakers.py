"""Whose a claim is when it is imported: never somebody else's, whatever the ids mean where the file comes from."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from annotator.actions import registry
from annotator.db import Database
from annotator.models import Entry, Project, StatementRow
from annotator.permissions import OPERATOR
from tests.actions.conftest import Place
from tests.actions.test_importing import bring, refused

AT = "lines.jsonl, line 1, annotations[0].labels.statements[0].speaker"


@pytest.fixture
def salem(database: Database, place: Place) -> None:
    """A registry with a speaker of this id."""
    with database.write() as session:
        session.get_one(Project, place.project_id)
        entry = registry.NewEntry("p1", "سالم الراوي", "person", aliases=("الراوي",))
        registry.add_entries(session, OPERATOR, place.project_id, [entry], document_id=None)


def lines(*speakers: Any) -> list[dict[str, Any]]:
    rows = [
        {"speaker": speaker, "attribution": "direct", "stance": {"target": None, "value": "none"}, "claim_type": "fact"}
        for speaker in speakers
    ]
    return [{"text": f"قال {n}.", "annotations": [{"annotator": "amal@example.org", "labels": {"statements": [row]}}]}
            for n, row in enumerate(rows)]  # fmt: skip


def claimed(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Entry.canonical).join(StatementRow).order_by(StatementRow.id)))


@pytest.mark.usefixtures("salem")
def test_an_id_that_means_somebody_else_here_is_refused_with_both_names(database: Database, place: Place) -> None:
    told = (
        f"{AT}.id: The speaker id “p1” stands for “سالم الراوي” here, but for “هدى كامل” in the file. "
        "Give one of them another id, or add the name to the aliases here."
    )
    other = {"id": "p1", "canonical": "هدى كامل", "kind": "person"}
    assert refused(database, place, lines(other)) == told
    assert refused(database, place, lines(other), new_speakers=True) == told


@pytest.mark.usefixtures("salem")
def test_the_same_name_spelled_otherwise_and_an_alias_are_the_same_speaker(database: Database, place: Place) -> None:
    names = ["سالم الراوي", "سالم الرّاوي", "ســالم الراوي ", "الراوي", None]
    bring(database, place.project_id, lines(*({"id": "p1", "canonical": name} for name in names)))
    assert claimed(database) == ["سالم الراوي"] * 5


def test_one_new_id_for_two_names_in_one_file_is_refused(database: Database, place: Place) -> None:
    two = lines(*({"id": "n1", "canonical": name, "kind": "person"} for name in ("سالم الراوي", "هدى كامل")))
    assert refused(database, place, two, new_speakers=True) == (
        f"{AT.replace('line 1', 'line 2')}.id: The speaker id “n1” stands for “سالم الراوي” here, but for “هدى كامل” "
        "in the file. Give one of them another id, or add the name to the aliases here."
    )


@pytest.mark.parametrize("field", ["id", "canonical", "kind"])
@pytest.mark.parametrize("value", [[], {}, [1], 5, True, 1.5])
def test_a_speaker_of_the_wrong_type_is_refused(database: Database, place: Place, field: str, value: Any) -> None:
    speaker = {"id": "p1", "canonical": "سالم", "kind": "person", field: value}
    for options in ({}, {"new_speakers": True}):
        assert refused(database, place, lines(speaker), **options) == f"{AT}.{field}: “{value}” is not a text."


def test_a_new_speaker_that_is_incomplete_is_refused_with_its_place(database: Database, place: Place) -> None:
    assert refused(database, place, lines({"id": "x y", "canonical": "سالم"}), new_speakers=True) == (
        f"{AT}.kind: This is missing.\n{AT}.id: “x y” is not an id: up to 80 Latin letters, digits, and _ . : -"
    )
    assert refused(database, place, lines({"canonical": "سالم"}), new_speakers=True) == f"{AT}.kind: This is missing."
