"""Files as doccano and Prodigy write them: marks become begun answers, nothing is guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotator.errors import Refused
from exports import reading as other_tools
from exports.reading import Reading

AMAL = "amal@example.org"
TEXT = "قالت الوزارة إن بغداد ترحب."


def lines(*contents: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(content, ensure_ascii=False).encode() for content in contents)


def entities(tool: str, content: dict[str, Any], reading: Reading) -> list[dict[str, Any]]:
    [line] = other_tools.read(tool, lines(content), reading, file="f.jsonl")
    [annotation] = line.annotations
    assert (annotation.annotator, annotation.state, annotation.provenance) == (AMAL, "draft", {"imported_from": tool})
    found: list[dict[str, Any]] = annotation.labels["entities"]
    return found


MARKS = [{"start": 5, "end": 12, "label": "ORG"}, {"start": 16, "end": 21, "label": "GPE"}]


@pytest.mark.parametrize(
    ("tool", "content"),
    [
        ("doccano", {"id": 7, "text": TEXT, "label": [[16, 21, "LOC"], [5, 12, "ORG"]], "Comments": []}),
        ("doccano", {"id": 7, "text": TEXT, "relations": [], "entities": [
            {"id": 1, "label": "ORG", "start_offset": 5, "end_offset": 12},
            {"id": 2, "label": "LOC", "start_offset": 16, "end_offset": 21}]}),
        ("prodigy", {"text": TEXT, "answer": "accept", "_task_hash": 1, "_annotator_id": "ner-amal", "spans": [
            {"start": 5, "end": 12, "label": "ORG", "token_start": 1, "token_end": 1},
            {"start": 16, "end": 21, "label": "LOC", "token_start": 3, "token_end": 3}]}),
    ],
)  # fmt: skip
def test_marks_come_in_order_under_our_labels(tool: str, content: dict[str, Any]) -> None:
    assert entities(tool, content, Reading(AMAL, {"LOC": "GPE"})) == MARKS


def test_doccano_offsets_past_an_emoji_are_not_guessed() -> None:
    content = {"text": "😀 بغداد", "label": [[3, 8, "GPE"]]}
    with pytest.raises(Refused, match="f.jsonl, line 1, text: The text holds characters that take two UTF-16 units"):
        entities("doccano", content, Reading(AMAL))
    assert entities("doccano", content, Reading(AMAL, utf16=True)) == [{"start": 2, "end": 7, "label": "GPE"}]
    content["label"] = [[2, 7, "GPE"]]
    assert entities("doccano", content, Reading(AMAL, utf16=False)) == [{"start": 2, "end": 7, "label": "GPE"}]


def test_prodigy_answers() -> None:
    spans = [{"start": 5, "end": 12, "label": "ORG"}]
    answers = ("accept", "reject", "ignore")
    contents = [{"text": f"{n} {TEXT}", "spans": spans, "answer": answer} for n, answer in enumerate(answers)]
    found = list(other_tools.read("prodigy", lines(*contents), Reading(AMAL), file="f.jsonl"))
    told = [[(a.state, a.skip_reason, len(a.labels["entities"])) for a in line.annotations] for line in found]
    assert told == [[("draft", None, 1)], [], [("skipped", "Prodigy: ignore", 0)]]


@pytest.mark.parametrize(
    ("tool", "content", "told"),
    [
        ("doccano", {"text": TEXT, "label": ["positive"]}, "label[0]: “positive” is no mark"),
        ("doccano", {"text": TEXT, "label": [[5.5, 12, "ORG"]]},
         "label[0].start: “5.5” is not a whole number"),
        ("doccano", {"text": TEXT, "label": [[5, 12, "ORG"]], "username": "amal"},
         "names no annotator by e-mail (“amal”)"),
        ("prodigy", {"text": TEXT, "spans": [{"start": 5, "label": "ORG"}]},
         "spans[0]: A mark needs start, end, label"),
        ("prodigy", {"text": TEXT, "answer": "maybe"}, "answer: “maybe” is none of accept, reject, ignore"),
        ("prodigy", {"text": 5, "answer": "reject"}, "text: “5” is not a text"),
    ],
)  # fmt: skip
def test_refusals_name_file_line_field_and_value(tool: str, content: dict[str, Any], told: str) -> None:
    reading = Reading(None if "username" in content else AMAL)
    with pytest.raises(Refused) as refusal:
        list(other_tools.read(tool, lines(content), reading, file="f.jsonl"))
    assert refusal.value.faults[0].full().startswith("f.jsonl, line 1") and told in refusal.value.faults[0].full()



def test_one_text_of_two_annotators_is_one_line() -> None:
    """Prodigy writes a line an annotator; two sessions without addresses must not become one person."""
    contents = [
        {"text": TEXT, "_annotator_id": name, "_timestamp": 1700000000,
         "spans": [{"start": 5, "end": 12, "label": "ORG"}]}
        for name in ("ner-amal", "badr@example.org", "ner-amal")
    ]  # fmt: skip
    [line] = other_tools.read("prodigy", lines(*contents), Reading(annotators={"ner-amal": AMAL}), file="f")
    assert [(a.annotator, a.created_at) for a in line.annotations] == [
        (AMAL, "2023-11-14T22:13:20Z"), ("badr@example.org", "2023-11-14T22:13:20Z")]  # fmt: skip
    contents[1]["_annotator_id"] = "ner-badr"
    with pytest.raises(Refused, match="f, line 2, annotator: The file names “ner-amal” and “ner-badr”"):
        list(other_tools.read("prodigy", lines(*contents), Reading(AMAL), file="f"))


def test_nothing_of_a_file_is_lost_in_silence() -> None:
    content = {"id": 3, "text": TEXT, "label": [[5, 12, "ORG"]], "Comments": ["أ", "ب"], "source": "x", "cats": ["y"]}
    [line] = other_tools.read("doccano", lines(content), Reading(AMAL), file="f")
    assert (line.meta, line.unknown, line.annotations[0].comment) == ({"source": "x"}, ("cats",), "أ\nب")
    said = Reading(AMAL)
    marked = {"text": "قَالَ", "label": [[0, 5, "ORG"]]}
    list(other_tools.read("doccano", lines(marked), said, file="f"))
    assert "grapheme clusters" in said.notes[0].full()
    spans = {"text": TEXT, "spans": [], "answer": "reject", "options": [1]}
    [line] = other_tools.read("prodigy", lines(spans), said, file="f")
    assert line.unknown == ("Prodigy: options",) and said.notes[1].full().startswith("f: 1 lines were rejected")


@pytest.mark.parametrize("tool", ["doccano", "prodigy"])
def test_a_text_that_stands_twice_with_other_marks_of_one_person_is_refused_where_it_does(tool: str) -> None:
    answers: list[dict[str, Any]] = [{"label": [[5, 12, "ORG"]]}, {"label": [[16, 21, "GPE"]]}]
    if tool == "prodigy":
        answers = [{"answer": "accept"}, {"answer": "accept", "spans": MARKS}]
    with pytest.raises(Refused, match="f.jsonl, line 2, text: The same sentence stands in line 1 already"):
        list(other_tools.read(tool, lines(*({"text": TEXT, **one} for one in answers)), Reading(AMAL), file="f.jsonl"))


def test_what_nobody_was_asked_in_prodigy_has_no_answer() -> None:
    [bare] = other_tools.read("prodigy", lines({"text": TEXT}), Reading(), file="f.jsonl")
    assert bare.annotations == ()
    assert entities("prodigy", {"text": TEXT, "spans": MARKS}, Reading(AMAL)) == MARKS
