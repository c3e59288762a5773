"""What `check` finds in stored answers: whatever is not as the log of their saves has it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from annotator.actions.checking import check
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.labelling import save
from annotator.db import Database
from annotator.models import Project
from annotator.permissions import OPERATOR
from tests.actions.conftest import Place

BODY: dict[str, Any] = {
    "labels": {
        "statements": [
            {"speaker": {"id": "s-new", "start": 5, "end": 9, "text": "سالم"}, "attribution": "indirect",
             "stance": {"target": "other", "value": "favor"}, "claim_type": "assess"},
            {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
             "claim_type": "fact"},
        ],
        "entities": [{"start": 5, "end": 9, "text": "سالم", "label": "PERS"}],
    },
    "speakers": [{"id": "s-new", "canonical": "سالم", "kind": "person"}],
    "state": "submitted", "active_ms": 5400, "flag": "نقاش", "comment": "ملاحظة", "provenance": {"seen": ["x"]},
}  # fmt: skip
IMPORTED = (
    '{"text":"رحّب المجلس بالقرار.","annotations":[{"annotator":"amal@example.org","state":"draft","comment":"لاحقًا",'
    '"labels":{"statements":[{"speaker":{"id":"UNCLEAR"},"attribution":"indirect",'
    '"stance":{"target":null,"value":"none"},"claim_type":"praise"}],"entities":[]}}]}'
)


@pytest.fixture
def answered(database: Database, place: Place) -> Database:
    """A draft that was saved again, and an imported answer."""
    with database.write() as session:
        save(session, place.amal, place.sentences[1], {**BODY, "state": "draft"}, base_version=0, key=None)
        save(session, place.amal, place.sentences[1], BODY, base_version=1, key=None)
        project = session.get_one(Project, place.project_id)
        import_file(session, OPERATOR, project, IMPORTED.encode(), ImportOptions("b.jsonl", "jsonl"))
    return database


#: What is done behind Isnad's back, and what `check` tells of it.
HARM = {
    "UPDATE annotation SET comment = 'x' WHERE id = 1": "1 is stored otherwise than its last save says: comment.",
    "UPDATE annotation SET provenance = '{}', scheme = 'x@1' WHERE id = 1":
        "1 is stored otherwise than its last save says: scheme, provenance.",
    "UPDATE annotation SET guideline = 'guideline@9' WHERE id = 1":
        "1 is stored otherwise than its last save says: guideline.",
    "UPDATE statement SET claim_type = 'fact' WHERE annotation_id = 1 AND n = 1":
        "1 is stored otherwise than its last save says: statements.",
    "UPDATE statement SET entry_id = (SELECT MAX(entry_id) FROM statement) WHERE annotation_id = 1":
        "1 is stored otherwise than its last save says: statements.",
    "DELETE FROM statement WHERE annotation_id = 1 AND n = 2":
        "1 is stored otherwise than its last save says: statements.",
    "UPDATE span SET label = 'ORG'": "1 is stored otherwise than its last save says: entities.",
    "DELETE FROM span": "1 is stored otherwise than its last save says: entities.",
    "UPDATE annotation SET comment = 'x' WHERE id = 2": "2 is stored otherwise than its last save says: comment.",
    "DELETE FROM statement WHERE annotation_id = 2": "2 is stored otherwise than its last save says: statements.",
    "UPDATE annotation SET version = 3 WHERE id = 1": "1 is of version 3, but the log knows 2.",
    "UPDATE annotation SET version = 1 WHERE id = 1": "1 is of version 1, but the log knows 2.",
    "DELETE FROM log WHERE verb = 'import answer'": "2 is not in the log.",
}  # fmt: skip


def test_an_answer_that_is_not_as_it_was_saved_is_told(answered: Database) -> None:
    for harm, told in HARM.items():
        with answered.write() as session:
            assert check(session)[1] == []
            session.execute(text(harm))
            assert (harm, [fault.text() for fault in check(session)[1] if "Annotation" in fault.message]) == (
                harm, [f"Annotation {told}"])  # fmt: skip
            session.rollback()
