"""Label Studio's JSON_MIN: what it tells comes back, what it leaves open is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.errors import Refused
from exports import jsonl, label_studio
from exports.lines import ReadLine
from tests.exports.test_converter import converted
from tests.exports.zoo import small

TEXT = "قال زيد إن بغداد ترحب"
CITY = {"start": 11, "end": 16, "text": "بغداد", "labels": ["GPE"]}
ZAYD = {"start": 4, "end": 7, "text": "زيد", "labels": ["speaker_words"]}
STATEMENT = {"start": 0, "end": 21, "text": TEXT, "labels": ["statement"]}
#: as Label Studio 1.23.2 writes it
ROW: dict[str, Any] = {
    "text": TEXT, "id": 5, "entities": [CITY], "regions": [ZAYD], "speaker": "gov_iq", "attribution": "direct",
    "stance": "none", "claim_type": "fact", "comment": "<b>", "annotator": 1, "annotation_id": 9,
    "created_at": "2026-11-24T04:48:50.433977Z", "updated_at": "2026-11-24T04:48:50.434009Z", "lead_time": 5.4,
}  # fmt: skip
WHOSE = label_studio.Whose({"1": "amal@example.org", "2": "badr@example.org"})


def read(*rows: object, whose: label_studio.Whose | None = WHOSE) -> list[ReadLine]:
    return list(label_studio.read(json.dumps(rows).encode(), file="f.json", whose=whose))


def test_a_row_is_an_annotation() -> None:
    [line] = read(ROW)
    [answer] = line.annotations
    assert (line.text, line.id, line.document) == (TEXT, None, None)
    assert (answer.annotator, answer.state, answer.active_ms, answer.comment) == ("amal@example.org", "submitted", 5400,
                                                                                 "<b>")  # fmt: skip
    place = {"start": 4, "end": 7, "text": "زيد"}
    assert answer.labels == {
        "statements": [{"speaker": {"id": "gov_iq", "canonical": None, "kind": None, **place}, "attribution": "direct",
                        "stance": {"target": None, "value": "none"}, "claim_type": "fact"}],
        "entities": [{"start": 11, "end": 16, "text": "بغداد", "label": "GPE"}],
    }  # fmt: skip


def test_the_rows_of_one_task_are_one_line() -> None:
    bare = {"text": "خبر.", "id": 6, "annotator": None, "annotation_id": None}
    first, second = read(ROW, bare, {**ROW, "annotator": 2, "annotation_id": 10})
    assert [answer.annotator for answer in first.annotations] == ["amal@example.org", "badr@example.org"]
    assert (second.text, second.annotations) == ("خبر.", ())


def test_further_statements_are_told_apart_by_their_order() -> None:
    row = {**ROW, "regions": [STATEMENT, STATEMENT], "row_claim_type": ["deny", "praise"]}
    [answer] = read(row)[0].annotations
    assert [one["claim_type"] for one in answer.labels["statements"]] == ["fact", "deny", "praise"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({**ROW, "regions": [STATEMENT] * 2, "row_claim_type": "deny"}, "which of 2 statements “row_claim_type”"),
        ({**ROW, "regions": [STATEMENT, ZAYD]}, "which of 2 statements “regions” belongs to: export JSON instead."),
        ({**ROW, "claim_type": ["deny", "fact"]}, "which of 1 statements “claim_type”"),
        ({**ROW, "entities": ["x"]}, "f.json, [0].entities[0]: A region is an object with a value."),
        ({**ROW, "annotator": 3}, "names no author by e-mail (“3”). Say whose it is."),
        ({**ROW, "entities": [{**CITY, "end": 99}]}, "goes past the end"),
    ],
)
def test_what_it_leaves_open_is_refused(row: object, told: str) -> None:
    with pytest.raises(Refused) as refused:
        read(row)
    assert told in "\n".join(fault.full() for fault in refused.value.faults)


def test_one_annotator_may_be_named_for_all() -> None:
    whose = label_studio.Whose(alone="all@example.org")
    assert read({**ROW, "annotator": None}, whose=whose)[0].annotations[0].annotator == "all@example.org"
    assert read({**ROW, "annotator": "own@example.org"}, whose=whose)[0].annotations[0].annotator == "own@example.org"


def test_json_with_numbers_of_users_too() -> None:
    [answer] = json.loads(b"".join(label_studio.write(small())))[0]["annotations"][:1]
    answer["result"] = [region for region in answer["result"] if region.pop("meta")]
    task = {"data": {"text": small().lines[0].text}, "annotations": [{**answer, "completed_by": 2}]}  # type: ignore[index]
    assert read(task)[0].annotations[0].annotator == "badr@example.org"


def test_what_the_converter_made_of_our_file_comes_back(tmp_path: Path) -> None:
    """All but the author, the version and the particulars of the document, which JSON_MIN does not hold."""
    snapshot = small()
    made = json.loads(converted(snapshot, tmp_path, "JSON_MIN"))
    made[0]["regions"] = [mark for mark in made[0]["regions"] if mark["labels"] != ["speaker_words"]]
    whose = label_studio.Whose(alone="amal@example.org")
    first, second = label_studio.read(json.dumps(made).encode(), file="f.json", whose=whose)
    expected = next(iter(jsonl.read(jsonl.write(snapshot), file="f.jsonl")))
    assert (first.id, first.text, first.start, first.end, first.kind) == ("u1", expected.text, 0, 29, "sentence")
    assert first.document is not None and (first.document.file, first.document.outlet) == ("a.txt", "Sadd")
    [answer], came = first.annotations, expected.annotations[0]
    assert (answer.comment, answer.active_ms) == (came.comment, came.active_ms)
    rows = [{**row, "speaker": row["speaker"]["id"]} for row in answer.labels["statements"]]
    assert rows == [{**row, "speaker": row["speaker"]["id"]} for row in came.labels["statements"]]
    assert [(e["start"], e["end"], e["label"]) for e in answer.labels["entities"]] == [(7, 14, "ORG"), (18, 23, "GPE")]
    assert (second.id, second.annotations) == ("u2", ())
